"""Verify the claims of an id_token: for us, now, and for this attempt."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hmac import compare_digest
from math import isfinite
from zoneinfo import ZoneInfo

from kanssa.identification.methods.oidc.broker import Assurance, Broker
from kanssa.identification.protocol import Attempt
from kanssa.identification.refusals import (
    AssuranceTooLow,
    IdentificationFailed,
    IdentityIncomplete,
    ReplyRefused,
)
from kanssa.values.hetu import Hetu, NotAHetu, parse_hetu
from kanssa.values.identity import VerifiedIdentity

_OLDEST_TOKEN = 600  # seconds since `iat`
_LONGEST_NAME = 200
_LONGEST_SUBJECT = 255
_HELSINKI = ZoneInfo("Europe/Helsinki")

Claims = Mapping[str, object]


def identity_from(claims: Claims, *, broker: Broker, attempt: Attempt, now: datetime) -> VerifiedIdentity:
    """Check every claim and read the identity. Raises refusals."""
    authenticated_at, assurance = verify_claims(claims, broker=broker, attempt=attempt, now=now)
    hetu = _hetu(claims, broker, now)
    return VerifiedIdentity(
        method=broker.key,
        hetu=hetu,
        last_name=name_in(claims, broker.claims.last_name, why="last-name"),
        first_names=name_in(claims, broker.claims.first_names, why="first-names"),
        born=_born(claims, broker, hetu),
        assurance=assurance,
        authenticated_at=authenticated_at,
    )


def verify_claims(
    claims: Claims, *, broker: Broker, attempt: Attempt, now: datetime
) -> tuple[datetime, Assurance]:
    """Check that the id_token is for us, now and this attempt; return `auth_time` and the assurance."""
    _check_parties(claims, broker)
    _check_times(claims, broker, now)
    _check_nonce(claims, attempt)
    return _authenticated_at(claims, broker, attempt, now), _assurance(claims, broker)


def _check_nonce(claims: Claims, attempt: Attempt) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str):
        raise IdentificationFailed(why="nonce")
    if not is_same(nonce, attempt.nonce):  # the broker is right: the browser brought another's code
        raise ReplyRefused(why="nonce")


def is_same(given: object, expected: str) -> bool:
    if not isinstance(given, str):
        return False
    return compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def _check_parties(claims: Claims, broker: Broker) -> None:
    if claims.get("iss") != broker.issuer:
        raise IdentificationFailed(why="iss")
    # Further audiences would be parties that we have no reason to trust.
    if claims.get("aud") not in (broker.client_id, [broker.client_id]):
        raise IdentificationFailed(why="aud")
    # Another authorized party would mean that the token was made for it.
    if claims.get("azp", broker.client_id) != broker.client_id:
        raise IdentificationFailed(why="azp")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise IdentificationFailed(why="sub")


def _check_times(claims: Claims, broker: Broker, now: datetime) -> None:
    at, skew = now.timestamp(), broker.clock_skew
    if _time(claims, "exp") <= at - skew:
        raise IdentificationFailed(why="exp")
    # An old token may have been stolen, one from the future be forged.
    if not at - _OLDEST_TOKEN - skew <= _time(claims, "iat") <= at + skew:
        raise IdentificationFailed(why="iat")
    if "nbf" in claims and _time(claims, "nbf") > at + skew:
        raise IdentificationFailed(why="nbf")


def _authenticated_at(claims: Claims, broker: Broker, attempt: Attempt, now: datetime) -> datetime:
    # Return when the person identified: not before the attempt, or `max_age` before it if not forced.
    at = _time(claims, "auth_time")
    age = 0 if attempt.forced else broker.max_age
    oldest = attempt.begun_at.timestamp() - age - broker.clock_skew
    if not oldest <= at <= now.timestamp() + broker.clock_skew:
        raise IdentificationFailed(why="auth_time")
    return datetime.fromtimestamp(at, UTC)


def _time(claims: Claims, claim: str) -> float:
    at = claims.get(claim)
    # In Python, True is a number.
    if not isinstance(at, int | float) or isinstance(at, bool):
        raise IdentificationFailed(why=claim)
    try:
        # An integer may be larger than any float.
        seconds = float(at)
    except OverflowError:
        raise IdentificationFailed(why=claim) from None
    if not isfinite(seconds):
        raise IdentificationFailed(why=claim)
    return seconds


def _assurance(claims: Claims, broker: Broker) -> Assurance:
    acr = claims.get("acr")
    if not isinstance(acr, str):
        raise IdentificationFailed(why="acr")
    if acr not in broker.assurances:
        raise AssuranceTooLow
    return broker.assurances[acr]


def _hetu(claims: Claims, broker: Broker, now: datetime) -> Hetu:
    code = claims.get(broker.claims.hetu)
    if code is None or code == "":
        raise IdentityIncomplete
    if not isinstance(code, str):
        raise IdentificationFailed(why="hetu-shape")
    # A code for a birth date after today is refused.
    today = now.astimezone(_HELSINKI).date()
    try:
        return parse_hetu(code, today=today, allow_test_codes=broker.allow_test_codes, check_test_codes=False)
    except NotAHetu as fault:
        raise IdentificationFailed(why=f"hetu-{fault.why}") from None


def name_in(claims: Claims, claim: str, *, why: str) -> str:
    name = claims.get(claim)
    if not isinstance(name, str):
        raise IdentificationFailed(why=why)
    name = " ".join(name.split())
    # Control characters could hide in pages, in mails and in the log.
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise IdentificationFailed(why=why)
    return name


def _born(claims: Claims, broker: Broker, hetu: Hetu) -> date:
    # Read the birth date from the code; a birth date claim must agree.
    born, claimed = hetu.born, claims.get(broker.claims.birth_date)
    if claimed is not None and claimed != born.isoformat():
        raise IdentificationFailed(why="birth-date")
    return born
