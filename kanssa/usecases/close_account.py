from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts import account
from kanssa.accounts.account import Mailbox
from kanssa.accounts.activation import end_slips_of, slips_of
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.addresses import own_address
from kanssa.applications.content import first_name
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.household import Household
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NothingToEnd
from kanssa.applications.states import State
from kanssa.evidence.record import record
from kanssa.identification.living import end_all_by_account
from kanssa.messages.letters import Topic, lookup_of, write_letter
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role

What = Literal["slip", "username"]


@use_case
def close_account(
    *,
    application_id: UUID,
    applicant_id: UUID,
    what: What,
    because: str,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """End an adult's living slip, or take their username away with its slip and whoever came in by it.

    It only shuts, so it may be asked for in any way, also by telephone. Nothing that was confirmed
    changes, and whoever is identified at the desk gets a new slip. `because` is a code and is kept.
    The person is written to. Refuses: NotYourRole, NoSuchApplication, OwnHousehold, NothingToEnd.
    """
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    household, _rivals = locked_with_rivals(application_id, now=now)
    place = household.applicants.get(applicant_id)
    if place is None or household.state is State.DRAFT:
        raise NoSuchApplication
    require_stranger(staff, household)
    if place.person_id is None:
        raise NothingToEnd
    mailbox = account.mailbox_of(place.person_id)
    slip = next((each.name for each in slips_of(place.person_id, now=now) if each.standing == "waiting"), "")
    if not (mailbox if what == "username" else slip):
        raise NothingToEnd
    end_slips_of(place.person_id, now=now)
    if what == "username":
        account.remove(place.person_id, now=now)
        end_all_by_account(place.person_id, now=now)
    record(
        "account-closed" if what == "username" else "slip-ended",
        actor=actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        person=str(place.person_id),
        slip=slip,
        because=because,
    )
    if place.left_because != "died":
        _tell(household, place, mailbox, what)


def _tell(household: Household, place: Applicant, mailbox: Mailbox | None, what: What) -> None:
    """To the username's mailbox, and where the application has another address that is their own, there.

    The mailbox may be read by another: the letter names no application.
    """
    facts = household.facts_of(place.pk)
    says = {"first_name": first_name(facts), "what": what}
    cause = f"account-closed:{place.person_id}:{household.now.isoformat()}"
    topic = Topic.ACCOUNT_CLOSED
    if mailbox:
        write_letter(
            topic,
            cause=f"{cause}:mailbox",
            address=mailbox.address,
            language=mailbox.language,
            says=says,
            now=household.now,
        )
    own = own_address(household, place.pk, person_id=place.person_id)
    if own and not (mailbox and lookup_of(own) == lookup_of(mailbox.address)):
        write_letter(
            topic,
            cause=cause,
            address=own,
            language=facts.get("contact_language") or household.application.language,
            says=says,
            now=household.now,
            application_id=household.application.pk,
            applicant_id=place.pk,
        )
