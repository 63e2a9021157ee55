"""Find the required answers that a person has not given yet."""

from collections.abc import Mapping
from typing import Any

from kanssa.applications.content.form.description import PERSON, RESIDENT
from kanssa.applications.content.form.field import Field

NAMES = ("last_name", "first_names")


def missing_fields(fields: tuple[Field, ...], given: Mapping[str, Any]) -> list[str]:
    """Name the required fields that are not given, and the missing alternatives of a person.

    A person gives a last name and first names, or one name and says that they have no other. An adult gives
    an identity code, or a birth date and a nationality; a street address with postcode and city, or has
    none; one of e-mail, mobile and postal address.
    """
    missing = [field.name for field in fields if field.required and not is_given(given, field.name)]
    # Alternatives cannot be marked on single fields, so they are checked here.
    if fields is PERSON or fields is RESIDENT:
        missing = missing_names(given) + [name for name in missing if name not in NAMES]
    if fields is PERSON:
        missing += missing_identity(given) + _missing_address(given) + missing_contact(given)
    if fields is RESIDENT and not (is_given(given, "hetu") or is_given(given, "born")):
        missing.append("born")
    return missing


def is_given(given: Mapping[str, Any], name: str) -> bool:
    answer = given.get(name)
    # 0 is an answer, an unticked box is none.
    return answer is not None and answer is not False and answer not in ("", [])


def missing_names(given: Mapping[str, Any]) -> list[str]:
    missing = [name for name in NAMES if not is_given(given, name)]
    if not is_given(given, "one_name"):
        return missing
    # For a person with only one name either field is enough.
    return ["first_names"] if len(missing) == len(NAMES) else []


def missing_identity(given: Mapping[str, Any]) -> list[str]:
    # Of an adult who came by a printed invitation the birth date is enough: no one typed a nationality.
    without_code = ("born",) if is_given(given, "by_hand") else ("born", "nationality")
    wanted = without_code if is_given(given, "no_hetu") else ("hetu",)
    return [name for name in wanted if not is_given(given, name)]


def missing_contact(given: Mapping[str, Any]) -> list[str]:
    ways = ("email", "phone", "postal_address")
    return [] if any(is_given(given, name) for name in ways) else ["email"]


def _missing_address(given: Mapping[str, Any]) -> list[str]:
    if is_given(given, "no_fixed_address"):
        return []
    return [name for name in ("street_address", "postcode", "city") if not is_given(given, name)]
