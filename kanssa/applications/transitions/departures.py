"""Undo a departure: put an adult back on the application."""

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import latest_facts_of
from kanssa.applications.models import Applicant
from kanssa.applications.transitions.invitations import accepts_invitations, can_send_invitation, invite
from kanssa.applications.transitions.revising import revise
from kanssa.values.actor import Actor


def reinstate_adult(application: LoadedApplication, applicant: Applicant, *, actor: Actor) -> bool:
    # A person who was named again meanwhile is on the application already.
    if applicant.pk in application.current.digests or _was_named_again(application, applicant):
        return False
    applicant.removed_at = None
    applicant.save(update_fields=["removed_at"])
    # Earlier confirmations count for it, unless something else that concerns the adults has changed.
    content = application.current.content.with_adult(applicant.pk, latest_facts_of(applicant))
    # No new validity: undoing a mistake must not renew the application.
    revise(application, content, actor=actor, valid_until=application.valid_until)
    if can_send_invitation(application, applicant.pk) and accepts_invitations(application, applicant.pk):
        invite(application, application.applicants[applicant.pk])
    return True


def _was_named_again(application: LoadedApplication, applicant: Applicant) -> bool:
    return any(
        _is_same(other.person_id, applicant.person_id)
        or _is_same(_bytes(other.hetu_lookup), _bytes(applicant.hetu_lookup))
        for other in application.applicants.values()
        if other.pk != applicant.pk
    )


def _is_same(one: object, other: object) -> bool:
    return one is not None and one == other


def _bytes(lookup: bytes | memoryview | None) -> bytes | None:
    return None if lookup is None else bytes(lookup)
