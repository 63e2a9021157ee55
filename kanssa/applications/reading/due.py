"""Read what is due, for the timers."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kanssa.applications.models import Applicant, Application


def due_applications(*, now: datetime, at_most: int, excluding: Iterable[UUID] = ()) -> list[UUID]:
    due = Application.objects.filter(due_at__lte=now).exclude(pk__in=excluding).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:at_most])


def applicants_to_revive(*, now: datetime, at_most: int, excluding: Iterable[UUID] = ()) -> list[UUID]:
    """Give the adults who were removed or left and whose earlier confirmations may count again."""
    due = Applicant.objects.filter(revival_due_at__lte=now).exclude(pk__in=excluding)
    return list(due.order_by("revival_due_at").values_list("pk", flat=True)[:at_most])
