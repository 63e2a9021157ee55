"""An identity document that was shown at the desk, and how the clerk's checks came out. Pure."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kanssa.values.names import Name


class DocumentKind(StrEnum):
    """What was shown."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    DRIVING_LICENCE = "driving-licence"
    OTHER = "other"


class NameDifference(StrEnum):
    """Why a name on the document is another than on the application, and it is the person all the same."""

    NAME_CHANGED = "name-changed"
    TRANSLITERATION = "transliteration"
    CALLING_NAME = "calling-name"
    MISTYPED = "mistyped"


class DocumentProblem(StrEnum):
    """Why somebody was not identified by a document (DOMAIN, The desk)."""

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
"""The faults of the document, not of the person: here a supervisor may decide (DOMAIN, The desk)."""


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """What the clerk read and answered. `issuer` is the state's code of three letters (ICAO 9303).

    `number_end` are the last three characters of the number: no more is ever kept. `difference`
    is given where `is_name_same` is not so. `is_marked_unverified`: the document itself says that
    the identity of its holder was not verified. `is_code_same`: the identity code on the
    application is the one on the document or in the population register; None where the
    application has none, or nothing tells. `compared` is a fingerprint of what it was compared with. Of
    what is no identity document nothing need be answered: what was not is None, and never lets anybody
    through.
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
        """The name for comparing."""
        return Name(self.last_name, self.first_names)

    @property
    def answers(self) -> dict[str, bool | None]:
        """Each check's answer by its name, as it is kept."""
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
    """Why a document does not identify somebody; None where it does. Valid through its last day."""
    if check.kind is DocumentKind.DRIVING_LICENCE and not accepts_driving_licence:
        return DocumentProblem.DRIVING_LICENCE
    if check.kind is DocumentKind.OTHER:
        return DocumentProblem.NOT_ACCEPTED
    if check.is_marked_unverified is not False:
        return DocumentProblem.UNVERIFIED
    if check.expires is None or check.expires < today:
        return DocumentProblem.EXPIRED
    if not check.is_photo_same:
        return DocumentProblem.PHOTO
    if not check.is_born_same:
        return DocumentProblem.BORN
    if not check.is_name_same and check.difference is None:
        return DocumentProblem.NAME
    return None
