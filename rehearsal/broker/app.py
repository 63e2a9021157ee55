"""The broker's WSGI application: its addresses and pages."""

import json
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from rehearsal.broker.clients import AuthorizationRequest, ClientRegistry, ProtocolFault
from rehearsal.broker.people import (
    Colleague,
    InvalidPersonError,
    Person,
    read_colleagues,
    read_people,
    typed_person,
)
from rehearsal.broker.registration import read_registration
from rehearsal.broker.sealed_tokens import BrokenSealError, Seal
from rehearsal.broker.tokens import TROUBLES, TokenIssuer

_HERE = Path(__file__).resolve().parent
_PAGE_LIVES = 1800
_LARGEST_FORM = 64 * 1024
_HINT = "person:"


class BrokerApp:
    """A WSGI application; `wait` delays a slow answer, `clock` counts seconds."""

    def __init__(
        self, folder: Path, *, wait: Callable[[], object], clock: Callable[[], float] = time.time
    ) -> None:
        self._registration = read_registration(folder)
        self._seal = Seal(self._registration.seal)
        self._clients = ClientRegistry(self._registration, self._seal)
        self._issuer = TokenIssuer(self._registration, self._clients, self._seal, wait)
        self._clock = clock
        self._people = read_people()
        self._colleagues = read_colleagues()
        self._words = tomllib.loads((_HERE / "texts.toml").read_text("utf-8"))
        environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
        self._page = environment.get_template("page.html")
        self._style = (_HERE / "style.css").read_text("utf-8")
        self._addresses: Mapping[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/authorize"): self._authorize,
            ("POST", "/authorize"): self._chosen,
            ("POST", "/par"): self._pushed,
            ("POST", "/token"): self._redeemed,
            ("GET", "/jwks"): self._keys,
            ("GET", "/.well-known/openid-configuration"): self._metadata,
            ("GET", "/style.css"): lambda _: Response(self._style, mimetype="text/css"),
        }

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.max_content_length = _LARGEST_FORM
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return self._addressed(request)(request)
        except HTTPException as error:
            return Response(f"{error.name}\n", status=error.code, mimetype="text/plain")
        except ProtocolFault as fault:
            return _json({"error": fault.error, "error_description": fault.description}, status=400)

    def _addressed(self, request: Request) -> Callable[[Request], Response]:
        method = "GET" if request.method == "HEAD" else request.method
        if found := self._addresses.get((method, request.path)):
            return found
        raise MethodNotAllowed if any(path == request.path for _, path in self._addresses) else NotFound

    def _authorize(self, request: Request) -> Response:
        now = self._clock()
        authorization_request = self._clients.authorization_request(request.args, now=now)
        hinted = request.args.get("login_hint", "")
        if hinted.startswith(_HINT):
            # For load generators, without a page: person:<key>, or person:<key>:<trouble>.
            key, _, trouble = hinted.removeprefix(_HINT).partition(":")
            return self._redirect_back(
                authorization_request, self._person(key, authorization_request), trouble or "none", now
            )
        return self._shown(authorization_request, {}, wrong="")

    def _chosen(self, request: Request) -> Response:
        now = self._clock()
        try:
            content = self._seal.open("page", request.form.get("question", ""), now=now)
        except BrokenSealError:
            raise ProtocolFault("invalid_request", "the page is too old: go back and start again") from None
        authorization_request = AuthorizationRequest(**content)
        key = request.form.get("person", "")
        if key == "cancel":
            return redirect(self._issuer.refused(authorization_request, "access_denied"), 303)
        try:
            person = (
                typed_person(request.form) if key == "typed" else self._person(key, authorization_request)
            )
        except InvalidPersonError as fault:
            return self._shown(authorization_request, request.form, wrong=fault.field)
        return self._redirect_back(authorization_request, person, request.form.get("trouble", "none"), now)

    def _choices(
        self, authorization_request: AuthorizationRequest
    ) -> Mapping[str, Person] | Mapping[str, Colleague]:
        is_for_staff = self._clients.client(authorization_request.client_id).is_for_staff
        return self._colleagues if is_for_staff else self._people

    def _person(self, key: str, authorization_request: AuthorizationRequest) -> Person | Colleague:
        people = self._choices(authorization_request)
        if key not in people:
            raise ProtocolFault("invalid_request", "nobody of that name")
        return people[key]

    def _redirect_back(
        self,
        authorization_request: AuthorizationRequest,
        person: Person | Colleague,
        trouble: str,
        now: float,
    ) -> Response:
        if trouble not in TROUBLES:
            raise ProtocolFault("invalid_request", "no such trouble")
        return redirect(self._issuer.sent_back(authorization_request, person, trouble, now=now), 303)

    def _shown(
        self, authorization_request: AuthorizationRequest, typed: Mapping[str, str], *, wrong: str
    ) -> Response:
        # The form carries the request, so that the broker stores nothing.
        sealed = self._seal.close("page", authorization_request.as_dict(), until=self._clock() + _PAGE_LIVES)
        page = self._page.render(
            language=authorization_request.language,
            words=self._words[authorization_request.language],
            people=self._choices(authorization_request),
            is_for_staff=self._clients.client(authorization_request.client_id).is_for_staff,
            troubles=TROUBLES,
            question=sealed,
            typed=typed,
            wrong=wrong,
        )
        return Response(page, mimetype="text/html", headers=_page_headers(authorization_request))

    def _pushed(self, request: Request) -> Response:
        return _json(self._clients.push(request.form, now=self._clock()), status=201)

    def _redeemed(self, request: Request) -> Response:
        return _json(self._issuer.redeem(request.form, now=self._clock()))

    def _keys(self, _: Request) -> Response:
        keys = [
            key.as_dict(private=False, use="sig", alg=algorithm)
            for algorithm, key in self._registration.keys.items()
        ]
        return _json({"keys": keys})

    def _metadata(self, _: Request) -> Response:
        issuer = self._registration.issuer
        return _json(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "pushed_authorization_request_endpoint": f"{issuer}/par",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )


def _json(content: Mapping[str, Any], *, status: int = 200) -> Response:
    response = Response(json.dumps(content), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _page_headers(authorization_request: AuthorizationRequest) -> dict[str, str]:
    service = urlsplit(authorization_request.redirect_uri)
    return {
        "Content-Security-Policy": (
            # Browsers apply form-action to the following redirect too.
            f"default-src 'none'; style-src 'self'; form-action 'self' {service.scheme}://{service.netloc}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Content-Language": authorization_request.language,
    }
