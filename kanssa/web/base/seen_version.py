"""The version that a page showed, as its form carries it back.

Sealed, so that each page carries another value: an id that changed between two visits would tell that
another adult has corrected their details, and so has identified.
"""

import binascii
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.core import signing

from kanssa.vault import open_json, seal_json


def sealed_version(version_id: UUID, *, application_id: UUID) -> str:
    sealed = seal_json(str(version_id), bound_to=_bound_to(application_id))
    return signing.b64_encode(sealed).decode()


def opened_version(sealed: str, *, application_id: UUID) -> UUID | None:
    """Give the version, or None for a value that no page of this application carried."""
    try:
        opened = open_json(signing.b64_decode(sealed.encode()), bound_to=_bound_to(application_id))
    except (ValueError, KeyError, InvalidTag, binascii.Error):
        return None
    return UUID(opened)


def _bound_to(application_id: UUID) -> str:
    return f"seen-version:{application_id}"
