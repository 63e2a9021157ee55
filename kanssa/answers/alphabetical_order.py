"""Alphabetical order in Finnish, Swedish and English, without ICU."""

import unicodedata

# In Finnish and Swedish å, ä and ö follow z, and ü sorts as y.
_NORDIC = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})
_PUNCTUATION = str.maketrans({"-": " ", "–": " ", "’": "", "'": "", "(": "", ")": ""})


def sort_key(text: str, *, language: str) -> str:
    """Return a sort key. Other accents are ignored; in English å, ä and ö too."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_PUNCTUATION)
    if language != "en":
        folded = folded.translate(_NORDIC)
    bare = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
