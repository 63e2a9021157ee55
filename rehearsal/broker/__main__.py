r"""The rehearsal broker's process.

    python -m rehearsal.broker --write-config data/identification.toml --port 8001 \\
        --base-url http://127.0.0.1:8000
    python -m rehearsal.broker --port 8001 --state data/broker

Open it as `localhost` and the service as `127.0.0.1`: two sites, as in real life.
Without --state it looks beside the file that KANSSA_IDENTIFICATION_FILE names.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event

from rehearsal import clock
from rehearsal.broker.app import BrokerApp
from rehearsal.broker.registration import register
from rehearsal.broker.server import broker_server
from rehearsal.processes import CannotStart, is_free

_FOLDER = "broker"
_SLOW_SECONDS = 7  # more than the service waits for an answer


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal.broker",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, metavar="FOLDER", help="keys and clients")
    parser.add_argument("--write-config", type=Path, metavar="PATH", help="identification.toml to write")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="the service's address")
    chosen = parser.parse_args(arguments)
    state = chosen.state or _beside(chosen.write_config or os.environ.get("KANSSA_IDENTIFICATION_FILE"))
    if state is None:
        parser.error("say with --state where the keys and clients are")
    if chosen.write_config:
        base_url = chosen.base_url.rstrip("/")
        register(state.resolve(), chosen.write_config.resolve(), port=chosen.port, base_url=base_url)
        return 0
    if not (state / "clients.json").exists():
        parser.error(f"{state} holds no clients: run with --write-config first")
    _serve(state.resolve(), chosen.port)
    return 0


def _beside(config: str | Path | None) -> Path | None:
    return Path(config).parent / _FOLDER if config else None


def _serve(state: Path, port: int) -> None:
    if not is_free(port):
        raise CannotStart(f"Port {port} is taken: stop what listens there, or choose another --port.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app = BrokerApp(state, wait=partial(Event().wait, _SLOW_SECONDS), clock=lambda: clock.now().timestamp())
    with suppress(KeyboardInterrupt):
        broker_server(app, port).serve_forever()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        sys.exit(str(reason))
