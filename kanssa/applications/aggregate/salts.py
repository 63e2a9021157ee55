"""The salts of the digests: one per part and application, random, stored only sealed.

An open salt beside a digest lets a reader of the database compute what was digested: an identity code
has a few thousand candidates once the name and the birth date are known.
"""

import os
from uuid import UUID

from kanssa.vault import open_json, seal_json

_BYTES = 16


def new_salt(row_id: UUID) -> bytes:
    """Make a salt for the digests of one part, sealed for its application's or applicant's row."""
    return seal_json(os.urandom(_BYTES).hex(), bound_to=_bound_to(row_id))


def salt_of(row_id: UUID, sealed: "bytes | memoryview[int]") -> bytes:
    """Open the salt of a row."""
    return bytes.fromhex(open_json(sealed, bound_to=_bound_to(row_id)))


def _bound_to(row_id: UUID) -> str:
    return f"salt:{row_id}"
