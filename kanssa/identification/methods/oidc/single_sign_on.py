"""The city's single sign-on, by the same strict client."""

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
    """The claim that holds a member's roles, and the role for each of its values."""

    claim: str
    meaning: Mapping[str, Role]
    name_claim: str


class OidcSignOn:
    """Implements `SignOn` for a provider of the authorization code flow."""

    def __init__(self, roles: RoleClaim, broker: Broker) -> None:
        self.key = broker.key
        self._roles = roles
        self._broker = broker
        self._client = OidcMethod(broker)

    def label(self, language: str) -> str:
        return self._client.label(language)

    def examine(self, *, now: datetime) -> Iterable[Finding]:
        return self._client.examine(now=now)

    def is_probing(self) -> bool:
        return self._client.is_probing()

    @property
    def calls_broker_to_begin(self) -> bool:
        return self._client.calls_broker_to_begin

    def refresh(self, *, now: datetime) -> float:
        return self._client.refresh(now=now)

    def begin(self, *, attempt: NewAttempt, return_url: str, language: str, now: datetime) -> Handover:
        # `max_age` decides whether an older log-in is enough.
        return self._client.begin(
            attempt=attempt, return_url=return_url, language=language, force=False, now=now
        )

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedStaff:
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
    """Read the role claim and the meaning of its values. Raises Misconfigured."""
    cure = 'Give it as [staff.<key>.roles], with `claim` and `values`, such as { "desk" = "clerk" }.'
    table = section.section("roles", cure=cure)
    names = table.texts_by_name("values", cure=cure)
    meanings = table.section("values", cure=cure)
    roles = RoleClaim(
        claim=table.text("claim", cure=cure),
        meaning={name: meanings.choice(name, tuple(Role), cure=cure) for name in names},
        name_claim=section.text("name_claim", cure=cure) if section.has("name_claim") else "name",
    )
    # A misspelt value would silently give no role.
    table.reject_unknown_settings()
    return roles


def _roles_from(claims: Claims, roles: RoleClaim) -> frozenset[Role]:
    # Read the roles; unknown values belong to other services and are ignored.
    given = claims.get(roles.claim, [])
    values = [given] if isinstance(given, str) else given
    # Roles decide about power: a claim of another shape is refused whole.
    if not isinstance(values, list) or len(values) > _MOST_VALUES:
        raise IdentificationFailed(why="roles")
    if not all(isinstance(value, str) for value in values):
        raise IdentificationFailed(why="roles")
    return frozenset(roles.meaning[value] for value in values if value in roles.meaning)
