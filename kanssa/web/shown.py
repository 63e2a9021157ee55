"""Answers as people read them: one row a question, in the present language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.applications import dates
from kanssa.applications.form import Field, Kind, is_given
from kanssa.values.email_address import shown_address
from kanssa.web.choices import answer_label

_WITH_CENTS = "#,##0.00"


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer, for a summary list; several answers are a list."""

    label: str | Promise
    value: str | list[str]
    change_url: str = ""
    change_label: str | Promise = ""


def rows(
    fields: Iterable[Field], given: Mapping[str, Any], *, change_url: str = "", hides_codes: bool = False
) -> list[Row]:
    """A row for each field that was answered; `hides_codes`: of an identity code only that it is given."""
    return [
        Row(field.label, _shown(field, given[field.name], hides_codes), change_url, field.label)
        for field in fields
        if is_given(given, field.name)
    ]


def _shown(field: Field, answer: Any, hides_codes: bool) -> str | list[str]:  # noqa: FBT001
    return _("Given") if hides_codes and field.kind is Kind.HETU else shown(field, answer)


def is_hidden(field: Field) -> bool:
    """Whether an answer is not shown whole, so that two may look the same."""
    return field.kind is Kind.HETU


def shown(field: Field, answer: Any) -> str | list[str]:  # noqa: PLR0911 one answer a kind
    """An answer in words. An identity code keeps its date and hides the rest."""
    match field.kind:
        case Kind.HETU:
            return f"{answer[:7]}****"
        case Kind.DATE:
            return dates.plain_date(date.fromisoformat(answer))
        case Kind.EUROS:
            pattern = _WITH_CENTS if isinstance(answer, str) else None
            return f"{format_decimal(answer, pattern, locale=get_language())} €"
        case Kind.EMAIL:
            return shown_address(answer)
        case Kind.DECIMAL:
            return format_decimal(answer, locale=get_language())
        case Kind.YES:
            return _("Yes")
        case Kind.CHOICE:
            return answer_label(field.answers, answer)
        case Kind.CHOICES | Kind.AREAS:
            return [answer_label(field.answers, code) for code in answer]
        case _:
            return str(answer)
