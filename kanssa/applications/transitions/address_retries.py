"""Try an address again that is said to be right: undelivered messages go out once more, within a limit."""

from datetime import timedelta

from django.conf import settings

from kanssa.accounts.rate_limits import count_attempt
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.applications.aggregate.address_troubles import trust_address
from kanssa.applications.aggregate.addresses import typed_address_topics
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import AddressTriedEnough, NoAddressToTry
from kanssa.applications.transitions.saving import save
from kanssa.messages.queue import email_lookup_of
from kanssa.messages.transitions import requeue_failed

_DAY = timedelta(days=1)


def retry_address(application: LoadedApplication, applicant: Applicant) -> int:
    """Clear the mark of a locked applicant's address, and send again; gives how many messages.

    Refuses: NoAddressToTry, AddressTriedEnough.
    """
    address = application.facts_of(applicant.pk).get("email", "")
    if not address:
        raise NoAddressToTry
    _count_attempt(address, application)
    trust_address(applicant, address)
    again = resend_undelivered(application, applicant)
    save(application)
    return again


def resend_undelivered(application: LoadedApplication, applicant: Applicant) -> int:
    address = application.facts_of(applicant.pk).get("email", "")
    return requeue_failed(
        applicant.pk, address, excluding=typed_address_topics(application, applicant), now=application.now
    )


def _count_attempt(address: str, application: LoadedApplication) -> None:
    most = settings.MAX_DAILY_ADDRESS_RETRIES
    try:
        count_attempt(
            "address-right", email_lookup_of(address).hex(), most=most, window=_DAY, now=application.now
        )
    except TooManyAttempts:
        raise AddressTriedEnough from None
