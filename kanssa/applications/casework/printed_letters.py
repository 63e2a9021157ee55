"""Choose the printed letter for an adult without e-mail."""

from enum import StrEnum

from kanssa.applications.aggregate.address_troubles import refuses_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.applications.states import ACTIVE_STATES


class PrintedLetterKind(StrEnum):
    RECEIVED = "received"
    INVITED = "invited"
    CHANGED = "changed"
    CONFIRMED = "confirmed"


def printed_letter_kind(
    applicant: Applicant, application: LoadedApplication, *, refuses: bool
) -> PrintedLetterKind | None:
    """Give the kind of printed letter for an adult; None where, as with e-mail, none may be sent.

    None is sent if the application ended, or the adult left, was removed, declined, said “not for me”, or
    does not want to be asked by this main applicant (`refuses`). A co-applicant is invited only after the
    main applicant identified: else a sender could have letters sent to strangers. The main applicant's own
    letter needs no identification.
    """
    is_over = application.state not in ACTIVE_STATES or applicant.left_at is not None
    if is_over or applicant.pk not in application.current.digests:
        return None
    if application.confirmation_of(applicant.pk):
        return PrintedLetterKind.CONFIRMED
    if refuses or _wants_none(applicant, application):
        return None
    if application.has_waiting_version and application.effective_confirmation_of(applicant.pk):
        return PrintedLetterKind.CHANGED
    if applicant.is_main:
        return PrintedLetterKind.RECEIVED
    # A stranger who typed the application must not have letters sent in the city's name.
    is_known = applicant.person_id is not None or application.main_applicant.person_id is not None
    return PrintedLetterKind.INVITED if is_known else None


def _wants_none(applicant: Applicant, application: LoadedApplication) -> bool:
    if applicant.person_id is not None:
        return applicant.declined_at is not None
    return refuses_mail_at(applicant, application.facts_of(applicant.pk).get("email", ""))
