import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanssa.applications.names import in_its_own_spelling, names_agree


@pytest.mark.parametrize(
    ("typed", "register"),
    [
        (("Korhonen", "Aino"), ("Korhonen", "Aino Inkeri")),
        (("KORHONEN", "aino"), ("Korhonen", "Aino Inkeri")),
        (("Virtanen", "Inkeri"), ("Korhonen", "Aino Inkeri")),
        (("Korhonen", "Kukka"), ("Korhonen", "Aino Inkeri")),
        (("Al Hassan", "Yusuf"), ("Al-Hassan", "Mohammed")),
        (("Akerblom", "L"), ("Åkerblom", "Linnea")),
        (("Makinen", "Anna-Maija"), ("Mäkinen", "Anna Maija")),
    ],
)
def test_the_family_name_or_one_given_name_is_enough(typed, register):
    assert names_agree(typed_last=typed[0], typed_first=typed[1], last=register[0], first=register[1])


@pytest.mark.parametrize(
    ("typed", "register"),
    [
        (("Korhonen", "Aino"), ("Virtanen", "Väinö")),
        (("Korhonen", "Aino"), ("Korhola", "Ainomaija")),
        (("Aino", "Korhonen"), ("Korhonen", "Aino")),
        (("", ""), ("", "")),
        (("-", "-"), ("-", "-")),
    ],
)
def test_another_name_does_not_agree(typed, register):
    assert not names_agree(typed_last=typed[0], typed_first=typed[1], last=register[0], first=register[1])


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1), st.text())
def test_a_name_agrees_with_itself_in_any_case(last, first):
    folded = last.casefold()
    assert names_agree(typed_last=folded, typed_first="", last=last, first=first)


@pytest.mark.parametrize(
    ("shown", "known", "kept"),
    [
        ("VAEINOE", "Väinö", "Väinö"),
        ("VAINO", "VÄINÖ", "VÄINÖ"),
        ("VÄINÖ", "Väinö", "Väinö"),
        ("AAKERBLOM", "Åkerblom", "Åkerblom"),
        ("MAEKI OESTBERG", "Mäki-Östberg", "Mäki-Östberg"),
        ("MAEKIOESTBERG", "Mäki-Östberg", "Mäki-Östberg"),
        ("OBRIEN", "O’Brien", "O’Brien"),
        ("VON DER HEIDE", "von der Heide", "von der Heide"),
        ("ANNA LIISA KYLLIKKI", "Anna-Liisa", "Anna-Liisa KYLLIKKI"),
        ("ANNA LIISA", "Liisa", "ANNA Liisa"),
        ("VIRTANEN", "Korhonen", "VIRTANEN"),
        ("Mäkinen", "Makinen", "Mäkinen"),
        ("MÄKINEN", "Makinen", "MÄKINEN"),
        ("VIRTANEN", "", "VIRTANEN"),
        ("", "Korhonen", ""),
    ],
)
def test_what_a_zone_shows_in_capitals_is_spelt_as_on_the_application(shown, known, kept):
    assert in_its_own_spelling(shown, known=known) == kept
