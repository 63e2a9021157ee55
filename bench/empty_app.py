"""The least that a web server can be asked to do: `granian bench.empty_app:application`."""

from collections.abc import Callable
from typing import Any

# As long as a broker's answer.
_ANSWER = b'{"id_token":"' + b"A" * 1800 + b'"}'


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_ANSWER)))])
    return [_ANSWER]
