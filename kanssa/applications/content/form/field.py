"""A question of the form."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from kanssa.applications.content.form.likely import Likely


class FieldKind(StrEnum):
    """The kind of answer that a field takes; pages draw and check it by this."""

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
    """One question. If `required`, the person it belongs to must answer it before they confirm.

    `material`: after a change the adults it concerns must confirm again. `answers` names the list of
    kanssa.answers (or `countries`, `languages`) that a choice is made from. A number is at most `highest`;
    one that is not `likely` is asked about once.
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
