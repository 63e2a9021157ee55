"""A person's name as one value: for searching, matching to an applicant, and comparing with a document."""

from kanssa.values.names.name import Agreement, Name
from kanssa.values.names.searching import (
    Forms,
    SoughtWord,
    Trace,
    forms_of,
    likeness,
    sought_words,
    traces_of,
)

__all__ = [
    "Agreement",
    "Forms",
    "Name",
    "SoughtWord",
    "Trace",
    "forms_of",
    "likeness",
    "sought_words",
    "traces_of",
]
