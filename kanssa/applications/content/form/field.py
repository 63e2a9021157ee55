"""What can be said of one question of the form."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from kanssa.applications.content.form.likely import Likely


class FieldKind(StrEnum):
    """What sort of answer a field takes; pages draw and check it by this."""

    NAME = "name"
    TEXT = "text"
    LONG_TEXT = "longtext"
    EMAIL = "email"
    PHONE = "tel"
    POSTCODE = "postcode"
    HETU = "hetu"
    DATE = "date"
    EUROS = "euros"
    NUMBER = "number"
    DECIMAL = "decimal"
    CHOICE = "choice"
    CHOICES = "choices"
    AREAS = "area-choices"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `required` asks it of the person whose it is before they confirm.

    `material`: changing it asks those whom it concerns to confirm again. `answers` names
    the list of kanssa.answers (or `countries`, `languages`) that a choice is made from. A number is
    at most `highest`; one that is not `likely` is asked about once.
    """

    name: str
    kind: FieldKind
    label: str | Promise
    hint: str | Promise = ""
    answers: str = ""
    required: bool = False
    material: bool = False
    autocomplete: str = "off"
    width: str = "full"
    highest: int = 0
    likely: Likely | None = None
