from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import later
from tests.identification.oidc.flow import METHODS_FILE, Flow
from tests.identification.oidc.scripted_broker import Script, ScriptedBroker, running_broker


@pytest.fixture(scope="session")
def broker_server() -> Iterator[ScriptedBroker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture
def script(broker_server: ScriptedBroker) -> Script:
    """Return the script of an honest answer, for a test to change."""
    return broker_server.honest_script()


@pytest.fixture
def flow(broker_server: ScriptedBroker, settings, tmp_path: Path, monkeypatch) -> Flow:
    """A browser and two brokers, with all pages between them."""
    now = later(hours=1)
    monkeypatch.setattr("kanssa.web.base.visitor.clock", lambda: now)
    settings.IDENTIFICATION_FILE = tmp_path / "identification.toml"
    settings.IDENTIFICATION_FILE.write_text(METHODS_FILE)
    settings.IDENTIFICATION_METHODS = {"scripted": "tests.identification.oidc.flow.load_scripted"}
    return Flow(broker_server, now)
