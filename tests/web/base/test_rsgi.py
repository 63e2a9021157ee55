"""The interface to granian: requests are read whole, within limits, before they get a thread."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from django.core.handlers.wsgi import WSGIHandler
from granian.rsgi import ProtocolClosed

from kanssa.web.base.body_timeout import BODY_TIMED_OUT
from kanssa.web.base.rsgi import Server, wsgi_environ

HOST = ("host", "kanssa.example")


@dataclass
class Scope:
    """A request's scope, as granian passes it."""

    headers: dict = field(default_factory=dict)
    method: str = "POST"
    path: str = "/fi/hakemus/"
    query_string: str = "a=%C3%A4"
    client: str = "127.0.0.1:4711"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"
    http_version: str = "1.1"
    authority: str | None = None
    proto: str = "http"


class Sending:
    """A client that sends a whole body, sends nothing for ever, or disconnects."""

    def __init__(self, body: bytes = b"", *, then: str = "end"):
        self.body, self.then, self.answers, self.times_read = body, then, [], 0

    async def __call__(self):
        self.times_read += 1
        if self.then == "silence":
            await asyncio.Event().wait()
        if self.then == "gone":
            raise ProtocolClosed
        return self.body

    def response_bytes(self, status, headers, body):
        self.answers.append((status, headers, body))


class Headers(list):
    def items(self):
        return self


def answered(sending, *headers, seconds=60.0):
    """Serve one request; return the requests that reached the application."""
    asked = []

    def application(environ, start_response):
        asked.append({**environ, "body": environ["wsgi.input"].read()})
        start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return iter([b"on", b"e"])

    server = Server(application, threads=2, largest_body=10, seconds_to_send=seconds)
    asyncio.run(server.__rsgi__(Scope(headers=Headers([HOST, *headers])), sending))
    return asked


def test_a_body_is_read_whole_before_the_application_is_called_once():
    sending = Sending(b"a=b")

    [asked] = answered(sending, ("content-length", "3"))

    assert (asked["body"], asked["CONTENT_LENGTH"]) == (b"a=b", "3")
    assert sending.answers == [(200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], b"one")]


def test_a_body_declared_too_large_is_not_read():
    sending = Sending(b"x" * 11)

    [asked] = answered(sending, ("content-length", "11"))

    assert (asked["body"], asked["CONTENT_LENGTH"], sending.times_read) == (b"", "11", 0)


@pytest.mark.parametrize("length", [(), (("content-length", "3"),)])
def test_a_chunked_body_is_refused_without_reading_it(length):
    sending = Sending(b"a=b")

    assert answered(sending, ("transfer-encoding", "chunked"), *length) == []
    assert ([status for status, *_rest in sending.answers], sending.times_read) == ([411], 0)


def test_a_silent_client_times_out():
    [asked] = answered(Sending(then="silence"), ("content-length", "3"), seconds=0.01)

    assert asked[BODY_TIMED_OUT]
    assert (asked["body"], asked["CONTENT_LENGTH"]) == (b"", "0")


def test_a_body_cut_off_never_reaches_the_application():
    sending = Sending(then="gone")

    assert answered(sending, ("content-length", "3")) == []
    assert sending.answers == []


@pytest.mark.parametrize(
    ("headers", "variable", "value"),
    [
        ([("x-forwarded-for", "1"), ("x_forwarded_for", "2")], "HTTP_X_FORWARDED_FOR", "1"),
        ([("x_forwarded_for", "2"), ("x-forwarded-for", "1")], "HTTP_X_FORWARDED_FOR", "1"),
        ([("x-forwarded_for", "2"), ("x-forwarded-for", "1")], "HTTP_X_FORWARDED_FOR", "1"),
        ([("x_forwarded_for", "2")], "HTTP_X_FORWARDED_FOR", None),
        ([("x_forwarded_proto", "https")], "HTTP_X_FORWARDED_PROTO", None),
        ([("content_type", "text/plain")], "CONTENT_TYPE", None),
        ([("content_length", "9")], "CONTENT_LENGTH", None),
        ([("x-forwarded-for", "1"), ("x-forwarded-for", "2")], "HTTP_X_FORWARDED_FOR", "1,2"),
        ([("cookie", "a=1"), ("cookie", "b=2")], "HTTP_COOKIE", "a=1; b=2"),
        ([("host", "another.example")], "HTTP_HOST", "kanssa.example,another.example"),
        ([("content-type", "text/plain")], "CONTENT_TYPE", "text/plain"),
    ],
)
def test_headers_become_variables_except_those_with_underscores(headers, variable, value):
    environ = wsgi_environ(Scope(), [HOST, *headers])

    assert environ.get(variable) == value


def test_no_environment_variable_of_the_server_becomes_a_header(monkeypatch):
    monkeypatch.setenv("HTTP_X_FORWARDED_FOR", "198.51.100.1")

    assert "HTTP_X_FORWARDED_FOR" not in wsgi_environ(Scope(), [HOST])


@pytest.mark.parametrize(("client", "address"), [("127.0.0.1:4711", "127.0.0.1"), ("[::1]:4711", "::1")])
def test_the_connections_address_has_no_port(client, address):
    assert wsgi_environ(Scope(client=client), [HOST])["REMOTE_ADDR"] == address


def test_a_path_is_passed_as_the_bytes_that_were_sent():
    assert wsgi_environ(Scope(path="/fi/ä"), [HOST])["PATH_INFO"] == "/fi/Ã¤"


def test_a_form_that_came_too_slowly_gets_a_page_that_says_so(browser):
    answer = browser.client.post("/en/application/", **{BODY_TIMED_OUT: True})

    assert answer.status_code == HTTPStatus.REQUEST_TIMEOUT
    assert "Your connection was too slow" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"),
        ("multipart/form-data; boundary=----Web'(1)", 'multipart/form-data; boundary="----Web\'(1)"'),
        ('multipart/form-data; charset=hex; boundary="a b"; x=y', "multipart/form-data"),
        ('multipart/form-data; charset=punycode; boundary="ab"; x=y', 'multipart/form-data; boundary="ab"'),
        *(
            (f"text/plain; charset={name}", "text/plain")
            for name in ("hex", "rot13", "zlib", "undefined", "idna")
        ),
        ("text/plain; a*=x'y'%ff", "text/plain"),
        ("text/plain\x00", ""),
        ("no type", ""),
        ("", ""),
    ],
)
def test_only_the_type_and_the_boundary_of_a_content_type_are_kept(given, kept):
    [asked] = answered(Sending(b""), ("content-type", given))

    assert asked["CONTENT_TYPE"] == kept


ODD_TYPES = (
    "text/plain; a*=x'y'%ff",
    "application/x-www-form-urlencoded; charset=hex",
    "multipart/form-data; charset=idna",
)


@pytest.mark.parametrize("given", ODD_TYPES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_content_type_makes_the_service_fail(method, given):
    sending = Sending(b"a=b")
    server = Server(WSGIHandler(), threads=2, largest_body=100, seconds_to_send=60)
    headers = Headers([("host", "127.0.0.1"), ("content-type", given), ("content-length", "3")])

    asyncio.run(server.__rsgi__(Scope(headers=headers, method=method, path="/healthz"), sending))

    [(status, _headers, _body)] = sending.answers
    assert status in {200, 405}
