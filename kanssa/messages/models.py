from uuid import uuid4

from django.db import models
from django.db.models import Q

from kanssa.messages.delivery_states import FAILED_STATES, UNSENT, Delivery


class Message(models.Model):
    """A message, written in the transaction of its cause.

    `cause` is unique: repeating it writes no second message.

    `address_lookup` is the keyed look-up of the address, for counting its messages; `mailbox_lookup`
    ignores a tag after `+`; `domain_lookup` is for pausing mail to a domain. `planned_at` is the
    earliest time to send, and `share` the daily share of the mailbox (kanssa/messages/pacing.py).

    `sealed` holds the address and the payload; it is erased when it can no longer be needed. `delivery`
    is the state, `failure` the stable code for a failure, and `failure_code` the mail server's code
    (`5.1.1`) or our own stage that failed.

    `send_at` is None when we are not to send it. The retry period starts at `trying_since`. `sent_at` is
    when a mail server last took it; `failed_at` is when we gave up.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cause = models.CharField(max_length=160, unique=True)
    topic = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    application_id = models.UUIDField(null=True)
    applicant_id = models.UUIDField(null=True)
    address_lookup = models.BinaryField(max_length=32)
    mailbox_lookup = models.BinaryField(max_length=32, default=bytes)
    domain_lookup = models.BinaryField(max_length=32, default=bytes)
    sealed = models.BinaryField(null=True)
    written_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)
    share = models.CharField(max_length=10, default="")
    send_at = models.DateTimeField(null=True)
    trying_since = models.DateTimeField(null=True)
    delivery = models.CharField(
        max_length=15, default=Delivery.WAITING, choices=[(each, each) for each in Delivery]
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, default="")
    failure_code = models.CharField(max_length=60, default="")

    class Meta:
        indexes = (
            models.Index(
                fields=["send_at", "written_at"],
                name="message_to_send",
                condition=Q(delivery__in=UNSENT, send_at__isnull=False),
            ),
            models.Index(
                fields=["delivery", "written_at"],
                name="message_not_arrived",
                condition=Q(delivery__in=[*FAILED_STATES, Delivery.WAITING]),
            ),
            models.Index(
                fields=["sent_at"],
                name="message_kept",
                condition=Q(sealed__isnull=False, sent_at__isnull=False),
            ),
            models.Index(
                fields=["failed_at"],
                name="message_given_up",
                condition=Q(sealed__isnull=False, failed_at__isnull=False),
            ),
            models.Index(fields=["application_id"], name="message_of_application"),
            models.Index(fields=["applicant_id", "written_at"], name="message_of_applicant"),
            models.Index(fields=["address_lookup", "written_at"], name="message_to_address"),
            models.Index(fields=["mailbox_lookup", "planned_at"], name="message_to_mailbox"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Pause(models.Model):
    """Consecutive refusals that concern us, by one domain or (`WHOLE_QUEUE`) by several, and their pause."""

    domain_lookup = models.BinaryField(max_length=32, primary_key=True)
    refusals = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=60, default="")
    began_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"pause until {self.ends_at}"
