"""The broker's HTTP server: one process, a thread per connection, kept-alive connections."""

from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from rehearsal.broker.app import BrokerApp


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise the body waits 40 ms until the headers are acknowledged.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Log nothing: addresses contain codes."""


def broker_server(app: BrokerApp, port: int) -> BaseWSGIServer:
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
