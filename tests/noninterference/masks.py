"""Mask what is random per run, by order of appearance: form tokens, ids, and the tokens of links."""

import re

_FORM_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
# Sealed afresh on each page, like the form token.
_SEEN_VERSION = re.compile(r'(name="version" value=")[^"]{60,}')
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_LINK = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?=[/\s\"'<])")
_MARK = re.compile(r'(?<=name="seen" value=")[^"]+')


class Masks:
    """One per observer: the third new id is the third new id in both runs."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def mask(self, text: str) -> str:
        text = _FORM_TOKEN.sub(r"\1", text)
        text = _SEEN_VERSION.sub(r"\1", text)
        for pattern in (_ID, _LINK, _MARK):
            text = pattern.sub(self._numbered, text)
        return text

    def _numbered(self, found: re.Match[str]) -> str:
        return self._known.setdefault(found.group(), f"[{len(self._known) + 1}]")
