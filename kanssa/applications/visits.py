"""Getting ready to visit the desk: a short code that is said there, and who must come."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kanssa.applications.household import Household
from kanssa.applications.models import Application
from kanssa.applications.proof import has_proof
from kanssa.applications.readings import called
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, NotIdentified
from kanssa.applications.sight import OtherAdult, other_adult
from kanssa.applications.states import LIVING, State
from kanssa.identification.living import Identified

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I
_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Visit:
    """What is taken along to the desk. `code` has no group; `adults` are all, each done or missing."""

    reference: str
    code: str
    confirm_by: datetime | None
    adults: tuple[OtherAdult, ...]


def new_visit_code() -> str:
    """Make a code that no application has: read aloud, typed, or scanned at the desk."""
    code = "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
    return new_visit_code() if Application.objects.filter(visit_code=code).exists() else code


def by_visit_code(typed: str) -> UUID | None:
    """Find an application by its visit code, however it is grouped; None where there is none."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(plain) != _LENGTH:
        return None
    return Application.objects.filter(visit_code=plain).values_list("pk", flat=True).first()


def visit_of(application_id: UUID, *, identified: Identified | None, now: datetime) -> Visit:
    """Read what to take along: for one of its adults, or for the sending browser (`None`).

    That one before its main applicant has identified; a password alone shows first names. Raises
    NoSuchApplication, NotIdentified, NotAllowedNow (it has ended).
    """
    household = Household.of(application_id, now=now)
    if household.state is State.DRAFT:
        raise NoSuchApplication
    if identified is not None:
        household.place_of(identified.person_id)
    elif household.has_main_identified:
        raise NotIdentified
    if household.state not in LIVING:
        raise NotAllowedNow
    is_whole = identified is None or has_proof(identified)
    row, must_come = household.application, household.standing.digests
    return Visit(
        reference=row.reference or "",
        code=row.visit_code or "",
        confirm_by=row.confirm_by,
        adults=tuple(
            replace(adult, name=adult.name if is_whole else called(adult.name))
            for adult in (other_adult(each, household) for each in household.applicants if each in must_come)
        ),
    )
