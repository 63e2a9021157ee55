"""The event log's table."""

from django.db import models
from django.db.models import Q


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
        """Read by application, in order; what was done about protected people together."""

        indexes = (
            models.Index(fields=["application_id", "id"], name="event_of_application"),
            models.Index(
                fields=["-id"],
                name="event_of_protected",
                condition=Q(kind__in=("protected-read", "protection-recorded")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
