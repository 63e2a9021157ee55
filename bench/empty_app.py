"""The least that a web server can be asked to do: `granian bench.empty_app:application`."""

from collections.abc import Callable, Iterable
from typing import Any

_ANSWER = b'{"id_token":"' + b"A" * 1800 + b'"}'
"""As long as a broker's answer."""


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Answer the same to everybody."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_ANSWER)))])
    return [_ANSWER]
