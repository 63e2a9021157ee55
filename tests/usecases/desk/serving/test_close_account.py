"""A clerk ends a lost slip, or closes the username of a stolen mailbox; nothing else is taken away."""

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
    """An application whose main applicant has confirmed it, and so its address; and who that is."""
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
        actor=by.actor,
        now=now or later(days=2),
    )


def told():
    """To whom it was written that something was ended, and what."""
    letters = map(
        read_contents, Message.objects.filter(topic="account_closed").order_by("written_at", "cause")
    )
    return {to: says["what"] for to, says in letters}


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR])
def test_a_username_is_taken_away_whole_and_whoever_came_by_it_is_signed_out(role):
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


def test_what_was_confirmed_stays_and_who_came_by_a_bank_stays_signed_in():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    confirmed(application, aino)
    bank = identified(AINO, now=later(days=2))

    end(application, aino)

    assert loaded_application(application, now=later(days=2)).state == "valid"
    assert active_session(bank.id, now=later(days=2))


def test_after_it_was_closed_a_new_slip_makes_a_username_again():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    end(application, aino)

    opened(aino, now=later(days=3))

    assert came(now=later(days=3)).person_id == aino.person_id


def test_ending_a_lost_slip_leaves_the_username_and_who_came_by_it():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    before, code = came(now=later(days=2)), slip_of(aino)

    end(application, aino, "slip", because="slip-lost")

    mistype(code, now=later(days=2, minutes=5))
    assert active_session(before.id, now=later(days=2))
    assert came(now=later(days=2)).person_id == aino.person_id


def test_who_ended_what_and_why_is_kept_without_the_code():
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


def test_both_mailboxes_are_told_and_neither_letter_names_the_application():
    application, aino = known()
    opened(aino)

    end(application, aino)

    assert told() == {MAILBOX: "username", AINO.email: "username"}
    for each in Message.objects.filter(topic="account_closed"):
        assert application.reference not in str(read_contents(each))


def test_one_mailbox_is_told_once():
    application, aino = known()
    opened(aino, email=AINO.email.upper())

    end(application, aino)

    assert Message.objects.filter(topic="account_closed").count() == 1


def test_an_address_that_another_adult_has_too_is_not_told():
    application, aino = known(replace(EINO, email=AINO.email))
    slip_of(aino)

    end(application, aino, "slip")

    assert told() == {}


def slip_ended(application, who):
    """To whom it is written that a slip of theirs was ended."""
    slip_of(who)
    end(application, who, "slip", because="slip-lost")
    return list(told())


def test_an_address_that_only_the_sender_typed_is_not_told():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)

    assert slip_ended(application, aino) == []
    assert slip_ended(application, eino) == []


def test_an_address_that_the_person_saved_is_told_though_they_have_not_confirmed():
    application = sent(AINO, EINO)
    eino = arrived(EINO)
    corrected(application, eino, OTHER_DETAILS | {"email": "eino.itse@example.com"})

    assert slip_ended(application, eino) == ["eino.itse@example.com"]


def test_an_address_that_was_changed_since_it_was_confirmed_is_the_persons_own():
    application, aino = known()
    corrected(application, aino, {"email": "aino.uusi.osoite@example.com"})

    assert slip_ended(application, aino) == ["aino.uusi.osoite@example.com"]


def test_what_an_annulled_identification_saved_is_nobodys_address():
    application = sent(AINO)
    wrong_one = arrived(AINO, sent_here=application)
    corrected(application, wrong_one, {"email": "wrong@example.com"})
    annul_identification(Identification.objects.get(pk=wrong_one.id), has_account=False, now=later(hours=1))

    assert slip_ended(application, arrived(AINO, now=TOMORROW)) == []


def test_of_the_dead_nobody_is_told():
    application, aino = known()
    opened(aino)
    Applicant.objects.filter(pk=applicant_of(application, aino).pk).update(
        left_at=TOMORROW, left_because="died"
    )

    end(application, aino)

    assert told() == {}


@pytest.mark.parametrize("what", ["slip", "username"])
def test_where_there_is_none_nothing_is_ended_and_nobody_told(what):
    application, aino = known(EINO)
    slip_of(aino)
    end(application, aino, "slip")  # the second time there is none

    with pytest.raises(NothingToEnd):
        end(application, aino, what)

    assert Message.objects.filter(topic="account_closed").count() == 1


def test_of_somebody_who_never_identified_there_is_nothing_to_end():
    application = sent(AINO, EINO)
    empty = next(key for key, row in loaded_application(application).applicants.items() if not row.is_main)

    with pytest.raises(NothingToEnd):
        close_account(
            application_id=application.pk,
            applicant_id=empty,
            what="username",
            because="not-wanted",
            staff=CLERK,
            actor=CLERK.actor,
            now=TOMORROW,
        )


def test_nobody_ends_what_is_of_their_own_household():
    application, aino = sent(AINO, EINO), arrived(AINO)
    saga = member(Role.CLERK, user_id=User.objects.create(name="Saga Salonen").pk)
    declare_conflict_of_interest(
        hetu=Hetu(EINO.hetu), relation="relative", staff=saga, actor=saga.actor, now=NOW
    )
    slip_of(aino)

    with pytest.raises(ConflictingInterest):
        end(application, aino, "slip", by=saga)

    assert ActivationCode.objects.get().ended_at is None


def test_an_operator_ends_nothing():
    application, aino = sent(AINO), arrived(AINO)
    slip_of(aino)

    with pytest.raises(NotYourRole):
        end(application, aino, "slip", by=member(Role.OPERATOR))


def test_a_username_that_is_closed_while_its_password_is_compared_lets_nobody_in(monkeypatch):
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)

    def closed_meanwhile(password, *, hashed):
        end(application, aino)
        return matches_password(password, hashed=hashed)

    monkeypatch.setattr("kanssa.usecases.accounts.sign_in.matches_password", closed_meanwhile)

    with pytest.raises(WrongCredentials):
        came(now=later(days=2))


def test_a_slip_that_time_had_ended_is_not_said_to_be_ended_by_a_clerk():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    slip_of(aino, now=later(days=1, minutes=1))  # so that it is the newest

    end(application, aino, because="not-wanted", now=later(days=30))

    status = {each.status for each in codes_of(aino.person_id, now=later(days=30))}
    assert status == {"used", "too-old"}
