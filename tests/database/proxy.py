"""A TCP proxy in front of PostgreSQL that cuts connections where a test wants it."""

import selectors
import socket
import threading
from contextlib import suppress

# The protocol ends the text of a statement with a zero byte.
_COMMIT = b"COMMIT\0"


class Proxy:
    """Forward to `target`; cut this many connections before, during or after the server's COMMIT.

    Only cut where the transaction contained `about`. While `is_silent`, take all bytes and answer none.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.before_commit = 0
        self.after_commit = 0
        self.while_committing = 0
        self.about = b""
        self.at_commit = lambda: None
        self.about_statement = b""
        self.at_statement = 0
        self.refuses = False
        self.is_silent = False
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.refuses = True
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut all present connections."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def goes_away(self) -> None:
        """Cut all connections and accept none."""
        self.refuses = True
        self.cut()

    def comes_back(self) -> None:
        self.refuses = False

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            if self.refuses:
                return
            with suppress(OSError), socket.create_connection(self.target, timeout=10) as server:
                # The time-out is for connecting only: an idle connection stays open.
                server.settimeout(None)
                self._pass_on(client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(client, selectors.EVENT_READ, server)
                ready.register(server, selectors.EVENT_READ, client)
                said = bytearray()
                while all(self._forward(key.fileobj, key.data, client, said) for key, _ in ready.select()):
                    pass
        finally:
            with self._lock:
                self._pairs.discard(pair)

    def _forward(
        self, source: socket.socket, sink: socket.socket, client: socket.socket, before: bytearray
    ) -> bool:
        """Return whether to go on; `before` is what the client sent since its last COMMIT."""
        said = source.recv(65_536)
        if source is client:
            before += said
            if self.about_statement in said and self._takes("at_statement"):
                return False
            if _COMMIT in said:
                is_about = self.about in before
                before.clear()
                return self._forward_commit(said, sink) if is_about else self._send(said, sink)
        return self._send(said, sink)

    def _forward_commit(self, said: bytes, server: socket.socket) -> bool:
        if self._takes("before_commit"):
            self.at_commit()
            return False
        self._send(said, server)
        if self._takes("after_commit"):
            server.recv(65_536)  # the server committed, and the client never hears of it
            self.at_commit()
            return False
        return not self._takes("while_committing")

    def _send(self, said: bytes, sink: socket.socket) -> bool:
        if said and not self.is_silent:
            sink.sendall(said)
        return bool(said)

    def _takes(self, counter: str) -> bool:
        with self._lock:
            left = getattr(self, counter)
            setattr(self, counter, max(0, left - 1))
        return left > 0
