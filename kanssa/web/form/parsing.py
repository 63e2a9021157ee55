"""Parse an answer of each kind from normalised input to the stored form."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kanssa.applications.content.form import Field, FieldKind
from kanssa.values.hetu import Hetu, NotAHetu, parse_hetu
from kanssa.values.typed_date import NotADate, read_date
from kanssa.values.typed_number import NotANumber, read_area, read_euros, read_whole
from kanssa.values.typed_text import without_spaces
from kanssa.web.form.email_field import read_email

Reader = Callable[[str, Field, date], str | int]

_LONGEST = {FieldKind.LONG_TEXT: 2000, FieldKind.EMAIL: 254}
_LONGEST_TEXT = 100
# Mail programs would turn it into a link, and messages address people by their first name.
_ADDRESS_LIKE = re.compile(r"\.\w")
_IN_NAMES = frozenset(" -'.,")
_POSTCODE = re.compile(r"(?:FI|AX)?-?(?P<digits>(?!00000)\d{5})", re.ASCII | re.IGNORECASE)
_EARLIEST = date(1890, 1, 1)
_MAX_YEARS_AHEAD = 10
_REGION = "FI"

_HETU_ERRORS = {
    "shape": _("Write the personal identity code in the form 131052-308T."),
    "component": _("There is no such personal identity code. Check the date and the number."),
    "check": _("The personal identity code has a mistake in it. Check each character."),
    "test": _("This is a test code. Write the personal identity code itself."),
    "future": _("The personal identity code has a date of birth in the future."),
}


def parse_answer(text: str, field: Field, today: date) -> str | int | None:
    """Parse a typed answer; None for an empty one. Raises ValidationError."""
    longest = _LONGEST.get(field.kind, _LONGEST_TEXT)
    if len(text) > longest:
        raise ValidationError(_("Too long: at most %(longest)d characters."), params={"longest": longest})
    return _READERS[field.kind](text, field, today) if text else None


def read_hetu(line: str, *, today: date) -> Hetu:
    """Parse an identity code typed by an applicant or by staff. Raises ValidationError."""
    try:
        return parse_hetu(line, today=today, allow_test_codes=settings.ALLOW_TEST_HETU)
    except NotAHetu as fault:
        raise ValidationError(_HETU_ERRORS[fault.why]) from None


def _text(text: str, _field: Field, _today: date) -> str:
    return text


def _line(line: str, _field: Field, _today: date) -> str:
    if any(letter.isalpha() and not _is_latin(letter) for letter in line):
        raise ValidationError(_("Use Latin letters, as in the passport or on an envelope."))
    return line


def _name(line: str, field: Field, today: date) -> str:
    name = _line(line, field, today)
    is_of_letters = all(sign.isalpha() or sign in _IN_NAMES or unicodedata.combining(sign) for sign in name)
    if not is_of_letters or not any(map(str.isalpha, name)) or _ADDRESS_LIKE.search(name):
        raise ValidationError(_("A name has letters, hyphens and spaces only."))
    return name


def _hetu(line: str, _field: Field, today: date) -> str:
    return read_hetu(line, today=today).code


def _date(line: str, field: Field, today: date) -> str:
    try:
        given = read_date(line)
    except NotADate:
        raise ValidationError(_("Write the date as day, month and year, for example 31.12.1990.")) from None
    if field.name in ("born", "since") and given > today:
        raise ValidationError(_("The date is in the future."))
    # A year with two digits or a slip of the finger, not a real date.
    if given < _EARLIEST or given.year > today.year + _MAX_YEARS_AHEAD:
        raise ValidationError(_("Check the year."))
    return given.isoformat()


def _euros(line: str, field: Field, _today: date) -> str | int:
    """Return whole euros as a number; with cents as text of two decimals."""
    try:
        amount = read_euros(line)
    except NotANumber:
        raise ValidationError(_("Write the amount in euros, for example 2350 or 2350,50.")) from None
    if amount > field.highest:
        raise ValidationError(
            _("The amount can be at most %(highest)d euros."), params={"highest": field.highest}
        )
    # As people write it: cents only where some were typed.
    return int(amount) if amount == int(amount) else f"{amount:.2f}"


def _number(line: str, field: Field, _today: date) -> int:
    try:
        number = read_whole(line)
    except NotANumber:
        number = field.highest + 1
    if number > field.highest:
        raise ValidationError(
            _("Write a whole number from 0 to %(highest)d."), params={"highest": field.highest}
        )
    return number


def _decimal(line: str, field: Field, _today: date) -> str:
    try:
        number = read_area(line)
    except NotANumber:
        number = Decimal(field.highest + 1)
    if number > field.highest:
        raise ValidationError(
            _("Write a number from 0 to %(highest)d, for example 45,5."), params={"highest": field.highest}
        )
    return format(number.normalize(), "f")


def _email(line: str, _field: Field, _today: date) -> str:
    return read_email(line)


def _phone(line: str, _field: Field, _today: date) -> str:
    try:
        number = phonenumbers.parse(line, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    # phonenumbers also reads non-ASCII digits, such as full-width ones: refuse them.
    if number is None or not line.isascii() or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("Write the phone number in full, for example 040 123 4567 or +46 70 123 45 67.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _postcode(line: str, _field: Field, _today: date) -> str:
    match = _POSTCODE.fullmatch(without_spaces(line))
    if match is None:
        raise ValidationError(_("Write the postcode in five digits, for example 00530."))
    return match["digits"]


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


_READERS: Mapping[FieldKind, Reader] = {
    FieldKind.NAME: _name,
    FieldKind.TEXT: _line,
    FieldKind.LONG_TEXT: _text,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
    FieldKind.POSTCODE: _postcode,
    FieldKind.HETU: _hetu,
    FieldKind.DATE: _date,
    FieldKind.EUROS: _euros,
    FieldKind.NUMBER: _number,
    FieldKind.DECIMAL: _decimal,
}
