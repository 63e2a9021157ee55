"""Normalise typed or pasted text before any parser reads it. Pure.

Text from a word processor, a PDF or a phone contains look-alike and invisible characters: dashes, wide
spaces, full-width digits, direction marks. Here they become keyboard characters.
"""

import re
import unicodedata

_IN_ANOTHER_SHAPE = frozenset({"<wide>", "<narrow>", "<font>"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol without any glyph: treat them as spaces."""
_LINE_BREAKS = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SOFT_HYPHEN_OF_DIGITS = re.compile("(?<=[0-9])\u00ad(?=[0-9])")
_MORE_DASHES = frozenset("\u02d7\u2043\u207b\u208b\u2212")
_APOSTROPHES = frozenset(
    "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u201b\u2032\ua78c"
)
_NONCHARACTERS = 0xFFFE


def one_line(typed: str) -> str:
    """Normalise one line: single spaces between words, none at the ends.

    Dashes become `-`, apostrophes `'`, digits of any script 0 to 9. Letters keep their marks.
    """
    shaped = "".join(_plain(sign) for sign in unicodedata.normalize("NFC", typed))
    visible = _without_invisible(_SOFT_HYPHEN_OF_DIGITS.sub("-", shaped))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def some_lines(typed: str) -> str:
    lines = (one_line(line) for line in _LINE_BREAKS.split(typed))
    return "\n".join(line for line in lines if line)


def free_text(typed: str) -> str:
    visible = _without_invisible(_spaced(_LINE_BREAKS.sub("\n", typed)))
    text = unicodedata.normalize("NFC", visible)
    return "\n".join(line.rstrip(" ") for line in text.split("\n")).strip()


def without_spaces(line: str) -> str:
    return "".join(line.split())


def _plain(sign: str) -> str:
    if sign in _APOSTROPHES:
        return "'"
    if sign in _MORE_DASHES or unicodedata.category(sign) == "Pd":
        return "-"
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.digit(sign))
    return sign if sign.isascii() else _spaced(_in_usual_shape(sign))


def _in_usual_shape(sign: str) -> str:
    # Replace width and typeface variants; split a ligature into its letters.
    shape = unicodedata.decomposition(sign).partition(" ")[0]
    is_ligature = shape == "<compat>" and unicodedata.category(sign).startswith("L")
    if shape not in _IN_ANOTHER_SHAPE and not is_ligature:
        return sign
    usual = unicodedata.normalize("NFKC", sign)
    return "".join(each if each == sign else _plain(each) for each in usual)


def _spaced(text: str) -> str:
    return "".join(" " if _is_space(sign) else sign for sign in text)


def _is_space(sign: str) -> bool:
    return sign in "\t\x1f" or sign in _BLANKS or unicodedata.category(sign) == "Zs"


def _without_invisible(text: str) -> str:
    marked = _INVISIBLE_MARKS.sub("", text)
    return "".join(sign for sign in marked if not _is_invisible(sign))


def _is_invisible(sign: str) -> bool:
    is_control = unicodedata.category(sign) in ("Cc", "Cf", "Cs") and not sign.isspace()
    return is_control or ord(sign) & _NONCHARACTERS == _NONCHARACTERS or "\ufdd0" <= sign <= "\ufdef"
