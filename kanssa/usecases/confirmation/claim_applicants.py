from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.claims import claimable_applicant
from kanssa.applications.aggregate.corrections import keep_proven_identity
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.reauthentication import is_reauthenticated
from kanssa.applications.models import Applicant
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.invitations import applicant_of_link, invite_all
from kanssa.applications.transitions.locking import locked_waiting_for
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.CLAIM)
def claim_applicants(
    *, identified: Identified, sent_here: UUID | None, link: UUID | None = None, actor: Actor, now: datetime
) -> None:
    """Let an identified person claim the applicants that wait for them.

    `link` is the invitation by which they came: it helps where the typed name differs in part.
    Claiming the main applicant sends the invitations if the person identified in the browser that sent the
    application (`sent_here`). Otherwise they leave when the main applicant confirms or asks for them: a
    stranger may have typed this person's name and code as the main applicant's. A password session claims
    nothing.
    """
    if not is_reauthenticated(identified):
        return
    waiting = locked_waiting_for(identified, link=link, now=now)
    # Read under the locks: the link may have ended while the person was at the bank.
    linked = applicant_of_link(link, now=now) if link and waiting else None
    for loaded in waiting:
        applicant = _take(loaded, identified, linked, actor, now)
        if applicant is None:
            continue
        # A stranger could else have invitations sent by naming another person as the main applicant.
        if applicant.is_main and loaded.application.pk == sent_here:
            invite_all(loaded)
        save(loaded)


def _take(
    loaded: LoadedApplication, identified: Identified, linked: UUID | None, actor: Actor, now: datetime
) -> Applicant | None:
    applicant = claimable_applicant(identified, loaded, linked=linked)
    if applicant is None or loaded.state not in ACTIVE_STATES:
        return None
    # Before the claim: from then on the record holds the adult's own answers.
    loaded.keep_typed_answers(applicant)
    if applicant.hetu_lookup is None:  # they came by a printed invitation
        person = Person.objects.get(pk=identified.person_id)
        facts = loaded.facts_of(applicant.pk)
        keep_proven_identity(applicant, facts, hetu=person.hetu, born=identified.born)
    applicant.person_id = identified.person_id
    applicant.identified_at = now
    applicant.identification_id = identified.id
    applicant.save(update_fields=["person", "identified_at", "identification"])
    record(
        EventKind.APPLICANT_CLAIMED,
        actor=actor,
        now=now,
        application_id=loaded.application.pk,
        applicant_id=applicant.pk,
        identification=str(identified.id),
    )
    return applicant
