from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError
from django.test import Client

from tests.web.browser import Browser, text_of

IN_EACH_LANGUAGE = pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "Tässä osoitteessa ei ole sivua"),
        ("sv", "finns ingen sida"),
        ("en", "There is no page at this address"),
    ],
)


@pytest.fixture
def no_database():
    """Make every use of the database fail, as when it is down."""
    with patch.object(BaseDatabaseWrapper, "ensure_connection", side_effect=OperationalError("down")):
        yield


@IN_EACH_LANGUAGE
def test_an_unknown_address_is_answered_in_the_persons_language_without_the_database(
    no_database, language, says
):
    answer = Browser(language).get("nowhere/")

    assert answer.status_code == 404
    assert says in text_of(answer)
    assert f'<html lang="{language}">' in answer.content.decode()


def test_an_address_without_a_language_uses_the_browsers(no_database):
    answer = Client(headers={"host": "127.0.0.1:8000", "accept-language": "sv,en;q=0.5"}).get("/nowhere/x/")

    assert '<html lang="sv">' in answer.content.decode()


def test_a_disallowed_method_is_answered_with_a_page(no_database):
    browser = Browser()
    browser.get("identification/cookies/")

    answer = browser.send("contact/")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert "cannot be opened in this way" in text_of(answer)


def test_an_oversized_body_is_answered_with_a_page(no_database):
    browser = Browser()
    browser.get("identification/cookies/")

    answer = browser.send("application/name/", last_name="x" * 200_000)

    assert answer.status_code == 413
    assert "Your answers are too long for this page" in text_of(answer)


def test_a_file_sent_to_a_broker_return_address_is_refused(no_database):
    file = SimpleUploadedFile("large", b"x" * 300_000)

    answer = Client(headers={"host": "127.0.0.1:8000"}).post("/return/bank/", {"state": "x", "file": file})

    assert answer.status_code == 413


def test_too_many_fields_are_answered_with_a_page(no_database):
    browser = Browser()
    browser.get("identification/cookies/")

    answer = browser.send("application/name/", **{f"field{number}": "x" for number in range(400)})

    assert answer.status_code == 400


def test_an_error_of_ours_is_answered_with_a_page_that_reveals_nothing():
    client = Client(headers={"host": "127.0.0.1:8000"}, raise_request_exception=False)

    with patch.object(BaseDatabaseWrapper, "ensure_connection", side_effect=ValueError("Operational")):
        answer = client.get("/en/invitation/some-secret-token/")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in text_of(answer)
    assert "Operational" not in answer.content.decode()


def test_no_log_line_contains_an_invitations_token(no_database, caplog, capsys):
    client = Client(headers={"host": "127.0.0.1:8000"}, raise_request_exception=False)

    client.get("/en/invitation/some-secret-token/")

    assert "some-secret-token" not in capsys.readouterr().err


@pytest.mark.django_db
def test_pages_are_compressed():
    client = Client(headers={"host": "127.0.0.1:8000", "accept-encoding": "gzip"})

    assert client.get("/en/instructions/")["Content-Encoding"] == "gzip"
