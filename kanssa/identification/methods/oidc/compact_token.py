"""Decode the parts of a compact token, and check its header before trusting anything."""

from binascii import a2b_base64

from kanssa.identification.methods.oidc.strict_json import read_object
from kanssa.identification.refusals import IdentificationFailed

# Keys inside the token itself, and everything that changes how it is processed.
_FORBIDDEN = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "p2s", "p2c"})

_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
# Allowed last characters: unused bits must be zero, so that each part has one encoding only.
_LAST = {2: frozenset(b"AQgw"), 3: frozenset(b"AEIMQUYcgkosw048")}


def decoded(part: bytes) -> bytes:
    """Decode base64url as in RFC 7515, without padding. Raises ValueError."""
    left_over = len(part) % 4
    if left_over in _LAST and part[-1] not in _LAST[left_over]:
        raise ValueError
    return a2b_base64(part.translate(_TO_STANDARD) + b"=" * (-left_over % 4), strict_mode=True)


def read_header(raw: bytes, parts: int, *, otherwise: str, why: str = "token-header") -> dict[str, object]:
    """Read the header of a token with this number of parts. Raises IdentificationFailed.

    `otherwise` and `why` are reasons for the log.
    """
    if raw.count(b".") != parts - 1:
        raise IdentificationFailed(why=otherwise)
    try:
        header = read_object(decoded(raw.partition(b".")[0]))
    except ValueError:
        raise IdentificationFailed(why=why) from None
    # A compressed token can grow without bound.
    if "zip" in header:
        raise IdentificationFailed(why="token-compressed")
    # A key that the token itself names or brings proves nothing.
    if not _FORBIDDEN.isdisjoint(header):
        raise IdentificationFailed(why=why)
    return header
