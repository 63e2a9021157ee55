"""A browser without a screen: keeps cookies and sends the forms on pages."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class Browser:
    """Follows no redirect by itself; form tokens are checked as they are for people."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1:8000"})
        self.language = language

    def get(self, path: str) -> HttpResponse:
        self.last = self.client.get(self._whole(path))
        return self.last

    def post(self, path: str, **answers: object) -> HttpResponse:
        """Open the page, fill in its form and send it."""
        hidden = dict(_HIDDEN.findall(self.get(path).content.decode()))
        return self.send(path, **(hidden | answers))

    def send(self, path: str, **answers: object) -> HttpResponse:
        """Send only these answers, as from a page that was opened before."""
        token = self.client.cookies["kanssa_form"].value if "kanssa_form" in self.client.cookies else ""
        self.last = self.client.post(
            self._whole(path),
            {"csrfmiddlewaretoken": token} | answers,
            headers={"origin": "http://127.0.0.1:8000"},
        )
        return self.last

    def identify(self, person: str, *, purpose: str = "") -> HttpResponse:
        """Accept the cookies, go to the broker and come back as this person; return the first answer."""
        if purpose:
            self.get(purpose)
        self.post("identification/cookies/")
        self.get("identification/")
        leaving = self.send("identification/bank/")
        return self.return_from_broker(leaving, person)

    def return_from_broker(self, leaving: HttpResponse, person: str) -> HttpResponse:
        state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
        self.last = self.client.get("/return/bank/", {"state": state, "person": person})
        return self.last

    def sign_on(self, person: str = "saga", *, roles: str = "clerk") -> HttpResponse:
        """Go to the city's single sign-on and come back as this staff member; return the first answer."""
        self.get("staff/sign-in/")
        return self.return_from_sign_on(self.send("staff/sign-in/city/"), person, roles=roles)

    def return_from_sign_on(
        self, leaving: HttpResponse, person: str = "saga", *, roles: str = "clerk"
    ) -> HttpResponse:
        state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
        reply = {"state": state, "person": person, "roles": roles}
        self.last = self.client.get("/staff-return/city/", reply)
        return self.last

    def copy(self) -> "Browser":
        """Return another browser with the same cookies: a copied, or stolen, session."""
        other = Browser(self.language)
        for name, morsel in self.client.cookies.items():
            other.client.cookies[name] = morsel.value
        return other

    def _whole(self, path: str) -> str:
        return path if path.startswith("/") else f"/{self.language}/{path}"


def text_of(response: HttpResponse) -> str:
    """Return the text that a person reads in the main part of a page."""
    found = _MAIN.search(response.content.decode())
    assert found, response.content
    return " ".join(unescape(_TAG.sub(" ", found.group())).split())
