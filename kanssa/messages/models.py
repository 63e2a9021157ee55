"""The table of messages that wait to be sent, or were."""

from uuid import uuid4

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A letter, written in the transaction of its cause.

    `cause` is unique: the same cause writes one letter, however often it is repeated.
    `address_lookup` is the keyed look-up of the address, so that letters to it can be counted.
    `sealed` holds the address and what the letter says; it is emptied once sent.
    `failure` is a stable word for why it did not arrive: refused by the first server, or sent and
    bounced later, when `sent_at` stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cause = models.CharField(max_length=160, unique=True)
    topic = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    application_id = models.UUIDField(null=True)
    applicant_id = models.UUIDField(null=True)
    address_lookup = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    written_at = models.DateTimeField()
    send_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, default="")

    class Meta:
        """The worker reads those that wait, oldest first."""

        indexes = (
            models.Index(
                fields=["send_at"],
                name="message_waiting",
                condition=Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["application_id"], name="message_of_application"),
            models.Index(fields=["address_lookup", "written_at"], name="message_to_address"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
