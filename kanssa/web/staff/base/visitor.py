"""Read and change the staff session of a browser: its cookie is separate from the applicants' session."""

import secrets
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kanssa.accounts.staff import StaffMember, active_staff
from kanssa.accounts.staff_refusals import NotSignedIn
from kanssa.calendar.days import day_of
from kanssa.vault import open_json, seal_json
from kanssa.web.base.visitor import visitor_of

_BOUND_TO = "staff-session"
_BROWSER = "browser"
_UNFINISHED = "unfinished"
_ACCOUNT = "account"
_SIGN_IN = "sign_in"
_CASES = "cases"
_CHECKS = "checks"
_HISTORIES = "histories"
_SEARCH = "search"
_MOST_CASES = 5
_SEARCH_LIFETIME = timedelta(minutes=15)


class StaffVisitor:
    """The staff session of the request's browser; `save_to` writes its changes."""

    def __init__(self, request: HttpRequest) -> None:
        self.now: datetime = visitor_of(request).now
        self._data = _opened(request.COOKIES.get(settings.STAFF_COOKIE_NAME, ""))

    @property
    def browser(self) -> str:
        return str(self._data.setdefault(_BROWSER, secrets.token_urlsafe(32)))

    @cached_property
    def staff(self) -> StaffMember:
        """The signed-in member of staff. Refuses: NotSignedIn."""
        if _SIGN_IN not in self._data:
            raise NotSignedIn
        return active_staff(UUID(self._data[_SIGN_IN]), now=self.now)

    @property
    def pending_sign_in(self) -> UUID:
        """The sign-in whose second factor is missing. Refuses: NotSignedIn."""
        if _UNFINISHED not in self._data:
            raise NotSignedIn
        return UUID(self._data[_UNFINISHED])

    def start_second_factor(self, sign_in_id: UUID, *, account: str = "") -> None:
        self._data = {_UNFINISHED: str(sign_in_id), _ACCOUNT: account} | self._kept

    @property
    def account(self) -> str:
        return str(self._data.get(_ACCOUNT, ""))

    def start_session(self, sign_in_id: UUID) -> None:
        # An older copy of the cookie does not become signed in.
        self._data = {_SIGN_IN: str(sign_in_id)} | self._kept
        self.__dict__.pop("staff", None)

    @property
    def cases(self) -> dict[UUID, str]:
        """The cases that the clerk has open, each with the stated reason; the latest last.

        Cases of a colleague who was signed in here before are not included, and cases of another day are
        closed: a reason for a visit does not hold a day later.
        """
        return self._opened(_CASES)

    def store_case(self, application_id: UUID, reason: str) -> None:
        self._keep_open(_CASES, application_id, reason)

    def close_case(self, application_id: UUID) -> None:
        self._keep_open(_CASES, application_id, None)

    @property
    def checks(self) -> dict[UUID, str]:
        return self._opened(_CHECKS)

    def store_check(self, check_id: UUID, reason: str) -> None:
        self._keep_open(_CHECKS, check_id, reason)

    @property
    def histories(self) -> dict[UUID, str]:
        return self._opened(_HISTORIES)

    def store_history(self, application_id: UUID, reason: str) -> None:
        self._keep_open(_HISTORIES, application_id, reason)

    @property
    def search(self) -> dict[str, str] | None:
        """The member's last search; None after 15 minutes, or if another member searched."""
        held = self._data.get(_SEARCH, {})
        is_theirs = held.get("of") == str(self.staff.user_id)
        is_fresh = is_theirs and self.now - datetime.fromisoformat(held["at"]) < _SEARCH_LIFETIME
        return {"typed": held["typed"], "reason": held["reason"]} if is_fresh else None

    def store_search(self, *, typed: str, reason: str) -> None:
        # Sealed, so that no URL contains the terms; they end with the sign-in.
        about = {"of": str(self.staff.user_id), "at": self.now.isoformat()}
        self._data[_SEARCH] = about | {"typed": typed, "reason": reason}

    @property
    def _today(self) -> str:
        return day_of(self.now).isoformat()

    @property
    def _kept(self) -> dict[str, Any]:
        return {name: self._data[name] for name in (_CASES, _CHECKS, _HISTORIES) if name in self._data}

    def _opened(self, name: str) -> dict[UUID, str]:
        held = self._data.get(name, {})
        if held.get("of") != str(self.staff.user_id) or held.get("on") != self._today:
            return {}
        return {UUID(key): reason for key, reason in held["open"]}

    def _keep_open(self, name: str, opened: UUID, reason: str | None) -> None:
        held = [(str(key), why) for key, why in self._opened(name).items() if key != opened]
        if reason is not None:
            # Append, so that the cut below drops the case opened longest ago.
            held.append((str(opened), reason))
        about = {"of": str(self.staff.user_id), "on": self._today}
        self._data[name] = about | {"open": held[-_MOST_CASES:]}

    def save_to(self, response: HttpResponse) -> HttpResponse:
        # Without an age it ends with the browser.
        response.set_cookie(
            settings.STAFF_COOKIE_NAME,
            signing.b64_encode(seal_json(self._data, bound_to=_BOUND_TO)).decode(),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",  # the return from the single sign-on comes from another site
        )
        return response

    def remove_from(self, response: HttpResponse) -> HttpResponse:
        response.delete_cookie(settings.STAFF_COOKIE_NAME, samesite="Lax")
        return response


def staff_visitor_of(request: HttpRequest) -> StaffVisitor:
    if not hasattr(request, "staff_visitor"):
        request.staff_visitor = StaffVisitor(request)  # type: ignore[attr-defined]  # set here, read here
    visitor: StaffVisitor = request.staff_visitor  # type: ignore[attr-defined]
    return visitor


def _opened(cookie: str) -> dict[str, Any]:
    try:
        data: dict[str, Any] = open_json(signing.b64_decode(cookie.encode()), bound_to=_BOUND_TO)
    except (ValueError, KeyError, InvalidTag):
        return {}
    return data
