"""Parse JSON that has one meaning only."""

import json
from collections.abc import Sequence
from typing import NoReturn


class NotStrictJson(ValueError):
    """Not a single JSON object, or a duplicate member; the text reveals nothing of it."""


def read_object(raw: bytes) -> dict[str, object]:
    """Read a JSON object. Raises NotStrictJson for duplicate members, NaN and other values."""
    try:
        found = _READER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotStrictJson from None
    if not isinstance(found, dict):
        raise NotStrictJson
    return found


def _without_duplicates(members: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) != len(members):
        raise NotStrictJson
    return found


def _no_constant(_: str) -> NoReturn:
    raise NotStrictJson


_READER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
