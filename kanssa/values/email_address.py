"""E-mail addresses: one rule for every entrance. Pure."""

from dataclasses import dataclass, field
from typing import Literal, Self

import idna
from email_validator import EmailNotValidError, validate_email

from kanssa.values.typed_text import one_line, without_spaces

AddressProblem = Literal["shape", "undeliverable"]
_UNLIKE_OTHERS = "\u0131\u0138\u0149\u017f"  # dotless i, kra, n after an apostrophe, long s
_FIRST_WITH_MARKS, _LAST_WITH_MARKS = "\u00df", "\u017f"


class NotAnEmailAddress(ValueError):
    """The input is no e-mail address that we can send to.

    `why` is `shape`, or `undeliverable`: our mail server accepts only ASCII before the @.
    """

    def __init__(self, why: AddressProblem) -> None:
        # The reason alone, never the input.
        super().__init__(why)
        self.why: AddressProblem = why


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A parsed address. `domain` is for the DNS: IDNA2008 A-labels in lower case."""

    local: str = field(repr=False)
    domain: str = field(repr=False)

    @classmethod
    def parse(cls, typed: str, *, smtputf8: bool) -> Self:
        """Parse an address; `smtputf8` says that our mail server supports it. Raises NotAnEmailAddress."""
        # Copied links and line breaks are typing errors, not other addresses.
        line = without_spaces(one_line(typed)).removeprefix("mailto:")
        try:
            valid = validate_email(line, check_deliverability=False, strict=True)
        except EmailNotValidError:
            raise NotAnEmailAddress("shape") from None
        if not (smtputf8 or valid.local_part.isascii()):
            raise NotAnEmailAddress("undeliverable")
        return cls(valid.local_part, valid.ascii_domain.lower())

    @classmethod
    def of(cls, stored: str) -> Self:
        local, _at, domain = stored.rpartition("@")
        return cls(local, domain)

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def mailbox(self) -> str:
        return f"{self.local.lower()}@{self.domain.lower()}"

    @property
    def shown(self) -> str:
        # In letters only where they cannot be mistaken for others.
        labels = ".".join(_shown(label) for label in self.domain.split("."))
        return f"{self.local}@{labels}"


def shown_address(stored: str) -> str:
    return EmailAddress.of(stored).shown if "@" in stored else stored


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        letters = idna.decode(label)
    except idna.IDNAError:
        return label
    # A look-alike domain in letters would deceive: it stays in ASCII.
    return letters if all(map(_is_unmistakable, letters)) else label


def _is_unmistakable(letter: str) -> bool:
    is_latin = _FIRST_WITH_MARKS <= letter <= _LAST_WITH_MARKS and letter.isalpha()
    return letter.isascii() or (is_latin and letter not in _UNLIKE_OTHERS)
