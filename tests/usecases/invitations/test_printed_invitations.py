"""An adult named only, who comes by a code on paper."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.content.validation import problems_of
from kanssa.applications.models import Applicant, Invitation, Task
from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    NothingToInvite,
    PrintedInvitationsUsedUp,
    SomeoneElse,
    TooManyInvitationCodes,
    WrongInvitationCode,
)
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.request_claim import request_claim
from kanssa.usecases.invitations.open_invitation_code import open_invitation_code
from kanssa.usecases.invitations.print_invitation import print_invitation
from kanssa.values.actor import Actor
from kanssa.worker.emails.texts import email_text
from tests.actions import declined
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    OTSO,
    TODAY,
    CastMember,
    applicant_of,
    arrived,
    complete,
    completed,
    confirmed,
    edited,
    identified,
    later,
    loaded_application,
    sent,
)
from tests.usecases.desk.documents.test_identify_in_person import PASSPORT, checked, clerk, decided

pytestmark = pytest.mark.django_db


class NamedOnly(CastMember):
    """A co-applicant named only, who gets the invitation by hand."""

    @property
    def named(self):
        return {"last_name": self.last_name, "first_names": self.first_names, "by_hand": True}


EINO_NAMED = NamedOnly(EINO.last_name, EINO.first_names, EINO.hetu, EINO.email)


def begun():
    application = sent(AINO, EINO_NAMED)
    return application, arrived(AINO, sent_here=application)


def eino_on(application):
    return application.applicants.get(is_main=False)


def printed(application, aino, *, now=NOW):
    ids = {"application_id": application.pk, "applicant_id": eino_on(application).pk}
    return print_invitation(**ids, identified=aino, actor=aino.actor, now=now)


def opened(code, *, now=NOW):
    return open_invitation_code(code=code, address="192.0.2.0", actor=Actor("link"), now=now)


def came(role, code, *, now=NOW):
    """Type the code, then identify; the claim follows."""
    link = opened(code, now=now).invitation_id
    who = identified(role, now=now)
    claim_applicants(identified=who, sent_here=None, link=link, actor=who.actor, now=now)
    accept_terms(
        identified=who, version=terms_in_force(now.date()).version, language="fi", actor=who.actor, now=now
    )
    return who


def is_on(application, who):
    return Applicant.objects.filter(application=application, person_id=who.person_id).exists()


def test_the_name_is_enough_of_an_adult_who_gets_the_invitation_by_hand():
    without_by_hand = complete(AINO, replace(EINO_NAMED))
    key = without_by_hand.co_applicant_ids[0]

    assert problems_of(without_by_hand, today=TODAY) == []
    missing = problems_of(without_by_hand.with_adult(key, {"by_hand": False}), today=TODAY)
    assert {each.field for each in missing} == {"hetu", "email"}


def test_choosing_it_drops_what_was_typed_about_the_adult_before():
    content = complete(AINO, EINO)
    [key] = content.co_applicant_ids

    facts = content.with_adult(key, {"by_hand": True}).adults[key]

    assert not facts.keys() & {"hetu", "email"}


def test_with_the_code_they_identify_fill_in_their_own_part_and_confirm():
    application, aino = begun()
    confirmed(application, aino)

    eino = came(replace(EINO, last_name="Lindqvist"), printed(application, aino).code)
    completed(application, eino, email=EINO.email)
    confirmed(application, eino)

    assert loaded_application(application).state is State.VALID
    facts = loaded_application(application).facts_of(applicant_of(application, eino).pk)
    assert facts["hetu"] == EINO.hetu


def test_nothing_is_mailed_to_an_adult_who_gets_the_invitation_by_hand():
    application, aino = begun()
    confirmed(application, aino)

    assert not Message.objects.filter(applicant_id=eino_on(application).pk).exists()


@pytest.mark.parametrize("others", [(), (HILMA,)])
def test_the_message_on_sending_says_that_the_invitation_is_printed(others):
    sent(AINO, EINO_NAMED, *others)
    _address, says = read_contents(Message.objects.get(topic="received"))

    with override("en"):
        text = " ".join(email_text("received", says).paragraphs)

    assert "print it on the page that shows the status" in text
    assert ("get their links by e-mail" in text) == bool(others)
    assert "get no link" not in text


def test_without_the_code_an_identified_person_of_the_same_name_is_shown_nothing():
    application, aino = begun()
    printed(application, aino)

    assert not is_on(application, arrived(EINO))


def test_under_a_differing_name_a_clerk_decides():
    application, aino = begun()
    otso = came(OTSO, printed(application, aino).code)
    ids = {"application_id": application.pk, "applicant_id": eino_on(application).pk}

    request_claim(**ids, identified=otso, actor=otso.actor, now=NOW)

    assert not is_on(application, otso)
    assert Task.objects.get().kind == "code-later"


def test_a_person_matched_by_a_clerk_completes_their_own_part_under_their_own_code():
    application, aino = begun()
    confirmed(application, aino)
    otso = came(OTSO, printed(application, aino).code)
    ids = {"application_id": application.pk, "applicant_id": eino_on(application).pk}
    request_claim(**ids, identified=otso, actor=otso.actor, now=NOW)

    decided(Task.objects.get(), is_accepted=True)
    completed(application, otso, email=OTSO.email)
    confirmed(application, otso)

    assert loaded_application(application).state is State.VALID
    assert loaded_application(application).facts_of(eino_on(application).pk)["hetu"] == OTSO.hetu


def test_at_the_desk_an_adult_named_only_is_identified_by_their_document():
    application = sent(AINO, EINO_NAMED)
    confirmed(application, arrived(AINO))
    document = replace(PASSPORT, first_names="EINO ENSIO", born=date(1987, 5, 3), is_code_same=None)

    eino = checked(application, eino_on(application).pk, document, staff=clerk()).identified
    accept_terms(identified=eino, version="2026-01-01", language="fi", actor=eino.actor, now=NOW)
    completed(application, eino, email=EINO.email)
    confirmed(application, eino)

    assert loaded_application(application).state is State.VALID
    assert loaded_application(application).facts_of(eino_on(application).pk)["born"] == "1987-05-03"


def test_a_person_under_age_is_not_matched_by_the_code():
    application, aino = begun()

    child = came(replace(EINO, hetu="150109A9072"), printed(application, aino).code)

    assert not is_on(application, child)


def test_a_code_lets_one_person_in():
    application, aino = begun()
    code = printed(application, aino).code
    came(EINO, code)

    namesake = came(replace(HILMA, last_name=EINO.last_name), code)

    assert not is_on(application, namesake)


def test_nothing_shows_the_main_applicant_that_the_code_was_used():
    application, aino = begun()
    code = printed(application, aino).code
    before = queries.status(application.pk, identified=aino, now=NOW)

    eino = came(EINO, code)
    declined(application, eino)

    assert opened(code).applicant_id == eino_on(application).pk
    assert queries.status(application.pk, identified=aino, now=NOW) == before
    assert printed(application, aino).code != code


def test_a_new_code_ends_the_former_one():
    application, aino = begun()
    former = printed(application, aino).code

    latest = printed(application, aino).code

    with pytest.raises(WrongInvitationCode):
        opened(former)
    assert opened(latest.lower().replace("-", " "))


def test_a_code_replaced_while_its_holder_is_at_the_bank_lets_no_one_in():
    application, aino = begun()
    link = opened(printed(application, aino).code).invitation_id
    printed(application, aino)

    eino = identified(EINO)
    claim_applicants(identified=eino, sent_here=None, link=link, actor=eino.actor, now=NOW)

    assert not is_on(application, eino)


def test_a_code_works_for_14_days():
    application, aino = begun()
    code = printed(application, aino).code

    opened(code, now=later(days=13.9))
    with pytest.raises(WrongInvitationCode):
        opened(code, now=later(days=14))


def test_codes_are_tried_only_so_often_from_one_network(settings):
    settings.MAX_INVITATION_CODES_PER_ADDRESS = 3
    application, aino = begun()
    code = printed(application, aino).code

    for _guess in range(3):
        with pytest.raises(WrongInvitationCode):
            opened("AAAA-BBBB-CCCC")

    with pytest.raises(TooManyInvitationCodes):
        opened(code)


def test_the_database_holds_no_code_that_could_be_guessed_from_it():
    application, aino = begun()
    code = printed(application, aino).code.replace("-", "")

    stored = bytes(Invitation.objects.get().token_hash)

    assert stored != hashlib.sha256(code.encode()).digest()
    assert code not in str(Event.objects.get(kind="invitation-printed").facts)


def test_a_first_code_leaves_14_days_to_confirm():
    application, aino = begun()
    application.refresh_from_db()
    before = application.confirm_by

    printed(application, aino, now=later(days=25))

    application.refresh_from_db()
    assert application.confirm_by > before


def test_codes_of_a_day_are_limited():
    application, aino = begun()
    for _code in range(5):
        printed(application, aino)

    with pytest.raises(PrintedInvitationsUsedUp):
        printed(application, aino)
    assert printed(application, aino, now=later(days=1, minutes=1))


def test_only_the_main_applicant_makes_a_code():
    application, aino = begun()
    eino = came(EINO, printed(application, aino).code)

    with pytest.raises(SomeoneElse):
        printed(application, eino)


def test_an_adult_with_a_mailed_link_gets_no_code():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)

    with pytest.raises(NothingToInvite):
        printed(application, aino)


def test_choosing_it_later_ends_the_mailed_link_and_keeps_the_adult():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    eino = eino_on(application)

    edited(application, aino, lambda content: content.with_adult(eino.pk, {"by_hand": True}))

    assert eino_on(application).pk == eino.pk
    assert eino_on(application).hetu_lookup is None
    assert not Invitation.objects.active().exists()
    assert printed(application, aino)


def test_choosing_it_after_the_adult_has_identified_changes_nothing_of_theirs():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    eino = arrived(EINO)
    completed(application, eino, email="own@example.com")
    row = applicant_of(application, eino)

    edited(application, aino, lambda content: content.with_adult(row.pk, {"by_hand": True}))

    facts = loaded_application(application).facts_of(row.pk)
    assert (facts["email"], facts["hetu"]) == ("own@example.com", EINO.hetu)
    assert queries.review(application.pk, identified=eino, now=NOW).proposal is None
