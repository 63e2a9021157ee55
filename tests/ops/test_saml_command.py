from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kanssa.identification import registry
from tests.web import saml_method


@pytest.fixture
def _suomifi(settings):
    settings.IDENTIFICATION_METHODS = {"saml": "tests.web.saml_method.load"}
    settings.IDENTIFICATION_FILE = Path(saml_method.__file__).with_name("saml.toml")
    registry.methods()


def said(*arguments):
    out = StringIO()
    call_command("saml", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("_suomifi")
@pytest.mark.parametrize("arguments", [("metadata",), ("metadata", "suomifi")])
def test_the_command_prints_the_published_documents(arguments):
    published = Client(headers={"host": "127.0.0.1:8000"}).get("/return/suomifi/metadata/")

    assert said(*arguments) == published.content.decode()


@pytest.mark.usefixtures("_suomifi")
def test_an_unknown_method_is_answered_with_the_known_ones():
    with pytest.raises(CommandError, match="Name one of the SAML methods: suomifi"):
        said("metadata", "pigeon")


def test_where_no_provider_is_configured_it_says_so(settings):
    settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct_method.load"}

    with pytest.raises(CommandError, match="none is configured"):
        said("metadata")


def test_a_mistake_in_the_file_is_reported_in_its_sentence(settings, tmp_path):
    settings.IDENTIFICATION_FILE = tmp_path / "missing.toml"

    with pytest.raises(CommandError, match="cannot be read"):
        said("metadata")
