"""A person's name as one value: for searching, matching to an applicant, and comparing with a document."""

from kanssa.values.names.name import Agreement, Name
from kanssa.values.names.search import (
    NameForms,
    SearchKeyKind,
    SearchWord,
    name_forms_of,
    search_keys_of,
    search_words_of,
    similarity,
)

__all__ = [
    "Agreement",
    "Name",
    "NameForms",
    "SearchKeyKind",
    "SearchWord",
    "name_forms_of",
    "search_keys_of",
    "search_words_of",
    "similarity",
]
