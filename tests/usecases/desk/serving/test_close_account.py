"""A clerk ends a lost slip, or closes the username of a stolen mailbox; all else stays."""

from dataclasses import replace

import pytest

from kanssa.accounts.activation_codes import codes_of
from kanssa.accounts.applicant_refusals import NoSuchAccountLink, WrongCredentials
from kanssa.accounts.models import ActivationCode, User
from kanssa.accounts.passwords import matches_password
from kanssa.accounts.staff_refusals import ConflictingInterest, NotYourRole
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NothingToEnd
from kanssa.evidence.models import Event
from kanssa.identification.models import Identification
from kanssa.identification.sessions import active_session, annul_identification
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.accounts.reset_password import reset_password
from kanssa.usecases.desk.serving.close_account import close_account
from kanssa.usecases.desk.serving.declare_conflict_of_interest import declare_conflict_of_interest
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role
from tests.actions import corrected
from tests.cast import (
    AINO,
    EINO,
    NOW,
    OTHER_DETAILS,
    applicant_of,
    arrived,
    confirmed,
    identified,
    later,
    loaded_application,
    sent,
)
from tests.staff import member
from tests.usecases.accounts.test_accounts import (
    CLERK,
    MAILBOX,
    NEW_PASSWORD,
    TOMORROW,
    came,
    mailed,
    mistype,
    opened,
    slip_of,
)

pytestmark = pytest.mark.django_db


def known(*others):
    """Send an application and let the main applicant confirm it, and so their address; return both."""
    application = sent(AINO, *others)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino


def end(application, who, what="username", *, because="mailbox-lost", by=CLERK, now=None):
    applicant = applicant_of(application, who)
    close_account(
        application_id=application.pk,
        applicant_id=applicant.pk,
        what=what,
        because=because,
        staff=by,
        now=now or later(days=2),
    )


def notified():
    """Map the notified addresses to what was ended."""
    contents = map(
        read_contents, Message.objects.filter(topic="account_closed").order_by("written_at", "cause")
    )
    return {to: says["what"] for to, says in contents}


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR])
def test_closing_a_username_ends_its_sessions_links_and_slips(role):
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    before, code = came(), slip_of(aino)
    token = mailed(now=later(days=2))

    end(application, aino, by=member(role))

    assert active_session(before.id, now=later(days=2)) is None
    with pytest.raises(WrongCredentials):
        came(now=later(days=2))
    with pytest.raises(NoSuchAccountLink):
        reset_password(token=token, password=NEW_PASSWORD, now=later(days=2))
    mistype(code, now=later(days=2, minutes=5))


def test_confirmations_and_sessions_of_a_bank_survive():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    confirmed(application, aino)
    bank = identified(AINO, now=later(days=2))

    end(application, aino)

    assert loaded_application(application, now=later(days=2)).state == "valid"
    assert active_session(bank.id, now=later(days=2))


def test_after_closing_a_new_slip_makes_a_username_again():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    end(application, aino)

    opened(aino, now=later(days=3))

    assert came(now=later(days=3)).person_id == aino.person_id


def test_ending_a_lost_slip_keeps_the_username_and_its_sessions():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    before, code = came(now=later(days=2)), slip_of(aino)

    end(application, aino, "slip", because="slip-lost")

    mistype(code, now=later(days=2, minutes=5))
    assert active_session(before.id, now=later(days=2))
    assert came(now=later(days=2)).person_id == aino.person_id


def test_the_clerk_and_the_reason_are_recorded_without_the_code():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    code = slip_of(aino)

    end(application, aino, "slip", because="slip-lost")
    end(application, aino, because="known-to-others")

    slip, username = Event.objects.filter(kind__in=("slip-ended", "account-closed")).order_by("id")
    assert {slip.actor_id, username.actor_id} == {CLERK.user_id}
    assert {slip.applicant_id, username.applicant_id} == {applicant_of(application, aino).pk}
    person = str(aino.person_id)
    assert slip.facts == {"person": person, "slip": code[:4], "because": "slip-lost"}
    assert username.facts == {"person": person, "slip": "", "because": "known-to-others"}


def test_both_mailboxes_are_notified_without_naming_the_application():
    application, aino = known()
    opened(aino)

    end(application, aino)

    assert notified() == {MAILBOX: "username", AINO.email: "username"}
    for each in Message.objects.filter(topic="account_closed"):
        assert application.reference not in str(read_contents(each))


def test_one_mailbox_is_notified_once():
    application, aino = known()
    opened(aino, email=AINO.email.upper())

    end(application, aino)

    assert Message.objects.filter(topic="account_closed").count() == 1


def test_an_address_shared_with_another_adult_is_not_notified():
    application, aino = known(replace(EINO, email=AINO.email))
    slip_of(aino)

    end(application, aino, "slip")

    assert notified() == {}


def slip_ended(application, who):
    """End a slip of this person; return the notified addresses."""
    slip_of(who)
    end(application, who, "slip", because="slip-lost")
    return list(notified())


def test_an_address_that_only_the_sender_typed_is_not_notified():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)

    assert slip_ended(application, aino) == []
    assert slip_ended(application, eino) == []


def test_an_address_that_the_person_saved_is_notified_although_they_have_not_confirmed():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    corrected(application, eino, OTHER_DETAILS | {"email": "eino.itse@example.com"})

    assert slip_ended(application, eino) == ["eino.itse@example.com"]


def test_an_address_changed_since_it_was_confirmed_is_the_persons_own():
    application, aino = known()
    corrected(application, aino, {"email": "aino.uusi.osoite@example.com"})

    assert slip_ended(application, aino) == ["aino.uusi.osoite@example.com"]


def test_an_address_saved_under_an_annulled_identification_is_not_notified():
    application = sent(AINO)
    wrong_one = arrived(AINO, sent_here=application)
    corrected(application, wrong_one, {"email": "wrong@example.com"})
    annul_identification(Identification.objects.get(pk=wrong_one.id), has_account=False, now=later(hours=1))

    assert slip_ended(application, arrived(AINO, now=TOMORROW)) == []


def test_no_message_is_sent_about_a_dead_person():
    application, aino = known()
    opened(aino)
    Applicant.objects.filter(pk=applicant_of(application, aino).pk).update(
        left_at=TOMORROW, left_because="died"
    )

    end(application, aino)

    assert notified() == {}


@pytest.mark.parametrize("what", ["slip", "username"])
def test_ending_what_does_not_exist_is_refused_without_a_message(what):
    application, aino = known(EINO)
    slip_of(aino)
    end(application, aino, "slip")  # a second time there is none

    with pytest.raises(NothingToEnd):
        end(application, aino, what)

    assert Message.objects.filter(topic="account_closed").count() == 1


def test_an_applicant_who_never_identified_has_nothing_to_end():
    application = sent(AINO, EINO)
    empty = next(key for key, row in loaded_application(application).applicants.items() if not row.is_main)

    with pytest.raises(NothingToEnd):
        close_account(
            application_id=application.pk,
            applicant_id=empty,
            what="username",
            because="not-wanted",
            staff=CLERK,
            now=TOMORROW,
        )


def test_a_clerk_cannot_close_an_account_of_their_own_household():
    application, aino = sent(AINO, EINO), arrived(AINO)
    saga = member(Role.CLERK, user_id=User.objects.create(name="Saga Salonen").pk)
    declare_conflict_of_interest(hetu=Hetu(EINO.hetu), relation="relative", staff=saga, now=NOW)
    slip_of(aino)

    with pytest.raises(ConflictingInterest):
        end(application, aino, "slip", by=saga)

    assert ActivationCode.objects.get().ended_at is None


def test_an_operator_cannot_end_a_slip_or_username():
    application, aino = sent(AINO), arrived(AINO)
    slip_of(aino)

    with pytest.raises(NotYourRole):
        end(application, aino, "slip", by=member(Role.OPERATOR))


def test_a_username_closed_during_the_password_comparison_signs_no_person_in(monkeypatch):
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)

    def closed_meanwhile(password, *, hashed):
        end(application, aino)
        return matches_password(password, hashed=hashed)

    monkeypatch.setattr("kanssa.usecases.accounts.sign_in.matches_password", closed_meanwhile)

    with pytest.raises(WrongCredentials):
        came(now=later(days=2))


def test_an_expired_slip_is_not_reported_as_ended_by_a_clerk():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    slip_of(aino, now=later(days=1, minutes=1))  # makes it the newest

    end(application, aino, because="not-wanted", now=later(days=30))

    status = {each.status for each in codes_of(aino.person_id, now=later(days=30))}
    assert status == {"used", "too-old"}
