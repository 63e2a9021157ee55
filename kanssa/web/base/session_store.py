"""Keep sessions in a sealed cookie: nothing is stored on the server.

An identification, which the server must be able to end, is a row that the session only points at.
"""

from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.sessions.backends import signed_cookies
from django.core import signing

from kanssa import clock
from kanssa.vault import open_json, seal_json

_BOUND_TO = "session"


class SessionStore(signed_cookies.SessionStore):
    """Django's cookie session, sealed (AES-256-GCM) where Django's is only signed."""

    def load(self) -> dict[str, Any]:
        try:
            opened = open_json(signing.b64_decode(str(self.session_key).encode()), bound_to=_BOUND_TO)
        # Damaged, foreign, or sealed with a key that is gone: the visitor begins again without an error.
        except (ValueError, KeyError, InvalidTag):
            self.create()
            return {}
        # The server stores no session: this time stamp limits how long a copied cookie works.
        if opened["sealed_at"] < clock.now().timestamp() - settings.SESSION_LIFETIME.total_seconds():
            self.create()
            return {}
        held: dict[str, Any] = opened["holds"]
        return held

    def _get_session_key(self) -> str:
        contents = {"sealed_at": int(clock.now().timestamp()), "holds": dict(self.items())}
        return signing.b64_encode(seal_json(contents, bound_to=_BOUND_TO)).decode()
