import unicodedata

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kanssa.applications.content.form import APPLICATION, HOME, NEED, PERSON, WISHES, FieldKind
from kanssa.web.form.questions import build_form
from tests.cast import TODAY

FIELDS = {field.name: field for section in (APPLICATION, HOME, NEED, WISHES, PERSON) for field in section}


BEYOND_NUMBERS = ("1e-999999", "1e400", "1e9", "NaN", "Infinity", "-1", "9" * 99, "0x10", "1_000", "²")
SEVERAL = (FieldKind.CHOICES, FieldKind.AREAS)


def asked(name, typed):
    form = build_form([FIELDS[name]], given={}, typed={name: typed}, today=TODAY)
    form.full_clean()
    return form


def answered(name, typed):
    return asked(name, typed).cleaned_data[name]


def refused(name, typed):
    with override("en"):
        return " ".join(asked(name, typed).errors[name])


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("hetu", "140288-900C", "140288-900C"),
        ("hetu", " 140288-900c ", "140288-900C"),
        ("hetu", "140288 - 900c", "140288-900C"),
        ("hetu", "140288+900C", "140288+900C"),
        *[("hetu", f"140288{sign}900C", f"140288{sign}900C") for sign in "-YXWVU"],
        *[("hetu", f"140205{sign}900Y", f"140205{sign}900Y") for sign in "ABCDEF"],
        ("last_name", "  von  Korhonen-Åkerblom ", "von Korhonen-Åkerblom"),
        ("last_name", "O’Brien", "O'Brien"),
        ("last_name", "Ọ̀ṣọ́", "Ọ̀ṣọ́"),
        ("last_name", "Kor\x00honen", "Korhonen"),
        ("hetu", "１４０２８８-900C", "140288-900C"),
        ("phone", "٠٤٠١٢٣٤٥٦٧", "+358401234567"),
        ("postcode", "00530", "00530"),
        ("postcode", "FI-00 530", "00530"),
        ("first_names", "Aino\u00a0Inkeri", "Aino Inkeri"),
        ("email", " Aino.Korhonen@Example.COM ", "Aino.Korhonen@example.com"),
        ("phone", "040 123 4567", "+358401234567"),
        ("phone", "+46 70 123 45 67", "+46701234567"),
        ("gross_income", "2 350 €", 2350),
        ("gross_income", "2350,00", 2350),
        ("gross_income", "0", 0),
        ("gross_income", "2 350,50", "2350.50"),
        ("gross_income", "2.350,5 €", "2350.50"),
        ("gross_income", "1000000", 1_000_000),
        ("area", "45,5", "45.5"),
        ("area", "45,50", "45.5"),
        ("area", "2000", "2000"),
        ("area", "45 m²", "45"),
        ("move_by", "1.3.2027", "2027-03-01"),
        ("move_by", "2027-03-01", "2027-03-01"),
        ("born", "29.2.2004", "2004-02-29"),
        ("years_in_helsinki", "0", 0),
        ("areas", ["201", "101"], ["101", "201"]),
        *[
            (name, "", None)
            for name in FIELDS
            if FIELDS[name].kind not in (FieldKind.CHOICES, FieldKind.AREAS)
        ],
    ],
)
def test_input_is_understood_and_stored_in_one_form(name, typed, kept):
    assert answered(name, typed) == kept


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("hetu", "140288-900D", "mistake"),
        ("hetu", "310288-900C", "no such"),
        ("hetu", "140288*900C", "form"),
        ("hetu", "140288-90", "form"),
        ("hetu", "241227A9005", "future"),
        ("last_name", "Корхонен", "Latin"),
        ("first_names", "山田", "Latin"),
        ("last_name", "Korhonen1", "letters"),
        ("last_name", "-", "letters"),
        ("first_names", "www.evil.example", "letters"),
        ("last_name", "x" * 101, "Too long"),
        ("street_address", "улица 3", "Latin"),
        ("further_information", "x" * 2001, "Too long"),
        ("email", "aino", "in full"),
        ("email", "aino@", "in full"),
        ("email", "aino@example.com, eino@example.com", "in full"),
        ("email", "aino@example.com\nBcc: all@example.com", "in full"),
        ("phone", "123", "in full"),
        ("phone", "puhelin", "in full"),
        ("gross_income", "paljon", "in euros"),
        ("gross_income", "-5", "in euros"),
        ("gross_income", "1" * 10, "at most"),
        ("owned_home_share", "101", "100"),
        ("area", "NaN", "from 0 to"),
        *[("area", text, "from 0 to") for text in BEYOND_NUMBERS],
        *[("years_in_helsinki", text, "from 0 to") for text in BEYOND_NUMBERS],
        *[("gross_income", text, "euros") for text in BEYOND_NUMBERS],
        *[("wealth", text, "euros") for text in BEYOND_NUMBERS],
        ("gross_income", "1000000,01", "at most"),
        ("area", "2000,01", "from 0 to"),
        ("area", "9" * 1_000_000, "Too long"),
        ("wealth", "9" * 1_000_000, "Too long"),
        ("gross_income", "1 000 kr", "in euros"),
        *[("postcode", text, "five digits") for text in ("0010", "abc", "00000", "SE-11122", "005300")],
        ("born", "010280", "day, month and year"),
        ("born", "1.2.80", "day, month and year"),
        ("born", "31.2.1990", "day, month and year"),
        ("born", "1990", "day, month and year"),
        ("born", "25.11.2026", "future"),
        ("born", "1.1.1800", "year"),
        ("kind", "nonsense", "Choose"),
        ("home_municipality", "999", "Choose"),
        ("areas", ["101", "nowhere"], "Choose"),
    ],
)
def test_unreadable_input_is_answered_with_how_to_write_it(name, typed, why):
    assert why in refused(name, typed)


@given(name=st.sampled_from(sorted(FIELDS)), typed=st.text(max_size=60))
def test_no_text_breaks_a_question_or_adds_invisible_characters(name, typed):
    form = asked(name, [typed] if FIELDS[name].kind in SEVERAL else typed)

    kept = form.cleaned_data.get(name)
    assert kept is None or isinstance(kept, str | int | bool | list)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf") and sign != "\n" for sign in str(kept))


@given(typed=st.text(alphabet="0123456789-+ABCDEFYXWVU abcdef", max_size=14))
def test_an_identity_code_is_kept_whole_or_refused(typed):
    kept = asked("hetu", typed).cleaned_data.get("hetu")

    assert kept is None or kept == "".join(typed.split()).upper()


def test_every_number_of_the_form_has_a_range():
    numbers = [
        field
        for field in FIELDS.values()
        if field.kind in (FieldKind.EUROS, FieldKind.NUMBER, FieldKind.DECIMAL)
    ]

    assert numbers
    assert all(0 < field.highest <= 1_000_000_000 for field in numbers)


def test_test_codes_are_refused_unless_the_setting_allows_them(settings):
    settings.ALLOW_TEST_HETU = False

    assert "test code" in refused("hetu", "140288-900C")
