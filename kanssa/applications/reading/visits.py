"""Prepare a visit to the desk: a short code to say there, and the adults who must come."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.reauthentication import is_reauthenticated
from kanssa.applications.aggregate.visibility import OtherAdult, other_adult
from kanssa.applications.reading.view_models import first_given_name
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, NotIdentified
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.identification.sessions import Identified


@dataclass(frozen=True, slots=True)
class Visit:
    """The page to take along to the desk. `code` is not grouped; `adults` are all, each done or missing."""

    reference: str
    code: str
    confirm_by: datetime | None
    adults: tuple[OtherAdult, ...]


def visit_of(application_id: UUID, *, identified: Identified | None, now: datetime) -> Visit:
    """Read what to take along: for one of its adults, or for the sending browser (`None`).

    The browser only before its main applicant has identified; a password session sees first names. Raises
    NoSuchApplication, NotIdentified, NotAllowedNow (it has ended).
    """
    loaded = LoadedApplication.of(application_id, now=now)
    if loaded.state is State.DRAFT:
        raise NoSuchApplication
    if identified is not None:
        # Refuses a person who is not on it.
        loaded.applicant_of(identified.person_id)
    # From then on the sending browser may be a stranger's.
    elif loaded.has_main_identified:
        raise NotIdentified
    if loaded.state not in ACTIVE_STATES:
        raise NotAllowedNow
    # A password session may belong to a reader of the mailbox, who sees first names only.
    is_whole = identified is None or is_reauthenticated(identified)
    row, must_come = loaded.application, loaded.current.digests
    return Visit(
        reference=row.reference or "",
        code=row.visit_code or "",
        confirm_by=row.confirm_by,
        adults=tuple(
            replace(adult, name=adult.name if is_whole else first_given_name(adult.name))
            for adult in (other_adult(each, loaded) for each in loaded.applicants if each in must_come)
        ),
    )
