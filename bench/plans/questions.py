"""Questions to the database: lists and searches of the staff, pages of people, jobs of the worker."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings

from bench.plans.samples import COMMON_FULL_NAME, COMMON_NAME, MISSPELT, Samples
from kanssa.accounts.staff import active_staff
from kanssa.accounts.staff_refusals import NotSignedIn
from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.casework.lists import CaseworkList
from kanssa.applications.casework.matching import proposed_applicants
from kanssa.applications.reading import queries
from kanssa.applications.reading.due import due_applications
from kanssa.applications.reading.sessions import read_session
from kanssa.applications.reading.visits import visit_of
from kanssa.applications.transitions.annulments import applications_ended_by
from kanssa.identification.document_checks import CheckCursor, CheckFilters, CheckQueue
from kanssa.messages.delivery_states import Delivery, DeliveryReason, Verdict
from kanssa.messages.health import mail_health
from kanssa.messages.pacing import Recipient, plan_sending
from kanssa.messages.pauses import paused
from kanssa.messages.queue import cancel_messages_to, latest_invitations, read_contents
from kanssa.messages.topics import Topic
from kanssa.messages.transitions import (
    erase_contents,
    erase_set_aside,
    lock_next_due,
    may_have_arrived,
    requeue_failed,
    requeue_set_aside,
)
from kanssa.ops.story import story_of
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.desk.casework.list_casework import list_casework
from kanssa.usecases.desk.casework.open_applicant import open_applicant
from kanssa.usecases.desk.casework.open_case import open_case
from kanssa.usecases.desk.casework.open_task import open_task
from kanssa.usecases.desk.casework.search_applications import search_applications
from kanssa.usecases.lifecycle.report_lease import report_lease
from kanssa.usecases.staff.list_staff import list_staff
from kanssa.usecases.supervision.annul_desk_check import annul_desk_check
from kanssa.usecases.supervision.list_decisions import list_decisions
from kanssa.usecases.supervision.list_desk_checks import list_desk_checks
from kanssa.usecases.supervision.list_locked_activation_codes import list_locked_activation_codes
from kanssa.usecases.supervision.list_protected_reads import list_protected_reads
from kanssa.usecases.supervision.open_desk_check import open_desk_check
from kanssa.usecases.supervision.open_history import open_history
from kanssa.usecases.system.apply_timed_transitions import apply_timed_transitions
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM

Question = Callable[[Samples], object]
_MIDDLE = 10_000
"""An event's id from which a page of a list continues."""


def _searched(typed: Callable[[Samples], str]) -> Question:
    return lambda of: search_applications(typed=typed(of), reason=AccessReason.VISIT, **_staff(of))


def _listed(which: CaseworkList) -> Question:
    return lambda of: list_casework(wanted=which, **_staff(of))


def _checks(which: CheckQueue, *, is_later: bool = False, **narrowed: Callable[[Samples], Any]) -> Question:
    def ask(of: Samples) -> object:
        filters = CheckFilters(**{name: value(of) for name, value in narrowed.items()})
        after = CheckCursor(of.check.at, of.check.pk) if is_later else None
        return list_desk_checks(wanted=which, filters=filters, after=after, **_staff(of))

    return ask


def _staff(of: Samples) -> Mapping[str, Any]:
    return {"staff": of.staff, "actor": of.staff.actor, "now": of.now}


def _address(of: Samples) -> str:
    return str(of.facts.get("email") or "aino@example.com")


def _of_case(action: Callable[..., object], **more: Any) -> Question:
    return lambda of: action(
        application_id=of.application.pk, reason=AccessReason.VISIT, **more, **_staff(of)
    )


def _signed_in(of: Samples) -> None:
    try:
        active_staff(of.staff.sign_in_id, now=of.now)
    except NotSignedIn:
        return


def _to_recipient(of: Samples) -> object:
    to = Recipient(of.application.pk, of.main.pk, _address(of))
    return plan_sending(Topic.REMINDER, to, now=of.now)


def _annulled(of: Samples) -> object:
    return annul_desk_check(check_id=of.check.pk, grounds="in-error", words="A test.", **_staff(of))


SEARCHES: Mapping[str, Question] = {
    "search by identity code": _searched(lambda of: str(of.facts["hetu"])),
    "search by a common last name": _searched(lambda _of: COMMON_NAME),
    "search by a common full name": _searched(lambda _of: COMMON_FULL_NAME),
    "search by a misspelt common name": _searched(lambda _of: MISSPELT),
    "search by birth date": _searched(lambda of: f"{of.identified.born:%d.%m.%Y}"),
    "search by common name and birth date": _searched(
        lambda of: f"{COMMON_NAME} {of.identified.born:%d.%m.%Y}"
    ),
    "search by reference": _searched(lambda of: str(of.application.reference)),
    "search by visit code": _searched(lambda of: str(of.application.visit_code)),
}
STAFF_PAGES: Mapping[str, Question] = {
    **{f"desk list: {which}": _listed(which) for which in CaseworkList},
    "locked slips": lambda of: list_locked_activation_codes(**_staff(of)),
    "case": _of_case(open_case),
    "adult and letter": lambda of: _of_case(open_applicant, applicant_id=of.main.pk, purpose="letter")(of),
    "task": lambda of: open_task(task_id=of.task, **_staff(of)),
    "checks: all": _checks(CheckQueue.ALL),
    "checks: all, later page": _checks(CheckQueue.ALL, is_later=True),
    "checks: one clerk's": _checks(CheckQueue.ALL, staff_id=lambda of: of.check.staff_id),
    "checks: one desk's": _checks(CheckQueue.ALL, desk=lambda of: of.check.desk),
    "checks: for review": _checks(CheckQueue.REVIEW),
    "checks: tasks": _checks(CheckQueue.TASKS),
    "check": lambda of: open_desk_check(check_id=of.check.pk, reason=AccessReason.REVIEW, **_staff(of)),
    "check annulled": _annulled,
    "decisions": lambda of: list_decisions(before=None, **_staff(of)),
    "decisions, later page": lambda of: list_decisions(before=_MIDDLE, **_staff(of)),
    "protected reads": lambda of: list_protected_reads(before=None, **_staff(of)),
    "history": _of_case(open_history),
    "staff list": lambda of: list_staff(actor=of.staff.actor, now=of.now),
    "staff sign-in": _signed_in,
}
PEOPLES_PAGES: Mapping[str, Question] = {
    "session": lambda of: read_session(of.identified.id, now=of.now),
    "own applications": lambda of: queries.applications_of(of.identified, now=of.now),
    "status": lambda of: queries.status(of.application.pk, identified=of.identified, now=of.now),
    "review": lambda of: queries.review(of.application.pk, identified=of.identified, now=of.now),
    "visit": lambda of: visit_of(of.application.pk, identified=of.identified, now=of.now),
    "draft": lambda of: queries.draft_of(of.draft, now=of.now),
    "invitation": lambda of: queries.active_invitation(of.token),
    "claim by identity code": lambda of: claim_applicants(
        identified=of.identified, sent_here=None, actor=of.identified.actor, now=of.now
    ),
    "match by birth date": lambda of: proposed_applicants(of.identified, sent_here=None, now=of.now),
    "lease reported": lambda of: report_lease(application_id=of.application.pk, actor=SYSTEM, now=of.now),
    "confirmations ended elsewhere": lambda of: applications_ended_by(of.application.confirmations.all()),
}
JOBS: Mapping[str, Question] = {
    "timers due": lambda of: due_applications(now=of.now + timedelta(days=2), at_most=200),
    "timer of one": lambda of: apply_timed_transitions(
        application_id=of.waiting, actor=SYSTEM, now=of.now + timedelta(days=2)
    ),
    "messages due": lambda of: lock_next_due(now=of.now, excluding=set()),
    "messages due, domains paused": lambda of: lock_next_due(now=of.now, excluding={b"-" * 32}),
    "erase contents": lambda of: erase_contents(now=of.now),
    "pauses": lambda of: paused(now=of.now),
    "mail health": lambda of: mail_health(of.now),
    "bounce": lambda of: record_bounce(
        message_id=of.message.pk,
        verdict=Verdict(Delivery.NO_SUCH_ADDRESS, DeliveryReason.NO_MAILBOX),
        actor=SYSTEM,
        now=of.now,
    ),
    "plan a message": _to_recipient,
    "latest invitation": lambda of: latest_invitations(of.main.pk).first(),
    "did a message arrive": lambda of: may_have_arrived(of.main.pk, _address(of), topic=Topic.RECEIVED),
    "send failed again": lambda of: requeue_failed(of.main.pk, _address(of), now=of.now),
    "cancel to an address": lambda of: cancel_messages_to(
        read_contents(of.message)[0], applicant_id=of.main.pk, now=of.now
    ),
    "mail retry": lambda of: requeue_set_aside(now=of.now),
    "mail dismiss": lambda _of: erase_set_aside(),
    "drafts to delete": lambda of: delete_old_drafts(now=of.now - timedelta(days=settings.DRAFT_DAYS - 27)),
    "story": lambda of: list(story_of(str(of.application.reference), now=of.now)),
}
QUESTIONS: Mapping[str, Question] = {**SEARCHES, **STAFF_PAGES, **PEOPLES_PAGES, **JOBS}
