"""Corrections by a supervisor: a wrong match, a forged confirmation, a departure."""

import pytest

from kanssa.applications.aggregate.visibility import is_protected
from kanssa.applications.models import Application, Confirmation, Task
from kanssa.applications.states import State
from kanssa.evidence.models import Event, Statement
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.actions import departed, housed, without
from tests.cast import (
    AINO,
    EINO,
    OTSO,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    identified,
    joined,
    loaded_application,
    sent,
)
from tests.cast import CastMember as Adult
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import applicant_id_of, at_the_desk, confirm_here, identified_here, opened
from tests.web.staff.supervision.test_supervision import at_the_office

pytestmark = pytest.mark.django_db

FOLDER = "staff/supervisor/"
WRONG = {"grounds": "another-person", "words": "It was her sister."}
# Has Eino's name, with a code of his own.
NAMESAKE = Adult("Korhonen", "Eino Olavi", "010190-906X", "other@example.com")


@pytest.fixture
def office() -> Browser:
    return at_the_office(Browser())


@pytest.fixture
def desk(browser) -> Browser:
    return at_the_desk(browser)


def looked_into(office: Browser, application: Application, reason: str = "correction") -> str:
    """Open an application's history; return its folder."""
    application.refresh_from_db()
    office.post(f"{FOLDER}application/", reference=application.reference, reason=reason)
    return f"{FOLDER}application/{application.pk}/"


OWN_ADDRESS = "own@example.net"


def wrongly_matched(desk: Browser) -> Application:
    """Let a clerk match a namesake to Eino by mistake; he confirms, and the application is valid."""
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    stranger = identified(NAMESAKE)
    task = Task.objects.create(
        kind="other-code",
        applicant_id=applicant_id_of(application, is_main=False),
        identification_id=stranger.id,
        asked_at=application.sent_at,
    )
    desk.post(f"staff/desk/task/{task.pk}/", outcome="accepted")
    stranger = arrived(NAMESAKE)
    completed(application, stranger, email=OWN_ADDRESS)
    confirmed(application, stranger)
    assert loaded_application(application).state is State.VALID
    return application


# Finding the mistake


def test_decisions_are_listed_by_reference_and_not_by_name(desk, office):
    application = wrongly_matched(desk)
    departed(application, applicant_id_of(application))

    page = text_of(office.get(f"{FOLDER}decided/"))

    reference = Application.objects.get(pk=application.pk).reference
    assert f"{reference} Saga Salonen Accepted as the person named" in page
    assert "Recorded that a person died" in page
    assert "Korhonen" not in page
    [event] = Event.objects.filter(kind="decisions-read")
    assert (event.facts["reason"], event.facts["found"]) == ("review", [str(application.pk)])


def test_a_supervisor_sees_no_reference_of_their_own_household(office):
    application = sent(OTSO, EINO)
    arrived(OTSO)
    departed(application, applicant_id_of(application, is_main=False))

    page = text_of(office.get(f"{FOLDER}decided/"))

    assert "Your own household or a relative" in page
    assert application.reference not in page
    assert Event.objects.get(kind="decisions-read").facts["found"] == []


def test_an_application_opens_by_reference_with_a_reason_and_each_read_is_recorded(desk, office):
    application = wrongly_matched(desk)

    silent = office.post(f"{FOLDER}application/", reference=application.reference)
    assert silent.status_code == 422
    page = text_of(office.get(looked_into(office, application)))

    assert "Eino Ensio Korhonen" in page
    assert "A clerk decided that they are the person named" in page
    assert "Annul this confirmation" in page
    for secret in ("Kaikukatu", EINO.email, EINO.hetu):
        assert secret not in page
    reads = Event.objects.filter(kind="history-opened", application_id=application.pk)
    assert {each.facts["reason"] for each in reads} == {"correction"}
    assert len(reads) == 2


def test_nothing_is_shown_without_a_reason(office):
    application = sent(AINO)
    folder = f"{FOLDER}application/{application.pk}/"
    confirmation = confirmed(application, arrived(AINO))

    for name in (
        "",
        f"annul/{confirmation}/",
        f"{applicant_id_of(application)}/free/",
        f"{applicant_id_of(application)}/take-back/",
    ):
        assert office.get(f"{folder}{name}")["Location"].endswith(f"/application/{application.pk}/why/")
    assert "Korhonen" not in text_of(office.get(f"{folder}why/"))
    assert not Event.objects.filter(kind="history-opened").exists()


def test_an_unknown_reference_is_reported(office):
    answer = office.post(f"{FOLDER}application/", reference="H-26-AAAA-AA", reason="review")

    assert answer.status_code == 422
    assert "No application has this reference" in text_of(answer)


def test_reads_of_a_protected_person_are_on_the_list_of_reads(office):
    application = sent(AINO)
    arrived(AINO)
    applicant_of(application, arrived(AINO)).person.record_non_disclosure(is_protected=True, of="register")

    office.get(looked_into(office, application))

    assert Event.objects.filter(kind="protected-read", application_id=application.pk).exists()


def test_a_supervisor_cannot_open_their_own_household(office):
    application = sent(OTSO)

    answer = office.send(f"{FOLDER}application/{application.pk}/why/", reason="review")

    assert answer.status_code == 403


# Annulment


def test_a_person_removed_from_an_application_cannot_judge_it(office):
    application = sent(AINO, OTSO)
    otso = applicant_id_of(application, is_main=False)
    edited(application, joined(application, AINO), without(otso))

    folder = looked_into(office, application)

    assert office.get(folder).status_code != 200
    assert application.reference not in text_of(office.get(f"{FOLDER}decided/"))
    assert not Event.objects.filter(kind="history-opened").exists()


def test_a_forged_confirmation_given_online_is_annulled_with_grounds(office):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    joined(application, EINO, email=OWN_ADDRESS)
    forged = Confirmation.objects.get(person=applicant_of(application, arrived(EINO)).person)
    folder = looked_into(office, application)

    empty = office.post(f"{folder}annul/{forged.pk}/", grounds="forged")
    done = office.post(f"{folder}annul/{forged.pk}/", grounds="forged", words="His wife had his codes.")

    assert (empty.status_code, done.status_code) == (422, 302)
    forged.refresh_from_db()
    assert forged.ended_because == "annulled"
    assert loaded_application(application).state is State.SENT
    page = text_of(office.get(folder))
    assert "Annulled a confirmation" in page
    assert "His wife had his codes" in page
    assert b"wife" not in bytes(Statement.objects.get().words_sealed)
    assert not Event.objects.filter(facts__icontains="wife").exists()
    messages = [read_contents(each) for each in Message.objects.filter(topic="decided")]
    assert [(address, says["outcome"]) for address, says in messages] == [(OWN_ADDRESS, "unconfirmed")]


def test_an_annulled_confirmation_cannot_be_annulled_again(office):
    application = sent(AINO)
    given = confirmed(application, arrived(AINO))
    folder = looked_into(office, application)
    office.post(f"{folder}annul/{given}/", **WRONG)

    assert office.send(f"{folder}annul/{given}/", **WRONG).status_code == 404
    assert Event.objects.filter(kind="confirmation-annulled").count() == 1


def test_a_confirmation_is_annulled_only_under_its_own_application(office):
    application, other = sent(AINO), sent(EINO)
    given = confirmed(other, arrived(EINO))
    folder = looked_into(office, application)

    assert office.send(f"{folder}annul/{given}/", **WRONG).status_code == 404
    assert Confirmation.objects.get(pk=given).ended_at is None


def test_a_supervisor_cannot_annul_a_confirmation_given_in_their_presence(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    application = sent(AINO)
    identified_here(both, application)
    confirm_here(both, application, archive_reference="HEL 1")
    folder = looked_into(both, application)

    answer = both.send(f"{folder}annul/{Confirmation.objects.get().pk}/", **WRONG)

    assert answer.status_code == 422
    assert "A colleague does this one" in text_of(answer)
    assert Confirmation.objects.get().ended_at is None


# A wrong match


def test_undoing_a_wrong_match_also_ends_its_confirmation(desk, office):
    application = wrongly_matched(desk)
    folder, eino = looked_into(office, application), applicant_id_of(application, is_main=False)

    answer = office.post(f"{folder}{eino}/free/", **WRONG)

    assert answer.status_code == 302
    loaded = loaded_application(application)
    assert loaded.state is State.SENT
    assert loaded.applicants[eino].person_id is None
    assert not loaded.active_confirmations_of(eino)
    assert is_protected(loaded.applicants[eino])
    assert "Released an applicant from a person" in text_of(office.get(folder))


def test_a_match_that_can_no_longer_be_undone_keeps_the_confirmation(desk, office):
    application = wrongly_matched(desk)
    folder, eino = looked_into(office, application), applicant_id_of(application, is_main=False)
    housed(application)

    answer = office.post(f"{folder}{eino}/free/", **WRONG)

    assert answer.status_code == 422
    assert Confirmation.objects.filter(ended_at=None).count() == 2
    assert not Event.objects.filter(kind="confirmation-annulled").exists()


def test_after_a_wrong_match_only_the_right_person_claims_the_row(desk, office):
    application = wrongly_matched(desk)
    folder, eino = looked_into(office, application), applicant_id_of(application, is_main=False)
    office.post(f"{folder}{eino}/free/", **WRONG)

    arrived(NAMESAKE)
    assert loaded_application(application).applicants[eino].person_id is None
    meant = arrived(EINO)

    assert loaded_application(application).applicants[eino].person_id == meant.person_id


def test_a_clerk_cannot_undo_their_own_match(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    application = wrongly_matched(both)
    folder, eino = looked_into(both, application), applicant_id_of(application, is_main=False)

    answers = [
        both.send(f"{folder}{eino}/free/", **WRONG),
        both.send(f"{folder}annul/{Confirmation.objects.get(applicant=eino).pk}/", **WRONG),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert loaded_application(application).applicants[eino].person_id
    assert not Confirmation.objects.exclude(ended_at=None).exists()


def test_a_clerk_cannot_undo_their_own_match_without_a_confirmation_either(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    application = wrongly_matched(both)
    folder, eino = looked_into(both, application), applicant_id_of(application, is_main=False)
    Confirmation.objects.filter(applicant=eino).update(
        ended_at=application.sent_at, ended_because="withdrawn"
    )

    answer = both.send(f"{folder}{eino}/free/", **WRONG)

    assert answer.status_code == 422
    assert loaded_application(application).applicants[eino].person_id


def test_a_self_identified_person_cannot_be_removed_as_a_wrong_match(office):
    application = sent(AINO)
    arrived(AINO)
    folder = looked_into(office, application)

    assert office.send(f"{folder}{applicant_id_of(application)}/free/", **WRONG).status_code == 404
    assert "It is not this person" not in text_of(office.get(folder))


# A departure


def test_a_wrongly_recorded_death_is_found_and_reversed(desk, office):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    folder, eino = opened(desk, application), applicant_id_of(application, is_main=False)
    desk.post(f"{folder}{eino}/left/", because="died", grounds="certificate", words="Her brother telephoned.")
    assert "only they can undo it" in text_of(desk.get(folder))

    folder = looked_into(office, application)
    page = text_of(office.get(folder))
    answer = office.post(f"{folder}{eino}/take-back/", grounds="untrue", words="He came here, alive.")

    assert "Recorded as dead" in page
    assert "Her brother telephoned" in page
    assert answer.status_code == 302
    assert loaded_application(application).applicants[eino].left_at is None
    after = text_of(office.get(folder))
    assert "Undid the record that a person died" in after
    assert "He came here, alive" in after
    assert "Undo this" not in after


def test_a_death_is_reversed_by_a_colleague_of_the_recorder(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    application = sent(AINO, EINO)
    folder, eino = opened(both, application), applicant_id_of(application, is_main=False)
    both.post(f"{folder}{eino}/left/", because="died", grounds="register", words="Looked up.")

    answer = both.send(f"{looked_into(both, application)}{eino}/take-back/", grounds="untrue", words="Alive.")

    assert answer.status_code == 422
    assert "A colleague does this one" in text_of(answer)
    assert loaded_application(application).applicants[eino].left_at is not None


def test_a_wrongly_matched_person_is_notified_at_their_own_address(desk, office):
    application = wrongly_matched(desk)
    office.post(
        f"{looked_into(office, application)}{applicant_id_of(application, is_main=False)}/free/", **WRONG
    )

    messages = [read_contents(each) for each in Message.objects.filter(topic="decided")]

    assert (OWN_ADDRESS, "freed") in [(address, says["outcome"]) for address, says in messages]
