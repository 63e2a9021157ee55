"""End a confirmation that was forged or depends on a mistake (DOMAIN, rule 8)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from kanssa.accounts.staff import StaffMember
from kanssa.applications.aggregate.given_confirmations import USED_ELSEWHERE
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Confirmation, Task
from kanssa.applications.refusals import OwnCheck
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.applications.transitions.revivals import revive
from kanssa.applications.transitions.validity import save_ended_confirmations
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import checks_answered_by
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import ACCOUNT, DESK
from kanssa.values.actor import Actor

ANNULLED = "annulled"


def applications_ended_by(confirmations: Iterable[Confirmation]) -> set[UUID]:
    # They may become valid again, so callers lock them too.
    return {application_id for each in confirmations for application_id in _applications_ended_by(each)}


def require_not_own_action(annulled: Confirmation, staff: StaffMember) -> None:
    """Let no staff member judge the result of their own action. Refuses: OwnCheck.

    Their own are: identifying the person (or deciding so), recording their code, and matching them to an
    applicant.
    """
    taken = Task.objects.filter(decided_by=staff.user_id, outcome="accepted")
    by_them = Q(applicant=annulled.applicant_id) | Q(identification__person=annulled.person_id)
    own = DeskCheck.objects.filter(
        checks_answered_by(staff.user_id),
        identification__person_id=annulled.person_id,
        identification__isnull=False,
    )
    if annulled.identification.method not in (DESK, ACCOUNT):
        # A bank's identification depends on the desk only by the code that was recorded before it.
        own = own.filter(code_recorded_at__lte=annulled.identification.authenticated_at)
    if own.exists() or taken.filter(by_them).exists():
        raise OwnCheck


def annul(
    given: Confirmation,
    loaded: LoadedApplication,
    others: list[LoadedApplication],
    *,
    grounds: str,
    words: str = "",
    actor: Actor,
) -> None:
    """End one confirmation of the loaded application. `others` are the rest of what is locked.

    A confirmation that ended elsewhere when this application became valid is active again, if its
    application still has time and its adults are not valid elsewhere.
    """
    lost = _applications_ended_by(given)
    loaded.end(given, because=ANNULLED, at=loaded.now)
    record(
        EventKind.CONFIRMATION_ANNULLED,
        actor=actor,
        now=loaded.now,
        application_id=loaded.application.pk,
        applicant_id=given.applicant_id,
        words=words,
        confirmation=str(given.pk),
        grounds=grounds,
    )
    save_ended_confirmations(loaded, actor=actor, excluding=None, cause=f"annulled:{given.pk}")
    for victim in others:
        if victim.application.pk in lost:
            rest = [loaded, *(each for each in others if each is not victim)]
            revive(victim, rest, ended_for=given.application_id, actor=actor, annulled=str(given.pk))


def _applications_ended_by(annulled: Confirmation) -> set[UUID]:
    lost = Confirmation.objects.filter(
        ended_for=annulled.application_id,
        ended_because=USED_ELSEWHERE,
        ended_at__gte=annulled.confirmed_at,
        application__state__in=(*ACTIVE_STATES, State.REPLACED),
    )
    if annulled.ended_at is not None:
        # Only what was lost while the annulled one counted.
        lost = lost.filter(ended_at__lte=annulled.ended_at)
    return set(lost.values_list("application_id", flat=True))
