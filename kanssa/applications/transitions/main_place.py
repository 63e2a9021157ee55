"""The main applicant's place: offered to the adults who remain, never assigned (DOMAIN, rule 5)."""

from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.given_confirmations import main_place_offered_to
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant


def is_main_place_offered_to(loaded: LoadedApplication, applicant_id: UUID) -> bool:
    offered = main_place_offered_to(list(loaded.applicants.values()), loaded.confirmations, now=loaded.now)
    return any(each.pk == applicant_id for each in offered)


def set_main_applicant(loaded: LoadedApplication, successor: Applicant) -> None:
    """Make an applicant, who has accepted it, the main applicant.

    The former one's open edit is deleted, because only they may see it. A waiting change that leaves the
    new one out is dropped.
    """
    main = loaded.main_applicant
    # The database allows one main applicant, so the former one is saved first.
    for applicant, is_main in ((main, False), (successor, True)):
        applicant.is_main = is_main
        applicant.save(update_fields=["is_main"])
    discard_draft(loaded.application)
    loaded.applicants_changed()
    if successor.pk not in loaded.current.digests:
        loaded.drop_waiting_version()
