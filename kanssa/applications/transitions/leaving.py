"""Let an adult leave an application: their own part ends, the others may continue (DOMAIN, rule 6)."""

from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import other_adult
from kanssa.applications.models import LEFT, Applicant
from kanssa.applications.notifications.leaving import notify_left
from kanssa.applications.states import State
from kanssa.applications.transitions.invitations import end_invitation
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.messages.queue import cancel_messages_of
from kanssa.values.actor import Actor


def leave(loaded: LoadedApplication, applicant: Applicant, *, actor: Actor) -> None:
    """End an adult's own part, save it and tell the others.

    They stop counting from the next version. An application that their confirmation carried falls back;
    the last adult who leaves ends it.
    """
    was_valid = State(loaded.application.state) is State.VALID
    given = loaded.active_confirmations_of(applicant.pk)
    _mark_as_left(loaded, applicant)
    for each in given:
        loaded.end(each, because=LEFT, at=loaded.now)
    end_invitation(loaded, applicant)
    cancel_messages_of(applicant.pk, now=loaded.now)
    loaded.fall_back(loaded.now, was_valid=was_valid)
    if is_last := all(each.left_at for each in loaded.applicants.values()):
        loaded.end_as(State.WITHDRAWN, loaded.now)
        discard_draft(loaded.application)
    elif applicant.is_main:
        discard_draft(loaded.application)
    state = save(loaded)
    _record(loaded, applicant, [str(each.pk) for each in given], actor)
    if is_last:
        record(EventKind.WITHDRAWN, actor=actor, now=loaded.now, application_id=loaded.application.pk)
        return
    if was_valid and state is State.SENT:
        record(EventKind.FELL_BACK, actor=actor, now=loaded.now, application_id=loaded.application.pk)
    notify_left(loaded, applicant)


def is_held_by_others(loaded: LoadedApplication, applicant: Applicant) -> bool:
    """Whether another adult holds an active confirmation: then withdrawing ends only one's own part.

    It is what the others see, *done* of the current version, or that the application is valid: the answer
    must not reveal that an adult took back a confirmation of an earlier version.
    """
    others = [each.pk for each in loaded.applicants.values() if each != applicant and not each.left_at]
    is_valid = loaded.state is State.VALID
    return any(
        other_adult(key, loaded).has_confirmed or (is_valid and loaded.effective_confirmation_of(key))
        for key in others
    )


def leavers_on(loaded: LoadedApplication) -> list[UUID]:
    """Give the adults of the current version who left, moved away or died."""
    return [key for key in loaded.current.digests if loaded.applicants[key].left_at is not None]


def _mark_as_left(loaded: LoadedApplication, applicant: Applicant) -> None:
    applicant.left_at, applicant.left_because = loaded.now, LEFT
    applicant.left_as_main = applicant.is_main
    applicant.save(update_fields=["left_at", "left_because", "left_as_main"])


def _record(loaded: LoadedApplication, applicant: Applicant, confirmations: list[str], actor: Actor) -> None:
    record(
        EventKind.LEFT,
        actor=actor,
        now=loaded.now,
        application_id=loaded.application.pk,
        applicant_id=applicant.pk,
        confirmations=confirmations,
    )
