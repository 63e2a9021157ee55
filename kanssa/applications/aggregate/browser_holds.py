"""Record which application a browser that has not identified may continue."""

from datetime import datetime
from uuid import UUID

from kanssa.applications.models import BrowserHold


def begin_hold(application_id: UUID, *, now: datetime) -> UUID:
    return BrowserHold.objects.create(application_id=application_id, began_at=now).pk


def held_by(hold_id: UUID) -> UUID | None:
    """Give the application of a hold; None if the hold ended or the person who used it signed out."""
    holds = BrowserHold.objects.filter(pk=hold_id, identification__ended_at=None)
    return holds.values_list("application_id", flat=True).first()


def bind_hold(hold_id: UUID, *, identification_id: UUID) -> None:
    """End the hold together with an identification in the same browser."""
    BrowserHold.objects.filter(pk=hold_id).update(identification_id=identification_id)


def end_browser_hold(hold_id: UUID) -> None:
    """Delete the hold, so that no copy of the session opens the application."""
    BrowserHold.objects.filter(pk=hold_id).delete()
