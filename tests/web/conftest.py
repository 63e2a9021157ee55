import pytest

from kanssa.identification import registry
from tests.web.browser import Browser


@pytest.fixture(autouse=True)
def _direct_identification(settings):
    settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct.load"}
    registry.methods()


@pytest.fixture
def browser() -> Browser:
    return Browser()
