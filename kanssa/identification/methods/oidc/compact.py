"""The header of a compact token, read before anything trusts it."""

from binascii import Error as NotBase64

from joserfc.util import urlsafe_b64decode

from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import IdentificationFailed

# Keys that a token brings along, and everything that changes how it is read.
_FORBIDDEN = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "p2s", "p2c"})


def read_header(raw: bytes, parts: int, *, otherwise: str, why: str = "token-header") -> dict[str, object]:
    """Read the header of a token of so many parts; `otherwise` and `why` are for the log.

    Raises IdentificationFailed.
    """
    if raw.count(b".") != parts - 1:
        raise IdentificationFailed(why=otherwise)
    try:
        header = read_object(urlsafe_b64decode(raw.partition(b".")[0]))
    except (NotBase64, NotStrictJson):
        raise IdentificationFailed(why=why) from None
    if "zip" in header:
        raise IdentificationFailed(why="token-compressed")
    if not _FORBIDDEN.isdisjoint(header):
        raise IdentificationFailed(why=why)
    return header
