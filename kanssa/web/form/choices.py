from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.answers.lists import ListAnswer, answers, choices, citizenships, countries, label, languages

_GENERATED_LISTS: Mapping[str, Callable[[str], Iterable[tuple[str, str]]]] = {
    "countries": countries,
    "citizenships": citizenships,
    "languages": languages,
}
"""The lists that do not come from our data files."""


def answer_choices(name: str) -> list[tuple[str, str]]:
    language = get_language() or "fi"
    return list(_GENERATED_LISTS[name](language)) if name in _GENERATED_LISTS else choices(name, language)


def answer_label(name: str, code: str) -> str:
    if name in _GENERATED_LISTS:
        return dict(answer_choices(name)).get(code, code)
    return label(name, code, get_language() or "fi")


def area_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    language = get_language() or "fi"
    whole_city = [(area.code, area.label(language)) for area in answers("area") if area.parent is None]
    majors = [area for area in answers("area") if area.parent == whole_city[0][0]]
    return [("", whole_city), *[_major_district(area, language) for area in majors]]


def _major_district(major: ListAnswer, language: str) -> tuple[str, list[tuple[str, str]]]:
    name = major.label(language)
    whole = _("%(major_district)s, all of it") % {"major_district": name}
    districts = [(area.code, area.label(language)) for area in answers("area") if area.parent == major.code]
    return name, [(major.code, whole), *districts]
