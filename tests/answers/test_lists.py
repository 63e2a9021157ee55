from importlib.resources import files

import pytest

from kanssa.answers import lists
from kanssa.answers.alphabetical_order import sort_key

LANGUAGES = ("fi", "sv", "en")
NAMES = sorted(file.name.removesuffix(".toml") for file in files("kanssa.answers").joinpath("data").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_has_a_label_in_all_three_languages(name):
    for answer in lists.answers(name):
        assert all(answer.label(language).strip() for language in LANGUAGES), answer


@pytest.mark.parametrize("name", NAMES)
def test_no_code_is_listed_twice(name):
    codes = [answer.code for answer in lists.answers(name)]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_answers_look_the_same(name, language):
    labels = [label for _, label in lists.choices(name, language)]

    assert len(labels) == len(set(labels))


def test_the_form_has_all_its_lists():
    assert set(NAMES) >= {
        "application-kind", "area", "condition", "contact-language", "education", "equipment",
        "homeless-duration", "house-type", "income-source", "kitchen", "marital-status",
        "municipality", "need-reason", "notice-reason", "occupancy", "owned-home-use",
        "residence-permit", "rooms", "tenure", "wealth-kind", "wish-feature",
    }  # fmt: skip


def test_the_308_municipalities_and_abroad_can_be_chosen():
    codes = [answer.code for answer in lists.answers("municipality")]

    assert len(codes) == 309
    assert all(len(code) == 3 and code.isdigit() for code in codes if code != "abroad")


@pytest.mark.parametrize(
    ("code", "fi", "sv"),
    [
        ("091", "Helsinki", "Helsingfors"),
        ("049", "Espoo", "Esbo"),
        ("092", "Vantaa", "Vanda"),
        ("235", "Kauniainen", "Grankulla"),
        ("853", "Turku", "Åbo"),
        ("478", "Maarianhamina", "Mariehamn"),
        ("507", "Mäntyharju", "Mäntyharju"),
    ],
)
def test_municipalities_have_their_official_codes_and_names(code, fi, sv):
    assert lists.label("municipality", code, "fi") == fi
    assert lists.label("municipality", code, "sv") == sv


def test_a_retired_answer_can_be_read_but_no_longer_chosen():
    assert lists.label("municipality", "588", "fi") == "Pertunmaa"
    assert "588" not in dict(lists.choices("municipality", "fi"))


def test_helsinki_comes_first_and_abroad_last_among_municipalities():
    offered = lists.choices("municipality", "sv")

    assert offered[0] == ("091", "Helsingfors")
    assert offered[-1] == ("abroad", "Utomlands")


def test_helsinki_has_eight_major_districts_and_34_districts():
    areas = lists.answers("area")
    major = {area.code for area in areas if area.parent == "whole-city"}
    districts = [area for area in areas if area.parent in major]

    assert len(major) == 8
    assert len(districts) == 34
    assert len(areas) == 1 + 8 + 34


def test_each_district_belongs_to_the_major_district_in_its_number():
    districts = [area for area in lists.answers("area") if len(area.code) == 3]

    assert all(district.parent == district.code[0] for district in districts)


@pytest.mark.parametrize(
    ("name", "code", "fi"),
    [
        ("area", "103", "Kampinmalmi"),
        ("tenure", "owner-occupied", "Omistusasunto"),
        ("tenure", "right-of-occupancy", "Asumisoikeusasunto"),
        ("tenure", "homeless", "Asunnoton"),
        ("house-type", "block-of-flats", "Kerrostalo"),
        ("kitchen", "kitchenette", "Keittokomero"),
        ("income-source", "wages", "Palkka"),
        ("wish-feature", "barrier-free", "Esteetön asunto"),
    ],
)
def test_the_main_terms_match_the_citys_wording(name, code, fi):
    assert lists.label(name, code, "fi") == fi


def test_choices_keep_the_order_of_the_file():
    assert [code for code, _ in lists.choices("rooms", "fi")] == ["1", "2", "3", "4", "5+"]


def test_an_unknown_code_has_no_label():
    with pytest.raises(KeyError):
        lists.label("tenure", "castle", "fi")


def test_an_unknown_list_is_a_bug_and_not_an_empty_list():
    with pytest.raises(FileNotFoundError):
        lists.answers("castles")


def test_a_caller_cannot_change_the_list_for_the_next_one():
    lists.choices("rooms", "fi").clear()
    lists.countries("fi").clear()

    assert lists.choices("rooms", "fi")
    assert lists.countries("fi")


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_finnish_and_swedish_order_ends_with_å_ä_ö(language):
    names = ["Öland", "Zambia", "Åland", "Ähtäri", "Argentina"]

    ordered = sorted(names, key=lambda name: sort_key(name, language=language))

    assert ordered == ["Argentina", "Zambia", "Åland", "Ähtäri", "Öland"]


def test_english_order_ignores_accents():
    names = ["Zambia", "Åland", "Albania", "Réunion", "Romania"]

    ordered = sorted(names, key=lambda name: sort_key(name, language="en"))

    assert ordered == ["Åland", "Albania", "Réunion", "Romania", "Zambia"]


def test_other_accents_do_not_move_a_finnish_name():
    names = ["Tšekki", "Turkki", "Tšad", "Tunisia", "Tanska"]

    ordered = sorted(names, key=lambda name: sort_key(name, language="fi"))

    assert ordered == ["Tanska", "Tšad", "Tšekki", "Tunisia", "Turkki"]


@pytest.mark.parametrize(("language", "finland"), [("fi", "Suomi"), ("sv", "Finland"), ("en", "Finland")])
def test_finland_is_the_first_country(language, finland):
    assert lists.countries(language)[0] == ("FI", finland)


def test_the_swedish_countries_end_with_austria_and_east_timor():
    assert [name for _, name in lists.countries("sv")[-2:]] == ["Österrike", "Östtimor"]


def test_countries_are_the_same_in_every_language_and_only_real_ones():
    codes = [{code for code, _ in lists.countries(language)} for language in LANGUAGES]

    assert codes[0] == codes[1] == codes[2]
    assert codes[0] >= {"SE", "SO", "XK", "PS", "TW"}
    assert not codes[0] & {"EU", "UN", "XA", "ZZ", "AQ", "AX"}


def test_stateless_people_can_answer_too():
    assert lists.citizenships("fi")[-2] == ("stateless", "Kansalaisuudeton")


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("fi", ["Suomi", "Ruotsi", "Englanti"]),
        ("sv", ["Finska", "Svenska", "Engelska"]),
        ("en", ["Finnish", "Swedish", "English"]),
    ],
)
def test_finnish_swedish_and_english_are_the_first_mother_tongues(language, first):
    assert [name for _, name in lists.languages(language)[:3]] == first
    assert lists.languages(language)[-1][0] == "other"


def test_the_mother_tongues_of_finland_are_there_and_dead_languages_are_not():
    codes = {code for code, _ in lists.languages("fi")}

    assert codes >= {"se", "smn", "sms", "rom", "krl", "fse", "fss", "yi", "tt"}
    assert codes >= {"ru", "et", "so", "ar", "ckb", "prs", "uk", "zh", "vi"}
    assert not codes & {"la", "sa", "tlh", "und", "zxx", "mul"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_countries_or_languages_look_the_same(language):
    for offered in (lists.citizenships(language), lists.languages(language)):
        labels = [label for _, label in offered]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize("country", ["FI", "SE", "NO", "IS", "DK", "EE", "HR", "LI", "CH", "GL"])
def test_nordic_eu_eea_and_swiss_citizens_are_not_asked_for_a_permit(country):
    assert not lists.needs_residence_permit(country)


@pytest.mark.parametrize("country", ["GB", "RU", "UA", "SO", "US", "XK", "MC", "stateless"])
def test_all_others_are_asked_for_a_permit(country):
    assert lists.needs_residence_permit(country)


def test_the_eu_has_27_members():
    assert len(lists._EU.split()) == 27
