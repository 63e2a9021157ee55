"""Typed or pasted text is normalised once, before any parser reads it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanssa.values.typed_text import free_text, one_line, some_lines

EVERY_CHARACTER = [chr(code) for code in range(0x110000)]
UNSEEN = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2060\x00\x1b"
)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        *[(f"a{sign}b", "ab") for sign in UNSEEN + "\u00ad\u034f\ufe0f\U000e0101\ufdd0\uffff"],
        *[
            (f"a{sign}b", "a-b")
            for sign in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u02d7\u2043"
        ],
        *[
            (f"a{sign}b", "a'b")
            for sign in "\u02bc\u02bb\u02bf\u02be\u2019\u2018\u201b\u0060\u00b4\u2032\uff07"
        ],
        *[
            (f"a{sign}b", "a b")
            for sign in "\u00a0\u2002\u2009\u202f\u205f\u3000\t\n\r\u2028\u2029\x0b\x85\u3164\u2800"
        ],
        ("  a \u00a0 b  ", "a b"),
        ("1\u00ad2", "1-2"),
        ("ＡＢｃ１２＠．（；", "ABc12@.(;"),
        ("𝐀𝟏", "A1"),
        ("٠١٢ ०१", "012 01"),
        ("ﬁnn", "finn"),
        ("e\u0301", "\u00e9"),
        ("½ № m² ª", "½ № m² ª"),
    ],
)
def test_one_line_becomes_plain_keyboard_characters(typed, plain):
    assert one_line(typed) == plain


def test_a_text_keeps_its_lines_dashes_and_quotes_and_loses_only_invisible_characters():
    typed = f" 2020–2022 ’it’{UNSEEN}\u00a0is  wide \r\n\r\n ｆｕｌｌ №½ e\u0301 \u2028 end\t "

    assert free_text(typed) == "2020–2022 ’it’ is  wide\n\n ｆｕｌｌ №½ \u00e9\n end"


def test_lines_of_symbols_stay_lines():
    assert some_lines("P＜FIN\u200b\r\n\n  AB\u00a0C ") == "P<FIN\nAB C"


@pytest.mark.parametrize("plain", [one_line, some_lines, free_text])
def test_no_invisible_character_remains_and_plain_ones_stay(plain):
    texts = ["a".join(EVERY_CHARACTER[start : start + 64]) for start in range(0, 0x110000, 64 * 7)]
    unseen = "".join(sign for sign in EVERY_CHARACTER if unicodedata.category(sign) in ("Cc", "Cf"))

    for text in (*texts, unseen):
        once = plain(text)
        assert plain(once) == once
        assert not any(unicodedata.category(sign) in ("Cc", "Cf") and sign != "\n" for sign in once)


@given(st.text())
def test_plain_text_stays_as_it_is(typed):
    for plain in (one_line, some_lines, free_text):
        assert plain(plain(typed)) == plain(typed)
