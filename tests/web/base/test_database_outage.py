"""Pages while the database is away."""

from unittest.mock import patch

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from psycopg_pool import PoolTimeout

from kanssa.office.information import default_office
from kanssa.office.models import OfficeEdition
from tests.cast import HILMA, NOW, identified
from tests.database.proxied_connection import behind_a_proxy
from tests.web.browser import Browser, text_of

KINDS = {
    "refused": (OperationalError, psycopg.OperationalError),
    "closed": (InterfaceError, psycopg.InterfaceError),
    "read-only": (InternalError, psycopg.errors.ReadOnlySqlTransaction),
    "statement-timeout": (OperationalError, psycopg.errors.QueryCanceled),
    "lock-timeout": (OperationalError, psycopg.errors.LockNotAvailable),
    "idle-timeout": (InternalError, psycopg.errors.IdleInTransactionSessionTimeout),
    "shutdown": (OperationalError, psycopg.errors.AdminShutdown),
    "crash": (OperationalError, psycopg.errors.CrashShutdown),
    "starting": (OperationalError, psycopg.errors.CannotConnectNow),
    "too-many-connections": (OperationalError, psycopg.errors.TooManyConnections),
    "disk-full": (OperationalError, psycopg.errors.DiskFull),
    "connect-timeout": (OperationalError, psycopg.errors.ConnectionTimeout),
    "deadlock": (OperationalError, psycopg.errors.DeadlockDetected),
    "pool": (OperationalError, PoolTimeout),
}
IN_EACH_LANGUAGE = pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "Palvelu ei ole juuri nyt käytettävissä"),
        ("sv", "Tjänsten är inte tillgänglig just nu"),
        ("en", "The service is not available right now"),
    ],
)


@pytest.fixture
def without_database():
    """Make every use of the database fail with the given exceptions."""

    def fail(outer, inner):
        fault = outer("away")
        fault.__cause__ = inner("away")
        patches.append(patch.object(BaseDatabaseWrapper, "ensure_connection", side_effect=fault))
        patches[-1].start()

    patches = []
    yield fail
    for each in patches:
        each.stop()


@pytest.fixture
def away(without_database):
    without_database(OperationalError, psycopg.OperationalError)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_outage_is_answered_as_unavailable(without_database, kind):
    without_database(*KINDS[kind])

    answer = Browser().get("invitation/some-token/")

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Everything that you saved is safe" in text_of(answer)


def test_other_database_errors_stay_errors_of_ours(without_database):
    without_database(ProgrammingError, psycopg.ProgrammingError)
    client = Client(headers={"host": "127.0.0.1:8000"}, raise_request_exception=False)

    assert client.get("/en/invitation/some-token/").status_code == 500


def test_a_value_too_large_for_an_index_is_not_an_outage(without_database):
    without_database(OperationalError, psycopg.errors.ProgramLimitExceeded)
    client = Client(headers={"host": "127.0.0.1:8000"}, raise_request_exception=False)

    assert client.get("/en/invitation/some-token/").status_code == 500


@IN_EACH_LANGUAGE
def test_the_outage_page_is_in_the_language_of_the_address(away, language, says):
    answer = Browser(language).get({"fi": "kutsu/x/", "sv": "inbjudan/x/", "en": "invitation/x/"}[language])

    assert answer.status_code == 503
    assert says in text_of(answer)


@IN_EACH_LANGUAGE
def test_without_a_language_in_the_address_the_cookie_or_the_browser_decides(away, language, says):
    by_browser = Client(headers={"host": "127.0.0.1:8000", "accept-language": language})
    by_cookie = Client(headers={"host": "127.0.0.1:8000", "accept-language": "fi"})
    by_cookie.cookies["kanssa_language"] = language

    for client in (by_browser, by_cookie):
        assert says in text_of(client.get("/return/bank/?state=x"))


def test_an_outage_before_any_page_is_answered_the_same_way(away):
    client = Client(headers={"host": "127.0.0.1:8000"}, raise_request_exception=False)

    with patch("kanssa.web.staff.base.serving.visitor_of", side_effect=OperationalError("away")):
        answer = client.get("/en/invitation/x/")

    assert answer.status_code == 503
    assert answer["Retry-After"]


@pytest.mark.parametrize("path", ["", "instructions/", "contact/", "privacy/", "accessibility/"])
def test_public_pages_work_without_the_database(away, path):
    assert Browser().get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_last_known_notices_are_shown():
    information = default_office().information()
    information["notices"] = [
        {
            "id": "n",
            "since": NOW.date().isoformat(),
            "until": NOW.date().isoformat(),
            "text": {"fi": "Remontti", "sv": "Renovering", "en": "Renovation"},
        }
    ]
    OfficeEdition.objects.create(
        number=1, information=information, made_at=NOW, made_by=identified(HILMA).person_id
    )
    Browser().get("")

    with behind_a_proxy() as proxy:
        proxy.goes_away()
        answer = Browser().get("contact/")

    assert answer.status_code == 200
    assert "Renovation" in text_of(answer)


def test_the_input_can_be_sent_again(away):
    browser = Browser()
    browser.get("identification/cookies/")

    answer = browser.send("invitation/x/not-for-me/", last_name='O"Connor', reasons=["a", "b"])

    html = answer.content.decode()
    assert answer.status_code == 503
    assert '<form method="post" action="/en/invitation/x/not-for-me/">' in html
    assert 'name="last_name" value="O&#34;Connor"' in html
    assert html.count('name="reasons"') == 2


@pytest.mark.parametrize("field", ["password", "new_password", "code"])
def test_no_page_contains_a_password_or_code(away, field):
    browser = Browser()
    browser.get("identification/cookies/")

    answer = browser.send("invitation/x/not-for-me/", **{field: "a-secret-of-mine"})

    assert "a-secret-of-mine" not in answer.content.decode()
    assert "go back to the previous page" in text_of(answer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_page_whose_connection_breaks_is_read_again_on_another():
    with behind_a_proxy() as proxy:
        Browser().get("invitation/some-token/")
        proxy.about_statement = b'FROM "applications_invitation"'
        proxy.at_statement = 1

        answer = Browser().get("invitation/some-token/")

        assert proxy.at_statement == 0
    assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_connection_broken_while_idle_costs_no_page():
    with behind_a_proxy() as proxy:
        Browser().get("invitation/some-token/")
        proxy.cut()

        assert Browser().get("invitation/some-token/").status_code == 404
