"""Show answers in the current language, one row for each question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.applications.content.form import Field, FieldKind, is_given
from kanssa.calendar import formats
from kanssa.values.email_address import shown_address
from kanssa.web.form.choices import answer_label

_WITH_CENTS = "#,##0.00"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A question and its answer, for a summary list; several answers are a list."""

    label: str | Promise
    value: str | list[str]
    change_url: str = ""
    change_label: str | Promise = ""


def rows(
    fields: Iterable[Field], given: Mapping[str, Any], *, change_url: str = "", hides_codes: bool = False
) -> list[SummaryRow]:
    return [
        SummaryRow(
            field.label, _display_answer(field, given[field.name], hides_codes), change_url, field.label
        )
        for field in fields
        if is_given(given, field.name)
    ]


def _display_answer(field: Field, answer: Any, hides_codes: bool) -> str | list[str]:  # noqa: FBT001
    return _("Given") if hides_codes and field.kind is FieldKind.HETU else display_answer(field, answer)


def is_masked(field: Field) -> bool:
    # Shown in part, so that two codes may look the same.
    return field.kind is FieldKind.HETU


def display_answer(field: Field, answer: Any) -> str | list[str]:  # noqa: PLR0911 one return per kind
    match field.kind:
        case FieldKind.HETU:
            # Of an identity code only the date part and the sign after it are shown.
            return f"{answer[:7]}****"
        case FieldKind.DATE:
            return formats.plain_date(date.fromisoformat(answer))
        case FieldKind.EUROS:
            pattern = _WITH_CENTS if isinstance(answer, str) else None
            return f"{format_decimal(answer, pattern, locale=get_language())} €"
        case FieldKind.EMAIL:
            return shown_address(answer)
        case FieldKind.DECIMAL:
            return format_decimal(answer, locale=get_language())
        case FieldKind.YES:
            return _("Yes")
        case FieldKind.CHOICE:
            return answer_label(field.answers, answer)
        case FieldKind.CHOICES | FieldKind.AREAS:
            return [answer_label(field.answers, code) for code in answer]
        case _:
            return str(answer)
