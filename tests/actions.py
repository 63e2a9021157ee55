"""Actions of people, staff and the clock on an application, each in one line, through use cases."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from kanssa.accounts.staff import StaffMember
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.models import Application
from kanssa.identification.sessions import Identified
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.decline_application import decline_application
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.confirmation.withdraw_confirmation import withdraw_confirmation
from kanssa.usecases.desk.serving.record_departure import record_departure
from kanssa.usecases.drafts.copy_application import copy_application
from kanssa.usecases.drafts.copy_own_part import copy_own_part
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.usecases.invitations.resend_invitation import resend_invitation
from kanssa.usecases.lifecycle.accept_main_applicant import accept_main_applicant
from kanssa.usecases.lifecycle.continue_without_leavers import continue_without_leavers
from kanssa.usecases.lifecycle.discard_changes import discard_changes
from kanssa.usecases.lifecycle.leave_application import leave_application
from kanssa.usecases.lifecycle.renew_application import renew_application
from kanssa.usecases.lifecycle.report_lease import report_lease
from kanssa.usecases.lifecycle.withdraw_application import withdraw_application
from kanssa.usecases.supervision.annul_confirmation import annul_confirmation
from kanssa.usecases.supervision.undo_departure import undo_departure
from kanssa.usecases.system.apply_timed_transitions import apply_timed_transitions
from kanssa.values.actor import SYSTEM, Actor
from kanssa.values.role import Role
from tests import cast
from tests.cast import BROWSER, NOW, applicant_of
from tests.staff import member

CLERK = member(Role.CLERK)
SUPERVISOR = member(Role.SUPERVISOR)
PROGRAM = Actor("program", UUID(int=13))
LINK = Actor("link")

Change = Callable[[Content], Content]


def light_change(number: int) -> Change:
    """Change the highest rent, which needs no confirmation."""
    return lambda content: content.with_section("wishes", {"highest_rent": number})


def household_change(number: int) -> Change:
    """Change the rent of the present home, which every adult must confirm."""
    return lambda content: content.with_section("home", {"cost": number})


def own_household(content: Content) -> Content:
    """Answer what only the former main applicant had answered for."""
    return content.with_section("home", {"tenure": "rented-other"}).with_section(
        "need", {"reasons": ["separation"]}
    )


def main_applicant_change(number: int) -> Change:
    """Change the main applicant's own income, which only they must confirm."""
    return lambda content: content.with_adult(content.main_applicant_id, {"gross_income": number})


def with_adult(role: cast.CastMember, applicant_id: UUID | None = None) -> Change:
    return lambda content: content.with_adult(applicant_id or uuid4(), role.named)


def invited_by_hand(applicant_id: UUID) -> Change:
    return lambda content: content.with_adult(applicant_id, {"by_hand": True})


def without(applicant_id: UUID) -> Change:
    return lambda content: content.without_adult(applicant_id)


def with_resident(born: str, resident_id: UUID | None = None) -> Change:
    """Add a resident born on this day."""
    child = {"last_name": "Korhonen", "first_names": "Onni", "born": born, "occupancy": "full-time"}
    return lambda content: content.with_resident(resident_id or uuid4(), child)


def corrected(application: Application, who: Identified, facts: Facts, *, now: datetime = NOW) -> None:
    """Save and apply a person's own details."""
    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, who).pk}
    save_own_details(**ids, facts=facts, identified=who, actor=who.actor, now=now)
    correct_own_details(**ids, identified=who, actor=who.actor, now=now)


def renewed(application: Application, who: Identified, *, now: datetime = NOW) -> None:
    renew_application(application_id=application.pk, identified=who, actor=who.actor, now=now)


def discarded(application: Application, who: Identified, *, now: datetime = NOW) -> None:
    discard_changes(application_id=application.pk, identified=who, actor=who.actor, now=now)


def declined(
    application: Application, who: Identified, *, refuses_asking: bool = False, now: datetime = NOW
) -> None:
    decline_application(
        application_id=application.pk,
        applicant_id=applicant_of(application, who).pk,
        refuses_asking=refuses_asking,
        identified=who,
        actor=who.actor,
        now=now,
    )


def confirmation_withdrawn(
    application: Application, who: Identified, *, at_period_end: bool = False, now: datetime = NOW
) -> None:
    withdraw_confirmation(
        application_id=application.pk,
        applicant_id=applicant_of(application, who).pk,
        at_period_end=at_period_end,
        identified=who,
        actor=who.actor,
        now=now,
    )


def withdrawn(application: Application, who: Identified | None = None, *, now: datetime = NOW) -> None:
    actor = who.actor if who else BROWSER
    withdraw_application(application_id=application.pk, identified=who, actor=actor, now=now)


def left(application: Application, who: Identified, *, now: datetime = NOW) -> None:
    leave_application(application_id=application.pk, identified=who, actor=who.actor, now=now)


def continued(application: Application, who: Identified, *, now: datetime = NOW) -> None:
    """Continue without the adults who left."""
    continue_without_leavers(application_id=application.pk, identified=who, actor=who.actor, now=now)


def accepted_main(application: Application, who: Identified, *, now: datetime = NOW) -> None:
    """Become the main applicant, whose place is open."""
    accept_main_applicant(application_id=application.pk, identified=who, actor=who.actor, now=now)


def housed(application: Application, *, now: datetime = NOW) -> None:
    report_lease(application_id=application.pk, actor=PROGRAM, now=now)


def departed(
    application: Application, applicant_id: UUID, *, now: datetime = NOW, grounds: str = "certificate"
) -> None:
    record_departure(
        application_id=application.pk,
        applicant_id=applicant_id,
        because="died",
        grounds=grounds,
        words="Her brother telephoned.",
        staff=CLERK,
        now=now,
    )


def departure_undone(application: Application, applicant_id: UUID, *, now: datetime = NOW) -> None:
    undo_departure(
        application_id=application.pk,
        applicant_id=applicant_id,
        grounds="untrue",
        words="She is alive and well.",
        staff=SUPERVISOR,
        now=now,
    )


def annulled(confirmation_id: UUID, *, staff: StaffMember = SUPERVISOR, now: datetime = NOW) -> None:
    annul_confirmation(
        confirmation_id=confirmation_id,
        grounds="forged",
        words="It was forged.",
        staff=staff,
        now=now,
    )


def copied(application: Application, who: Identified, *, now: datetime = NOW) -> UUID:
    return copy_application(application_id=application.pk, identified=who, actor=who.actor, now=now)


def own_part_copied(application: Application, who: Identified, *, now: datetime = NOW) -> UUID:
    return copy_own_part(application_id=application.pk, identified=who, actor=who.actor, now=now)


def resent(application: Application, applicant_id: UUID, who: Identified, *, now: datetime = NOW) -> None:
    resend_invitation(
        application_id=application.pk,
        applicant_id=applicant_id,
        identified=who,
        actor=who.actor,
        now=now,
    )


def not_for_me(token: str, *, now: datetime = NOW) -> None:
    """Press “not for me” on the page of an invitation."""
    refuse_invitation(token=token, actor=LINK, now=now)


def clock_advanced(application: Application, now: datetime) -> None:
    """Apply the timed transitions that are due."""
    apply_timed_transitions(application_id=application.pk, actor=SYSTEM, now=now)


def link_of(applicant_id: UUID) -> str:
    """Return the token in the latest invitation to this applicant."""
    message = Message.objects.filter(topic="invitation", applicant_id=applicant_id).latest("written_at")
    return str(read_contents(message)[1]["token"])
