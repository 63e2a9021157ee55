"""The broker's HTTP server: one process, a thread per connection, connections kept alive."""

from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from rehearsal.broker.app import BrokerApp


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the body waits 40 ms for the headers to be acknowledged.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: addresses hold codes."""


def broker_server(app: BrokerApp, port: int) -> BaseWSGIServer:
    """Listen on 127.0.0.1; `serve_forever` and `shutdown` are the caller's."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
