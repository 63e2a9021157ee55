"""Log-ins at brokers that can be ended there too."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from kanssa.identification.models import BrokerLogin
from kanssa.identification.single_logout import LogoutRequest
from kanssa.values.identity import BrokerSession
from kanssa.vault import fingerprint, open_json, seal_json


@dataclass(frozen=True, slots=True)
class AfterLogout:
    """Where a person continues after signing out at the broker, and in which language."""

    place: str
    language: str


def save_broker_session(session: BrokerSession, *, identification_id: UUID, method: str) -> None:
    held = {"subject": session.subject, "index": session.index, "qualifiers": dict(session.qualifiers)}
    BrokerLogin.objects.create(
        identification_id=identification_id,
        method=method,
        subject_hash=_subject(session.subject),
        index_hash=_index(session.index),
        # The subject may be an identity code.
        session=seal_json(held, bound_to=f"login:{identification_id}"),
    )


def broker_session_of(identification_id: UUID) -> tuple[str, BrokerSession] | None:
    row = BrokerLogin.objects.filter(pk=identification_id).first()
    if row is None:
        return None
    return row.method, BrokerSession(**open_json(row.session, bound_to=f"login:{identification_id}"))


def save_logout_request(identification_id: UUID, *, request_id: str, after_logout: AfterLogout) -> None:
    BrokerLogin.objects.filter(pk=identification_id).update(
        request_hash=_request(request_id), after_logout=after_logout.place, language=after_logout.language
    )


def claim_logout_request(request_id: str, *, method: str) -> AfterLogout | None:
    rows = BrokerLogin.objects.filter(request_hash=_request(request_id), method=method)
    row = rows.first()
    # The update decides between two concurrent responses.
    if row is None or not rows.update(request_hash=None):
        return None
    return AfterLogout(row.after_logout, row.language)


def sessions_named_in(logout_request: LogoutRequest, *, method: str) -> list[UUID]:
    rows = BrokerLogin.objects.filter(method=method, subject_hash=_subject(logout_request.subject))
    if logout_request.indexes:
        rows = rows.filter(index_hash__in=[_index(index) for index in logout_request.indexes])
    return list(rows.values_list("pk", flat=True))


def _subject(name: str) -> bytes:
    return fingerprint(name, of="broker-subject")


def _index(index: str) -> bytes:
    return fingerprint(index, of="broker-session")


def _request(request_id: str) -> bytes:
    return hashlib.sha256(request_id.encode()).digest()
