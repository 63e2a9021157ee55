from collections import Counter

import pytest

from kanssa.answers.alphabetical_order import sort_key
from kanssa.answers.issuers import issuer_name, issuer_of, issuers
from kanssa.answers.lists import countries

LANGUAGES = ("fi", "sv", "en")
ORGANISATIONS = 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_issuer_is_listed_once_by_code_and_by_name(language):
    offered = issuers(language)

    for seen in zip(*offered, strict=True):
        assert [each for each, times in Counter(seen).items() if times > 1] == []
    assert len(offered) == len(countries(language)) + ORGANISATIONS


@pytest.mark.parametrize("language", LANGUAGES)
def test_finland_is_first_then_the_alphabet_and_organisations_last(language):
    (first, _name), *between = issuers(language)[:-ORGANISATIONS]
    names = [name for _code, name in between]

    assert first == "FIN"
    assert names == sorted(names, key=lambda name: sort_key(name, language=language))
    assert [code for code, _name in issuers(language)[-ORGANISATIONS:]] == ["EUE", "UNO"]


def test_no_issuer_is_named_in_english_in_finnish_or_swedish():
    english = dict(issuers("en"))

    for language, words in (("fi", "kulkulupa"), ("sv", "laissez-passer")):
        for code in ("EUE", "UNO"):
            assert words in issuer_name(code, language)
            assert issuer_name(code, language) != english[code]


@pytest.mark.parametrize(
    ("printed", "code"),
    [("D", "DEU"), ("FIN", "FIN"), ("RKS", "RKS"), ("XKK", "RKS"), ("UNO", "UNO"), ("ZZZ", "")],
)
def test_what_a_document_prints_is_found_in_the_list(printed, code):
    assert issuer_of(printed) == code


def test_an_issuer_missing_from_the_list_is_shown_by_its_code():
    assert issuer_name("FIN", "sv") == "Finland"
    assert issuer_name("XKK", "fi") == "Kosovo"
    assert issuer_name("XOM", "fi") == "XOM"
