"""Identity documents shown at the desk, and the result of the clerk's checks. Pure."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kanssa.values.names import Name


class DocumentKind(StrEnum):
    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    DRIVING_LICENCE = "driving-licence"
    OTHER = "other"


class NameDifference(StrEnum):
    """An accepted reason for a name that differs between the document and the application."""

    NAME_CHANGED = "name-changed"
    TRANSLITERATION = "transliteration"
    CALLING_NAME = "calling-name"
    MISTYPED = "mistyped"


class DocumentProblem(StrEnum):
    """A reason for not identifying a person by a document (DOMAIN, The desk)."""

    NO_DOCUMENT = "no-document"
    DRIVING_LICENCE = "driving-licence"
    NOT_ACCEPTED = "not-accepted"
    UNVERIFIED = "unverified"
    EXPIRED = "expired"
    PHOTO = "photo"
    BORN = "born"
    NAME = "name"


NO_ACCEPTABLE_DOCUMENT = frozenset(
    {
        DocumentProblem.NO_DOCUMENT,
        DocumentProblem.DRIVING_LICENCE,
        DocumentProblem.NOT_ACCEPTED,
        DocumentProblem.UNVERIFIED,
        DocumentProblem.EXPIRED,
    }
)
"""Problems of the document, not of the person: a supervisor may decide these (DOMAIN, The desk)."""


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """The clerk's readings and answers. `issuer` is the state's three-letter code (ICAO 9303).

    `number_end` holds the last three characters of the number; the rest is never stored. `difference` is
    given if `is_name_same` is False. `is_marked_unverified`: the document states that its holder's
    identity was not verified. `is_code_same`: the application's identity code matches the document or
    the population register; None if the application has no code or there is nothing to compare with.
    `compared` is a fingerprint of the application data used.

    Something that is no identity document needs no answers: missing answers are None and never identify.
    """

    kind: DocumentKind
    issuer: str
    expires: date | None
    number_end: str
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    is_photo_same: bool | None
    is_name_same: bool | None
    is_born_same: bool | None
    is_marked_unverified: bool | None
    is_code_same: bool | None = None
    difference: NameDifference | None = None
    compared: str = field(default="", repr=False)

    @property
    def as_name(self) -> Name:
        return Name(self.last_name, self.first_names)

    @property
    def answers(self) -> dict[str, bool | None]:
        return {
            "photo": self.is_photo_same,
            "name": self.is_name_same,
            "born": self.is_born_same,
            "unverified": self.is_marked_unverified,
            "code": self.is_code_same,
        }


def document_problem(  # noqa: PLR0911 one a problem
    check: DocumentCheck, *, today: date, accepts_driving_licence: bool
) -> DocumentProblem | None:
    """Return why a document does not identify its holder, or None. Valid through its last day."""
    if check.kind is DocumentKind.DRIVING_LICENCE and not accepts_driving_licence:
        return DocumentProblem.DRIVING_LICENCE
    if check.kind is DocumentKind.OTHER:
        return DocumentProblem.NOT_ACCEPTED
    # Not answered counts as marked: the clerk must have looked.
    if check.is_marked_unverified is not False:
        return DocumentProblem.UNVERIFIED
    if check.expires is None or check.expires < today:
        return DocumentProblem.EXPIRED
    if not check.is_photo_same:
        return DocumentProblem.PHOTO
    if not check.is_born_same:
        return DocumentProblem.BORN
    # A difference with a known cause, such as marriage, is no refusal.
    if not check.is_name_same and check.difference is None:
        return DocumentProblem.NAME
    return None
