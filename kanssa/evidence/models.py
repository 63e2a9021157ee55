"""The event log's table."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

DECISIONS = (
    "task-decided",
    "departure-recorded",
    "departure-taken-back",
    "confirmation-annulled",
    "place-freed",
)
"""What clerks and supervisors decided of people on an application, but for the checks at the desk."""


class Event(models.Model):
    """One deed, or one refused attempt. Rows are only ever added (a trigger holds it).

    `facts` holds ids, digests and stable codes, never a name, an address or an identity
    code, so that erasing a person's parts leaves the log whole.
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
        """Read by application, in order; what was done about protected people together, and what decided."""

        indexes = (
            models.Index(fields=["application_id", "id"], name="event_of_application"),
            models.Index(
                fields=["-id"],
                name="event_of_protected",
                condition=Q(kind__in=("protected-read", "protection-recorded")),
            ),
            models.Index(fields=["-id"], name="event_of_decision", condition=Q(kind__in=DECISIONS)),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Statement(models.Model):
    """What somebody of the staff wrote about a deed of theirs: the grounds in words, sealed.

    Beside the log, which holds no words. Supervisors read it; a trigger holds that it is never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="statement")
    words_sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"statement on #{self.event_id}"
