from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.notifications.leaving import notify_now_main
from kanssa.applications.refusals import MainPlaceNotOffered
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.main_place import is_main_place_offered_to, set_main_applicant
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.ACCEPT_MAIN)
def accept_main_applicant(
    *, application_id: UUID, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Become the main applicant, for an adult who is offered the open place (DOMAIN, rule 5).

    The first to accept gets it. No confirmation ends, but the present home, the need and the assurances are
    asked of the new main applicant, and until then no adult can confirm.
    Refuses: NoSuchApplication, NotAllowedNow, NotIdentified, ReauthenticationRequired, MainPlaceNotOffered.
    """
    loaded = locked(application_id, now=now)
    applicant = loaded.applicant_of(identified.person_id)
    loaded.require(Action.ACCEPT_MAIN)
    require_reauthentication(identified)
    if not is_main_place_offered_to(loaded, applicant.pk):
        raise MainPlaceNotOffered
    former = loaded.main_applicant
    set_main_applicant(loaded, applicant, actor=actor)
    save(loaded)
    record(
        EventKind.MAIN_ACCEPTED,
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant.pk,
        former=str(former.pk),
        version=str(loaded.current.version.pk),
    )
    notify_now_main(loaded)
