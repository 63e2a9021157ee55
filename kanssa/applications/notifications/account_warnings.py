"""Warn a person about their account, at the addresses that they typed themselves."""

from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.addresses import given_address
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.recipients import notify
from kanssa.messages.queue import email_lookup_of
from kanssa.messages.topics import Topic


def notify_account_opened(person_id: UUID, *, mailbox: str, cause: str, now: datetime) -> None:
    # Not to the new mailbox: another person may have found the slip.
    _warn(person_id, Topic.ACCOUNT_OPENED, mailbox=mailbox, cause=f"account-opened:{cause}", now=now)


def notify_password_set(person_id: UUID, *, mailbox: str, cause: str, now: datetime) -> None:
    # Not to the mailbox whose link reset the password: its reader did it.
    _warn(person_id, Topic.PASSWORD_SET, mailbox=mailbox, cause=f"password-set:{cause}", now=now)


def _warn(person_id: UUID, topic: Topic, *, mailbox: str, cause: str, now: datetime) -> None:
    # Compared by look-up: two spellings of one mailbox get one message.
    written = {email_lookup_of(mailbox)}
    for applicant in Applicant.objects.filter(person=person_id, removed_at=None).order_by("pk"):
        application = LoadedApplication.of(applicant.application_id, now=now)
        if applicant.pk not in application.applicants or applicant.left_because == "died":
            # No mail to the dead, nor about an application that the person is no longer on.
            continue
        address = given_address(application, applicant.pk, person_id=person_id)
        if address and email_lookup_of(address) not in written:
            written.add(email_lookup_of(address))
            notify(application, applicant.pk, topic, cause=cause)
