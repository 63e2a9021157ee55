"""Users, and what staff need besides: roles, a second factor, sign-ins, tries; applicants' accounts."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from kanssa.people.models import Person
from kanssa.values.role import Role


class User(AbstractBaseUser):
    """Somebody who signs in.

    By e-mail address and password, or by a single sign-on: then `sign_on` is the key of its
    table and `subject` who it is there, and there is neither address nor password.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True, null=True)  # noqa: DJ001 many have none
    name = models.CharField(max_length=200, default="")
    sign_on = models.CharField(max_length=40, default="")
    subject = models.CharField(max_length=255, default="")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"

    class Meta:
        """A subject of a single sign-on is one user."""

        constraints = (
            models.UniqueConstraint(
                fields=["sign_on", "subject"], condition=~Q(sign_on=""), name="one_user_a_subject"
            ),
        )

    def __str__(self) -> str:
        return f"user {self.pk}"


class StaffRole(models.Model):
    """One role of one user; the event log tells who gave and took it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role])

    class Meta:
        """Each role once."""

        constraints = (models.UniqueConstraint(fields=["user", "role"], name="one_row_a_role"),)

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


class ConflictOfInterest(models.Model):
    """Somebody whose applications a member of the staff may not handle: themselves or a relative.

    `relation` is `self` or `relative`. Only the keyed look-up of the identity code is kept.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="own_people")
    hetu_lookup = models.BinaryField(max_length=32)
    relation = models.CharField(max_length=8)
    declared_at = models.DateTimeField()

    class Meta:
        """Each once."""

        constraints = (models.UniqueConstraint(fields=["user", "hetu_lookup"], name="one_declaration"),)

    def __str__(self) -> str:
        return f"{self.relation} of {self.user_id}"


class SecondFactor(models.Model):
    """An authenticator's secret, sealed; `last_step` is the newest period that a code was used of."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    secret = models.BinaryField()
    last_step = models.BigIntegerField()
    set_up_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """A code for whoever lost the authenticator; used once, kept as a hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    code_hash = models.BinaryField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code #{self.pk}"


class StartLink(models.Model):
    """The link by which somebody begins, or begins again, with a local account."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"start link of {self.user_id}"


class StaffSignIn(models.Model):
    """Who of the staff signed in, when, by which way, and how it ended.

    Until the second factor was passed (`passed_at`) it shows nothing and lives a few minutes.
    `new_secret`, sealed, is a second factor that is being set up.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    way = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, default="")
    new_secret = models.BinaryField(null=True)

    class Meta:
        """Read by user, for ending those that live, and in order, for the list."""

        indexes = (models.Index(fields=["user", "-began_at"], name="sign_in_of_user"),)

    def __str__(self) -> str:
        return f"staff sign-in {self.pk}"


class RateLimitCounter(models.Model):
    """How often something was tried since `began_at`; `key` is a keyed hash of what is limited."""

    key = models.BinaryField(max_length=32, primary_key=True)
    began_at = models.DateTimeField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} tries"


class Account(models.Model):
    """An applicant's own way in (luo tunnus): a mailbox, a password, and whose they are.

    Only somebody who was identified gets one. `email_lookup` is keyed, `email_sealed` bound to the
    person. `reauthentication_required_since`: the password was reset through the mailbox; since then nobody
    has shown to be the person.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True)
    email_lookup = models.BinaryField(max_length=32, unique=True)
    email_sealed = models.BinaryField()
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=2)
    opened_at = models.DateTimeField()
    reauthentication_required_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"account of {self.person_id}"


class ActivationCode(models.Model):
    """A code on a slip from the desk. `slip` names it, the rest is secret and kept as a keyed hash.

    `tries` counts every code that was compared with it. `ended_because` is `used`, `replaced` or
    `closed`; one that is too old or was tried too often just opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="activation_codes")
    slip = models.CharField(max_length=4)
    code_hash = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, default="")

    class Meta:
        """One living slip a person, and no two of one name."""

        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="one_living_slip"
            ),
            models.UniqueConstraint(
                fields=["slip"], condition=Q(ended_at__isnull=True), name="one_living_slip_a_name"
            ),
        )

    def __str__(self) -> str:
        return f"slip {self.slip}"


class AccountLink(models.Model):
    """A mailed link by which a password is chosen: of a new account, or of one that is there.

    256 random bits, kept as a hash; one living one a mailbox.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    email_lookup = models.BinaryField(max_length=32)
    email_sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    mailed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A new link ends the old."""

        constraints = (
            models.UniqueConstraint(
                fields=["email_lookup"], condition=Q(ended_at__isnull=True), name="one_living_link"
            ),
        )

    def __str__(self) -> str:
        return f"account link {self.pk}"
