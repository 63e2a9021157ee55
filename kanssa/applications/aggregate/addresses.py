"""Decide which e-mail address takes mail, and which is an adult's own.

The sender of an application can type any address for another adult.
"""

from uuid import UUID

from kanssa.accounts.applicant_account import AccountMailbox, mailbox_of
from kanssa.applications.aggregate.address_troubles import Side, accepts_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant
from kanssa.messages.queue import email_lookup_of
from kanssa.messages.topics import Topic

TO_TYPED_ADDRESS = (Topic.INVITATION, Topic.REMINDER, Topic.WITHDRAWN, Topic.REMOVED)
"""Sent to an address as the main applicant typed it."""


def addresses_of(
    loaded: LoadedApplication, applicant: Applicant, facts: Facts, typed: Facts, *, is_invited: bool
) -> dict[Side, Facts]:
    own = own_facts(loaded, applicant, facts)
    if not is_invited or applicant.is_main:
        return {Side.OWN: own} if own else {}
    # The reader of the invited address may be the main applicant, who must not notice whether the adult has
    # identified: an address that is both is treated as the invited one.
    is_same = email_lookup_of((own or {}).get("email") or "") == email_lookup_of(typed.get("email") or "")
    return {Side.TYPED: typed} if not own or is_same else {Side.OWN: own, Side.TYPED: typed}


def typed_address_topics(loaded: LoadedApplication, applicant: Applicant) -> tuple[Topic, ...]:
    """Give the topics whose delivery at an adult's address the main applicant, who typed it, may see."""
    own = loaded.facts_of(applicant.pk).get("email") or ""
    typed = loaded.typed_facts_of(applicant.pk).get("email") or ""
    # At one mailbox the adult's own messages would else show to the main applicant as delivered or not.
    is_shared = (
        applicant.person_id is not None
        and not applicant.is_main
        and email_lookup_of(typed) == email_lookup_of(own)
    )
    return TO_TYPED_ADDRESS if is_shared else ()


def own_facts(loaded: LoadedApplication, applicant: Applicant, facts: Facts) -> Facts | None:
    """Give the answers if they hold the main applicant's address, or one the adult gave or approved."""
    if applicant.is_main or has_given(loaded, applicant, facts.get("email")):
        return facts
    return None


def own_mailbox(
    loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None
) -> AccountMailbox | None:
    """Give the mailbox and language for messages that concern the person alone; None without one.

    It is their own address on the application, else the mailbox of their username, which they proved to
    read.
    """
    own = own_address(loaded, applicant_id, person_id=person_id)
    if own:
        facts = loaded.facts_of(applicant_id)
        return AccountMailbox(own, facts.get("contact_language") or loaded.application.language)
    mailbox = mailbox_of(person_id) if person_id else None
    # The username's mailbox may have been refused or have bounced, too.
    is_heard = mailbox and accepts_mail_at(loaded.applicants[applicant_id], mailbox.address)
    return mailbox if is_heard else None


def own_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    address = loaded.facts_of(applicant_id).get("email") or ""
    others = [loaded.facts_of(key).get("email") or "" for key in loaded.applicants if key != applicant_id]
    # The sender may have typed this address for another adult too: then it is not surely theirs.
    is_shared = address.casefold() in {each.casefold() for each in others}
    return "" if is_shared else given_address(loaded, applicant_id, person_id=person_id)


def given_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    address = loaded.facts_of(applicant_id).get("email") or ""
    if not address or not accepts_mail_at(loaded.applicants[applicant_id], address):
        return ""
    applicant = loaded.applicants[applicant_id]
    # Another adult may have it too: sharing an address must not keep a warning from its owner.
    return address if has_typed(loaded, applicant, address, person_id=person_id) else ""


def has_given(loaded: LoadedApplication, applicant: Applicant, address: str | None) -> bool:
    """Tell whether the person confirmed a version with the address, or typed it.

    What was done by an annulled identification does not count.
    """
    return loaded.address_history.has_answered_for(
        applicant.pk, applicant.person_id, address, is_main=applicant.is_main, by_confirming=True
    )


def has_typed(
    loaded: LoadedApplication, applicant: Applicant, address: str | None, *, person_id: UUID | None
) -> bool:
    # A co-applicant who confirms leaves the address that the main applicant typed. It may be the main
    # applicant's own mailbox, which must get no message about the desk, an identification or an account.
    is_main = applicant.is_main
    return loaded.address_history.has_answered_for(
        applicant.pk, person_id, address, is_main=is_main, by_confirming=is_main
    )
