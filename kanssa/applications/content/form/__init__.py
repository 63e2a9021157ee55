"""The form in one description: its fields, their kinds, their owners and which are material.

Pages, the check-answers page, versions, digests and visibility are made from it.
"""

from kanssa.applications.content.form.description import (
    APPLICATION,
    EXPECTING,
    HOME,
    NEED,
    PERSON,
    RESIDENT,
    WISHES,
)
from kanssa.applications.content.form.field import Field, FieldKind
from kanssa.applications.content.form.missing import (
    is_given,
    missing_contact,
    missing_fields,
    missing_identity,
    missing_names,
)

__all__ = [
    "APPLICATION",
    "EXPECTING",
    "HOME",
    "NEED",
    "PERSON",
    "RESIDENT",
    "WISHES",
    "Field",
    "FieldKind",
    "is_given",
    "missing_contact",
    "missing_fields",
    "missing_identity",
    "missing_names",
]
