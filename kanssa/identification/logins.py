"""Log-ins at brokers that can be ended there too."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from kanssa.identification.logout import LogoutWish
from kanssa.identification.models import BrokerLogin
from kanssa.values.identity import BrokerSession
from kanssa.vault import fingerprint, open_json, seal_json


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Where a person goes on to after signing out at the broker, and in which language."""

    place: str
    language: str


def remember_login(session: BrokerSession, *, identification_id: UUID, method: str) -> None:
    """Store what the broker calls the log-in of an identification."""
    held = {"subject": session.subject, "index": session.index, "qualifiers": dict(session.qualifiers)}
    BrokerLogin.objects.create(
        identification_id=identification_id,
        method=method,
        subject_hash=_subject(session.subject),
        index_hash=_index(session.index),
        session=seal_json(held, bound_to=f"login:{identification_id}"),
    )


def login_of(identification_id: UUID) -> tuple[str, BrokerSession] | None:
    """Give the method and the log-in of an identification, if its broker has a name for it."""
    row = BrokerLogin.objects.filter(pk=identification_id).first()
    if row is None:
        return None
    return row.method, BrokerSession(**open_json(row.session, bound_to=f"login:{identification_id}"))


def remember_request(identification_id: UUID, *, request_id: str, afterwards: Afterwards) -> None:
    """Store that we asked the broker to end a log-in."""
    BrokerLogin.objects.filter(pk=identification_id).update(
        request_hash=_request(request_id), afterwards=afterwards.place, language=afterwards.language
    )


def take_request(request_id: str, *, method: str) -> Afterwards | None:
    """Find our request by the broker's answer, once."""
    rows = BrokerLogin.objects.filter(request_hash=_request(request_id), method=method)
    row = rows.first()
    if row is None or not rows.update(request_hash=None):
        return None
    return Afterwards(row.afterwards, row.language)


def meant_by(wish: LogoutWish, *, method: str) -> list[UUID]:
    """Give the identifications that a broker asks to end."""
    rows = BrokerLogin.objects.filter(method=method, subject_hash=_subject(wish.subject))
    if wish.indexes:
        rows = rows.filter(index_hash__in=[_index(index) for index in wish.indexes])
    return list(rows.values_list("pk", flat=True))


def _subject(name: str) -> bytes:
    return fingerprint(name, of="broker-subject")


def _index(index: str) -> bytes:
    return fingerprint(index, of="broker-session")


def _request(request_id: str) -> bytes:
    return hashlib.sha256(request_id.encode()).digest()
