from datetime import datetime

from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import TermsAcceptance
from kanssa.applications.refusals import TermsNotAccepted
from kanssa.calendar.days import day_of
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
    if version != terms.version:
        raise TermsNotAccepted
    _acceptance, is_new = TermsAcceptance.objects.get_or_create(
        person_id=identified.person_id,
        terms=terms.version,
        defaults={
            "language": language,
            "digest": terms.digest(language),
            "accepted_at": now,
            "identification_id": identified.id,
        },
    )
    if is_new:
        record("terms-accepted", actor=actor, now=now, terms=terms.version, language=language)
