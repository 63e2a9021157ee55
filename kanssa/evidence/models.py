from uuid import uuid4

from django.db import models
from django.db.models import Q

from kanssa.evidence.events import EventKind

DECISIONS = (
    EventKind.TASK_DECIDED.value,
    EventKind.DEPARTURE_RECORDED.value,
    EventKind.DEPARTURE_UNDONE.value,
    EventKind.CONFIRMATION_ANNULLED.value,
    EventKind.APPLICANT_RELEASED.value,
)
"""Kinds of staff decisions about people on an application, except the document checks at the desk."""
DECISIONS_ON_AN_APPLICATION = (
    *DECISIONS,
    EventKind.TIME_EXTENDED.value,
    EventKind.LAPSE_UNDONE.value,
)
"""Also those about the application as a whole."""
PROTECTED = (EventKind.PROTECTED_READ.value, EventKind.NON_DISCLOSURE_RECORDED.value)


class Event(models.Model):
    """One action or one refused attempt. A trigger makes rows append-only.

    `facts` holds ids, digests and stable codes, never a name, an address or an identity code, so that
    the log stays complete when a person's parts are erased.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    application_id = models.UUIDField(null=True)
    applicant_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        """Read by application, and by recency for protected reads and for decisions."""

        indexes = (
            models.Index(fields=["application_id", "id"], name="event_of_application"),
            models.Index(fields=["-id"], name="event_of_protected", condition=Q(kind__in=PROTECTED)),
            models.Index(fields=["-id"], name="event_of_decision", condition=Q(kind__in=DECISIONS)),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Statement(models.Model):
    """A staff member's sealed explanation of an action.

    Stored beside the log, which holds no free text. Supervisors read it; a trigger forbids changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="statement")
    words_sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"statement on #{self.event_id}"
