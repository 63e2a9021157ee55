"""A connection breaks around COMMIT, and the next page tells the truth."""

from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction

from kanssa.applications.models import Confirmation
from kanssa.database.commit_outcome import current_mark
from kanssa.evidence.events import EventKind
from kanssa.evidence.models import Event
from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM
from tests.cast import AINO, NOW, sent
from tests.database.proxied_connection import behind_a_proxy
from tests.web.browser import Browser, text_of
from tests.web.confirm.test_confirmation import accept_terms, confirm
from tests.web.form_steps import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@pytest.fixture
def proxy(transactional_db):
    with behind_a_proxy() as proxy:
        proxy.about = b'INTO "applications_confirmation"'
        yield proxy


@pytest.fixture
def ready(browser):
    """Return Aino's application, which she is about to confirm."""
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)
    return application


def confirmations():
    return Confirmation.objects.count(), Event.objects.filter(kind="confirmed").count()


def test_a_commit_that_never_arrived_is_repeated_on_another_connection(proxy, browser, ready):
    proxy.before_commit = 1

    answer = confirm(browser, ready)

    assert answer["Location"] == f"/en/confirming/{ready.pk}/done/"
    assert "The application is valid" in text_of(browser.get(answer["Location"]))
    assert confirmations() == (1, 1)


def test_a_commit_with_a_lost_answer_is_found_and_not_repeated(proxy, browser, ready):
    proxy.after_commit = 1

    answer = confirm(browser, ready)

    assert answer["Location"] == f"/en/confirming/{ready.pk}/done/"
    assert "The application is valid" in text_of(browser.get(answer["Location"]))
    assert confirmations() == (1, 1)


@pytest.mark.parametrize(
    ("cut", "says", "count"),
    [("after_commit", "What you sent was saved", 1), ("before_commit", "What you sent was not saved", 0)],
)
def test_after_a_lost_commit_the_page_retries_until_it_knows(proxy, browser, ready, cut, says, count):
    setattr(proxy, cut, 1)
    proxy.at_commit = proxy.goes_away

    answer = confirm(browser, ready)
    meanwhile = browser.get(answer["Location"])
    proxy.comes_back()
    afterwards = browser.get(answer["Location"])

    assert answer.status_code == 303
    assert meanwhile.status_code == 503
    assert meanwhile["Retry-After"]
    assert "We do not know yet whether it was saved" in text_of(meanwhile)
    assert afterwards.status_code == 200
    assert says in text_of(afterwards)
    assert confirmations() == (count, count)


def test_an_unsaved_form_counts_once_when_sent_again(proxy, browser, ready):
    proxy.before_commit = 1
    proxy.at_commit = proxy.goes_away
    confirm(browser, ready)
    proxy.comes_back()

    confirm(browser, ready)
    confirm(browser, ready)

    assert confirmations() == (1, 1)


def test_the_page_leads_back_to_the_form_and_to_no_other_site(proxy, browser, ready):
    proxy.before_commit = 2
    proxy.at_commit = proxy.goes_away
    form = f"/en/confirming/{ready.pk}/"

    ours = confirm_from(browser, ready, proxy, f"http://127.0.0.1:8000{form}")
    strange = confirm_from(browser, ready, proxy, "http://elsewhere.example/some/page/")

    assert f'href="{form}"' in ours
    assert "elsewhere.example" not in strange
    assert "/some/page/" not in strange


def confirm_from(browser, application, proxy, referrer):
    browser.client.defaults["HTTP_REFERER"] = referrer
    answer = confirm(browser, application)
    proxy.comes_back()
    return browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("token", ["x", "MTox", "%C3%A4", "A" * 200])
def test_a_forged_outcome_address_is_not_found(token):
    assert Browser().get(f"outcome/{token}/").status_code == 404


def test_a_change_without_an_event_is_left_for_the_person_to_check(proxy, browser):
    begin(browser)
    proxy.about = b"UPDATE applications_application"
    proxy.before_commit = 1
    proxy.at_commit = proxy.goes_away

    answer = browser.post("application/background/", citizenship="FI")
    proxy.comes_back()
    page = browser.get(answer["Location"])

    assert answer.status_code == 303
    assert page.status_code == 200
    assert "Check whether what you sent was saved" in text_of(page)


def test_a_commit_still_in_progress_is_waited_for(proxy, browser, ready):
    with slow_commits():
        proxy.while_committing = 1

        answer = confirm(browser, ready)

    assert answer["Location"] == f"/en/confirming/{ready.pk}/done/"
    assert confirmations() == (1, 1)


@contextmanager
def slow_commits():
    """Make each COMMIT of a confirmation take a while."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON applications_confirmation"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION linger() CASCADE")


def test_an_unrecorded_refusal_changes_nothing_and_can_be_repeated(proxy, browser):
    browser.get("identification/cookies/")
    proxy.about_statement = b'INTO "evidence_event"'
    proxy.at_statement = 1

    meanwhile = browser.send("invitation/no-such-token/not-for-me/")
    afterwards = browser.send("invitation/no-such-token/not-for-me/")

    assert (meanwhile.status_code, afterwards.status_code) == (503, 404)
    assert Event.objects.filter(kind="refused").count() == 1


def test_a_transaction_leaves_no_mark_for_the_next(proxy):
    with transaction.atomic():
        record(EventKind.SENT, actor=SYSTEM, now=NOW)
    record(EventKind.RENEWED, actor=SYSTEM, now=NOW)
    with transaction.atomic():
        nothing = current_mark()
        with suppress(ValueError), transaction.atomic():
            record(EventKind.WITHDRAWN, actor=SYSTEM, now=NOW)
            raise ValueError
        taken_back = current_mark()
        record(EventKind.HOUSED, actor=SYSTEM, now=NOW)
        second = current_mark()

    assert (nothing, taken_back) == (None, None)
    assert second.kind == "housed"
