"""The document checks of the desk, as supervisors list them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from kanssa.identification.models import CheckDecision, DeskCheck
from kanssa.identification.refusals import HasRepresentative
from kanssa.vault import open_json, seal_json

GUARDIAN = "guardian"
_ASKED = Q(annulment_asked_at__isnull=False) | Q(decision_asked_at__isnull=False)
# Jump from value to value in the index: one look-up per value, however many rows there are.
_DISTINCT = """
WITH RECURSIVE found (value) AS (
    (SELECT {name} FROM identification_deskcheck ORDER BY {name} LIMIT 1)
    UNION ALL
    SELECT (SELECT {name} FROM identification_deskcheck WHERE {name} > value ORDER BY {name} LIMIT 1)
    FROM found WHERE value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL
"""


class CheckQueue(StrEnum):
    """All checks, those picked for review, or those waiting for a supervisor's decision."""

    ALL = "all"
    REVIEW = "review"
    TASKS = "tasks"


class CheckOutcome(StrEnum):
    """A supervisor's decision on a check."""

    ANNULLED = "annulled"
    KEPT = "kept"
    IDENTIFY = "identify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class CheckFilters:
    """Filters of the list: a period, a desk, a clerk."""

    since: datetime | None = None
    until: datetime | None = None
    desk: str = ""
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CheckCursor:
    """The last row of a page; the next page starts after it."""

    at: datetime
    check_id: UUID


def list_checks(
    wanted: CheckQueue, filters: CheckFilters, *, viewer: UUID, after: CheckCursor | None, at_most: int
) -> list[Any]:
    """List checks of one page. All: newest first. For review or decision: oldest first, without own ones.

    Each row has `outcome`, the latest decision's or None, and `is_open`: a clerk's question waits.
    """
    rows = _with_decisions(_filtered(filters))
    if wanted is CheckQueue.ALL:
        if after is not None:
            # The second condition alone lets the index start at the cursor.
            rows = rows.filter(Q(at__lt=after.at) | Q(at=after.at, id__lt=after.check_id), at__lte=after.at)
        return list(rows.order_by("-at", "-id")[:at_most])
    # Staff never review their own identifications (DOMAIN, The desk).
    rows = rows.exclude(checks_answered_by(viewer))
    in_queue = Q(for_review=True, reviewed_at=None) if wanted is CheckQueue.REVIEW else _ASKED & ~_answered()
    rows = rows.filter(in_queue)
    if after is not None:
        rows = rows.filter(Q(at__gt=after.at) | Q(at=after.at, id__gt=after.check_id), at__gte=after.at)
    return list(rows.order_by("at", "id")[:at_most])


def checks_answered_by(staff_id: UUID) -> Q:
    return Q(staff_id=staff_id) | Q(by_decision__staff_id=staff_id)


def is_answered_by(check: DeskCheck, staff_id: UUID) -> bool:
    decision = check.by_decision
    return check.staff_id == staff_id or (decision is not None and decision.staff_id == staff_id)


def desks() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(name="desk"))
        return [desk for (desk,) in cursor.fetchall()]


def staff_with_checks() -> RawSQL:
    """Give the ids of those who have checked a document, for use in a statement."""
    return RawSQL(_DISTINCT.format(name="staff_id"), ())  # noqa: S611 our own text


def is_asked(check: DeskCheck) -> bool:
    asked = check.annulment_asked_at or check.decision_asked_at
    return asked is not None and not any(each.at >= asked for each in check.decisions.all())


def require_no_representative(identification_id: UUID) -> None:
    """Refuse if a guardian or an agent acts for the person. Refuses: HasRepresentative."""
    if has_representative(identification_id):
        raise HasRepresentative


def has_representative(identification_id: UUID) -> bool:
    checks = DeskCheck.objects.filter(identification=identification_id)
    by_decision = Q(by_decision__isnull=False) & ~Q(by_decision__desk_check__acting="")
    return checks.filter(~Q(acting="") | by_decision).exists()


def is_identified_in_person(identification_id: UUID) -> bool:
    checks = DeskCheck.objects.filter(identification=identification_id, acting="")
    without_document = Q(by_decision=None) | Q(by_decision__desk_check__acting="")
    return checks.filter(without_document).exists()


def is_represented_by_guardian(identification_id: UUID) -> bool:
    checks = DeskCheck.objects.filter(identification=identification_id)
    by_decision = Q(by_decision__desk_check__acting=GUARDIAN)
    return checks.filter(Q(acting=GUARDIAN) | by_decision).exists()


def record_code_entry(identification_id: UUID, *, code_of: UUID | None, now: datetime) -> None:
    # A supervisor reviews it, even if it was reviewed already.
    DeskCheck.objects.filter(identification=identification_id).update(
        code_recorded_at=now,
        code_of=code_of,
        for_review=True,
        reviewed_at=None,
        reviewed_by=None,
        review="",
    )


def latest_outcome(check: DeskCheck) -> str:
    latest = max(check.decisions.all(), key=lambda each: each.at, default=None)
    return latest.outcome if latest else ""


def record_decision(
    check: DeskCheck,
    outcome: CheckOutcome,
    *,
    grounds: str,
    words: str,
    staff_id: UUID,
    now: datetime,
    is_code_same: bool | None = None,
) -> CheckDecision:
    decision = CheckDecision(
        desk_check=check,
        at=now,
        staff_id=staff_id,
        outcome=outcome,
        grounds=grounds,
        is_code_same=is_code_same,
    )
    decision.words_sealed = seal_json(words, bound_to=_bound_to(decision))
    decision.save(force_insert=True)
    return decision


def explanation_of(decision: CheckDecision) -> str:
    words: str = open_json(bytes(decision.words_sealed), bound_to=_bound_to(decision))
    return words


def _bound_to(decision: CheckDecision) -> str:
    return f"check-decision:{decision.pk}"


def _filtered(filters: CheckFilters) -> QuerySet[DeskCheck]:
    rows = DeskCheck.objects.all()
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        # The end is exclusive: it is the midnight after the last day.
        rows = rows.filter(at__lt=filters.until)
    if filters.desk:
        rows = rows.filter(desk=filters.desk)
    if filters.staff_id is not None:
        rows = rows.filter(staff_id=filters.staff_id)
    return rows


def _with_decisions(rows: QuerySet[DeskCheck]) -> QuerySet[Any]:
    decisions = CheckDecision.objects.filter(desk_check=OuterRef("pk"))
    return rows.annotate(
        outcome=Subquery(decisions.order_by("-at").values("outcome")[:1]), is_open=_ASKED & ~_answered()
    )


def _answered() -> Exists:
    # A decision made before the question does not answer it.
    since = Coalesce(OuterRef("annulment_asked_at"), OuterRef("decision_asked_at"))
    return Exists(CheckDecision.objects.filter(desk_check=OuterRef("pk"), at__gte=since))
