"""Domains of e-mail addresses that are very likely mistyped. Pure."""

from rapidfuzz.distance import OSA

_PROVIDERS = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fi",
    "hotmail.se",
    "outlook.com",
    "windowslive.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "protonmail.com",
    "luukku.com",
    "suomi24.fi",
    "kolumbus.fi",
    "elisanet.fi",
    "saunalahti.fi",
    "welho.com",
    "netti.fi",
    "pp.inet.fi",
    "co.inet.fi",
    "dnainternet.net",
    "helsinki.fi",
    "student.helsinki.fi",
    "edu.hel.fi",
)
_SHORT = ("aalto.fi", "hel.fi", "iki.fi", "inet.fi", "live.com", "live.fi", "mail.com", "me.com", "msn.com")
_LOOK_LIKE_ONE = ("email.com", "hotmail.de", "hotmail.it", "outlook.fi", "outlook.de", "yahoo.fi", "yahoo.se")
_KNOWN = frozenset((*_PROVIDERS, *_SHORT, *_LOOK_LIKE_ONE))
_ONLY_COM = frozenset({"gmail", "googlemail", "icloud", "luukku"})
_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "vom", "xom", "cpm", "coom", "comm", "comn", "dom"), "com"),
    **dict.fromkeys(("fl", "fii", "ffi", "fu", "if", "i", "f"), "fi"),
}
"""Endings that do not exist, and the intended ones."""


def suggest_domain(domain: str) -> str:
    """Return the domain that was probably meant; empty if the given one is probably right."""
    if domain in _KNOWN:
        return ""
    corrected = _with_true_ending(domain)
    meant = corrected if corrected in _KNOWN else _nearest(corrected) or corrected
    return meant if meant != domain else ""


def _with_true_ending(domain: str) -> str:
    before, _dot, ending = domain.rpartition(".")
    if before in _ONLY_COM:
        return f"{before}.com"
    return f"{before}.{_ENDINGS.get(ending, ending)}"


def _nearest(domain: str) -> str:
    near = (known for known in _PROVIDERS if OSA.distance(domain, known, score_cutoff=1) <= 1)
    return next(near, "")
