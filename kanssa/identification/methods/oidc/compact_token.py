"""The parts of a compact token, and its header, read before anything trusts it."""

from binascii import a2b_base64

from kanssa.identification.methods.oidc.strict_json import read_object
from kanssa.identification.refusals import IdentificationFailed

# Keys that a token brings along, and everything that changes how it is read.
_FORBIDDEN = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "p2s", "p2c"})

_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
# The bits that a last character may not carry over: each part can be written in one way only.
_LAST = {2: frozenset(b"AQgw"), 3: frozenset(b"AEIMQUYcgkosw048")}


def decoded(part: bytes) -> bytes:
    """Decode base64url as RFC 7515 writes it, without padding. Raises ValueError."""
    left_over = len(part) % 4
    if left_over in _LAST and part[-1] not in _LAST[left_over]:
        raise ValueError
    return a2b_base64(part.translate(_TO_STANDARD) + b"=" * (-left_over % 4), strict_mode=True)


def read_header(raw: bytes, parts: int, *, otherwise: str, why: str = "token-header") -> dict[str, object]:
    """Read the header of a token of so many parts; `otherwise` and `why` are for the log.

    Raises IdentificationFailed.
    """
    if raw.count(b".") != parts - 1:
        raise IdentificationFailed(why=otherwise)
    try:
        header = read_object(decoded(raw.partition(b".")[0]))
    except ValueError:
        raise IdentificationFailed(why=why) from None
    if "zip" in header:
        raise IdentificationFailed(why="token-compressed")
    if not _FORBIDDEN.isdisjoint(header):
        raise IdentificationFailed(why=why)
    return header
