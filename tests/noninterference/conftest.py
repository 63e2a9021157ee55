import pytest

from kanssa.identification import registry, sign_ons


@pytest.fixture(autouse=True)
def _direct_identification(settings):
    settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct_method.load"}
    settings.SIGN_ONS = {"direct": "tests.web.direct_method.load_sign_on"}
    registry.methods()
    sign_ons.sign_ons()
