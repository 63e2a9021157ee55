from datetime import datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts import applicant_account
from kanssa.accounts.activation_codes import codes_of, end_codes_of
from kanssa.accounts.applicant_account import AccountMailbox
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.addresses import own_address
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.content.content import first_name
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NoSuchApplication, NothingToEnd
from kanssa.applications.states import Action, State
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import end_account_sessions
from kanssa.messages.queue import email_lookup_of, queue_message
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

ClosedPart = Literal["slip", "username"]


@use_case(Action.CLOSE_ACCOUNT)
def close_account(
    *,
    application_id: UUID,
    applicant_id: UUID,
    what: ClosedPart,
    because: str,
    staff: StaffMember,
    now: datetime,
) -> None:
    """End an adult's active slip, or remove their username with its slip and its sessions.

    It only closes access, so a request may come in any way, also by telephone. Confirmations do not change,
    and a person identified at the desk gets a new slip. `because` is a code and is stored. A message goes
    to the person.
    Refuses: NotYourRole, NoSuchApplication, ConflictingInterest, NothingToEnd.
    """
    # Supervisors too: closing only protects, so it need not wait for a clerk.
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    loaded, _rivals = locked_with_rivals(application_id, now=now)
    applicant = loaded.applicants.get(applicant_id)
    if applicant is None or loaded.state is State.DRAFT:
        raise NoSuchApplication
    require_no_conflict_of_interest(staff, loaded)
    if applicant.person_id is None:
        raise NothingToEnd
    mailbox = applicant_account.mailbox_of(applicant.person_id)
    # Read before it ends: the event names the slip that was closed.
    slip = next(
        (each.name for each in codes_of(applicant.person_id, now=now) if each.status == "waiting"), ""
    )
    if not (mailbox if what == "username" else slip):
        raise NothingToEnd
    # The slip ends with the username: it would open another one.
    end_codes_of(applicant.person_id, now=now)
    if what == "username":
        applicant_account.remove_account(applicant.person_id, now=now)
        end_account_sessions(applicant.person_id, now=now)
    record(
        EventKind.ACCOUNT_CLOSED if what == "username" else EventKind.ACTIVATION_CODE_ENDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        person=str(applicant.person_id),
        slip=slip,
        because=because,
    )
    # No mail to the dead: their relatives may read it.
    if applicant.left_because != "died":
        _notify(loaded, applicant, mailbox, what)


def _notify(
    loaded: LoadedApplication, applicant: Applicant, mailbox: AccountMailbox | None, what: ClosedPart
) -> None:
    facts = loaded.facts_of(applicant.pk)
    payload = {"first_name": first_name(facts), "what": what}
    cause = f"account-closed:{applicant.person_id}:{loaded.now.isoformat()}"
    topic = Topic.ACCOUNT_CLOSED
    # Another person may read the mailbox: that message names no application.
    if mailbox:
        queue_message(
            topic,
            cause=f"{cause}:mailbox",
            address=mailbox.address,
            language=mailbox.language,
            payload=payload,
            now=loaded.now,
        )
    own = own_address(loaded, applicant.pk, person_id=applicant.person_id)
    if own and not (mailbox and email_lookup_of(own) == email_lookup_of(mailbox.address)):
        queue_message(
            topic,
            cause=cause,
            address=own,
            language=facts.get("contact_language") or loaded.application.language,
            payload=payload,
            now=loaded.now,
            application_id=loaded.application.pk,
            applicant_id=applicant.pk,
        )
