"""What a person is told about their account at the addresses that they typed themselves."""

from datetime import datetime
from uuid import UUID

from kanssa.applications.addresses import given_address
from kanssa.applications.announcements import tell
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.messages.letters import Topic, lookup_of


def tell_account_opened(person_id: UUID, *, mailbox: str, cause: str, now: datetime) -> None:
    """To the addresses that the person typed, not the new mailbox: another may find a slip."""
    _warn(person_id, Topic.ACCOUNT_OPENED, mailbox=mailbox, cause=f"account-opened:{cause}", now=now)


def tell_password_set(person_id: UUID, *, mailbox: str, cause: str, now: datetime) -> None:
    """To the addresses that the person typed, but the mailbox whose link reset the password."""
    _warn(person_id, Topic.PASSWORD_SET, mailbox=mailbox, cause=f"password-set:{cause}", now=now)


def _warn(person_id: UUID, topic: Topic, *, mailbox: str, cause: str, now: datetime) -> None:
    """Tell each address once. One that another applicant alone typed may be theirs, and is told nothing."""
    written = {lookup_of(mailbox)}
    for place in Applicant.objects.filter(person=person_id, removed_at=None).order_by("pk"):
        household = Household.of(place.application_id, now=now)
        if place.pk not in household.applicants or place.left_because == "died":
            continue
        address = given_address(household, place.pk, person_id=person_id)
        if address and lookup_of(address) not in written:
            written.add(lookup_of(address))
            tell(household, place.pk, topic, cause=cause)
