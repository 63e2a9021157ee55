"""Sessions of identified people."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.identification.broker_sessions import save_broker_session
from kanssa.identification.models import Identification
from kanssa.identification.refusals import NotIdentifiedBefore
from kanssa.people.models import Person
from kanssa.values.actor import Actor
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.names import Name
from kanssa.vault import open_json, seal_json

DESK = "desk"
ACCOUNT = "account"
"""The method of people who sign in with an account."""
_SEEN_STEP = timedelta(minutes=1)
_BY_PASSWORD = "password"  # noqa: S105 a level of assurance, no password
_BY_CODE = "activation-code"
_BY_SECOND_FACTOR = "second-factor"


@dataclass(frozen=True, slots=True)
class Identified:
    """An active session: the person, and the name that the method gave.

    `hetu_lookup` is the keyed look-up of the person's identity code, if they have one. `by_staff` is the
    clerk who identified the person at the desk and serves them in their presence. `is_strong`: the
    person showed more than a password. `by_second_factor`: no new identification, but what they set up.
    """

    id: UUID
    person_id: UUID
    method: str
    authenticated_at: datetime
    hetu_lookup: bytes | None = field(repr=False)
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    by_staff: UUID | None = None
    is_strong: bool = True
    by_second_factor: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def first_name(self) -> str:
        return next(iter(f"{self.first_names} {self.last_name}".split()), "")

    @property
    def as_name(self) -> Name:
        return Name(self.last_name, self.first_names)

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.by_staff) if self.by_staff else Actor("person", self.person_id)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in as its person may see it: `method` is a broker's key, `desk` or `account`."""

    id: UUID
    method: str
    assurance: str
    began_at: datetime
    ended_at: datetime | None


def active_session(identification_id: UUID, *, now: datetime) -> Identified | None:
    """Return the session if it is active: not signed out, not idle, not too old.

    Updates `seen_at`, at most once a minute.
    """
    row = Identification.objects.select_related("person").filter(pk=identification_id).first()
    return continue_session(row, now=now) if row else None


def continue_session(row: Identification, *, now: datetime) -> Identified | None:
    if not row.is_active(
        idle_since=now - settings.SESSION_IDLE_LIMIT, began_since=now - settings.SESSION_MAX_AGE
    ):
        return None
    # Once a minute, so that ordinary reads cause no writes.
    if row.seen_at < now - _SEEN_STEP:
        Identification.objects.filter(pk=row.pk).update(seen_at=now)
    return _identified(row)


def has_timed_out(identification_id: UUID, *, now: datetime) -> bool:
    row = Identification.objects.filter(pk=identification_id).first()
    idle_since, began_since = now - settings.SESSION_IDLE_LIMIT, now - settings.SESSION_MAX_AGE
    return row is not None and row.is_idle(idle_since=idle_since, began_since=began_since)


def begin_session(
    identity: VerifiedIdentity,
    *,
    person: Person,
    attempt_id: UUID | None,
    now: datetime,
    by_staff: UUID | None = None,
) -> Identified:
    row = Identification(
        person=person,
        method=identity.method,
        assurance=identity.assurance,
        authenticated_at=identity.authenticated_at,
        began_at=now,
        seen_at=now,
        attempt_id=attempt_id,
        by_staff=by_staff,
    )
    row.identity = seal_identity(row.pk, identity)
    # The id is chosen above to seal with it, so insert without looking for an existing row.
    row.save(force_insert=True)
    # None means that the method does not report it: keep the last report.
    if identity.non_disclosure is not None:
        person.record_non_disclosure(is_protected=identity.non_disclosure, of="register")
    if identity.session:
        save_broker_session(identity.session, identification_id=row.pk, method=identity.method)
    return _identified(row)


def seal_identity(identification_id: UUID, identity: VerifiedIdentity) -> bytes:
    names = {
        "last_name": identity.last_name,
        "first_names": identity.first_names,
        "born": identity.born.isoformat() if identity.born else None,
        "non_disclosure": identity.non_disclosure,
        "calling_name": identity.calling_name,
        "home_municipality": identity.home_municipality,
    }
    return seal_json(names, bound_to=f"identification:{identification_id}")


def identity_of_session(row: Identification) -> Identified:
    return _identified(row)


def has_been_identified(person_id: UUID) -> bool:
    return _last_strong_identification(person_id) is not None


def begin_account_session(
    person_id: UUID, *, now: datetime, has_code: bool = False, has_second_factor: bool = False
) -> Identified:
    """Store a session by account, with the name of the person's last identification.

    `has_code`: they typed the activation code of a slip as well. Refuses: NotIdentifiedBefore.
    """
    known = _last_strong_identification(person_id)
    # The account alone proves no identity: the name comes from that identification.
    if known is None:
        raise NotIdentifiedBefore
    row = Identification(
        person=known.person,
        method=ACCOUNT,
        assurance=_BY_CODE if has_code else _BY_SECOND_FACTOR if has_second_factor else _BY_PASSWORD,
        authenticated_at=now,
        began_at=now,
        seen_at=now,
    )
    # The account itself holds no name: it is shown as the last identification proved it.
    names = open_json(known.identity, bound_to=f"identification:{known.pk}")
    row.identity = seal_json(names, bound_to=f"identification:{row.pk}")
    row.save(force_insert=True)
    return _identified(row)


def end_account_sessions(person_id: UUID, *, now: datetime, excluding: UUID | None = None) -> None:
    active = Identification.objects.filter(person_id=person_id, method=ACCOUNT, ended_at=None)
    (active.exclude(pk=excluding) if excluding else active).update(ended_at=now)


def sign_ins_of(person_id: UUID, *, most: int) -> list[SignIn]:
    """Return the latest sign-ins of a person, the newest first, also those at the desk."""
    rows = Identification.objects.filter(person_id=person_id).order_by("-began_at")[:most]
    return [SignIn(row.pk, row.method, row.assurance, row.began_at, row.ended_at) for row in rows]


def end_session(identification_id: UUID, *, now: datetime) -> None:
    Identification.objects.filter(pk=identification_id, ended_at__isnull=True).update(ended_at=now)


def is_session_ended(identification_id: UUID) -> bool:
    unended = Identification.objects.filter(pk=identification_id, ended_at=None, annulled_at=None)
    return not unended.exists()


def annul_identification(row: Identification, *, has_account: bool, now: datetime) -> None:
    of_person = Identification.objects.filter(person_id=row.person_id)
    wrong = of_person.filter(pk=row.pk)
    if has_account:
        # The account was opened with the wrong identification, so its sessions are wrong too.
        wrong |= of_person.filter(method=ACCOUNT, authenticated_at__gte=row.authenticated_at)
    wrong.update(annulled_at=now)
    end_session(row.pk, now=now)
    # Every session of the account: which one depends on the annulled proof is not known.
    end_account_sessions(row.person_id, now=now)


def annul_sessions_by_code(person_id: UUID, *, since: datetime | None, now: datetime) -> None:
    """Annul what a wrongly recorded code identified; all of it if `since` is None."""
    rows = Identification.objects.filter(person_id=person_id, annulled_at=None)
    # At the desk and by account it was not the code that identified.
    by_code = rows.exclude(method__in=(DESK, ACCOUNT))
    if since is not None:
        by_code = by_code.filter(authenticated_at__gte=since)
    by_code.update(annulled_at=now)
    Identification.objects.filter(person_id=person_id, ended_at=None).update(ended_at=now)


def end_sessions_served_by(staff_id: UUID, *, now: datetime) -> None:
    Identification.objects.filter(by_staff=staff_id, ended_at=None).update(ended_at=now)


def _last_strong_identification(person_id: UUID) -> Identification | None:
    # A session by account proves only that the account was used.
    others = Identification.objects.select_related("person").exclude(method=ACCOUNT)
    return others.filter(person_id=person_id, annulled_at=None).order_by("-authenticated_at").first()


def _identified(row: Identification) -> Identified:
    names = open_json(row.identity, bound_to=f"identification:{row.pk}")
    return Identified(
        id=row.pk,
        person_id=row.person_id,
        method=row.method,
        authenticated_at=row.authenticated_at,
        hetu_lookup=bytes(row.person.hetu_lookup) if row.person.hetu_lookup else None,
        last_name=names["last_name"],
        first_names=names["first_names"],
        born=date.fromisoformat(names["born"]) if names["born"] else None,
        by_staff=row.by_staff,
        is_strong=_is_strong(row),
        by_second_factor=row.assurance == _BY_SECOND_FACTOR,
    )


def _is_strong(row: Identification) -> bool:
    # Data under a non-disclosure order open only by a new identification (DOMAIN, Who sees what).
    if row.assurance == _BY_SECOND_FACTOR:
        return not row.person.is_protected
    return row.assurance != _BY_PASSWORD
