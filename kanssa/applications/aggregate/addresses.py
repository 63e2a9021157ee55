"""Which e-mail address takes our mail, and which is an adult's own: whoever sends types what they like."""

from uuid import UUID

from kanssa.accounts.applicant_account import AccountMailbox, mailbox_of
from kanssa.applications.aggregate.address_troubles import Side, accepts_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.messages.queue import Topic, email_lookup_of

TO_TYPED_ADDRESS = (Topic.INVITATION, Topic.REMINDER, Topic.WITHDRAWN, Topic.REMOVED)
"""What goes to an address as the main applicant typed it."""


def addresses_of(
    loaded: LoadedApplication, applicant: Applicant, facts: Facts, typed: Facts, *, is_invited: bool
) -> dict[Side, Facts]:
    """Where an adult is written to: at their own address, and where the main applicant had us invite them.

    The second hears the same whether they have identified or not: its reader may be the main applicant.
    So an address that is both hears as the second.
    """
    own = own_facts(loaded, applicant, facts)
    if not is_invited or applicant.is_main:
        return {Side.OWN: own} if own else {}
    is_same = email_lookup_of((own or {}).get("email") or "") == email_lookup_of(typed.get("email") or "")
    return {Side.TYPED: typed} if not own or is_same else {Side.OWN: own, Side.TYPED: typed}


def typed_address_topics(loaded: LoadedApplication, applicant: Applicant) -> tuple[Topic, ...]:
    """Topics whose fate at an adult's address is not theirs: the main applicant, who typed it, may see it."""
    own = loaded.facts_of(applicant.pk).get("email") or ""
    typed = loaded.typed_facts_of(applicant.pk).get("email") or ""
    is_shared = (
        applicant.person_id is not None
        and not applicant.is_main
        and email_lookup_of(typed) == email_lookup_of(own)
    )
    return TO_TYPED_ADDRESS if is_shared else ()


def own_facts(loaded: LoadedApplication, applicant: Applicant, facts: Facts) -> Facts | None:
    """What is said of an adult, if it holds the main applicant's address, or one they gave or approved."""
    if applicant.is_main or has_given(loaded, applicant, facts.get("email")):
        return facts
    return None


def own_mailbox(
    loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None
) -> AccountMailbox | None:
    """Where a person is written to of what is theirs alone, in their language; None where nowhere.

    Their own address on the application, else their username's mailbox, which they proved to read.
    """
    own = own_address(loaded, applicant_id, person_id=person_id)
    if own:
        facts = loaded.facts_of(applicant_id)
        return AccountMailbox(own, facts.get("contact_language") or loaded.application.language)
    mailbox = mailbox_of(person_id) if person_id else None
    is_heard = mailbox and accepts_mail_at(loaded.applicants[applicant_id], mailbox.address)
    return mailbox if is_heard else None


def own_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    """The address on the application where it is the person's own and takes mail; else empty.

    It is their own if they typed it while identified, and no other adult here has it too. The sender may
    have typed any other for somebody else.
    """
    address = loaded.facts_of(applicant_id).get("email") or ""
    others = [loaded.facts_of(key).get("email") or "" for key in loaded.applicants if key != applicant_id]
    is_shared = address.casefold() in {each.casefold() for each in others}
    return "" if is_shared else given_address(loaded, applicant_id, person_id=person_id)


def given_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    """The address on the application where the person typed it and it takes mail; else empty.

    Another adult may have it too: sharing it is no way to keep a warning from its owner.
    """
    address = loaded.facts_of(applicant_id).get("email") or ""
    if not address or not accepts_mail_at(loaded.applicants[applicant_id], address):
        return ""
    applicant = loaded.applicants[applicant_id]
    return address if has_typed(loaded, applicant, address, person_id=person_id) else ""


def has_given(loaded: LoadedApplication, applicant: Applicant, address: str | None) -> bool:
    """Whether the person themselves answered for the address; by an annulled identification nobody did.

    They confirmed a version with it, or typed it.
    """
    return loaded.address_history.has_answered_for(
        applicant.pk, applicant.person_id, address, is_main=applicant.is_main, by_confirming=True
    )


def has_typed(
    loaded: LoadedApplication, applicant: Applicant, address: str | None, *, person_id: UUID | None
) -> bool:
    """Whether the person typed the address themselves, or are the main applicant and confirmed it.

    A co-applicant who confirms leaves what the main applicant typed as it was: that may be the main
    applicant's own mailbox, which hears nothing of the desk, an identification or an account.
    """
    is_main = applicant.is_main
    return loaded.address_history.has_answered_for(
        applicant.pk, person_id, address, is_main=is_main, by_confirming=is_main
    )
