"""Record which application a browser that has not identified may continue."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from kanssa.applications.models import BrowserHold

_BIND = "UPDATE applications_browserhold SET identification_id = %s WHERE id = %s RETURNING application_id"


def begin_hold(application_id: UUID, *, now: datetime) -> UUID:
    return BrowserHold.objects.create(application_id=application_id, began_at=now).pk


def held_by(hold_id: UUID) -> UUID | None:
    """Give the application of a hold; None if the hold ended or the person who used it signed out."""
    holds = BrowserHold.objects.filter(pk=hold_id, identification__ended_at=None)
    return holds.values_list("application_id", flat=True).first()


def bind_hold(hold_id: UUID, *, identification_id: UUID) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(_BIND, [identification_id, hold_id])
        found = cursor.fetchone()
    return found[0] if found else None


def end_browser_hold(hold_id: UUID) -> None:
    # Deleted, so that no copy of the session opens the application.
    BrowserHold.objects.filter(pk=hold_id).delete()
