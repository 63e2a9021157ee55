"""The main applicant's place: offered to the adults who remain, never assigned (DOMAIN, rule 5)."""

from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import main_place_offers
from kanssa.applications.models import Applicant
from kanssa.applications.transitions.revising import revise
from kanssa.values.actor import Actor


def is_main_place_offered_to(loaded: LoadedApplication, applicant_id: UUID) -> bool:
    return any(each.pk == applicant_id for each in main_place_offers(loaded))


def set_main_applicant(loaded: LoadedApplication, successor: Applicant, *, actor: Actor) -> None:
    """Make an applicant, who has accepted it, the main applicant, in a new version.

    It lacks the former one if they left, and what only they had answered for: no adult assures what another
    typed. The former one's open edit is deleted, because only they may see it. A waiting change that leaves
    the new one out is dropped.
    """
    # The database allows one main applicant, so the former one is saved first.
    for applicant, accepted_at in ((loaded.main_applicant, None), (successor, loaded.now)):
        applicant.is_main = accepted_at is not None
        applicant.main_accepted_at, applicant.main_answered_at = accepted_at, None
        applicant.save(update_fields=["is_main", "main_accepted_at", "main_answered_at"])
    discard_draft(loaded.application)
    loaded.applicants_changed()
    if successor.pk not in loaded.current.digests:
        loaded.drop_waiting_version()
    content = loaded.current.content.without_main_answers()
    revise(loaded, content, actor=actor, valid_until=loaded.valid_until)
