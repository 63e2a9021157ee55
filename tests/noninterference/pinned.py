"""Pinned randomness: every step draws from a stream of its own, so that hidden acts shift no later value."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


class Randomness:
    """The values that `os.urandom`, and with it `uuid4` and `secrets`, give in a run."""

    def __init__(self) -> None:
        self._stream = random.Random(0)

    def begin(self, step: str) -> None:
        """Begin the stream of a step: equal in both runs."""
        self._stream = random.Random(step)

    def urandom(self, size: int) -> bytes:
        return self._stream.randbytes(size)


@contextmanager
def pinned_randomness() -> Iterator[Randomness]:
    pinned = Randomness()
    # `secrets` draws through the name that `random` imported.
    with patch("os.urandom", pinned.urandom), patch("random._urandom", pinned.urandom):
        yield pinned
