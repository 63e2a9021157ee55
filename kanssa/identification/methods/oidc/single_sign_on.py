"""The city's single sign-on: the same strict client, another kind of person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.oidc.broker import Broker
from kanssa.identification.methods.oidc.claims import Claims, name_in, verify_claims
from kanssa.identification.methods.oidc.method import OidcMethod
from kanssa.identification.protocol import Attempt, Finding, Handover, NewAttempt
from kanssa.identification.refusals import IdentificationFailed
from kanssa.values.role import Role
from kanssa.values.staff import VerifiedStaff

_MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class RoleClaim:
    """Where the token says what somebody may do, and what its values mean here."""

    claim: str
    meaning: Mapping[str, Role]
    name_claim: str


class OidcSignOn:
    """Fills `SignOn` for a provider of the authorization code flow."""

    def __init__(self, roles: RoleClaim, broker: Broker) -> None:
        """Use no network yet."""
        self.key = broker.key
        self._roles = roles
        self._broker = broker
        self._client = OidcMethod(broker)

    def label(self, language: str) -> str:
        """Its name for people, in fi, sv or en."""
        return self._client.label(language)

    def examine(self, *, now: datetime) -> Iterable[Finding]:
        """Look whether it can be reached and is what the configuration says."""
        return self._client.examine(now=now)

    def is_probing(self) -> bool:
        """Whether another call finds out just now if the sign-on answers again."""
        return self._client.is_probing()

    @property
    def calls_broker_to_begin(self) -> bool:
        """Whether requests are pushed."""
        return self._client.calls_broker_to_begin

    def refresh(self, *, now: datetime) -> float:
        """Fetch the sign-on's keys if they are due; gives the seconds until they are."""
        return self._client.refresh(now=now)

    def begin(self, *, attempt: NewAttempt, return_url: str, language: str, now: datetime) -> Handover:
        """Where to send the browser; `max_age` says whether an older log-in will do."""
        return self._client.begin(
            attempt=attempt, return_url=return_url, language=language, force=False, now=now
        )

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedStaff:
        """Redeem the reply's code and believe nothing in its token that is not proven."""
        claims = self._client.verified_claims(reply, attempt=attempt, now=now)
        authenticated_at, _assurance = verify_claims(claims, broker=self._broker, attempt=attempt, now=now)
        return VerifiedStaff(
            way=self.key,
            subject=str(claims["sub"]),
            name=name_in(claims, self._roles.name_claim, why="name"),
            roles=_roles_from(claims, self._roles),
            authenticated_at=authenticated_at,
        )


def read_roles(section: Section) -> RoleClaim:
    """Read which claim gives roles, and what each of its values means. Raises Misconfigured."""
    cure = 'Give it as [staff.<key>.roles], with `claim` and `values`, such as { "desk" = "clerk" }.'
    table = section.section("roles", cure=cure)
    names = table.texts_by_name("values", cure=cure)
    meanings = table.section("values", cure=cure)
    roles = RoleClaim(
        claim=table.text("claim", cure=cure),
        meaning={name: meanings.choice(name, tuple(Role), cure=cure) for name in names},
        name_claim=section.text("name_claim", cure=cure) if section.has("name_claim") else "name",
    )
    table.reject_unknown_settings()
    return roles


def _roles_from(claims: Claims, roles: RoleClaim) -> frozenset[Role]:
    """Read the roles; values that mean nothing here are other services' matter."""
    given = claims.get(roles.claim, [])
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list) or len(values) > _MOST_VALUES:
        raise IdentificationFailed(why="roles")
    if not all(isinstance(value, str) for value in values):
        raise IdentificationFailed(why="roles")
    return frozenset(roles.meaning[value] for value in values if value in roles.meaning)
