"""Pairs of spellings of a name, with the right answers: see pairs.toml."""

import tomllib
from pathlib import Path

import pytest

from kanssa.values.names import Name, name_forms_of, search_keys_of, search_words_of, similarity

KINDS = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text("utf-8"))["kind"]
PAIRS = [pair for kind in KINDS for pair in kind["pairs"]]
ANSWERS = {"family", "given", "document", "search"}


def name_in(written: str) -> Name:
    family, _, given = written.partition(",")
    return Name(family, given)


def taken_apart(pair: str) -> tuple[Name, Name, set[str]]:
    names, _, answers = pair.partition(":")
    one, _, other = names.partition("=")
    return name_in(one), name_in(other), set(answers.split())


def is_found(name: Name, *, typed: str) -> bool:
    """Return whether each word finds the name: by the index, and by the comparison that follows."""
    words, search_keys, forms = search_words_of(typed), search_keys_of(name), name_forms_of(name)
    return bool(words) and all(word.search_keys & search_keys and similarity(word, forms) for word in words)


def as_searched(name: Name) -> str:
    return f"{name.family} {''.join(name.given.split()[:1])}"


@pytest.mark.parametrize("pair", PAIRS)
def test_the_answers_about_two_spellings_of_a_name_are_right(pair):
    one, other, right = taken_apart(pair)

    family, given = one.agreement(other)
    said = {
        "family": family,
        "given": given,
        "document": one.is_on(other),
        "search": is_found(one, typed=as_searched(other)),
    }

    assert {answer for answer, is_so in said.items() if is_so} == right


def test_the_table_is_large_and_uses_known_answers_only():
    assert len(set(PAIRS)) == len(PAIRS) >= 200
    assert {answer for pair in PAIRS for answer in taken_apart(pair)[2]} == ANSWERS
