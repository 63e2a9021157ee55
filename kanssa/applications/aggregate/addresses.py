"""Decide which e-mail address takes mail, and which is an adult's own.

The sender of an application can type any address for another adult.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef

from kanssa.accounts.applicant_account import AccountMailbox, mailbox_of
from kanssa.applications.aggregate.address_troubles import Side, accepts_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts
from kanssa.applications.models import Applicant, Confirmation, Part, Version
from kanssa.identification.models import Identification
from kanssa.messages.queue import Topic, email_lookup_of
from kanssa.vault import open_json

TO_TYPED_ADDRESS = (Topic.INVITATION, Topic.REMINDER, Topic.WITHDRAWN, Topic.REMOVED)
"""Topics that are sent to the address that the main applicant typed."""


def addresses_of(applicant: Applicant, facts: Facts, typed: Facts, *, is_invited: bool) -> dict[Side, Facts]:
    """Give the addresses to write to: the adult's own, and the one at which they were invited.

    The invited address gets the same messages whether the adult has identified or not, because its reader
    may be the main applicant. An address that is both is treated as the invited one.
    """
    own = own_facts(applicant, facts)
    if not is_invited or applicant.is_main:
        return {Side.OWN: own} if own else {}
    is_same = email_lookup_of((own or {}).get("email") or "") == email_lookup_of(typed.get("email") or "")
    return {Side.TYPED: typed} if not own or is_same else {Side.OWN: own, Side.TYPED: typed}


def typed_address_topics(loaded: LoadedApplication, applicant: Applicant) -> tuple[Topic, ...]:
    """Give the topics whose delivery at an adult's address the main applicant, who typed it, may see."""
    own = loaded.facts_of(applicant.pk).get("email") or ""
    typed = loaded.typed_facts_of(applicant.pk).get("email") or ""
    is_shared = (
        applicant.person_id is not None
        and not applicant.is_main
        and email_lookup_of(typed) == email_lookup_of(own)
    )
    return TO_TYPED_ADDRESS if is_shared else ()


def own_facts(applicant: Applicant, facts: Facts) -> Facts | None:
    """Give the answers if they hold the main applicant's address, or one the adult gave or approved."""
    if applicant.is_main or has_given(applicant.pk, applicant.person_id, facts.get("email")):
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
    is_heard = mailbox and accepts_mail_at(loaded.applicants[applicant_id], mailbox.address)
    return mailbox if is_heard else None


def own_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    """Give the address on the application if it is the person's own and takes mail; else empty.

    It is their own if they typed it while identified and no other adult here has it too. The sender may
    have typed any other address for another adult.
    """
    address = loaded.facts_of(applicant_id).get("email") or ""
    others = [loaded.facts_of(key).get("email") or "" for key in loaded.applicants if key != applicant_id]
    is_shared = address.casefold() in {each.casefold() for each in others}
    return "" if is_shared else given_address(loaded, applicant_id, person_id=person_id)


def given_address(loaded: LoadedApplication, applicant_id: UUID, *, person_id: UUID | None) -> str:
    """Give the address on the application if the person typed it and it takes mail; else empty.

    Another adult may have it too: sharing an address must not keep a warning from its owner.
    """
    address = loaded.facts_of(applicant_id).get("email") or ""
    if not address or not accepts_mail_at(loaded.applicants[applicant_id], address):
        return ""
    return address if has_typed(applicant_id, person_id, address) else ""


def has_given(applicant_id: UUID, person_id: UUID | None, address: str | None) -> bool:
    """Tell whether the person confirmed a version with the address, or typed it.

    What was done by an annulled identification does not count.
    """
    return _has_answered_for(applicant_id, person_id, address, by_confirming=True)


def has_typed(applicant_id: UUID, person_id: UUID | None, address: str | None) -> bool:
    """Tell whether the person typed the address, or is the main applicant and confirmed it.

    A co-applicant who confirms leaves the address that the main applicant typed. That may be the main
    applicant's own mailbox, which must get no message about the desk, an identification or an account.
    """
    is_main = Applicant.objects.filter(pk=applicant_id, is_main=True).exists()
    return _has_answered_for(applicant_id, person_id, address, by_confirming=is_main)


def _has_answered_for(
    applicant_id: UUID, person_id: UUID | None, address: str | None, *, by_confirming: bool
) -> bool:
    if person_id is None or not address:
        return False
    saved, confirmed = _versions_of(applicant_id, person_id)
    is_main = Applicant.objects.filter(pk=applicant_id, is_main=True).exists()
    wanted, was_it = email_lookup_of(address), False
    for version_id, email in _emails_of(applicant_id):
        is_it = email_lookup_of(email) == wanted
        # A version of theirs that holds the address counts only if the one before did not hold it. A main
        # applicant's version is an edit, in which they have seen their own address: it always counts.
        has_typed = version_id in saved and (is_main or not was_it)
        if is_it and (has_typed or (by_confirming and version_id in confirmed)):
            return True
        was_it = is_it
    return False


def _versions_of(applicant_id: UUID, person_id: UUID) -> tuple[set[UUID], set[UUID]]:
    annulled = Identification.objects.filter(
        person_id=person_id,
        annulled_at__isnull=False,
        began_at__lte=OuterRef("made_at"),
        ended_at__gte=OuterRef("made_at"),
    )
    saved = Version.objects.filter(
        ~Exists(annulled), application__applicants=applicant_id, made_by_kind="person", made_by_id=person_id
    )
    confirmed = Confirmation.objects.filter(
        applicant_id=applicant_id, person_id=person_id, identification__annulled_at=None
    ).exclude(ended_because="annulled")
    return set(saved.values_list("pk", flat=True)), set(confirmed.values_list("version_id", flat=True))


def _emails_of(applicant_id: UUID) -> list[tuple[UUID, str]]:
    """Give the e-mail address in each version that holds an adult, oldest first."""
    parts = {part.pk: part for part in Part.objects.filter(applicant_id=applicant_id)}
    opened = {key: open_json(part.sealed, bound_to=f"part:{key}").get("email") for key, part in parts.items()}
    held = Version.objects.filter(parts__applicant_id=applicant_id).order_by("number")
    return [(version, opened[part] or "") for version, part in held.values_list("pk", "parts__pk")]
