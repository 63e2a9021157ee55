"""Recognise browsers in which an account has signed in before, by a sealed cookie.

The cookie grants no access. It only counts the owner's attempts separately (docs/decisions/0014).
"""

import secrets
from datetime import datetime
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kanssa.vault import fingerprint, open_json, seal_json

R = TypeVar("R", bound=HttpResponse)
_BOUND_TO = "known-device"
_MOST_ACCOUNTS = 5

KnownDevices = dict[str, tuple[str, float]]
"""By account: the mark of this browser, and when the account last signed in here (seconds since 1970)."""


def account_key(kind: str, email: str) -> str:
    # The cookie must not reveal the address.
    return fingerprint(email.strip().casefold(), of=f"known-device:{kind}").hex()[:32]


def device_mark(request: HttpRequest, account: str, *, now: datetime) -> str:
    mark, _at = _known_devices(request, now).get(account, ("", 0.0))
    return mark


def remember_device(request: HttpRequest, response: R, account: str, *, now: datetime) -> R:
    known = _known_devices(request, now)
    mark, _at = known.pop(account, (secrets.token_urlsafe(16), 0.0))
    known[account] = (mark, now.timestamp())
    # Bound the cookie size; the accounts that signed in last are at the end.
    newest = dict(list(known.items())[-_MOST_ACCOUNTS:])
    response.set_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        signing.b64_encode(seal_json(newest, bound_to=_BOUND_TO)).decode(),
        max_age=int(settings.KNOWN_DEVICE_LIFETIME.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _known_devices(request: HttpRequest, now: datetime) -> KnownDevices:
    cookie = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        opened = open_json(signing.b64_decode(cookie.encode()), bound_to=_BOUND_TO)
    # A damaged cookie, or one sealed with a key that is gone: the browser is unknown.
    except (ValueError, KeyError, InvalidTag):
        return {}
    since = (now - settings.KNOWN_DEVICE_LIFETIME).timestamp()
    return {account: (mark, at) for account, (mark, at) in opened.items() if at > since}
