"""Trying an address again that is said to be right: what did not arrive goes out once more, within a cap."""

from datetime import timedelta

from django.conf import settings

from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.tries import take_a_try
from kanssa.applications.address_troubles import trust_address
from kanssa.applications.addresses import of_the_typed_side
from kanssa.applications.household import Household
from kanssa.applications.keeping import keep
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import AddressTriedEnough, NoAddressToTry
from kanssa.messages.letters import lookup_of
from kanssa.messages.progress import send_again

_DAY = timedelta(days=1)


def retry_address(household: Household, place: Applicant) -> int:
    """Clear the mark of a locked adult's address, and send again; gives how many messages.

    Refuses: NoAddressToTry, AddressTriedEnough.
    """
    address = household.facts_of(place.pk).get("email", "")
    if not address:
        raise NoAddressToTry
    _take_a_try(address, household)
    trust_address(place, address)
    again = send_unarrived(household, place)
    keep(household)
    return again


def send_unarrived(household: Household, place: Applicant) -> int:
    """Send again what did not reach an adult; gives how many messages."""
    address = household.facts_of(place.pk).get("email", "")
    return send_again(place.pk, address, but=of_the_typed_side(household, place), now=household.now)


def _take_a_try(address: str, household: Household) -> None:
    most = settings.ADDRESS_RETRIES_A_DAY
    try:
        take_a_try("address-right", lookup_of(address).hex(), most=most, within=_DAY, now=household.now)
    except TooManyTries:
        raise AddressTriedEnough from None
