from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kanssa.accounts.conflicts_of_interest import require_no_conflict
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.casework.matching import merge_people
from kanssa.applications.refusals import CodeOfAnother, PersonKnown
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import record_code_entry, require_no_representative
from kanssa.identification.sessions import Identified
from kanssa.people.models import Person, hetu_lookup
from kanssa.usecases.use_case import use_case
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role


@use_case(Action.RECORD_CODE)
def record_identity_code(
    *, hetu: Hetu, application_id: UUID, served: Identified, staff: StaffMember, now: datetime
) -> None:
    """Record the identity code that a served person has received since.

    A person who identified by it meanwhile and has nothing of their own is merged into this one. The code
    decides which applications they see, so the check by which they are served goes to a supervisor's
    review.
    Refuses: NotYourRole, NotIdentified, HasRepresentative, ConflictingInterest, CodeOfAnother, PersonKnown
    (they have a code, or another person with applications has this one).
    """
    require_role(staff, Role.CLERK)
    require_no_representative(served.id)
    if served.born is not None and served.born != hetu.born:
        # The code holds the birth date, so another date shows a mistyped code.
        raise CodeOfAnother
    lookup = hetu_lookup(hetu)
    # The new code may name a relative of the clerk.
    require_no_conflict(staff, [lookup])
    other = Person.objects.filter(hetu_lookup=lookup).first()
    # Locked in the order of ids, as all people are.
    ids = sorted({served.person_id, *([other.pk] if other else [])})
    people = Person.objects.select_for_update().in_bulk(ids)
    require_reauthentication(served)
    person = people[served.person_id]
    if person.hetu_lookup is not None:
        raise PersonKnown
    if other is None:
        _assign_code(person, hetu)
    else:
        merge_people(person, people[other.pk])
    record_code_entry(served.id, code_of=other.pk if other else None, now=now)
    record(
        EventKind.IDENTITY_CODE_RECORDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        person=str(person.pk),
        merged=str(other.pk) if other else "",
        identification=str(served.id),
    )


def _assign_code(person: Person, hetu: Hetu) -> None:
    try:
        # A savepoint: the constraint's error must not break the action's transaction.
        with transaction.atomic():
            person.assign_code(hetu)
    except IntegrityError:  # another request assigned it in this moment
        raise PersonKnown from None
