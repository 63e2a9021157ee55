from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from kanssa.people.models import Person


class IdentificationAttempt(models.Model):
    """One visit to a broker. Used once, by the browser that began it, for its purpose.

    `state_hash` finds the row when the reply comes; `secrets` is sealed (nonce, PKCE verifier). `reply`
    is sealed: the broker's form post, until its browser fetches it. `purpose` says how the person
    continues: an address of ours, in `language`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    method = models.CharField(max_length=40)
    # Hashes only: a stolen table must not let anyone finish a log-in.
    state_hash = models.BinaryField(max_length=32, unique=True)
    secrets = models.BinaryField()
    reply = models.BinaryField(null=True)
    browser_hash = models.BinaryField(max_length=32)
    return_url = models.URLField()
    purpose = models.JSONField()
    language = models.CharField(max_length=2)
    begun_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, default="")

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Identification(models.Model):
    """A session of an identified person; it ends by sign-out, idle time or age.

    The browser's session holds only this row's id, so signing out ends it everywhere. `identity` is
    sealed: the names and birth date as the method gave them. `by_staff` is the clerk who identified the
    person at the desk and acts for them meanwhile. One that a supervisor has annulled proves nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    method = models.CharField(max_length=40)
    assurance = models.CharField(max_length=20)
    identity = models.BinaryField()
    authenticated_at = models.DateTimeField()
    by_staff = models.UUIDField(null=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    annulled_at = models.DateTimeField(null=True)
    # One attempt gives at most one session.
    attempt = models.OneToOneField(IdentificationAttempt, on_delete=models.SET_NULL, null=True)

    class Meta:
        """Those that a clerk began are ended with the clerk's sign-in."""

        indexes = (
            models.Index(
                fields=["by_staff"],
                name="identification_by_staff",
                condition=Q(by_staff__isnull=False, ended_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"identification {self.pk}"

    def is_active(self, *, idle_since: datetime, began_since: datetime) -> bool:
        return self.ended_at is None and self.seen_at >= idle_since and self.began_at >= began_since

    def is_idle(self, *, idle_since: datetime, began_since: datetime) -> bool:
        return self.ended_at is None and self.seen_at < idle_since and self.began_at >= began_since


class DeskCheck(models.Model):
    """A check of an identity document at the desk, with the data that may be kept (DOMAIN, The desk).

    No image, no machine-readable zone, and only the last three characters of the number. `answers` holds
    each check's answer by its name; `difference` is the accepted reason for a different name; `compared`
    is a fingerprint of the application's data, and the check counts for those data only.
    `refused_because` is empty if the person was identified. `acting` is `guardian` or `agent`;
    `acting_sealed` says for which person and by what document.

    `for_review` marks a random tenth, and all identifications by decision. A clerk asks a supervisor to
    annul an identification, or to decide after a refused document; `by_decision` is the decision that
    identified the person instead of a document. An identity code that the clerk recorded while serving
    the person (`code_recorded_at`) depends on the check too; `code_of` is the person row that had the
    code before and was merged as the same person.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    staff_id = models.UUIDField()
    desk = models.CharField(max_length=60)
    application_id = models.UUIDField()
    applicant_id = models.UUIDField()
    # Kept as evidence, so the session's row must stay.
    identification = models.OneToOneField(Identification, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=20)
    issuer = models.CharField(max_length=3)
    expires_on = models.DateField(null=True)
    # DOMAIN forbids keeping more of the number.
    number_end = models.CharField(max_length=3)
    answers = models.JSONField()
    difference = models.CharField(max_length=20, default="")
    compared = models.CharField(max_length=64, default="")
    refused_because = models.CharField(max_length=20, default="")
    acting = models.CharField(max_length=10, default="")
    acting_sealed = models.BinaryField(null=True)
    for_review = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    review = models.CharField(max_length=10, default="")
    annulment_asked_at = models.DateTimeField(null=True)
    annulment_asked_by = models.UUIDField(null=True)
    annulment_reason = models.CharField(max_length=20, default="")
    decision_asked_at = models.DateTimeField(null=True)
    decision_asked_by = models.UUIDField(null=True)
    code_recorded_at = models.DateTimeField(null=True)
    code_of = models.UUIDField(null=True)
    by_decision = models.OneToOneField("CheckDecision", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Read by day, desk, clerk, pending review or decision, and application."""

        indexes = (
            models.Index(fields=["-at", "-id"], name="desk_check_by_time"),
            models.Index(fields=["staff_id", "-at", "-id"], name="desk_check_by_clerk"),
            models.Index(fields=["desk", "-at", "-id"], name="desk_check_by_desk"),
            models.Index(
                fields=["at", "id"],
                name="desk_check_asked",
                condition=Q(annulment_asked_at__isnull=False) | Q(decision_asked_at__isnull=False),
            ),
            models.Index(
                fields=["at"], name="desk_check_for_review", condition=Q(for_review=True, reviewed_at=None)
            ),
            models.Index(fields=["application_id"], name="desk_check_of_application"),
        )

    def __str__(self) -> str:
        return f"desk check {self.pk}"


class CheckDecision(models.Model):
    """A supervisor's decision about a document check, with its grounds.

    `outcome`: `annulled` or `kept` after an identification, `identify` or `refuse` after a refused
    document. `grounds` is a code, `words_sealed` the supervisor's explanation. `is_code_same`: the
    application's identity code was found to be the person's.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    desk_check = models.ForeignKey(DeskCheck, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    staff_id = models.UUIDField()
    outcome = models.CharField(max_length=10)
    grounds = models.CharField(max_length=20)
    words_sealed = models.BinaryField()
    is_code_same = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.outcome} of {self.desk_check_id}"


class BrokerLogin(models.Model):
    """A session's log-in at a broker where either side can end it at the other.

    `subject_hash` and `index_hash` find it when the broker ends it; `session` is sealed: the broker's
    names of it. `request_hash` finds it when the broker responds to our own request; then the person
    continues to `after_logout`, in `language`.
    """

    identification = models.OneToOneField(Identification, on_delete=models.CASCADE, primary_key=True)
    method = models.CharField(max_length=40)
    subject_hash = models.BinaryField(max_length=32)
    index_hash = models.BinaryField(max_length=32)
    session = models.BinaryField()
    request_hash = models.BinaryField(max_length=32, unique=True, null=True)
    after_logout = models.CharField(max_length=20, default="")
    language = models.CharField(max_length=2, default="")

    class Meta:
        indexes = (models.Index(fields=["method", "subject_hash"], name="login_of_subject"),)

    def __str__(self) -> str:
        return f"log-in of {self.pk}"
