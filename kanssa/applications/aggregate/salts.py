"""The salts of the digests: one per part and application, random, stored sealed only.

An open salt beside a digest would let a reader of the database compute what was digested: an identity code
has a few thousand candidates once the name and the birth date are known.
"""

import os
from uuid import UUID

from kanssa.vault import open_json, seal_json

_BYTES = 16


def new_salt(row_id: UUID) -> bytes:
    # Bound to the row's id, so that a salt copied to another row does not open there.
    return seal_salt(row_id, os.urandom(_BYTES))


def seal_salt(row_id: UUID, salt: bytes) -> bytes:
    return seal_json(salt.hex(), bound_to=_bound_to(row_id))


def salt_of(row_id: UUID, sealed: "bytes | memoryview[int]") -> bytes:
    return bytes.fromhex(open_json(sealed, bound_to=_bound_to(row_id)))


def _bound_to(row_id: UUID) -> str:
    return f"salt:{row_id}"
