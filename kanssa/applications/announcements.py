"""Which letter goes to whom when something happens to an application."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.accounts.account import mailbox_of
from kanssa.accounts.strangers import may_be_written_to
from kanssa.applications.address_troubles import Side, is_heard_at
from kanssa.applications.addresses import addresses_of, has_given, has_typed, own_facts, own_mailbox
from kanssa.applications.checks import birth_date
from kanssa.applications.content import Facts, first_name
from kanssa.applications.household import Household, Turned, last_facts_of
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.notices import Kind, Notice
from kanssa.applications.sight import shown_facts_of
from kanssa.applications.states import Turn
from kanssa.applications.times import coming_of_age, last_day_before
from kanssa.identification.living import Identified
from kanssa.messages.letters import (
    Topic,
    cancel_letters_to,
    count_to,
    was_written_to,
    write_letter,
)
from kanssa.messages.pacing import Recipient, plan_for
from kanssa.vault import fingerprint

_CAUSE_LETTERS = 16


def tell_received(household: Household) -> None:
    """To the main applicant at once on sending: received, not yet valid, what to do.

    Nobody has identified yet, so the address may be anybody's: it gets a few a day at most.
    """
    main = household.facts_of(household.main_applicant.pk)
    since = household.now - timedelta(days=1)
    if count_to(main.get("email", ""), topic=Topic.RECEIVED, since=since) >= settings.RECEIVED_LETTERS_A_DAY:
        return
    if not may_be_written_to(main.get("email", ""), now=household.now):
        return
    content = household.standing.content
    mailed = [bool(content.adults[adult].get("email")) for adult in content.co_applicant_ids]
    tell(
        household,
        household.main_applicant.pk,
        Topic.RECEIVED,
        cause="received",
        have_email=any(mailed),
        lack_email=not all(mailed),
    )


def tell_all_confirmed(household: Household) -> None:
    """To every adult: all have confirmed, the application is valid."""
    cause = f"all-confirmed:{household.standing.version.pk}:{household.now.isoformat()}"
    for adult in household.standing.digests:
        tell(household, adult, Topic.ALL_CONFIRMED, cause=cause)


def tell_confirmed_elsewhere(household: Household, *, leavers: set[UUID], cause: str) -> None:
    """To the known adults who stay: somebody's confirmation ended, they may go on without them."""
    for place in _known(household):
        if place.person_id not in leavers:
            tell(household, place.pk, Topic.CONFIRMED_ELSEWHERE, cause=f"elsewhere:{cause}")


def tell_replaced(household: Household, *, cause: str) -> None:
    """To the known adults: every one of them is valid elsewhere, this one has ended."""
    _tell_known(household, Topic.REPLACED, cause=f"replaced:{cause}")


def tell_main_applicant_passed(household: Household, *, cause: str) -> None:
    """To whoever is now the main applicant."""
    tell(household, household.main_applicant.pk, Topic.NOW_MAIN, cause=f"now-main:{cause}")


def tell_fallen_back(household: Household, *, but: UUID | None, cause: str) -> None:
    """To the known adults, but the one whose deed it was: not valid now, what to do by when."""
    for place in _known(household):
        if place.pk != but:
            tell(household, place.pk, Topic.FALLEN_BACK, cause=f"fallen-back:{cause}")


def tell_withdrawn(household: Household, *, but: UUID | None) -> None:
    """To the adults who know of it: it was withdrawn."""
    for place in {place.pk: place for place in (*_known(household), *_invited(household))}.values():
        if place.pk != but:
            to_own = _hears(household, place)
            tell(household, place.pk, Topic.WITHDRAWN, cause="withdrawn", to_own=to_own, to_invited=True)


def tell_removed(household: Household, place: Applicant) -> None:
    """To an adult who is on no version any more, if they knew of the application."""
    if place.left_because == "died":
        return
    facts = last_facts_of(place)
    typed = household.typed.get(place.pk)
    is_invited = Invitation.objects.filter(applicant=place).exists()
    cause = f"removed:{household.standing.version.pk}"
    reached = addresses_of(place, facts, typed.facts if typed else facts, is_invited=is_invited)
    _write_to_each(household, place, reached, Topic.REMOVED, cause=cause)


def tell_change(household: Household, adults: Iterable[UUID], *, but: UUID | None) -> None:
    """To those whom a change asks to confirm again, if they had confirmed what was before.

    Who declined a change is asked anew by another. Of several in a row the first is told: whoever
    comes sees what stands by then.
    """
    for adult in adults:
        place = household.applicants.get(adult)
        if adult == but or place is None or not place.person_id:
            continue
        if place.declined_at is not None:
            place.declined_at = None
            place.save(update_fields=["declined_at"])
        if not _was_just_told_of_a_change(household, place):
            tell(household, adult, Topic.CHANGE, cause=f"change:{household.standing.version.pk}")


def tell_contact_changed(household: Household, applicant_id: UUID, before: Facts) -> None:
    """To an adult's old address, if they gave or approved it: it is no longer written to.

    What waited for it is not sent. To one that another applicant alone typed nothing changes.
    """
    address = before.get("email")
    if not address or address == household.facts_of(applicant_id).get("email"):
        return
    place = household.applicants[applicant_id]
    is_given = has_given(applicant_id, place.person_id, address)
    if is_given or not household.answers_for_themselves(applicant_id):
        cancel_letters_to(address, applicant_id=applicant_id, now=household.now)
    if is_given:
        cause = f"contact-changed:{household.standing.version.pk}"
        _write(household, place, before, Topic.CONTACT_CHANGED, cause=cause)


def leave_typed_address(household: Household, applicant_id: UUID, before: Facts) -> None:
    """Send nothing that waits for an address that the main applicant no longer types of an adult."""
    address = before.get("email")
    person_id = household.applicants[applicant_id].person_id
    if address and not has_given(applicant_id, person_id, address):
        cancel_letters_to(address, applicant_id=applicant_id, now=household.now)


def tell_invited(household: Household, applicant_id: UUID, *, invitation_id: UUID, token: str) -> None:
    """To a co-applicant: the link, with the first name of whoever named them."""
    main = household.facts_of(household.main_applicant.pk)
    _write(
        household,
        household.applicants[applicant_id],
        household.typed_facts_of(applicant_id),
        Topic.INVITATION,
        cause=f"invitation:{invitation_id}",
        side=Side.TYPED,
        token=token,
        inviter=first_name(main),
    )


def tell_assisted(household: Household, applicant_id: UUID, *, confirmation_id: UUID) -> None:
    """To the one in whose name a clerk recorded a confirmation, as they may not have been there.

    Not to an address that another adult typed of them: it would tell that they visited the desk.
    """
    place, facts = household.applicants[applicant_id], household.facts_of(applicant_id)
    if place.is_main or has_typed(applicant_id, place.person_id, facts.get("email")):
        tell(household, applicant_id, Topic.ASSISTED, cause=f"assisted:{confirmation_id}")


def tell_decided(household: Household, applicant_id: UUID, *, outcome: str, cause: str) -> None:
    """To the one whom a decision of the staff concerns, where they have an address that is theirs.

    Nothing to the others; `outcome` is `taken`, `annulled`, `identify`, `refuse`, `counts-again`,
    `freed` or `unconfirmed`.
    """
    place = household.applicants[applicant_id]
    mailbox = own_mailbox(household, applicant_id, person_id=place.person_id)
    if mailbox is None or not _hears(household, place):
        return
    written_to = {"email": mailbox.address, "contact_language": mailbox.language}
    facts = household.facts_of(applicant_id) | written_to
    _write(household, place, facts, Topic.DECIDED, cause=f"decided:{cause}", outcome=outcome)


def tell_not_taken(identified: Identified, *, cause: str, now: datetime) -> None:
    """To the username's mailbox of who asked, if they have one. They are on no application: it names none."""
    mailbox = mailbox_of(identified.person_id)
    if mailbox is None:
        return
    write_letter(
        Topic.DECIDED,
        cause=f"decided:{cause}",
        address=mailbox.address,
        language=mailbox.language,
        says={"first_name": identified.first_name, "outcome": "not-taken"},
        now=now,
    )


def tell_turns(household: Household) -> None:
    """What the clock did; after a week of downtime only what it came to."""
    began = household.application.to_confirm_since
    # One that carried nothing ends unnoticed.
    noticed = [
        each for each in household.turns if each.turn is not Turn.CONFIRMATION_ENDS or each.at == began
    ]
    if noticed:
        _tell_turned(household, noticed[-1])


def _tell_turned(household: Household, turned: Turned) -> None:
    """Fallen back, a change dropped, lapsed."""
    cause = f"clock:{turned.at.isoformat()}"
    match turned.turn:
        case Turn.FALLS_BACK | Turn.CONFIRMATION_ENDS:
            tell_fallen_back(household, but=None, cause=cause)
        case Turn.CHANGE_LAPSES:
            _tell_known(household, Topic.CHANGE_LAPSED, cause=cause)
        case Turn.LAPSES:
            _tell_known(household, Topic.LAPSED, cause=cause)


def tell_notice(household: Household, notice: Notice) -> None:
    """What the clock has to tell."""
    cause = f"{notice.kind}:{notice.at.date().isoformat()}"
    match notice.kind:
        case Kind.REMINDER if notice.about is not None:
            _remind(household, notice.about, cause)
        case Kind.EXPIRY:
            _tell_known(household, Topic.EXPIRY, cause=cause)
        case Kind.COMING_OF_AGE if notice.about is not None:
            _tell_coming_of_age(household, notice.about)


def _was_just_told_of_a_change(household: Household, place: Applicant) -> bool:
    since = household.now - settings.CHANGE_LETTER_COOL_DOWN
    confirmed = [each.confirmed_at for each in household.confirmations if each.applicant_id == place.pk]
    return was_written_to(place.pk, topic=Topic.CHANGE, since=max([since, *confirmed]))


def _remind(household: Household, adult: UUID, cause: str) -> None:
    place = household.applicants[adult]
    if place.left_because == "died" or _has_moved_on(household, place):
        return
    standing = household.standing
    missing = [key for key in standing.digests if household.confirmation_of(key) is None]
    names = [first_name(shown_facts_of(key, household)) for key in missing if key != adult]
    tell(
        household,
        adult,
        Topic.REMINDER,
        cause=cause,
        to_own=place.declined_at is None,
        is_missing=adult in missing,
        to_invited=True,
        missing=names if place.is_main else [],
        has_waiting=household.has_waiting,
    )


def _tell_coming_of_age(household: Household, resident: UUID) -> None:
    facts = household.standing.content.residents[resident]
    born = birth_date(facts)
    if born is not None:
        tell(
            household,
            household.main_applicant.pk,
            Topic.COMING_OF_AGE,
            cause=_cause_of_coming_of_age(born, resident),
            resident=first_name(facts),
            on=coming_of_age(born).isoformat(),
        )


def _cause_of_coming_of_age(born: date, resident: UUID) -> str:
    """Name the birth date by its keyed look-up: causes are stored in clear."""
    keyed = fingerprint(f"{resident}:{born.isoformat()}", of="coming-of-age").hex()[:_CAUSE_LETTERS]
    return f"{Kind.COMING_OF_AGE}:{keyed}:{resident}"


def _known(household: Household) -> list[Applicant]:
    """The main applicant, and those who gave or approved their address: any other may be a stranger's.

    Who declined hears no more of it, unless they hold a confirmation of it; nobody writes to the dead.
    """
    return [
        place
        for place in household.applicants.values()
        if own_facts(place, household.facts_of(place.pk)) and _hears(household, place)
    ]


def _hears(household: Household, place: Applicant) -> bool:
    has_to_do_with_it = place.declined_at is None or household.carrying(place.pk) is not None
    return has_to_do_with_it and place.left_because != "died"


def _has_moved_on(household: Household, place: Applicant) -> bool:
    """Whether what the adult last confirmed here ended for another application of theirs."""
    own = [each for each in household.confirmations if each.applicant_id == place.pk]
    return bool(own) and own[-1].ended_for is not None


def _invited(household: Household) -> list[Applicant]:
    """Who got a link at the address that was typed; there one who declined hears as one who is missing."""
    return [
        place
        for key, place in household.applicants.items()
        if key in household.first_invited and place.left_because != "died"
    ]


def _tell_known(household: Household, topic: Topic, *, cause: str) -> None:
    for place in _known(household):
        tell(household, place.pk, topic, cause=cause)


def tell(
    household: Household,
    applicant_id: UUID,
    topic: Topic,
    *,
    cause: str,
    to_own: bool = True,
    to_invited: bool = False,
    **more: Any,
) -> None:
    """Write to an adult at their own address, or where the main applicant had us invite them, or both."""
    place = household.applicants[applicant_id]
    is_invited = to_invited and applicant_id in household.first_invited
    facts = household.facts_of(applicant_id) if to_own else {}
    reached = addresses_of(place, facts, household.typed_facts_of(applicant_id), is_invited=is_invited)
    _write_to_each(household, place, reached, topic, cause=cause, **more)


def _write_to_each(
    household: Household,
    place: Applicant,
    reached: dict[Side, Facts],
    topic: Topic,
    *,
    cause: str,
    **more: Any,
) -> None:
    for nth, (side, facts) in enumerate(reached.items()):
        each = f"{cause}:{nth}" if nth else cause
        _write(household, place, facts, topic, cause=each, side=side, **more)


def _write(
    household: Household,
    place: Applicant,
    facts: Facts,
    topic: Topic,
    *,
    cause: str,
    side: Side = Side.OWN,
    **more: Any,
) -> None:
    """Write the message, if the adult has an e-mail address that takes mail; it leaves when there is room."""
    application = household.application
    if not facts.get("email") or not is_heard_at(place, facts["email"], side=side):
        return
    says = {
        "first_name": first_name(facts),
        "reference": application.reference,
        "visit_code": application.visit_code,
        "confirm_by": _day(application.confirm_by),
        "valid_until": _day(application.valid_until),
        "is_main": place.is_main,
        "is_alone": len(household.standing.digests) == 1,
        **more,
    }
    write_letter(
        topic,
        cause=f"{cause}:{application.pk}:{place.pk}",
        address=facts["email"],
        language=facts.get("contact_language") or application.language,
        says=says,
        now=household.now,
        plan=plan_for(topic, Recipient(application.pk, place.pk, facts["email"]), now=household.now),
        application_id=application.pk,
        applicant_id=place.pk,
    )


def _day(end: datetime | None) -> str | None:
    return last_day_before(end).isoformat() if end else None
