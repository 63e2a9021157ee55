"""A person's name as one value: for searching, matching to an applicant, and comparing with a document."""

from kanssa.values.names.name import Agreement, Name
from kanssa.values.names.searching import SoughtWord, Trace, likeness, sought_words, traces_of, ways_of_words

__all__ = [
    "Agreement",
    "Name",
    "SoughtWord",
    "Trace",
    "likeness",
    "sought_words",
    "traces_of",
    "ways_of_words",
]
