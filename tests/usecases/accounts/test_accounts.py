"""Usernames: the mailed link and the slip together make one, and a reset demands re-authentication."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from kanssa.accounts.activation_codes import match_code
from kanssa.accounts.applicant_account import account_at, status_of
from kanssa.accounts.applicant_refusals import (
    LinksUsedUp,
    LinkTooSoon,
    MailboxTaken,
    NoSuchAccountLink,
    ReauthenticationRequired,
    TooManyCodes,
    TooManySignIns,
    WrongActivationCode,
    WrongCredentials,
)
from kanssa.accounts.models import Account, AccountLink, ActivationCode
from kanssa.accounts.passwords import hash_if_strong
from kanssa.accounts.staff_refusals import PasswordTooWeak
from kanssa.applications.refusals import NotIdentified
from kanssa.evidence.models import Event
from kanssa.identification.refusals import NotIdentifiedBefore
from kanssa.identification.sessions import ACCOUNT, active_session
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.people.models import Person
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.accounts.open_account import open_account
from kanssa.usecases.accounts.reauthenticate import reauthenticate
from kanssa.usecases.accounts.reauthenticate_by_identification import reauthenticate_by_identification
from kanssa.usecases.accounts.reset_password import reset_password
from kanssa.usecases.accounts.sign_in import sign_in
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.lifecycle.discard_edit import discard_edit
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.usecases.supervision.list_locked_activation_codes import list_locked_activation_codes
from kanssa.values.role import Role
from tests.actions import (
    confirmation_withdrawn,
    corrected,
    declined,
    discarded,
    light_change,
    renewed,
    resent,
    withdrawn,
)
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
    later,
    loaded_application,
    sent,
)
from tests.staff import member

pytestmark = pytest.mark.django_db

MAILBOX = "aino.uusi@example.com"
PASSWORD = "hevonen akkuna kirsikka"
NEW_PASSWORD = "lumi kivi purje ankka"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
CLERK = member(Role.CLERK)
TOMORROW = later(days=1)


def slip_of(who, *, now=TOMORROW):
    return issue_activation_code(served=who, staff=CLERK, now=now)


def mailed(email=MAILBOX, *, now=TOMORROW, address=HOME, language="fi"):
    """Ask for a link; return its token."""
    mail_account_link(email=email, language=language, address=address, now=now)
    messages = Message.objects.filter(topic__in=("account_link", "password_link")).order_by("written_at")
    return [says["token"] for to, says in map(read_contents, messages) if to == email][-1]


def opened(who, *, email=MAILBOX, now=TOMORROW, language="fi"):
    """Get a slip, ask for the link, open the account."""
    code, token = slip_of(who, now=now), mailed(email, now=now, language=language)
    return open_account(token=token, code=code, password=PASSWORD, address=HOME, now=now)


def came(email=MAILBOX, password=PASSWORD, *, address=HOME, device="", now=TOMORROW):
    return sign_in(email=email, password=password, address=address, device=device, now=now)


def reset(email=MAILBOX, *, now):
    return reset_password(token=mailed(email, now=now), password=NEW_PASSWORD, now=now)


def wrong(code):
    return code[:-1] + ("2" if code[-1] != "2" else "3")


def mistype(code, *, token=None, now=TOMORROW):
    token = token or mailed(now=now)
    with pytest.raises(WrongActivationCode):
        open_account(token=token, code=code, password=PASSWORD, address=HOME, now=now)


# The slip


def test_only_an_identified_person_gets_a_slip():
    with pytest.raises(NotIdentifiedBefore):
        slip_of(replace(identified(AINO), person_id=Person.objects.create().pk))


def test_a_code_can_be_read_once_and_is_stored_nowhere():
    code = slip_of(identified(AINO))

    row = ActivationCode.objects.values().get()
    kept = " ".join(map(str, row.values())) + " ".join(str(each.facts) for each in Event.objects.all())
    assert code not in kept
    assert code.replace("-", "")[4:] not in kept


def test_a_code_is_accepted_in_small_letters_and_without_hyphens():
    aino = identified(AINO)
    code, token = slip_of(aino), mailed()

    typed = f" {code.replace('-', ' ').lower()} "
    came_in = open_account(token=token, code=typed, password=PASSWORD, address=HOME, now=TOMORROW)

    assert came_in.person_id == aino.person_id


def test_a_code_works_once():
    aino = identified(AINO)
    code = slip_of(aino)
    open_account(token=mailed(), code=code, password=PASSWORD, address=HOME, now=TOMORROW)

    mistype(code, token=mailed("another@example.com"))


def test_a_code_works_for_14_days():
    in_time, late = later(days=14, seconds=-1), later(days=14)
    code, token = slip_of(identified(AINO), now=later()), mailed(now=in_time)

    mistype(code, token=token, now=late)
    assert open_account(token=token, code=code, password=PASSWORD, address=HOME, now=in_time)


def test_a_new_slip_ends_the_lost_one():
    aino = identified(AINO)
    lost, found = slip_of(aino), slip_of(aino)
    token = mailed()

    mistype(lost, token=token)
    assert open_account(token=token, code=found, password=PASSWORD, address=HOME, now=TOMORROW)


def test_five_wrong_codes_end_the_slip_and_the_clerks_list_shows_it():
    code = slip_of(identified(AINO))
    token = mailed()
    for _time in range(5):
        mistype(wrong(code), token=token)

    mistype(code, token=token)
    [locked] = list_locked_activation_codes(staff=CLERK, now=TOMORROW)
    assert (locked.name, locked.status) == (code[:4], "wrong-codes")


def test_four_wrong_codes_do_not():
    code = slip_of(identified(AINO))
    token = mailed()
    for _time in range(4):
        mistype(wrong(code), token=token)

    assert open_account(token=token, code=code, password=PASSWORD, address=HOME, now=TOMORROW)
    assert list_locked_activation_codes(staff=CLERK, now=TOMORROW) == []


def test_guessing_at_slips_is_limited_per_mailbox_and_the_right_code_still_works():
    code = slip_of(identified(AINO))
    for number in range(3):
        token = mailed(f"guess-{number}@example.com")
        for guess in range(10):
            mistype(f"{number}{guess:03}-2222-2222", token=token)

    with pytest.raises(TooManyCodes):
        open_account(token=token, code=code, password=PASSWORD, address=HOME, now=TOMORROW)
    assert open_account(token=mailed(), code=code, password=PASSWORD, address=HOME, now=TOMORROW)


# The link


def test_only_the_mailed_message_differs_where_an_account_exists():
    opened(identified(AINO))
    told = mailed(now=later(days=2)), mailed("nobody@example.com", now=later(days=2, minutes=1))

    assert [len(token) for token in told] == [43, 43]
    topics = [each.topic for each in Message.objects.order_by("written_at")]
    assert topics == ["account_link", "password_link", "account_link"]
    assert Event.objects.filter(kind="account-link-mailed").count() == 3


def test_a_link_works_for_24_hours_and_once():
    code = slip_of(identified(AINO))
    token = mailed()

    with pytest.raises(NoSuchAccountLink):
        open_account(token=token, code=code, password=PASSWORD, address=HOME, now=later(days=2))
    just = later(days=2, seconds=-1)
    open_account(token=token, code=code, password=PASSWORD, address=HOME, now=just)
    with pytest.raises(NoSuchAccountLink):
        reset_password(token=token, password=NEW_PASSWORD, now=just)


def test_a_new_link_ends_the_previous_one():
    code = slip_of(identified(AINO))
    older, newer = mailed(), mailed(now=later(days=1, minutes=1))

    with pytest.raises(NoSuchAccountLink):
        open_account(token=older, code=code, password=PASSWORD, address=HOME, now=later(days=1, minutes=2))
    assert open_account(token=newer, code=code, password=PASSWORD, address=HOME, now=later(days=1, minutes=2))


def test_a_link_is_mailed_again_after_a_minute_and_five_times_a_day():
    mailed()

    with pytest.raises(LinkTooSoon):
        mailed(now=later(days=1, seconds=59))
    for minute in range(1, 5):
        mailed(now=later(days=1, minutes=minute))
    with pytest.raises(LinksUsedUp):
        mailed(now=later(days=1, minutes=6))
    assert mailed("another@example.com", now=later(days=1, minutes=6))


def test_the_database_holds_no_link_or_mailbox_in_the_clear():
    token = mailed()
    opened(identified(AINO), now=later(days=2))

    kept = " ".join(str(list(rows.values())) for rows in (Account.objects, AccountLink.objects))
    assert token not in kept
    assert MAILBOX not in kept
    assert PASSWORD not in kept


# Opening an account


def test_access_to_the_mailbox_is_not_enough_without_the_slip():
    slip_of(identified(AINO))

    token = mailed()
    for code in ("", "2222-2222-2222", "?"):
        mistype(code, token=token)

    assert not Account.objects.exists()


def test_an_account_belongs_to_the_person_identified_at_the_desk():
    aino = arrived(AINO)
    opened(aino)

    by_account = came()

    assert by_account.person_id == aino.person_id
    assert by_account.method == ACCOUNT
    assert by_account.name == "Aino Inkeri Korhonen"


def test_an_account_confirms_in_the_session_of_its_slip_and_not_by_its_password_alone():
    application, aino = sent(AINO), arrived(AINO)
    by_slip = opened(aino)
    by_password = came()

    with pytest.raises(ReauthenticationRequired):
        confirmed(application, by_password, now=TOMORROW)
    assert confirmed(application, by_slip, now=TOMORROW)


def test_a_weak_password_uses_up_neither_link_nor_slip():
    code = slip_of(identified(AINO))
    token = mailed()

    for weak in ("too short", "password1234", MAILBOX):
        with pytest.raises(PasswordTooWeak):
            open_account(token=token, code=code, password=weak, address=HOME, now=TOMORROW)

    assert ActivationCode.objects.get().tries == 0
    assert open_account(token=token, code=code, password=PASSWORD, address=HOME, now=TOMORROW)


def test_passwords_are_hashed_by_argon2id():
    opened(identified(AINO))

    assert account_at(MAILBOX).password.startswith("argon2$argon2id$")


def test_one_mailbox_has_one_account_and_a_second_slip_is_not_spent():
    token_of_eino, code = mailed(), slip_of(identified(EINO))
    link = AccountLink.objects.get()
    opened(identified(AINO), now=later(days=1, minutes=2))
    AccountLink.objects.filter(pk=link.pk).update(ended_at=None)  # as if opened at the same moment

    with pytest.raises(MailboxTaken):
        open_account(
            token=token_of_eino, code=code, password=PASSWORD, address=HOME, now=later(days=1, minutes=3)
        )

    slip = ActivationCode.objects.get(person_id=identified(EINO).person_id)
    assert (slip.ended_at, slip.tries) == (None, 0)


def test_a_mailbox_is_case_insensitive():
    opened(identified(AINO))

    assert came(MAILBOX.upper())


def test_a_new_slip_moves_the_account_to_another_mailbox_and_the_former_one_is_notified():
    aino = identified(AINO)
    opened(aino)
    before = came()
    opened(aino, email="aino.toinen@example.com", now=later(days=3))

    assert active_session(before.id, now=later(days=3)) is None
    assert came("aino.toinen@example.com", now=later(days=3)).person_id == aino.person_id
    with pytest.raises(WrongCredentials):
        came(now=later(days=3))
    told = Message.objects.get(topic="account_moved")
    assert read_contents(told) == (MAILBOX, {"first_name": ""})


def test_the_former_mailbox_is_notified_in_its_language():
    aino = identified(AINO)
    opened(aino, language="sv")
    opened(aino, email="aino.toinen@example.com", now=later(days=3), language="en")

    assert Message.objects.get(topic="account_moved").language == "sv"


def test_a_found_slip_opens_no_username_without_notifying_the_person():
    application, aino = sent(AINO), arrived(AINO)
    confirmed(application, aino)

    opened(aino)
    opened(aino, email=AINO.email, now=later(days=3))

    told = Message.objects.get(topic="account_opened")
    address, says = read_contents(told)
    assert (address, told.applicant_id) == (AINO.email, applicant_of(application, aino).pk)
    assert MAILBOX not in str(says)


def test_an_opened_account_is_announced_only_to_an_address_of_the_persons_own():
    application = sent(AINO, EINO)
    eino = joined(application, EINO)

    opened(eino)
    assert not Message.objects.filter(topic="account_opened").exists()

    corrected(application, eino, {"email": "eino-own@example.com"}, now=later(days=2))
    opened(eino, email="eino-second@example.com", now=later(days=3))
    assert read_contents(Message.objects.get(topic="account_opened"))[0] == "eino-own@example.com"


# Signing in


def test_a_wrong_password_and_no_account_get_the_same_answer():
    opened(identified(AINO))

    for email in (MAILBOX, "nobody@example.com"):
        with pytest.raises(WrongCredentials):
            came(email, "wrong wrong wrong")


def guessed(times, email="guess-{}@example.com", **where):
    for number in range(times):
        with pytest.raises(WrongCredentials):
            came(email.format(number), "wrong wrong wrong", **where)


def test_five_wrong_passwords_from_one_address_block_it_for_a_quarter_of_an_hour_and_no_other():
    opened(identified(AINO))
    guessed(5, MAILBOX)

    with pytest.raises(TooManySignIns) as refused:
        came()
    assert refused.value.facts["again_at"] == later(days=1, minutes=15)
    assert came(address=ELSEWHERE)
    assert came(now=later(days=1, minutes=15))


def test_failures_of_strangers_do_not_lock_out_the_owner_on_a_known_device():
    opened(identified(AINO))
    for number in range(20):
        guessed(5, MAILBOX, address=f"192.0.2.{number}")

    with pytest.raises(TooManySignIns):
        came(address="203.0.113.9")
    assert came(address="203.0.113.9", device="marked")
    assert came(address="192.0.2.1", device="marked")


def test_a_known_device_has_a_limit_of_its_own():
    opened(identified(AINO))
    for _time in range(10 + 5):
        with pytest.raises(WrongCredentials):
            came(password="wrong wrong wrong", device="marked")

    with pytest.raises(TooManySignIns):
        came(device="marked")


def test_one_address_alone_cannot_use_up_the_limit_of_all_others(settings):
    settings.MAX_DAILY_GUESSES_PER_ACCOUNT = 30
    opened(identified(AINO))
    for quarter in range(40):
        with contextlib.suppress(WrongCredentials, TooManySignIns):
            came(password="wrong wrong wrong", now=TOMORROW + quarter * timedelta(minutes=15))

    assert came(address=ELSEWHERE, now=TOMORROW + timedelta(hours=10))


def test_thirty_wrong_passwords_at_a_library_do_not_block_the_right_ones_there():
    opened(identified(AINO))
    guessed(45)

    assert came()
    with pytest.raises(WrongCredentials):
        came(password="wrong wrong wrong")
    with pytest.raises(WrongCredentials):
        came(password="wrong wrong wrong")
    with pytest.raises(TooManySignIns):
        came()
    assert came(address=ELSEWHERE)


def test_an_address_that_tries_many_accounts_is_blocked_and_no_other(settings):
    settings.ABSOLUTE_MAX_GUESSES_PER_ADDRESS = 50
    opened(identified(AINO))
    guessed(50)

    with pytest.raises(TooManySignIns):
        came()
    assert came(address=ELSEWHERE)


def test_a_locked_account_does_not_block_identification_by_a_broker():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    for _time in range(6):
        with pytest.raises((WrongCredentials, TooManySignIns)):
            came(password="wrong wrong wrong")

    assert confirmed(application, arrived(AINO, now=TOMORROW), now=TOMORROW)


# A forgotten password


def test_a_new_password_ends_the_sessions_of_the_old_one_and_notifies_the_mailbox():
    opened(identified(AINO))
    before = came()

    now = reset(now=later(days=2))

    assert active_session(before.id, now=later(days=2)) is None
    assert active_session(now.id, now=later(days=2))
    with pytest.raises(WrongCredentials):
        came(now=later(days=2))
    assert read_contents(Message.objects.get(topic="password_set"))[0] == MAILBOX


def test_after_a_reset_confirming_needs_a_new_slip():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    by_account = reset(now=later(days=2))

    with pytest.raises(ReauthenticationRequired):
        confirmed(application, by_account, now=later(days=2))
    code = slip_of(aino, now=later(days=3))
    proven = reauthenticate(
        identified=by_account, code=code, address=HOME, actor=by_account.actor, now=later(days=3)
    )
    assert confirmed(application, proven, now=later(days=3))
    with pytest.raises(NotIdentified):
        completed(application, by_account, now=later(days=3))


def test_after_a_reset_strong_identification_in_the_same_browser_suffices():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    by_account = reset(now=later(days=2))
    strongly = identified(AINO, now=later(days=2))

    # An identification in another browser proves nothing about the person in this one.
    reauthenticate_by_identification(
        signed_in=None, identified=strongly, actor=strongly.actor, now=later(days=2)
    )
    with pytest.raises(ReauthenticationRequired):
        confirmed(application, by_account, now=later(days=2))
    reauthenticate_by_identification(
        signed_in=by_account, identified=strongly, actor=strongly.actor, now=later(days=2)
    )

    assert not status_of(aino.person_id).requires_reauthentication
    assert confirmed(application, strongly, now=later(days=2))


def test_after_a_reset_another_persons_identification_and_slip_prove_nothing():
    opened(identified(AINO))
    by_account = reset(now=later(days=2))
    otso = identified(OTSO, now=later(days=2))

    reauthenticate_by_identification(
        signed_in=by_account, identified=otso, actor=otso.actor, now=later(days=2)
    )
    with pytest.raises(WrongActivationCode):
        reauthenticate(
            identified=by_account,
            code=slip_of(otso, now=later(days=2)),
            address=HOME,
            actor=by_account.actor,
            now=later(days=2),
        )

    assert status_of(by_account.person_id).requires_reauthentication


def test_a_thief_of_the_mailbox_ends_nothing_without_reauthentication():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    confirmed(application, aino)
    thief = reset(now=later(days=2))

    for action in (completed, declined, discarded, renewed, confirmation_withdrawn, withdrawn):
        with pytest.raises(ReauthenticationRequired):
            action(application, thief, now=later(days=2))
    with pytest.raises(ReauthenticationRequired):
        edited(application, thief, light_change(1), now=later(days=2))


def test_a_thief_of_the_mailbox_plants_nothing_that_the_person_would_confirm():
    application, aino = sent(AINO, EINO), arrived(AINO)
    opened(aino)
    eino = next(
        key for key in loaded_application(application).applicants if key != applicant_of(application, aino).pk
    )
    thief = reset(now=later(days=2))
    own = {"application_id": application.pk, "applicant_id": applicant_of(application, aino).pk}
    as_thief = {"identified": thief, "actor": thief.actor, "now": later(days=2)}

    actions = (
        lambda: save_own_details(**own, facts={"email": "thief@example.com"}, **as_thief),
        lambda: start_edit(application_id=application.pk, **as_thief),
        lambda: resent(application, eino, thief, now=later(days=2)),
    )
    for action in actions:
        with pytest.raises(ReauthenticationRequired):
            action()


def test_a_thief_of_the_mailbox_neither_changes_nor_discards_an_edit():
    application, aino = sent(AINO), arrived(AINO)
    opened(aino)
    ids = {"application_id": application.pk, "now": later(days=2)}
    start_edit(**ids, identified=aino, actor=aino.actor)
    thief = reset(now=later(days=2))

    with pytest.raises(ReauthenticationRequired):
        save_draft(**ids, change=light_change(1), seen_revision=10**6, identified=thief, actor=thief.actor)
    with pytest.raises(ReauthenticationRequired):
        discard_edit(**ids, identified=thief, actor=thief.actor)


def test_a_thief_of_the_mailbox_sends_no_invitation_in_the_persons_name():
    aino = identified(AINO)
    opened(aino)
    application = sent(AINO, EINO, now=later(days=2))
    thief = reset(now=later(days=2))

    claim_applicants(identified=thief, sent_here=application.pk, actor=thief.actor, now=later(days=2))

    assert not Message.objects.filter(topic="invitation").exists()


def test_the_former_mailbox_sets_no_password_of_an_account_moved_meanwhile(monkeypatch):
    aino = identified(AINO)
    opened(aino)
    token = mailed(now=later(days=2))

    def moved_meanwhile(password, *, user):
        monkeypatch.undo()
        opened(aino, email="aino.kolmas@example.com", now=later(days=2))
        return hash_if_strong(password, user=user)

    monkeypatch.setattr("kanssa.usecases.accounts.reset_password.hash_if_strong", moved_meanwhile)

    with pytest.raises(NoSuchAccountLink):
        reset_password(token=token, password=NEW_PASSWORD, now=later(days=2))


def test_a_slip_proves_no_password_that_another_person_set_meanwhile(monkeypatch):
    aino = identified(AINO)
    opened(aino)
    by_account = reset(now=later(days=2))
    code = slip_of(aino, now=later(days=3))

    def reset_meanwhile(typed, *, now):
        reset(now=now)
        return match_code(typed, now=now)

    monkeypatch.setattr(
        "kanssa.usecases.accounts.reauthenticate.activation_codes.match_code", reset_meanwhile
    )

    with pytest.raises(NotIdentified):
        reauthenticate(
            identified=by_account, code=code, address=HOME, actor=by_account.actor, now=later(days=3)
        )
    assert status_of(aino.person_id).requires_reauthentication
