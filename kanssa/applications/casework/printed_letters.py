"""Letters on paper, for adults without e-mail: what one is about."""

from enum import StrEnum

from kanssa.applications.aggregate.address_troubles import refuses_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.applications.states import ACTIVE_STATES


class PrintedLetterKind(StrEnum):
    """What a letter tells an adult."""

    RECEIVED = "received"
    INVITED = "invited"
    CHANGED = "changed"
    CONFIRMED = "confirmed"


def printed_letter_kind(applicant: Applicant, application: LoadedApplication) -> PrintedLetterKind | None:
    """What is to be written to an adult; None where no paper may go, as no e-mail would.

    It has ended, or they left or were removed. They declined, or their mailbox said “not for me”.
    Or whoever typed the application could have us write to strangers: a co-applicant is invited
    once the main applicant has identified. The main applicant's own letter needs none of that.
    """
    is_over = application.state not in ACTIVE_STATES or applicant.left_at is not None
    if is_over or applicant.pk not in application.current.digests:
        return None
    if application.confirmation_of(applicant.pk):
        return PrintedLetterKind.CONFIRMED
    if _wants_none(applicant, application):
        return None
    if application.has_waiting_version and application.effective_confirmation_of(applicant.pk):
        return PrintedLetterKind.CHANGED
    if applicant.is_main:
        return PrintedLetterKind.RECEIVED
    is_known = applicant.person_id is not None or application.main_applicant.person_id is not None
    return PrintedLetterKind.INVITED if is_known else None


def _wants_none(applicant: Applicant, application: LoadedApplication) -> bool:
    """Whether they declined, or “not for me” was said at the address that still stands for them."""
    if applicant.person_id is not None:
        return applicant.declined_at is not None
    return refuses_mail_at(applicant, application.facts_of(applicant.pk).get("email", ""))
