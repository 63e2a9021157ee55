from collections.abc import Iterator

import pytest

from tests.identification.scripted_broker import Script, ScriptedBroker, running_broker


@pytest.fixture(scope="session")
def broker_server() -> Iterator[ScriptedBroker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture
def script(broker_server: ScriptedBroker) -> Script:
    """Give an honest answer of the broker, to be spoilt."""
    return broker_server.honest_script()
