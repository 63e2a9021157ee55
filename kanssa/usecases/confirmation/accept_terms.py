from datetime import datetime

from django.db import IntegrityError, transaction

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import TermsAcceptance
from kanssa.applications.refusals import TermsNotAccepted
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def accept_terms(*, identified: Identified, version: str, language: str, actor: Actor, now: datetime) -> None:
    """Accept the version of the terms that was read; accepting twice is accepting once.

    Refuses: NotIdentified, ReauthenticationRequired; TermsNotAccepted, when newer terms came into force
    while the person read.
    """
    require_reauthentication(identified)
    terms = terms_in_force(day_of(now))
    # Newer terms may have come into force while the person read.
    if version != terms.version:
        raise TermsNotAccepted
    # Most people accept them once: the look-up that would tell of a former acceptance is the rare case.
    acceptance = TermsAcceptance(
        person_id=identified.person_id,
        terms=terms.version,
        language=language,
        digest=terms.digest(language),
        accepted_at=now,
        identification_id=identified.id,
    )
    if _is_first(acceptance):
        record(EventKind.TERMS_ACCEPTED, actor=actor, now=now, terms=terms.version, language=language)


def _is_first(acceptance: TermsAcceptance) -> bool:
    try:
        # A savepoint: the constraint's error must not break the action's transaction.
        with transaction.atomic():
            acceptance.save(force_insert=True)
    except IntegrityError:
        return False
    return True
