"""Read each request whole from granian (RSGI) before giving it a thread.

A client that sends or reads slowly holds a socket and a task, but no thread and no connection to the
database (docs/decisions/0014). The WSGI application runs behind this server.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import (  # type: ignore[attr-defined]  # it has no __all__
    HTTPProtocol,
    ProtocolClosed,
    Scope,
)

from kanssa.web.base.body_timeout import BODY_TIMED_OUT

Headers = list[tuple[str, str]]
_PLAIN: Headers = [("content-type", "text/plain")]
_NOT_HTTP = ("content-length", "content-type")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+", re.ASCII)
_BOUNDARY = re.compile(r"""; *boundary="?([a-z0-9'()+_,./:=?-]{1,70})"? *(?:;|$)""", re.IGNORECASE | re.ASCII)


@dataclass(slots=True)
class WsgiResponse:
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: Headers = field(default_factory=list)
    body: bytes = b""


class Server:
    def __init__(
        self, application: WSGIApplication, *, threads: int, largest_body: int, seconds_to_send: float
    ) -> None:
        """`seconds_to_send` is how long a client may take to send a body."""
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._largest_body = largest_body
        self._seconds_to_send = seconds_to_send

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        headers = list(scope.headers.items())
        # A chunked body has no known length, so the limit could not be checked in advance.
        if any(name == "transfer-encoding" for name, _value in headers):
            protocol.response_bytes(HTTPStatus.LENGTH_REQUIRED, _PLAIN, b"Send a Content-Length.")
            return
        try:
            environ = wsgi_environ(scope, headers)
            environ |= await self._body(int(environ.get("CONTENT_LENGTH", 0)), protocol)
        except ProtocolClosed:
            return  # the client is gone, and its body is incomplete
        running = asyncio.get_running_loop()
        answer = await running.run_in_executor(self._threads, self._answer, environ)
        protocol.response_bytes(answer.status, answer.headers, answer.body)

    async def _body(self, length: int, protocol: HTTPProtocol) -> WSGIEnvironment:
        if not 0 < length <= self._largest_body:
            return {"wsgi.input": BytesIO()}  # no body, or one that a middleware refuses by its length
        try:
            # Not part by part: a truncated body would look complete.
            async with asyncio.timeout(self._seconds_to_send):
                body = await protocol()
        except TimeoutError:
            return {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0", BODY_TIMED_OUT: True}
        return {"wsgi.input": BytesIO(body)}

    def _answer(self, environ: WSGIEnvironment) -> WsgiResponse:
        answer = WsgiResponse()

        def start_response(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
            answer.status, answer.headers = int(status.split(" ", 1)[0]), headers
            return _no_write

        parts = self._application(environ, start_response)
        try:
            answer.body = b"".join(parts)
        finally:
            _close(parts)
        return answer


def wsgi_environ(scope: Scope, headers: Headers) -> WSGIEnvironment:
    """Describe a request as PEP 3333 requires, without its body.

    A header with an underscore in its name is left out: it would become the same variable as one
    with a hyphen, and so replace what a proxy of ours wrote.
    """
    host, _colon, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    variables = _variables(headers)
    if "CONTENT_TYPE" in variables:
        variables["CONTENT_TYPE"] = _content_type(variables["CONTENT_TYPE"])
    return environ | variables


def _content_type(given: str) -> str:
    # Django reads the other parameters before any middleware can answer, and odd ones make it raise.
    media = given.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media):
        return ""
    boundary = _BOUNDARY.search(given)
    return f'{media}; boundary="{boundary[1]}"' if boundary else media


def _variables(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        # `X-Forwarded_For` must not become the variable of `X-Forwarded-For`.
        if "_" in name:
            continue
        variable = name.upper().replace("-", "_")
        if name not in _NOT_HTTP:
            variable = f"HTTP_{variable}"
        # RFC 6265 for cookies, RFC 9110 for all others.
        between = "; " if name == "cookie" else ","
        found[variable] = f"{found[variable]}{between}{value}" if variable in found else value
    return found


def _no_write(_data: bytes) -> object:
    raise NotImplementedError("the application answers by what it returns")


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close:
        close()
