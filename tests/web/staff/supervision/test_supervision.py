"""Supervisors' screens: checks, the sample to review, clerks' requests, protected people, roles."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from kanssa.accounts.models import ActivationCode, StaffRole, User
from kanssa.accounts.staff_refusals import NotYourRole
from kanssa.applications.aggregate.visibility import is_protected
from kanssa.applications.models import Application, Confirmation, Seat
from kanssa.applications.refusals import NotIdentified, OwnCheck
from kanssa.applications.states import State
from kanssa.applications.transitions.editing import editable_content
from kanssa.evidence.models import Event
from kanssa.identification.models import CheckDecision, DeskCheck, Identification
from kanssa.identification.sessions import begin_session, identity_of_session
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.people.models import Person
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.usecases.supervision.list_desk_checks import list_desk_checks
from kanssa.usecases.supervision.open_desk_check import open_desk_check
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role
from tests.actions import annulled as confirmation_annulled
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    NOW,
    OTSO,
    arrived,
    confirmed,
    edited,
    identified,
    identity_of,
    loaded_application,
    sent,
)
from tests.cast import CastMember as Adult
from tests.staff import begun, member
from tests.staff import opened as local_account
from tests.usecases.accounts.test_accounts import opened as username_opened
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import applicant_id_of, at_the_desk, confirm_here, identified_here, opened

pytestmark = pytest.mark.django_db

ILONA = Adult("Niemi", "Ilona", "010190-906X", "ilona@example.com")
FOLDER = "staff/supervisor/"


@pytest.fixture
def desk(browser) -> Browser:
    return at_the_desk(browser)


@pytest.fixture
def office() -> Browser:
    """Return the browser of a supervisor who has declared who they are."""
    return at_the_office(Browser())


def at_the_office(browser: Browser, person: str = "valma", *, roles: str = "supervisor") -> Browser:
    browser.sign_on(person, roles=roles)
    browser.post("staff/desk/not-mine/", hetu=OTSO.hetu)
    return browser


def checked(desk: Browser, *, for_review: bool = False, **answers: str) -> DeskCheck:
    """Let Aino be identified at the desk; return the check."""
    identified_here(desk, sent(AINO, EINO), **answers)
    check = DeskCheck.objects.latest("at")
    check.for_review = for_review
    check.save(update_fields=["for_review"])
    return check


def application_of(check: DeskCheck) -> Application:
    return Application.objects.get(pk=check.application_id)


SEEN = "The sister came back with her own passport."


def wished_annulled(desk: Browser, check: DeskCheck, reason: str = "mistaken") -> None:
    desk.post(f"staff/desk/case/{check.application_id}/annulment/{check.pk}/", reason=reason, words=SEEN)


def page_of(check: DeskCheck, name: str = "") -> str:
    return f"{FOLDER}check/{check.pk}/{name}"


# Lists


def test_a_supervisor_sees_every_check_by_reference_and_not_by_name(desk, office):
    check = checked(desk)

    page = text_of(office.get(f"{FOLDER}checks/all/"))

    assert application_of(check).reference in page
    assert "Saga Salonen" in page
    assert "Korhonen" not in page
    event = Event.objects.get(kind="desk-checks-read")
    assert event.facts["reason"] == "review"
    assert event.facts["found"] == [str(check.application_id)]


def test_the_list_pages_through_every_check_once(desk, office, monkeypatch):
    monkeypatch.setattr("kanssa.usecases.supervision.list_desk_checks._MOST", 2)
    check, at = checked(desk), NOW
    for number in range(4):
        check.pk, check.identification, check.at = UUID(int=number), None, at - timedelta(days=number // 2)
        check.save(force_insert=True)

    path, seen = f"{FOLDER}checks/all/", []
    for _page in range(4):
        page = office.get(path).content.decode()
        seen += re.findall(r"/check/([0-9a-f-]{36})/", page)
        following = re.search(r'href="([^"]*)">Next page', page)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")

    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == {str(key) for key in DeskCheck.objects.values_list("pk", flat=True)}


def test_the_list_is_filtered_by_desk_clerk_and_day(desk, office):
    check = checked(desk)
    clerk = User.objects.get(name="Saga Salonen").pk
    reference = application_of(check).reference

    def shown(**wanted: str) -> bool:
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        return reference in text_of(office.get(f"{FOLDER}checks/all/?{query}"))

    assert shown(clerk=str(clerk), since="24.11.2026", until="24.11.2026")
    assert shown(desk=check.desk)
    assert not shown(since="25.11.2026")
    assert not shown(until="23.11.2026")
    assert not shown(clerk=str(UUID(int=1)))
    assert not shown(desk="Elsewhere")


def test_an_invalid_day_is_reported(office):
    answer = office.get(f"{FOLDER}checks/all/?since=yesterday")

    assert answer.status_code == 422
    assert "Write the date as day, month and year" in text_of(answer)


def test_the_sample_to_review_excludes_the_supervisors_own_checks(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    other = at_the_office(Browser(), "viivi")
    check = checked(both, for_review=True)

    assert "There is nothing here now" in text_of(both.get(f"{FOLDER}checks/review/"))
    assert application_of(check).reference in text_of(other.get(f"{FOLDER}checks/review/"))


# One check


def test_a_check_to_review_opens_for_that_and_shows_no_contacts(desk, office):
    check = checked(desk, for_review=True)

    page = text_of(office.get(page_of(check)))

    assert "Aino Inkeri Korhonen" in page
    assert "Is the person here the one in the photo? Yes" in page
    assert "Kaikukatu" not in page
    assert AINO.hetu not in office.last.content.decode()
    assert Event.objects.get(kind="desk-check-opened").facts["reason"] == "review"


def test_another_check_asks_for_a_reason_first(desk, office):
    check = checked(desk)

    assert office.get(page_of(check))["Location"].endswith("/why/")
    office.post(page_of(check, "why/"), reason="correction")

    assert "Korhonen" in text_of(office.get(page_of(check)))
    reasons = Event.objects.filter(kind="desk-check-opened").values_list("facts__reason", flat=True)
    assert set(reasons) == {"correction"}


def test_a_review_is_saved_once(desk, office):
    check = checked(desk, for_review=True)

    office.post(page_of(check), outcome="good")
    again = office.send(page_of(check), outcome="wrong")

    check.refresh_from_db()
    assert check.review == "good"
    assert again.status_code == 302  # already reviewed, so opening it needs a reason now
    assert "There is nothing here now" in text_of(office.get(f"{FOLDER}checks/review/"))


def test_a_review_as_wrong_leads_to_annulment(desk, office):
    check = checked(desk, for_review=True)

    assert office.post(page_of(check), outcome="wrong")["Location"].endswith(f"/check/{check.pk}/annul/")


def test_a_supervisor_cannot_judge_their_own_check(browser):
    both = at_the_office(browser, roles="clerk,supervisor")
    check = checked(both, for_review=True)
    both.post(page_of(check, "why/"), reason="review")

    page = text_of(both.get(page_of(check)))
    review = both.send(page_of(check), outcome="good")
    annulment = both.send(page_of(check, "annul/"), grounds="other", words="x")

    assert "You made this check yourself" in page
    assert "Save the review" not in page
    assert (review.status_code, annulment.status_code) == (409, 409)
    assert not CheckDecision.objects.exists()


def test_a_supervisor_cannot_open_their_own_household(desk, office):
    application = sent(OTSO, EINO)
    born = f"{Hetu(EINO.hetu).born:%d.%m.%Y}"
    identified_here(desk, application, is_main=False, is_name_same="no", difference="mistyped", born=born)
    check = DeskCheck.objects.get()

    answer = office.send(page_of(check, "why/"), reason="review")

    assert answer.status_code == 403
    assert "own household" in text_of(answer)
    listed = text_of(office.get(f"{FOLDER}checks/all/"))
    assert "Your own household or a relative" in listed
    assert application.reference not in listed


def test_a_supervisor_declares_who_they_are_before_the_first_check(browser):
    browser.sign_on("valma", roles="supervisor")

    assert browser.get(f"{FOLDER}checks/all/")["Location"] == "/en/staff/desk/not-mine/"


# Annulment


def test_a_clerks_request_to_annul_is_listed_with_its_reason(desk, office):
    check = checked(desk)
    wished_annulled(desk, check, "forged")
    assert not Event.objects.filter(facts__icontains="sister").exists()

    assert application_of(check).reference in text_of(office.get(f"{FOLDER}checks/tasks/"))
    page = text_of(office.get(page_of(check)))

    assert "The document was forged or belonged to another person" in page
    assert "Asked by Saga Salonen" in page
    assert SEEN in page
    assert Event.objects.get(kind="desk-check-opened").facts["reason"] == "task"


def test_annulment_ends_confirmation_session_and_claim_and_keeps_the_grounds(desk, office):
    application = sent(AINO)
    identified_here(desk, application)
    confirm_here(desk, application, archive_reference="HEL 1")
    check = DeskCheck.objects.get()
    wished_annulled(desk, check)
    assert loaded_application(application).state is State.VALID

    page = office.post(page_of(check, "annul/"), grounds="mistaken", words="It was her sister Maija.")

    assert page.status_code == 302
    loaded = loaded_application(application)
    assert Confirmation.objects.get().ended_because == "annulled"
    assert loaded.state is State.SENT
    assert loaded.main_applicant.person_id is None
    assert Identification.objects.get().ended_at is not None
    office.post(page_of(check, "why/"), reason="review")
    assert "It was her sister Maija" in text_of(office.get(page_of(check)))
    assert "There is nothing here now" in text_of(office.get(f"{FOLDER}checks/tasks/"))
    assert b"Maija" not in bytes(CheckDecision.objects.get().words_sealed)
    assert not Event.objects.filter(facts__icontains="Maija").exists()


def test_the_right_person_can_be_identified_after_an_annulment(desk, office):
    check = checked(desk)
    wished_annulled(desk, check)
    office.post(page_of(check, "annul/"), grounds="mistaken", words="Another person.")

    again = identified_here(desk, application_of(check))

    assert again.status_code == 302
    assert loaded_application(application_of(check)).main_applicant.person_id


def annulled(desk: Browser, office: Browser, *, is_main: bool = True) -> Application:
    """Let a person be identified at the desk by mistake, and annul the identification."""
    application = sent(AINO, EINO)
    role = AINO if is_main else EINO
    said = (
        {} if is_main else {"last_name": role.last_name, "first_names": role.first_names, "born": "3.5.1987"}
    )
    identified_here(desk, application, is_main=is_main, **said)
    desk.send("staff/desk/end/")
    check = DeskCheck.objects.latest("at")
    wished_annulled(desk, check)
    office.post(page_of(check, "annul/"), grounds="mistaken", words="Another person.")
    application.refresh_from_db()
    assert loaded_application(application).applicants[check.applicant_id].person_id is None
    return application


def test_an_annulment_does_not_reopen_the_sending_browser(desk, office):
    application = annulled(desk, office)

    with pytest.raises(NotIdentified):
        start_edit(application_id=application.pk, identified=None, actor=BROWSER, now=NOW)


def test_an_annulment_shows_the_main_applicant_nothing_of_the_other(desk, office):
    application = annulled(desk, office, is_main=False)
    arrived(AINO)
    loaded = loaded_application(application)
    freed = applicant_id_of(application, is_main=False)

    assert editable_content(loaded).adults[freed] == EINO.named
    assert loaded.applicants[freed].correction is None


def test_after_an_annulment_the_applicant_is_protected(desk, office):
    application = annulled(desk, office, is_main=False)

    assert is_protected(
        loaded_application(application).applicants[applicant_id_of(application, is_main=False)]
    )


def test_annulment_ends_the_persons_activation_slip(desk, office):
    check = checked(desk)
    desk.send(f"staff/desk/case/{check.application_id}/slip/")
    person = Person.objects.get(pk=check.identification.person_id)
    wished_annulled(desk, check)

    office.post(page_of(check, "annul/"), grounds="forged", words="Forged.")

    slip = person.activation_codes.get()
    assert slip.ended_because == "closed"


def test_annulling_needs_grounds_and_keeps_the_choice(desk, office):
    check = checked(desk)
    wished_annulled(desk, check)

    answer = office.post(page_of(check, "annul/"), grounds="other")

    assert answer.status_code == 422
    assert "Write the grounds" in text_of(answer)
    assert re.search(r'value="other" checked', answer.content.decode())


def test_an_identification_may_be_kept_with_grounds_and_the_clerk_sees_it(desk, office):
    check = checked(desk)
    wished_annulled(desk, check)

    office.post(page_of(check, "keep/"), words="Looked at the register: it is she.")

    assert CheckDecision.objects.get().outcome == "kept"
    assert "A supervisor has decided that it remains in force" in text_of(
        desk.get(f"staff/desk/case/{check.application_id}/")
    )


def test_a_kept_identification_may_be_questioned_again_for_a_new_reason(desk, office, clock):
    check = checked(desk)
    wished_annulled(desk, check)
    office.post(page_of(check, "keep/"), words="Looked at the register: it is she.")
    clock.passes(minutes=5)

    wished_annulled(desk, check, "forged")

    case = text_of(desk.get(f"staff/desk/case/{check.application_id}/"))
    assert "A supervisor has been asked to annul it" in case
    assert application_of(check).reference in text_of(office.get(f"{FOLDER}checks/tasks/"))
    page = text_of(office.get(page_of(check)))
    assert "The document was forged or belonged to another person" in page
    assert office.post(page_of(check, "annul/"), grounds="forged", words="A forgery.").status_code == 302


def messages(topic: str = "decided") -> list[tuple[str, dict]]:
    return [read_contents(each) for each in Message.objects.filter(topic=topic)]


def known_and_checked(desk: Browser, *others: Adult, **answers: str) -> DeskCheck:
    """Let Aino confirm by bank, and then be checked at the desk; return the check."""
    application = sent(AINO, *others)
    confirmed(application, arrived(AINO, sent_here=application))
    identified_here(desk, application, **answers)
    return DeskCheck.objects.get()


def test_only_the_person_whose_identification_is_annulled_is_notified(desk, office):
    check = known_and_checked(desk, EINO)
    wished_annulled(desk, check)

    office.post(page_of(check, "annul/"), grounds="forged", words="Forged.")

    [(address, says)] = messages()
    assert (address, says["outcome"]) == (AINO.email, "annulled")
    assert says["reference"] == application_of(check).reference
    assert "The person is notified by e-mail" in text_of(desk.get(f"staff/desk/case/{check.application_id}/"))


def test_no_message_goes_to_an_address_shared_by_two_adults(desk, office):
    check = known_and_checked(desk, replace(EINO, email=AINO.email))
    wished_annulled(desk, check)

    office.post(page_of(check, "annul/"), grounds="forged", words="Forged.")

    assert messages() == []
    case = text_of(desk.get(f"staff/desk/case/{check.application_id}/"))
    assert "No message was sent" in case
    assert "print a letter" in case


def test_no_message_goes_to_an_address_that_only_the_sender_typed(desk, office):
    check = checked(desk)
    wished_annulled(desk, check)

    office.post(page_of(check, "annul/"), grounds="mistaken", words="It was somebody else.")

    assert messages() == []
    assert "No message was sent" in text_of(desk.get(f"staff/desk/case/{check.application_id}/"))


def test_no_message_goes_to_an_address_confirmed_by_an_annulled_identification(desk, office):
    check = checked(desk)
    confirm_here(desk, application_of(check))
    wished_annulled(desk, check)
    confirmation_annulled(Confirmation.objects.get().pk)

    office.post(page_of(check, "annul/"), grounds="forged", words="Forged.")

    assert CheckDecision.objects.get().outcome == "annulled"
    assert messages() == []


def test_annulment_releases_applicants_claimed_by_an_account_since(desk, office, clock):
    check = checked(desk)
    wished_annulled(desk, check)
    elsewhere = sent(AINO)
    clock.passes(minutes=1)
    by_account = username_opened(identity_of_session(check.identification), now=clock.time)
    claim_applicants(identified=by_account, sent_here=elsewhere.pk, actor=by_account.actor, now=clock.time)
    assert loaded_application(elsewhere, now=clock.time).main_applicant.person_id == by_account.person_id

    office.post(page_of(check, "annul/"), grounds="forged", words="Somebody else's passport.")

    assert loaded_application(elsewhere, now=clock.time).main_applicant.person_id is None


# Identity codes recorded by a clerk


def coded(desk: Browser, clock) -> DeskCheck:
    """Let Aino be identified without a code, and the clerk record one; return the check."""
    check = checked(desk, is_code_same="unknown")
    clock.passes(minutes=1)
    desk.post(f"staff/desk/case/{check.application_id}/code/", hetu=AINO.hetu)
    check.refresh_from_db()
    return check


def test_a_check_that_recorded_a_code_is_always_reviewed(desk, office, clock):
    check = coded(desk, clock)

    listed = text_of(office.get(f"{FOLDER}checks/review/"))
    page = text_of(office.get(page_of(check)))

    assert application_of(check).reference in listed
    assert "An identity code was recorded" in listed
    assert "Annulment also removes the code" in page
    assert "Issued by Finland" in page
    assert AINO.hetu not in office.last.content.decode()


def test_annulment_removes_a_recorded_code_and_its_holder_loses_nothing(desk, office, clock):
    elsewhere = sent(AINO)
    check = coded(desk, clock)
    desk.send("staff/desk/end/")
    holder = arrived(AINO, sent_here=elsewhere, now=clock.time)
    confirmed(elsewhere, holder, now=clock.time)

    office.post(page_of(check, "annul/"), grounds="mistaken", words="It was another's code.")

    loaded = loaded_application(elsewhere, now=clock.time)
    given = Confirmation.objects.get()
    assert loaded.state is State.VALID
    assert Seat.objects.get().person_id == loaded.main_applicant.person_id == given.person_id
    emptied = loaded_application(application_of(check), now=clock.time)
    assert emptied.applicants[check.applicant_id].person_id is None
    identified_here(desk, application_of(check), is_code_same="unknown")
    assert DeskCheck.objects.latest("at").identification.person_id != given.person_id
    assert arrived(AINO, sent_here=elsewhere, now=clock.time).person_id == given.person_id


def test_a_checks_dependants_are_listed_with_application_and_method(desk, office, clock):
    check = coded(desk, clock)
    confirm_here(desk, application_of(check), archive_reference="HEL 1")
    desk.send("staff/desk/end/")
    elsewhere = sent(AINO)
    confirmed(elsewhere, arrived(AINO, sent_here=elsewhere, now=clock.time), now=clock.time)

    page = text_of(office.get(page_of(check)))

    dependants = page[page.index("What depends on it") :]
    assert application_of(check).reference in dependants
    assert "At the desk" in dependants
    assert elsewhere.reference not in dependants


def test_the_owner_of_a_wrongly_recorded_code_gets_it_back(desk, office, clock):
    before = identified(AINO)
    check = coded(desk, clock)
    assert Person.objects.get(pk=before.person_id).hetu is None

    office.post(page_of(check, "annul/"), grounds="mistaken", words="It was her sister's code.")

    assert Person.objects.get(pk=before.person_id).hetu.code == AINO.hetu
    assert identified(AINO, now=clock.time).person_id == before.person_id


def test_a_non_disclosure_order_follows_a_removed_code(desk, office, clock):
    check = coded(desk, clock)
    Person.objects.get(pk=check.identification.person_id).record_non_disclosure(is_protected=True, of="clerk")

    office.post(page_of(check, "annul/"), grounds="mistaken", words="It was her sister's code.")

    assert Person.objects.get(pk=identified(AINO, now=clock.time).person_id).is_protected


@pytest.mark.parametrize("acting_as", ["agent", "guardian"])
def test_a_representative_gets_no_slip_and_records_no_code(desk, acting_as):
    acting = {"acting_as": acting_as, "acting_name": "Arvi", "acting_document": "A letter of attorney"}
    check = checked(desk, is_code_same="unknown", **acting)
    folder = f"staff/desk/case/{check.application_id}/"

    slip = desk.send(f"{folder}slip/")
    code = desk.send(f"{folder}code/", hetu=AINO.hetu)

    assert (slip.status_code, code.status_code) == (409, 409)
    assert "given to the person themselves" in text_of(slip)
    page = text_of(desk.get(f"{folder}serving/"))
    assert "Print an activation slip" not in page
    assert "gets no slip and no username" in page
    assert Person.objects.get().hetu is None
    assert not ActivationCode.objects.exists()


# No acceptable document


def refused(desk: Browser) -> DeskCheck:
    check = checked(desk, expires="1.1.2020")
    desk.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/ask/")
    return check


DECISION = {
    "outcome": "identify",
    "grounds": "other-document",
    "is_code_same": "yes",
    "words": "A residence permit card with a photo.",
}


def test_a_person_without_a_document_is_identified_by_a_supervisors_decision(desk, office):
    check = refused(desk)
    case = f"staff/desk/case/{check.application_id}/"
    assert application_of(check).reference in text_of(office.get(f"{FOLDER}checks/tasks/"))

    office.post(page_of(check, "document/"), **DECISION)
    assert "A supervisor has decided that the person may be identified" in text_of(desk.get(case))
    served = desk.send(f"{case}decision/{check.pk}/identify/")

    assert served["Location"].endswith("/serving/")
    identification = Identification.objects.get()
    assert identification.person.hetu.code == AINO.hetu
    assert identification.assurance == "substantial"
    assert DeskCheck.objects.get(identification=identification).by_decision == CheckDecision.objects.get()


def by_decision(desk: Browser, office: Browser) -> DeskCheck:
    """Identify Aino without a document, by a supervisor's decision; return the check."""
    check = refused(desk)
    office.post(page_of(check, "document/"), **DECISION)
    desk.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/identify/")
    return DeskCheck.objects.get(by_decision__isnull=False)


def test_an_identification_by_decision_is_always_reviewed_by_another_supervisor(desk, office):
    check = by_decision(desk, office)
    other = at_the_office(Browser(), "viivi")

    assert check.for_review
    assert application_of(check).reference in text_of(other.get(f"{FOLDER}checks/review/"))
    assert "There is nothing here now" in text_of(office.get(f"{FOLDER}checks/review/"))


def test_a_supervisor_cannot_judge_an_identification_by_their_own_decision(desk, office):
    check = by_decision(desk, office)
    office.post(page_of(check, "why/"), reason="review")
    wished_annulled(desk, check)

    page = text_of(office.get(page_of(check)))
    answers = [
        office.send(page_of(check), outcome="good"),
        office.send(page_of(check, "annul/"), grounds="other", words="x"),
        office.send(page_of(check, "keep/"), grounds="right", words="x"),
    ]

    assert "it was made by your decision" in page
    assert "Save the review" not in page
    assert "Annul the identification" not in page
    assert [each.status_code for each in answers] == [409, 409, 409]
    assert CheckDecision.objects.count() == 1


def test_a_supervisor_cannot_end_a_confirmation_based_on_their_own_decision(desk, office):
    check = by_decision(desk, office)
    confirm_here(desk, application_of(check))
    valma = member(Role.SUPERVISOR, user_id=check.by_decision.staff_id)

    with pytest.raises(OwnCheck):
        confirmation_annulled(Confirmation.objects.get().pk, staff=valma)


def test_the_decision_is_sent_to_the_persons_own_address(desk, office):
    check = known_and_checked(desk, expires="1.1.2020")
    desk.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/ask/")

    office.post(page_of(check, "document/"), **DECISION)

    assert [(address, says["outcome"]) for address, says in messages()] == [(AINO.email, "identify")]


def test_an_unidentified_person_gets_no_message_about_the_decision(desk, office):
    check = refused(desk)

    office.post(page_of(check, "document/"), **DECISION)

    assert messages() == []
    assert "No message was sent" in text_of(desk.get(f"staff/desk/case/{check.application_id}/"))


def test_a_decision_does_not_cover_later_edits(desk, office):
    check = refused(desk)
    office.post(page_of(check, "document/"), **DECISION)
    application = application_of(check)
    main = loaded_application(application).main_applicant.pk
    edited(application, None, lambda c: c.with_adult(main, {"hetu": OTSO.hetu}))

    answer = desk.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/identify/")

    assert answer.status_code == 409
    assert not Identification.objects.exists()


def test_a_decision_works_once_and_for_a_limited_time(desk, office, clock):
    check = refused(desk)
    office.post(page_of(check, "document/"), **DECISION)
    path = f"staff/desk/case/{check.application_id}/decision/{check.pk}/identify/"

    clock.passes(days=14)
    late = at_the_desk(Browser())
    opened(late, application_of(check))
    too_late = late.send(path)
    clock.passes(days=-14)
    first, second = desk.send(path), desk.send(path)

    assert (too_late.status_code, first.status_code, second.status_code) == (404, 302, 404)


def test_the_deciding_supervisor_does_not_identify_by_it(desk, browser):
    check = refused(desk)
    both = at_the_office(Browser(), roles="clerk,supervisor")
    both.post(page_of(check, "document/"), **DECISION)
    opened(both, application_of(check))

    answer = both.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/identify/")

    assert answer.status_code == 409
    assert not Identification.objects.exists()


def test_without_a_positive_decision_no_person_is_identified(desk, office):
    check = refused(desk)
    path = f"staff/desk/case/{check.application_id}/decision/{check.pk}/identify/"

    early = desk.send(path)
    doubtful = office.post(page_of(check, "document/"), **(DECISION | {"grounds": "not-known"}))
    office.post(page_of(check, "document/"), **(DECISION | {"outcome": "refuse", "grounds": "not-known"}))
    answer = desk.send(path)

    assert (early.status_code, doubtful.status_code, answer.status_code) == (404, 422, 404)
    assert not Identification.objects.exists()


def test_a_decision_works_on_its_own_case_only(desk, office):
    check = refused(desk)
    office.post(page_of(check, "document/"), **DECISION)
    other = sent(ILONA)
    folder = opened(desk, other)

    answers = [desk.send(f"{folder}decision/{check.pk}/{action}/") for action in ("ask", "identify")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not Identification.objects.exists()


def test_a_wrong_photo_cannot_be_put_to_a_supervisor(desk):
    check = checked(desk, is_photo_same="no")

    answer = desk.send(f"staff/desk/case/{check.application_id}/decision/{check.pk}/ask/")

    assert answer.status_code == 404


# Non-disclosure


def protected(adult: Adult) -> Person:
    """Return a person with a non-disclosure order from Suomi.fi."""
    person = Person.objects.get(pk=identified(adult).person_id)
    person.record_non_disclosure(is_protected=True, of="register")
    return person


def test_a_protected_persons_contacts_open_with_a_reason_and_an_event(desk, office):
    application = sent(AINO, EINO)
    protected(AINO)
    folder = opened(desk, application)
    key = applicant_id_of(application)

    case = text_of(desk.get(folder))
    letter = text_of(desk.get(f"{folder}{key}/letter/"))
    without = desk.send(f"{folder}{key}/contacts/")
    shown = text_of(desk.post(f"{folder}{key}/contacts/", reason="contact"))

    assert "Non-disclosure order" in case
    assert "Contact details Protected" in case
    for secret in ("Kaikukatu", "00530", AINO.email):
        assert secret not in case
        assert secret not in letter
        assert secret not in text_of(without)
    assert without.status_code == 422
    assert "Kaikukatu 3" in shown
    assert "Helsinki" in shown
    reads = Event.objects.filter(kind="protected-read").values_list("facts__what", "facts__reason")
    assert ("contacts", "contact") in reads
    assert ("case", "visit") in reads


def test_an_unprotected_person_has_no_contacts_to_open(desk):
    application = sent(AINO)
    folder = opened(desk, application)

    assert desk.send(f"{folder}{applicant_id_of(application)}/contacts/", reason="visit").status_code == 404
    assert "Kaikukatu" in text_of(desk.get(folder))


def test_a_supervisor_sees_who_read_a_protected_person_when_and_why(desk, office):
    application = sent(AINO)
    protected(AINO)
    folder = opened(desk, application)
    desk.post(f"{folder}{applicant_id_of(application)}/contacts/", reason="contact")

    page = text_of(office.get(f"{FOLDER}protected/"))

    assert "Saga Salonen" in page
    assert application.reference in page
    assert "Contacts, municipality and address The person called or wrote" in page
    assert "Korhonen" not in page
    assert Event.objects.filter(kind="protected-reads-read").exists()


def test_the_list_of_reads_has_pages(desk, office, monkeypatch):
    monkeypatch.setattr("kanssa.usecases.supervision.list_protected_reads._MOST", 2)
    application = sent(AINO)
    protected(AINO)
    folder = opened(desk, application)
    for _time in range(2):
        desk.get(folder)

    first = office.get(f"{FOLDER}protected/").content.decode()
    older = re.search(r'href="([^"]*)">Older ones', first)[1]

    assert first.count("Saga Salonen") == 2
    assert office.get(older).content.decode().count("Saga Salonen") == 1


def test_other_adults_see_the_same_whether_or_not_a_person_is_protected(browser):
    application = sent(AINO, EINO)
    browser.identify("aino")
    browser.post("confirming/terms/")
    paths = (
        f"e-service/{application.pk}/",
        f"confirming/{application.pk}/",
        f"e-service/{application.pk}/visit/",
        "e-service/",
    )
    arrived(EINO)

    def pages() -> list[str]:
        return [text_of(browser.get(path)) for path in paths]

    before = pages()
    protected(EINO)

    assert pages() == before
    assert all(EINO.email not in page for page in before)


def test_the_registers_latest_answer_starts_and_ends_protection():
    person = Person.objects.get(pk=identified(AINO).person_id)

    def hears(word):
        told = replace(identity_of(AINO), non_disclosure=word)
        begin_session(told, person=person, attempt_id=None, now=NOW)
        return Person.objects.get().is_protected

    assert [hears(None), hears(True), hears(None), hears(False)] == [False, True, True, False]
    assert b"register" not in bytes(Person.objects.get().non_disclosure_sealed)


def of_the_order(application: Application, *, is_main: bool = True) -> str:
    return f"staff/desk/case/{application.pk}/{applicant_id_of(application, is_main=is_main)}/protect/"


def test_a_clerk_records_an_order_and_its_end_and_the_registers_order_prevails(desk):
    application = sent(AINO)
    identified_here(desk, application)
    path = of_the_order(application)
    person = Person.objects.get()

    desk.post(path, is_protected="yes", because="person")
    recorded = Person.objects.get().is_protected
    desk.post(path, is_protected="no", because="person")
    ended = Person.objects.get().is_protected
    person.refresh_from_db()
    person.record_non_disclosure(is_protected=True, of="register")
    desk.post(path, is_protected="no", because="person")

    assert (recorded, ended, Person.objects.get().is_protected) == (True, False, True)
    assert Event.objects.filter(kind="protection-recorded").count() == 2  # the repeated end records no event


def ordered(desk: Browser) -> Application:
    """Record a non-disclosure order of Aino, while no person is served."""
    application = sent(AINO, EINO)
    arrived(AINO)
    opened(desk, application)
    desk.post(of_the_order(application), is_protected="yes", because="person")
    return application


def test_an_order_cannot_be_ended_by_telephone(desk):
    application = ordered(desk)

    answer = desk.post(of_the_order(application), is_protected="no", because="person")

    assert answer.status_code == 422
    assert "only while the protected person is here" in text_of(answer)
    assert Person.objects.get().is_protected


def test_an_order_cannot_be_ended_while_another_applicant_is_served(desk):
    application = ordered(desk)
    main = Person.objects.get().pk
    identified_here(desk, application, is_main=False, first_names="Eino Ensio", born="3.5.1987")

    answer = desk.post(of_the_order(application), is_protected="no", because="person")

    assert answer.status_code == 422
    assert Person.objects.get(pk=main).is_protected


def test_an_agent_cannot_end_the_represented_persons_order(desk):
    application = ordered(desk)
    acting = {"acting_as": "agent", "acting_name": "Eino", "acting_document": "A letter of attorney"}
    identified_here(desk, application, **acting)

    answer = desk.post(of_the_order(application), is_protected="no", because="person")

    assert answer.status_code == 422
    assert Person.objects.get().is_protected


def test_an_order_of_an_unidentified_applicant_holds_for_the_person_who_claims_the_row(desk, office):
    application = sent(AINO, EINO)
    folder = opened(desk, application)
    shown = f"{EINO.first_names} {EINO.last_name}"
    assert f"Record a non-disclosure order of {shown}" in text_of(desk.get(folder))

    desk.post(of_the_order(application, is_main=False), is_protected="yes", because="told")
    before = text_of(desk.get(folder))
    arrived(AINO, sent_here=application)
    arrived(EINO)
    after = text_of(desk.get(folder))

    for case in (before, after):
        assert EINO.email not in case
        assert AINO.email in case
    page = text_of(office.get(f"{FOLDER}protected/"))
    assert "Recorded an order A relative or an authority told us" in page
    sealed = (
        loaded_application(application)
        .applicants[applicant_id_of(application, is_main=False)]
        .non_disclosure_sealed
    )
    assert b"true" not in bytes(sealed)


def test_an_order_of_an_unidentified_applicant_cannot_be_ended_by_telephone(desk):
    application = sent(AINO, EINO)
    opened(desk, application)
    desk.post(of_the_order(application, is_main=False), is_protected="yes", because="told")

    answer = desk.post(of_the_order(application, is_main=False), is_protected="no", because="told")

    assert answer.status_code == 422
    assert is_protected(
        loaded_application(application).applicants[applicant_id_of(application, is_main=False)]
    )


def by_passport(desk: Browser, application: Application) -> DeskCheck:
    """Identify Aino by a passport alone, with no comparable identity code; return the check."""
    identified_here(desk, application, is_code_same="unknown")
    return DeskCheck.objects.latest("at")


def test_a_person_identified_again_after_an_annulment_keeps_their_order(desk, office, clock):
    application = sent(AINO, EINO)
    check = by_passport(desk, application)
    desk.post(of_the_order(application), is_protected="yes", because="person")
    desk.send("staff/desk/end/")
    wished_annulled(desk, check)
    office.post(page_of(check, "annul/"), grounds="mistaken", words="The wrong document.")
    clock.passes(minutes=1)

    again = by_passport(desk, application)

    filled = loaded_application(application, now=clock.time).main_applicant
    assert filled.person_id == again.identification.person_id != check.identification.person_id
    assert is_protected(filled)
    assert AINO.email not in text_of(desk.get(f"staff/desk/case/{application.pk}/"))


def test_an_order_recorded_on_the_applicant_ends_for_the_identified_person(desk):
    application = sent(AINO, EINO)
    opened(desk, application)
    desk.post(of_the_order(application), is_protected="yes", because="told")
    by_passport(desk, application)
    assert is_protected(loaded_application(application).main_applicant)

    desk.post(of_the_order(application), is_protected="no", because="mistake")

    assert not is_protected(loaded_application(application).main_applicant)


def test_an_order_holds_and_ends_on_all_applications_of_the_person(desk):
    application, other = sent(AINO), sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    arrived(AINO, sent_here=other)
    identified_here(desk, application)
    desk.post(of_the_order(application), is_protected="yes", because="person")
    Person.objects.update(non_disclosure_sealed=None)  # as if the person were another row by now
    assert is_protected(loaded_application(other).main_applicant)

    desk.post(of_the_order(application), is_protected="no", because="person")

    assert not is_protected(loaded_application(other).main_applicant)


def test_a_guardian_ends_an_order_and_supervisors_see_that_it_was_the_guardian(desk, office):
    application = ordered(desk)
    document = {"acting_name": "Arvi Valvoja", "acting_document": "DVV 12/2026, seen"}
    identified_here(desk, application, acting_as="guardian", **document)

    desk.post(of_the_order(application), is_protected="no", because="decision")

    assert not is_protected(loaded_application(application).main_applicant)
    page = text_of(office.get(f"{FOLDER}protected/"))
    assert "Recorded the end of an order, as a guardian wished A decision of an authority was shown" in page


def test_ending_an_order_needs_a_reason(desk):
    application = ordered(desk)
    identified_here(desk, application)

    answer = desk.post(of_the_order(application), is_protected="no")

    assert answer.status_code == 422
    assert "Choose the basis" in text_of(answer)
    assert Person.objects.get().is_protected


def test_a_supervisor_sees_who_recorded_and_ended_an_order(desk, office):
    application = ordered(desk)
    identified_here(desk, application)
    desk.post(of_the_order(application), is_protected="no", because="decision")

    page = text_of(office.get(f"{FOLDER}protected/"))

    assert f"Saga Salonen {application.reference} Recorded an order The person says so" in page
    ended = f"{application.reference} Recorded the end of an order A decision of an authority was shown"
    assert f"Saga Salonen {ended}" in page


def test_a_merged_person_keeps_the_source_of_their_protection():
    known, other = Person.objects.create(), Person.objects.create()
    other.record_non_disclosure(is_protected=True, of="clerk")

    known.take_identifiers_of(other)
    assert known.is_protected
    known.record_non_disclosure(is_protected=False, of="clerk")

    assert not known.is_protected


# Roles


def local_user(now) -> User:
    browser = Browser()
    begun(browser, local_account(now=now), now=now)
    return User.objects.get(email="saga@example.com")


def test_a_supervisor_changes_roles_which_ends_the_sign_ins(office, clock):
    user = local_user(clock.time)
    assert "Change roles" in text_of(office.get("staff/people/"))

    office.post(f"{FOLDER}roles/{user.pk}/", roles=["clerk", "supervisor"])
    given = set(StaffRole.objects.filter(user=user).values_list("role", flat=True))
    office.send(f"{FOLDER}roles/{user.pk}/")

    assert given == {"clerk", "supervisor"}
    assert not StaffRole.objects.filter(user=user).exists()
    assert not user.sign_ins.filter(ended_at=None).exists()
    event = Event.objects.filter(kind="staff-roles-set", facts__has_key="before").first()
    assert event.actor_id == User.objects.get(name="Valma Salonen").pk
    assert event.facts["before"] == ["clerk"]


def test_a_supervisor_cannot_change_their_own_roles(browser, clock):
    browser_of_valma = browser
    begun(
        browser_of_valma,
        local_account("valma@example.com", Role.SUPERVISOR, name="Valma Valo", now=clock.time),
        now=clock.time,
        email="valma@example.com",
    )
    valma = User.objects.get(email="valma@example.com")

    answer = browser_of_valma.post(f"{FOLDER}roles/{valma.pk}/", roles=["supervisor", "operator"])

    assert answer.status_code == 422
    assert "changed by another supervisor" in text_of(answer)
    assert set(StaffRole.objects.filter(user=valma).values_list("role", flat=True)) == {"supervisor"}


def test_roles_from_the_single_sign_on_cannot_be_changed_here(desk, office):
    saga = User.objects.get(name="Saga Salonen")

    answer = office.post(f"{FOLDER}roles/{saga.pk}/", roles=["operator"])

    assert answer.status_code == 422
    assert "come from the single sign-on" in text_of(answer)


# Access and events


def test_every_read_of_a_supervisor_records_an_event_with_its_reason(desk, office):
    check = checked(desk, for_review=True)
    wished_annulled(desk, check)
    valma = User.objects.get(name="Valma Salonen").pk

    for path in ("checks/all/", "checks/review/", "checks/tasks/", "protected/"):
        before = Event.objects.filter(actor_id=valma).count()
        office.get(FOLDER + path)
        events = Event.objects.filter(actor_id=valma).order_by("id")
        assert events.count() == before + 1
        assert events.last().facts["reason"]
    for name in ("", "annul/", "keep/"):
        before = Event.objects.filter(actor_id=valma, kind="desk-check-opened").count()
        office.get(page_of(check, name))
        assert Event.objects.filter(actor_id=valma, kind="desk-check-opened").count() == before + 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.OPERATOR])
def test_only_a_supervisor_reads_checks(role):
    staff = member(role)
    common = {"staff": staff, "now": NOW}

    for action, given in (
        (list_desk_checks, {"wanted": "all", "filters": None, "after": None}),
        (open_desk_check, {"check_id": UUID(int=1), "reason": None}),
    ):
        with pytest.raises(NotYourRole):
            action(**given, **common)
