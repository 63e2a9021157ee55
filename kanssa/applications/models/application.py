"""The tables of applications.

Actions are stored; the state is derived from them (`loaded_application.py`, `states.py`). Versions, parts
and the bound facts of a confirmation never change: triggers enforce it.
"""

import os
from functools import cached_property
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q

from kanssa.applications.states import State
from kanssa.identification.models import Identification
from kanssa.links.mailed_link import MailedLink
from kanssa.office.models import OfficeEdition  # noqa: F401 a table too
from kanssa.people.models import Person

LEFT = "left"
"""Why an adult stopped counting, and why their confirmation ended: they left by themselves."""


def new_salt() -> bytes:
    # Migration 0001 names this function, and 0011 seals what it made.
    return os.urandom(16)


class Application(models.Model):
    """A housing application, from draft to its end.

    `state` is an index of what `states.state_of` derives, written by `saving.save` alone: decide by the
    function, list by the column. `draft` is the sealed content until it is sent, and later the main
    applicant's open edit. `current_version` is to be confirmed, or is confirmed; `confirmed_version` is the
    last that every adult had confirmed: while they differ, a change waits. `confirm_by` and `valid_until`
    are the first moments when it is too late; `to_confirm_since` is when the time to confirm began.
    `salt_sealed` is for the household's digests (`salts.py`). `due_at` is when the next timed transition or
    reminder is due; reminders up to `reminded_until` are done. `copied_from` is the ended application that
    the person `copied_by` made this draft from.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=14, unique=True, null=True)  # noqa: DJ001 a draft has none
    state = models.CharField(max_length=10, default=State.DRAFT, choices=[(s, s) for s in State])
    visit_code = models.CharField(max_length=6, unique=True, null=True)  # noqa: DJ001 a draft has none
    language = models.CharField(max_length=2)
    salt_sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    draft = models.BinaryField(null=True)
    draft_revision = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    current_version = models.ForeignKey("Version", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_version = models.ForeignKey("Version", on_delete=models.PROTECT, null=True, related_name="+")
    to_confirm_since = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=10, default="")
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminded_until = models.DateTimeField(null=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="copies")
    copied_by = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="application_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["draft_saved_at"], name="application_drafts", condition=Q(state=State.DRAFT)
            ),
            # The state leads, and is no condition: a prepared statement has it as a parameter.
            models.Index(
                fields=["state", "to_confirm_since", "id"],
                name="application_waiting",
                condition=Q(to_confirm_since__isnull=False),
            ),
            models.Index(
                fields=["state", "valid_until", "id"],
                name="application_ending",
                condition=Q(valid_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.reference or f"draft {self.pk}"


class Applicant(models.Model):
    """An adult on an application; `person` is set when a person claims it by identifying.

    `hetu_lookup` is the keyed look-up of the code that was typed, for matching identified people.
    `salt_sealed` is for the digests of their part (`salts.py`). `freed_at`: a person had claimed it and
    that was undone; its details do not open to others again. `non_disclosure_sealed`: a clerk recorded a
    non-disclosure order, or its end. `correction` is the sealed draft of their own details. `removed_at`:
    on no relevant version. `left_because` is `died`, `moved` or `left` (by themselves): they stop counting
    from the next version; `left_by` is the clerk who recorded it, `left_as_main` whether they were the main
    applicant then. `main_lost_for` is not used: earlier releases wrote it. `seen_version` is the version
    whose light changes they said at `seen_at` that they had read. `revival_due_at`: they were removed or left
    then, and what their confirmation had replaced waits to count again.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="applicants")
    is_main = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    salt_sealed = models.BinaryField()
    hetu_lookup = models.BinaryField(max_length=32, null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="applicants")
    identified_at = models.DateTimeField(null=True)
    identification = models.ForeignKey(Identification, on_delete=models.SET_NULL, null=True)
    freed_at = models.DateTimeField(null=True)
    non_disclosure_sealed = models.BinaryField(null=True)
    correction = models.BinaryField(null=True)
    declined_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_because = models.CharField(max_length=10, default="")
    left_by = models.UUIDField(null=True)
    left_as_main = models.BooleanField(default=False)
    main_lost_for = models.UUIDField(null=True)
    seen_version = models.ForeignKey("Version", on_delete=models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    revival_due_at = models.DateTimeField(null=True)

    class Meta:
        # The database, not a check in code, keeps two requests from giving one person two rows.
        constraints = (
            models.UniqueConstraint(
                fields=["application", "person"],
                condition=Q(removed_at__isnull=True),
                name="one_place_a_person",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(is_main=True), name="one_main_applicant"
            ),
        )
        indexes = (
            models.Index(
                fields=["hetu_lookup"], name="applicant_of_code", condition=Q(hetu_lookup__isnull=False)
            ),
            models.Index(
                fields=["revival_due_at"],
                name="applicant_revives",
                condition=Q(revival_due_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"applicant {self.pk}"

    @property
    def has_left_by_choice(self) -> bool:
        return self.left_because == LEFT

    @property
    def takes_messages(self) -> bool:
        """Whether messages about the application may go to them: they neither died nor left."""
        return self.left_because not in ("died", LEFT)

    @cached_property
    def person_of_code(self) -> Person | None:
        """The known person whose code was typed, claimed or not."""
        return Person.objects.filter(hetu_lookup=self.hetu_lookup).first() if self.hetu_lookup else None


class Part(models.Model):
    """The part of a version about the household (`applicant` is None) or about one adult.

    Shared by all versions in which it is unchanged. Sealed, bound to its own id.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="parts")
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True)
    sealed = models.BinaryField()
    material_digest = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"part {self.pk}"


class Version(models.Model):
    """One state of an application's content; immutable, hashed over its parts' digests."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by_kind = models.CharField(max_length=10)
    made_by_id = models.UUIDField(null=True)
    valid_until = models.DateTimeField()
    parts = models.ManyToManyField(Part, related_name="versions")
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "number"], name="version_number"),)

    def __str__(self) -> str:
        return f"version {self.number}"


class Confirmation(models.Model):
    """One adult's confirmation: bound to the version they saw and the digest that concerns them.

    It is active until `ended_at`, and to `ends_by` at most. `ended_because` is `used-elsewhere` (for the
    application `ended_for`), `withdrawn`, `left`, `removed`, `annulled` or `too-old`. An assisted
    confirmation was given at the desk: `assisted_by` is the clerk, `archive_reference` the archived signed
    paper (empty where the person confirmed on the customer's screen).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="confirmations")
    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="confirmations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="confirmations")
    version = models.ForeignKey(Version, on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=32)
    identification = models.ForeignKey(Identification, on_delete=models.PROTECT)
    terms = models.CharField(max_length=20)
    confirmed_at = models.DateTimeField()
    assisted_by = models.UUIDField(null=True)
    archive_reference = models.CharField(max_length=60, default="")
    ends_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=40, default="")
    ended_for = models.UUIDField(null=True)

    class Meta:
        # Confirming the same facts twice must be one confirmation, also from two tabs at once.
        constraints = (
            models.UniqueConstraint(
                fields=["applicant", "digest"],
                condition=Q(ended_at__isnull=True),
                name="one_living_confirmation",
            ),
        )
        indexes = (
            models.Index(fields=["person"], name="confirmation_living", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["ended_for"], name="confirmation_ended_for", condition=Q(ended_for__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"confirmation {self.pk}"


class Seat(models.Model):
    """The one valid application that a person is on; the primary key enforces that it is one."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="seats")
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seat of {self.pk}"


class Invitation(MailedLink):
    """A link sent to a co-applicant, or a code handed over to them. It only opens a page."""

    # One active link or code each. A code (`is_by_hand`) has 60 bits, is stored as a keyed look-up, and works
    # until `expires_at`.
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="invitations")
    sent_at = models.DateTimeField()
    # A default of the database: the former code does not know the column.
    is_by_hand = models.BooleanField(default=False, db_default=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(ended_at__isnull=True),
                name="one_living_invitation",
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class DraftLink(MailedLink):
    """A link for continuing a draft in another browser."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="draft_links")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(ended_at__isnull=True),
                name="one_living_draft_link",
            ),
        )

    def __str__(self) -> str:
        return f"link to a draft {self.pk}"


class SearchToken(models.Model):
    """A word by which staff find an adult: a keyed look-up, so that the table holds no name.

    `kind` is `name` (each spelling of a word of a name), `head` (the beginning of a word), `like` (its
    sound) or `born`.
    """

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="search_tokens")
    kind = models.CharField(max_length=4)
    lookup = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["lookup", "applicant"], name="one_token_an_applicant"),
        )
        # For the newest entries of a common name; the kind is a literal in the search. With the applicant in
        # it, PostgreSQL reads it in its order and stops, where it would else fetch all and sort.
        indexes = (
            models.Index(
                fields=["lookup", "id"], include=["applicant"], name="token_of_name", condition=Q(kind="name")
            ),
        )

    def __str__(self) -> str:
        return f"search token of {self.applicant_id}"


class Task(models.Model):
    """A decision that a clerk has to make, and its outcome.

    `kind` is a value of `TaskKind`; `outcome` is `accepted` or `rejected`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20)
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="tasks")
    identification = models.ForeignKey(Identification, on_delete=models.PROTECT, null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["applicant", "identification", "kind"], name="one_task_an_identification"
            ),
        )
        indexes = (models.Index(fields=["asked_at"], name="task_open", condition=Q(decided_at__isnull=True)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ContactRecord(models.Model):
    """A person who cannot come contacted the advisory service; `outcome` is how it ended.

    `outcome`: `visit-agreed`, `representative-sent`, `helped-by-phone` or `closed`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="contacts")
    at = models.DateTimeField()
    staff_id = models.UUIDField()
    channel = models.CharField(max_length=8)
    outcome = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.channel}: {self.outcome}"


class TermsAcceptance(models.Model):
    """A person accepted a version of the terms of use; `digest` is that of the text shown."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    terms = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    digest = models.BinaryField(max_length=32)
    accepted_at = models.DateTimeField()
    identification = models.ForeignKey(Identification, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "terms"], name="terms_accepted_once"),)

    def __str__(self) -> str:
        return f"acceptance of {self.terms}"


def draft_is_bound_to(application_id: UUID) -> str:
    return f"application:{application_id}:draft"
