from dataclasses import replace
from datetime import date, timedelta

import pytest

from kanssa.accounts.applicant_refusals import WrongCredentials
from kanssa.accounts.models import User
from kanssa.accounts.staff_refusals import ConflictingInterest, NotYourRole
from kanssa.applications.casework.cases import AccessReason, comparison_fingerprint
from kanssa.applications.casework.lists import CaseworkList
from kanssa.applications.models import Confirmation, Seat, Task
from kanssa.applications.refusals import (
    CodeOfAnother,
    NoSuchApplication,
    NoSuchTask,
    NotAllowedNow,
    OwnCheck,
    ReasonNeeded,
    RepresentativeOnApplication,
    SomeoneElse,
    SomethingChanged,
    TermsNotAccepted,
)
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import active_session, begin_account_session
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.request_claim import request_claim
from kanssa.usecases.desk.casework.decide_task import decide_task
from kanssa.usecases.desk.casework.list_casework import list_casework
from kanssa.usecases.desk.casework.open_case import open_case
from kanssa.usecases.desk.casework.open_task import open_task
from kanssa.usecases.desk.casework.search_applications import search_applications
from kanssa.usecases.desk.documents.identify_in_person import Representative, identify_in_person
from kanssa.usecases.desk.documents.record_identity_code import record_identity_code
from kanssa.usecases.desk.documents.request_annulment import request_annulment
from kanssa.usecases.desk.serving.declare_conflict_of_interest import declare_conflict_of_interest
from kanssa.usecases.desk.serving.record_contact import record_contact
from kanssa.usecases.supervision.annul_desk_check import annul_desk_check
from kanssa.usecases.supervision.review_desk_check import review_desk_check
from kanssa.values.hetu import Hetu
from kanssa.values.identity_document import DocumentCheck, DocumentKind, DocumentProblem, NameDifference
from kanssa.values.mrz import check_digit
from kanssa.values.role import Role
from tests import actions
from tests.actions import departed
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    OTSO,
    TODAY,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    identified,
    later,
    loaded_application,
    sent,
)
from tests.staff import member
from tests.usecases.accounts.test_accounts import came, opened

pytestmark = pytest.mark.django_db

OWN = "eino-own@example.com"
PASSPORT = DocumentCheck(
    kind=DocumentKind.PASSPORT,
    issuer="FIN",
    expires=TODAY + timedelta(days=400),
    number_end="123",
    last_name="KORHONEN",
    first_names="AINO INKERI",
    born=date(1988, 2, 14),
    is_photo_same=True,
    is_name_same=True,
    is_born_same=True,
    is_marked_unverified=False,
    is_code_same=True,
)


def clerk(*roles):
    user = User.objects.create(name="Saga Salonen")
    return member(*(roles or (Role.CLERK,)), user_id=user.pk)


def checked(application, applicant_id, check=PASSPORT, *, staff, acting=None, now=NOW):
    if not check.compared:
        check = replace(check, compared=compared_now(application, applicant_id))
    return identify_in_person(
        application_id=application.pk,
        applicant_id=applicant_id,
        check=check,
        desk="Työpajankatu 8",
        acting=acting,
        staff=staff,
        now=now,
    )


def compared_now(application, applicant_id):
    return comparison_fingerprint(loaded_application(application).facts_of(applicant_id))


def main_of(application):
    return loaded_application(application).main_applicant.pk


def test_a_person_identified_at_the_desk_confirms_there_with_the_clerk_as_actor():
    application, saga = sent(AINO), clerk()

    aino = checked(application, main_of(application), staff=saga).identified
    accept_terms(identified=aino, version="2026-01-01", language="fi", actor=aino.actor, now=NOW)
    confirmed(application, aino)

    given = Confirmation.objects.get()
    assert loaded_application(application).state is State.VALID
    assert given.assisted_by == saga.user_id
    assert {event.actor_kind for event in Event.objects.filter(kind="confirmed")} == {"staff"}


def test_a_person_identified_by_a_zone_keeps_their_own_spelling():
    vaino = replace(AINO, last_name="Mäki-Östberg", first_names="Väinö")
    application, saga = sent(vaino), clerk()
    zone = replace(PASSPORT, last_name="MAEKI OESTBERG", first_names="VAEINOE")

    who = checked(application, main_of(application), zone, staff=saga).identified

    assert active_session(who.id, now=NOW).name == "Väinö Mäki-Östberg"


def test_an_assisted_confirmation_notifies_the_person():
    application, saga = sent(AINO, EINO), clerk()
    aino = checked(application, main_of(application), staff=saga).identified
    accept_terms(identified=aino, version="2026-01-01", language="fi", actor=aino.actor, now=NOW)

    confirmed(application, aino)
    confirmed(application, aino)

    address, says = read_contents(Message.objects.get(topic="assisted"))
    assert (address, says["reference"]) == (AINO.email, application.reference)


@pytest.mark.parametrize(("typed", "notified"), [({}, []), ({"email": OWN}, [OWN])])
def test_an_address_typed_by_another_applicant_is_not_notified_about_the_desk(typed, notified):
    application, saga = sent(AINO, EINO), clerk()
    [applicant] = [
        key for key, each in loaded_application(application).applicants.items() if not each.is_main
    ]
    document = replace(PASSPORT, first_names="EINO ENSIO", born=date(1987, 5, 3))
    completed(application, arrived(EINO), **typed)
    eino = checked(application, applicant, document, staff=saga).identified
    accept_terms(identified=eino, version="2026-01-01", language="fi", actor=eino.actor, now=NOW)

    confirmed(application, eino)

    assert [read_contents(each)[0] for each in Message.objects.filter(topic="assisted")] == notified


@pytest.mark.parametrize("typed", ["Aino Korhonen", "KORHONEN Aino", "aino  korhonen"])
@pytest.mark.parametrize("kind", ["guardian", "agent"])
def test_no_adult_of_the_application_represents_another(kind, typed):
    application, saga = sent(AINO, EINO), clerk()
    [eino] = [key for key, each in loaded_application(application).applicants.items() if not each.is_main]
    acting = Representative(kind, typed, "valtakirja 1.3.2026")

    with pytest.raises(RepresentativeOnApplication):
        checked(application, eino, staff=saga, acting=acting)

    assert not DeskCheck.objects.exists()
    assert Event.objects.filter(kind="refused", facts__code="representative-on-application").exists()


def test_only_the_permitted_details_of_a_document_are_stored():
    application, saga = sent(AINO), clerk()
    acting = Representative("guardian", "Erkki Edunvalvoja", "DVV 12.3.2026")

    checked(application, main_of(application), staff=saga, acting=acting)

    kept = DeskCheck.objects.get()
    assert (kept.kind, kept.issuer, kept.number_end) == ("passport", "FIN", "123")
    assert kept.answers == {"photo": True, "name": True, "born": True, "unverified": False, "code": True}
    assert kept.acting == "guardian"
    assert b"Erkki" not in bytes(kept.acting_sealed)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expires": TODAY - timedelta(days=1)}, DocumentProblem.EXPIRED),
        ({"expires": None}, DocumentProblem.EXPIRED),
        ({"kind": DocumentKind.DRIVING_LICENCE}, DocumentProblem.DRIVING_LICENCE),
        ({"kind": DocumentKind.OTHER}, DocumentProblem.NOT_ACCEPTED),
        ({"is_marked_unverified": True}, DocumentProblem.UNVERIFIED),
        ({"is_photo_same": False}, DocumentProblem.PHOTO),
        ({"is_born_same": False}, DocumentProblem.BORN),
        ({"is_name_same": False}, DocumentProblem.NAME),
    ],
)
def test_an_unacceptable_document_is_refused_with_its_reason_recorded(changes, fault):
    application, saga = sent(AINO), clerk()

    done = checked(application, main_of(application), replace(PASSPORT, **changes), staff=saga)

    assert done.identified is None
    assert done.fault is fault
    assert DeskCheck.objects.get().refused_because == fault
    assert not loaded_application(application).has_main_identified


def test_a_document_is_valid_through_its_last_day():
    application, saga = sent(AINO), clerk()

    assert checked(application, main_of(application), replace(PASSPORT, expires=TODAY), staff=saga).identified


def test_another_name_is_accepted_with_a_reason():
    application, saga = sent(AINO), clerk()
    check = replace(PASSPORT, is_name_same=False, difference=NameDifference.NAME_CHANGED)

    assert checked(application, main_of(application), check, staff=saga).identified
    assert DeskCheck.objects.get().difference == "name-changed"


def test_identifying_the_main_applicant_sends_the_invitations():
    application, saga = sent(AINO, EINO), clerk()

    checked(application, main_of(application), staff=saga)

    assert Message.objects.filter(topic="invitation").count() == 1


def test_a_person_without_a_code_is_identified_too():
    application, saga = sent(AINO), clerk()

    aino = checked(application, main_of(application), replace(PASSPORT, is_code_same=None), staff=saga)

    assert aino.identified.hetu_lookup is None
    assert applicant_of(application, aino.identified).person.hetu is None


def test_a_clerk_cannot_handle_their_own_household():
    application, saga = sent(AINO, EINO), clerk()
    declare_conflict_of_interest(hetu=Hetu(EINO.hetu), relation="relative", staff=saga, now=NOW)

    with pytest.raises(ConflictingInterest):
        checked(application, main_of(application), staff=saga)
    with pytest.raises(ConflictingInterest):
        open_case(application_id=application.pk, reason=AccessReason.VISIT, staff=saga, now=NOW)


def test_only_a_clerk_identifies():
    application, valma = sent(AINO), clerk(Role.SUPERVISOR)

    with pytest.raises(NotYourRole):
        checked(application, main_of(application), staff=valma)


@pytest.mark.parametrize(
    "typed",
    [
        "Korhonen Aino",
        "aino korhonen",
        AINO.hetu,
        "14.2.1988",
        "Korhonen 14.2.1988",
        "P<FINKORHONEN<<AINO<INKERI<<<<<<<<<<<<<<<<<<<AB12345670FIN8802148F3001011<<<<<<<<<<<<<<<",
    ],
)
def test_a_clerk_searches_by_reference_zone_or_name(typed):
    application, saga = sent(AINO, EINO), clerk()
    sent(HILMA)

    zone = typed if "<" not in typed else zone_of(AINO)
    people = search_applications(typed=zone, reason=AccessReason.VISIT, staff=saga, now=NOW)

    assert {each.application_id for each in people} == {application.pk}
    assert Event.objects.get(kind="searched").facts["reason"] == "visit"


@pytest.mark.parametrize("typed", ["Outsider-Makinen", "outsider maekinen otso", "MÄKINEN", "otso"])
def test_names_are_found_in_any_order_and_spelling(typed):
    application, saga = sent(OTSO), clerk()

    people = search_applications(typed=typed, reason=AccessReason.VISIT, staff=saga, now=NOW)

    assert [each.application_id for each in people] == [application.pk]


def test_a_search_for_a_person_needs_a_reason_and_a_search_by_reference_does_not():
    application, saga = sent(AINO), clerk()
    search = {"staff": saga, "now": NOW, "reason": None}

    with pytest.raises(ReasonNeeded):
        search_applications(typed="Korhonen", **search)

    reference = application.reference.replace("-", "").lower()
    assert [each.reference for each in search_applications(typed=reference, **search)] == [
        application.reference
    ]


def test_the_log_of_searches_holds_nothing_of_the_typed_words():
    sent(AINO)
    saga = clerk()

    search_applications(typed="Korhonen", reason=AccessReason.VISIT, staff=saga, now=NOW)

    assert "orhonen" not in str(Event.objects.get(kind="searched").facts)


def test_opening_a_case_is_recorded_with_its_reason():
    application, saga = sent(AINO, EINO), clerk()

    case = open_case(application_id=application.pk, reason=AccessReason.CONTACT, staff=saga, now=NOW)

    assert [adult.name for adult in case.adults] == ["Aino Inkeri Korhonen", "Eino Ensio Korhonen"]
    assert Event.objects.get(kind="case-opened").facts == {"reason": "contact"}


def test_a_clerk_can_match_a_person_who_identified_with_another_code():
    application, saga = sent(AINO, EINO), clerk()
    other = replace(EINO, hetu="010190-998H")
    eino = identified(other)
    applicant = next(
        key for key, row in loaded_application(application).applicants.items() if not row.is_main
    )
    ids = {"application_id": application.pk, "applicant_id": applicant}

    request_claim(**ids, identified=eino, actor=eino.actor, now=NOW)
    request_claim(**ids, identified=eino, actor=eino.actor, now=NOW)
    task = Task.objects.get()
    decide_task(task_id=task.pk, is_accepted=True, is_filled=False, staff=saga, now=NOW)

    assert applicant_of(application, eino).pk == applicant
    with pytest.raises(NoSuchTask):
        decide_task(task_id=task.pk, is_accepted=False, is_filled=False, staff=saga, now=NOW)


def test_details_typed_during_the_clerks_comparison_do_not_count_as_checked():
    application, saga = sent(AINO), clerk()
    read = compared_now(application, main_of(application))
    edited(application, None, lambda c: c.with_adult(main_of(application), {"hetu": OTSO.hetu}))

    with pytest.raises(SomethingChanged):
        checked(application, main_of(application), replace(PASSPORT, compared=read), staff=saga)

    assert loaded_application(application).main_applicant.person_id is None
    assert not DeskCheck.objects.exists()


def asked_as_eino(application, code="010190-998H"):
    eino = identified(replace(EINO, hetu=code))
    applicant = next(
        key for key, row in loaded_application(application).applicants.items() if not row.is_main
    )
    request_claim(
        application_id=application.pk, applicant_id=applicant, identified=eino, actor=eino.actor, now=NOW
    )
    return Task.objects.get()


def decided(task, *, is_accepted):
    saga = clerk()
    decide_task(task_id=task.pk, is_accepted=is_accepted, is_filled=False, staff=saga, now=NOW)


def decision_messages():
    return [read_contents(each) for each in Message.objects.filter(topic="decided")]


def test_a_matched_person_is_notified_only_at_the_mailbox_of_their_username():
    application = sent(AINO, EINO)
    task = asked_as_eino(application)
    opened(identified(replace(EINO, hetu="010190-998H")), email="other@example.com")

    decided(task, is_accepted=True)

    [(address, says)] = decision_messages()
    assert (address, says["outcome"]) == ("other@example.com", "taken")
    assert application.reference in says["reference"]


def test_a_matched_person_is_not_notified_at_an_address_that_others_typed():
    application = sent(AINO, EINO)
    task, saga = asked_as_eino(application), clerk()

    seen = open_task(task_id=task.pk, staff=saga, now=NOW)
    decided(task, is_accepted=True)

    assert not seen.is_told_of_yes
    assert decision_messages() == []


def test_an_unmatched_person_is_notified_at_their_mailbox_without_naming_an_application():
    application = sent(AINO, EINO)
    task = asked_as_eino(application)
    opened(identified(replace(EINO, hetu="010190-998H")), email="other@example.com")

    decided(task, is_accepted=False)

    [(address, says)] = decision_messages()
    assert address == "other@example.com"
    assert says == {"first_name": "Eino", "outcome": "not-taken"}


def test_an_unmatched_person_without_a_username_gets_no_message_at_an_address_that_others_typed():
    decided(asked_as_eino(sent(AINO, EINO)), is_accepted=False)

    assert decision_messages() == []


def test_a_clerk_cannot_decide_about_themselves():
    application, saga = sent(AINO, EINO), clerk()
    task = asked_as_eino(application)
    declare_conflict_of_interest(hetu=Hetu("010190-998H"), relation="self", staff=saga, now=NOW)

    with pytest.raises(ConflictingInterest):
        open_task(task_id=task.pk, staff=saga, now=NOW)
    with pytest.raises(ConflictingInterest):
        decide_task(task_id=task.pk, is_accepted=True, is_filled=False, staff=saga, now=NOW)


def test_an_annulled_identification_cannot_be_matched():
    seen, asked = sent(AINO), sent(replace(AINO, hetu="010190-998H"))
    impostor = checked(seen, main_of(seen), staff=clerk()).identified
    request_claim(
        application_id=asked.pk,
        applicant_id=main_of(asked),
        identified=impostor,
        actor=impostor.actor,
        now=NOW,
    )
    annulled(DeskCheck.objects.get(), staff=clerk(Role.SUPERVISOR), now=NOW)

    with pytest.raises(NotAllowedNow):
        decided(Task.objects.get(), is_accepted=True)

    assert loaded_application(asked).main_applicant.person_id is None
    decided(Task.objects.get(), is_accepted=False)


def test_a_person_cannot_be_matched_to_an_applicant_recorded_as_dead():
    application = sent(AINO, EINO)
    task = asked_as_eino(application)
    departed(application, task.applicant_id)

    with pytest.raises(NotAllowedNow):
        decided(task, is_accepted=True)

    decided(task, is_accepted=False)


def test_an_applicant_row_claimed_during_the_decision_stays_claimed():
    application, saga = sent(AINO, EINO), clerk()
    task = asked_as_eino(application)
    arrived(EINO)

    with pytest.raises(SomethingChanged):
        decide_task(task_id=task.pk, is_accepted=True, is_filled=False, staff=saga, now=NOW)


def test_opening_a_task_is_recorded_with_the_identification_shown():
    application, saga = sent(AINO, EINO), clerk()
    task = asked_as_eino(application)

    open_task(task_id=task.pk, staff=saga, now=NOW)

    assert Event.objects.get(kind="case-opened").facts["identification"] == str(task.identification_id)


def test_a_code_with_another_birth_date_is_refused():
    application, saga = sent(AINO), clerk()
    check = replace(PASSPORT, is_code_same=None)
    served = checked(application, main_of(application), check, staff=saga).identified
    ids = {"application_id": application.pk, "served": served, "staff": saga}

    with pytest.raises(CodeOfAnother):
        record_identity_code(hetu=Hetu(OTSO.hetu), **ids, now=NOW)

    record_identity_code(hetu=Hetu(AINO.hetu), **ids, now=NOW)


def annulled(check, *, staff, now):
    annul_desk_check(check_id=check.pk, grounds="mistaken", words="Another face.", staff=staff, now=now)


def test_a_wrongly_identified_person_loses_the_account():
    application, saga = sent(AINO), clerk()
    impostor = checked(application, main_of(application), staff=saga).identified
    opened(impostor)
    annulled(DeskCheck.objects.get(), staff=clerk(Role.SUPERVISOR), now=later(days=1))
    arrived(AINO, now=later(days=2))

    with pytest.raises(WrongCredentials):
        came(now=later(days=2))


def test_terms_accepted_by_another_must_be_accepted_by_the_person_themselves():
    application = sent(AINO)
    impostor = checked(application, main_of(application), staff=clerk()).identified
    accept_terms(identified=impostor, version="2026-01-01", language="fi", actor=impostor.actor, now=NOW)
    annulled(DeskCheck.objects.get(), staff=clerk(Role.SUPERVISOR), now=later(days=1))
    aino = identified(AINO, now=later(days=2))
    claim_applicants(identified=aino, sent_here=None, actor=aino.actor, now=later(days=2))

    assert aino.person_id == impostor.person_id
    with pytest.raises(TermsNotAccepted):
        confirmed(application, aino, now=later(days=2))


def test_annulling_a_later_visit_keeps_the_username():
    application, saga = sent(AINO), clerk()
    aino = checked(application, main_of(application), staff=saga).identified
    accept_terms(identified=aino, version="2026-01-01", language="fi", actor=aino.actor, now=NOW)
    opened(aino)
    by_account = begin_account_session(aino.person_id, now=later(days=3), has_code=True)
    checked(application, main_of(application), staff=saga, now=later(days=2))
    confirmed(application, by_account, now=later(days=3))

    annulled(DeskCheck.objects.latest("at"), staff=clerk(Role.SUPERVISOR), now=later(days=4))

    assert came(now=later(days=4)).person_id == aino.person_id
    assert loaded_application(application).state is State.VALID


def test_an_impostors_confirmation_of_another_application_ends_with_the_identification():
    application, elsewhere, saga = sent(AINO), sent(AINO), clerk()
    impostor = checked(application, main_of(application), staff=saga).identified
    completed_by_code = arrived(AINO, sent_here=elsewhere)
    assert completed_by_code.person_id == impostor.person_id
    given = confirmed(elsewhere, impostor)

    annulled(DeskCheck.objects.get(), staff=clerk(Role.SUPERVISOR), now=later(days=1))

    assert Confirmation.objects.get(pk=given).ended_because == "annulled"
    assert loaded_application(elsewhere, now=later(days=1)).state is State.SENT


def test_an_impostors_replaced_confirmation_is_not_restored():
    application, saga = sent(AINO), clerk()
    impostor = checked(application, main_of(application), staff=saga).identified
    accept_terms(identified=impostor, version="2026-01-01", language="fi", actor=impostor.actor, now=NOW)
    first = confirmed(application, impostor)
    elsewhere = sent(AINO)
    arrived(AINO, sent_here=elsewhere)
    second = confirmed(elsewhere, impostor, now=later(hours=1))
    assert Confirmation.objects.get(pk=first).ended_because == "used-elsewhere"

    annulled(DeskCheck.objects.get(), staff=clerk(Role.SUPERVISOR), now=later(days=1))

    assert Confirmation.objects.get(pk=second).ended_because == "annulled"
    assert not Confirmation.objects.filter(ended_at=None).exists()
    assert not Seat.objects.exists()


def test_a_supervisor_cannot_annul_a_confirmation_from_their_own_check():
    application, saga = sent(AINO), clerk(Role.CLERK, Role.SUPERVISOR)
    served = checked(application, main_of(application), staff=saga).identified
    accept_terms(identified=served, version="2026-01-01", language="fi", actor=served.actor, now=NOW)
    given = confirmed(application, served)

    with pytest.raises(OwnCheck):
        actions.annulled(given, staff=saga, now=later(days=1))

    assert Confirmation.objects.get(pk=given).ended_at is None


def test_a_code_that_the_document_disproves_is_removed_before_confirming():
    application, saga = sent(AINO, EINO), clerk()
    eino = arrived(EINO)
    check = replace(PASSPORT, is_code_same=False)

    served = checked(application, main_of(application), check, staff=saga).identified

    facts = loaded_application(application).facts_of(main_of(application))
    assert "hetu" not in facts
    assert (facts["no_hetu"], facts["born"], facts["nationality"]) == (True, "1988-02-14", "FI")
    assert not loaded_application(application).missing_details(main_of(application))
    accept_terms(identified=served, version="2026-01-01", language="fi", actor=served.actor, now=NOW)
    confirmed(application, served)
    completed(application, eino)
    confirmed(application, eino)
    assert loaded_application(application).state is State.VALID
    assert identified(AINO).hetu_lookup != served.hetu_lookup


def test_a_supervisor_cannot_annul_a_confirmation_under_a_code_that_they_recorded():
    application, saga = sent(AINO), clerk(Role.CLERK, Role.SUPERVISOR)
    check = replace(PASSPORT, is_code_same=None)
    served = checked(application, main_of(application), check, staff=saga).identified
    ids = {"application_id": application.pk, "served": served, "staff": saga}
    record_identity_code(hetu=Hetu(AINO.hetu), **ids, now=NOW)
    elsewhere = sent(AINO)
    given = confirmed(elsewhere, arrived(AINO, sent_here=elsewhere, now=later(days=1)), now=later(days=1))

    with pytest.raises(OwnCheck):
        actions.annulled(given, staff=saga, now=later(days=2))


def test_a_request_for_a_claimed_applicant_row_is_shown_but_cannot_be_accepted():
    application, saga = sent(AINO, EINO), clerk()
    first = arrived(EINO)
    task = asked_as_eino(application)

    opened_task = open_task(task_id=task.pk, staff=saga, now=NOW)

    assert opened_task.is_filled_for_good
    with pytest.raises(NotAllowedNow):
        decide_task(task_id=task.pk, is_accepted=True, is_filled=True, staff=saga, now=NOW)
    assert applicant_of(application, first).pk == task.applicant_id


def test_a_request_for_a_removed_applicant_is_not_listed():
    application, saga = sent(AINO, EINO), clerk()
    task = asked_as_eino(application)
    edited(application, None, lambda c: c.with_adult(task.applicant_id, {"hetu": "010190-998H"}))

    assert list_casework(wanted=CaseworkList.TASKS, staff=saga, now=NOW) == []
    with pytest.raises(NoSuchTask):
        open_task(task_id=task.pk, staff=saga, now=NOW)


def test_a_served_person_stays_on_the_days_list_after_an_edit_removed_them():
    application, saga = sent(AINO, EINO), clerk()
    applicant = application.applicants.get(is_main=False).pk
    of_eino = replace(PASSPORT, first_names="EINO ENSIO", born=date(1987, 5, 3))
    checked(application, applicant, of_eino, staff=saga)
    edited(application, None, lambda c: c.without_adult(applicant))

    served = list_casework(wanted=CaseworkList.SERVED, staff=saga, now=NOW)

    assert [each.name for each in served] == ["Eino Ensio Korhonen"]


def test_an_outsider_cannot_ask_to_be_matched():
    application = sent(AINO, EINO)
    otso = identified(OTSO)
    applicant = next(
        key for key, row in loaded_application(application).applicants.items() if not row.is_main
    )

    with pytest.raises(NoSuchApplication):
        request_claim(
            application_id=application.pk, applicant_id=applicant, identified=otso, actor=otso.actor, now=NOW
        )


def test_a_supervisor_reviews_but_never_their_own_checks():
    application, both = sent(AINO), clerk(Role.CLERK, Role.SUPERVISOR)
    checked(application, main_of(application), staff=both)
    check, valma = DeskCheck.objects.get(), clerk(Role.SUPERVISOR)

    with pytest.raises(SomeoneElse):
        review_desk_check(check_id=check.pk, outcome="good", staff=both, now=NOW)
    review_desk_check(check_id=check.pk, outcome="good", staff=valma, now=NOW)

    check.refresh_from_db()
    assert check.reviewed_by == valma.user_id


def test_about_a_tenth_is_for_review():
    application, saga = sent(AINO), clerk()
    for _round in range(120):
        checked(application, main_of(application), staff=saga)

    assert 1 <= DeskCheck.objects.filter(for_review=True).count() <= 40


def test_a_clerk_can_only_ask_for_an_annulment():
    application, saga = sent(AINO), clerk()
    checked(application, main_of(application), staff=saga)
    check = DeskCheck.objects.get()

    request_annulment(
        check_id=check.pk,
        reason="mistaken",
        words="Her sister’s passport.",
        staff=saga,
        now=later(hours=1),
    )

    check.refresh_from_db()
    assert check.annulment_asked_by == saga.user_id


def test_a_contact_is_recorded_with_its_outcome():
    application, saga = sent(AINO), clerk()

    record_contact(
        application_id=application.pk,
        channel="phone",
        outcome="visit-agreed",
        staff=saga,
        now=NOW,
    )

    case = open_case(application_id=application.pk, reason=AccessReason.CONTACT, staff=saga, now=NOW)
    assert [(each.channel, each.outcome) for each in case.contacts] == [("phone", "visit-agreed")]


def test_the_desk_serves_a_person_who_identified_online():
    application, saga = sent(AINO), clerk()
    online = arrived(AINO)

    aino = checked(application, main_of(application), staff=saga).identified

    assert aino.person_id == online.person_id
    completed(application, aino)


def zone_of(role):
    born, expires = f"{Hetu(role.hetu).born:%y%m%d}", "300101"
    second = (
        f"AB1234567{check_digit('AB1234567')}FIN{born}{check_digit(born)}F{expires}{check_digit(expires)}"
    )
    second = second.ljust(42, "<") + check_digit("<" * 14)
    composite = check_digit(second[0:10] + second[13:20] + second[21:])
    names = f"{role.last_name}<<{role.first_names.replace(' ', '<')}".upper()
    return f"P<FIN{names}".ljust(44, "<") + second + composite
