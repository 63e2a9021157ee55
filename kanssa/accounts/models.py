"""Tables of users, staff sign-ins and limits, and applicants' accounts."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from kanssa.links.mailed_link import MailedLink
from kanssa.people.models import Person
from kanssa.values.role import Role


class User(AbstractBaseUser):
    """A person who signs in by e-mail address and password, or by a single sign-on.

    With a single sign-on, `sign_on` is the key of its table in the settings, `subject` is the user's id
    there, and there is neither address nor password.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True, null=True)  # noqa: DJ001 unique among those who have one
    name = models.CharField(max_length=200, default="")
    sign_on = models.CharField(max_length=40, default="")
    subject = models.CharField(max_length=255, default="")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["sign_on", "subject"], condition=~Q(sign_on=""), name="one_user_a_subject"
            ),
        )

    def __str__(self) -> str:
        return f"user {self.pk}"


class StaffRole(models.Model):
    """One role of one user. The event log records who granted and revoked it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role])

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "role"], name="one_row_a_role"),)

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


class ConflictOfInterest(models.Model):
    """A person whose applications a member of the staff may not handle.

    `relation` is `self` or `relative`. Only the keyed look-up of the identity code is stored.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="own_people")
    hetu_lookup = models.BinaryField(max_length=32)
    relation = models.CharField(max_length=8)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "hetu_lookup"], name="one_declaration"),)

    def __str__(self) -> str:
        return f"{self.relation} of {self.user_id}"


class Authenticator(models.Model):
    """An authenticator's secret, sealed. `last_step` is the newest time step whose code was used."""

    secret = models.BinaryField()
    last_step = models.BigIntegerField()
    set_up_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Any]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"second factor of {self.pk}"


class SingleUseCode(models.Model):
    """A code that works once instead of the authenticator, stored as a hash."""

    code_hash = models.BinaryField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Any]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"single-use code #{self.pk}"


class SecondFactor(Authenticator):
    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)


class RecoveryCode(SingleUseCode):
    user = models.ForeignKey(User, on_delete=models.CASCADE)


class StartLink(models.Model):
    """The link for starting, or restarting, with a local account."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"start link of {self.user_id}"


class StaffSignIn(models.Model):
    """One sign-in of a member of the staff, and how it ended.

    Until the second factor has passed (`passed_at`) it gives no access and expires within minutes.
    `new_secret`, sealed, is a second factor that is being set up.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Events refer to users, so a user with sign-ins is never deleted.
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    way = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, default="")
    new_secret = models.BinaryField(null=True)

    class Meta:
        indexes = (models.Index(fields=["user", "-began_at"], name="sign_in_of_user"),)

    def __str__(self) -> str:
        return f"staff sign-in {self.pk}"


class RateLimitCounter(models.Model):
    """The number of tries since `began_at`; `key` is a keyed hash of the limited subject."""

    key = models.BinaryField(max_length=32, primary_key=True)
    began_at = models.DateTimeField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.count} tries"


class Account(models.Model):
    """An applicant's account (luo tunnus): a mailbox and a password of an identified person.

    `email_lookup` is keyed; `email_sealed` is bound to the person. `reauthentication_required_since` is
    set when the password is reset through the mailbox, until the person identifies again. `new_secret`,
    sealed, is an authenticator that is being set up.
    """

    # One account per person; the mailbox below is unique too.
    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True)
    email_lookup = models.BinaryField(max_length=32, unique=True)
    email_sealed = models.BinaryField()
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=2)
    opened_at = models.DateTimeField()
    reauthentication_required_since = models.DateTimeField(null=True)
    new_secret = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"account of {self.person_id}"


class AccountAuthenticator(Authenticator):
    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)


class AccountCode(SingleUseCode):
    """From a printed list, for people without a telephone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)


class ActivationCode(models.Model):
    """An activation code on a slip from the desk. `slip` names it; the secret is stored as a keyed hash.

    `tries` counts every comparison. `ended_because` tells why a slip was ended (`used`, `replaced`,
    `closed` or `too-old`). One that is too old or was tried too often stops working even before that.
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
        constraints = (
            models.UniqueConstraint(
                # A new slip must end the earlier one.
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="one_living_slip",
            ),
            models.UniqueConstraint(
                fields=["slip"], condition=Q(ended_at__isnull=True), name="one_living_slip_a_name"
            ),
        )
        indexes = (models.Index(fields=["-issued_at"], name="slip_tried", condition=Q(tries__gt=0)),)

    def __str__(self) -> str:
        return f"slip {self.slip}"


class AccountLink(MailedLink):
    """A link for choosing the password of a new or existing account."""

    email_lookup = models.BinaryField(max_length=32)
    email_sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    mailed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                # A new link must end the earlier one.
                fields=["email_lookup"],
                condition=Q(ended_at__isnull=True),
                name="one_living_link",
            ),
        )

    def __str__(self) -> str:
        return f"account link {self.pk}"
