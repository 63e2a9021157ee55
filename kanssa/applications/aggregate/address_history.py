"""Which e-mail addresses each adult has given or typed, from the versions of an application."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kanssa.messages.queue import email_lookup_of
from kanssa.vault import open_json

_VERSIONS = """
SELECT version.id, version.made_by_kind, version.made_by_id,
    EXISTS (SELECT 1 FROM identification_identification annulled
        WHERE annulled.person_id = version.made_by_id AND annulled.annulled_at IS NOT NULL
            AND annulled.began_at <= version.made_at AND annulled.ended_at >= version.made_at),
    (SELECT json_agg(json_build_array(part.id, part.applicant_id, part.sealed))
        FROM applications_version_parts held JOIN applications_part part ON part.id = held.part_id
        WHERE held.version_id = version.id AND part.applicant_id IS NOT NULL),
    (SELECT json_agg(json_build_array(given.applicant_id, given.person_id))
        FROM applications_confirmation given
        JOIN identification_identification proof ON proof.id = given.identification_id
        WHERE given.version_id = version.id AND proof.annulled_at IS NULL
            AND given.ended_because <> 'annulled')
FROM applications_version version WHERE version.application_id = %s ORDER BY version.number
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """One version; `made_by` is a person, unless they were signed in by an identification since annulled."""

    made_by: UUID | None
    emails: dict[UUID, str]
    confirmed_by: Collection[tuple[UUID, UUID]]


class AddressHistory:
    """The addresses in all versions of an application, oldest first; read in one statement when asked for."""

    def __init__(self, application_id: UUID) -> None:
        self._application_id = application_id
        self._versions: Sequence[_Held] | None = None

    def has_answered_for(
        self,
        applicant_id: UUID,
        person_id: UUID | None,
        address: str | None,
        *,
        is_main: bool,
        by_confirming: bool,
    ) -> bool:
        """Whether the person typed the address, or (`by_confirming`) confirmed a version that holds it.

        They typed it if a version of theirs holds it and the one before does not. A main applicant's
        version is an edit, in which they have seen their own address.
        """
        if person_id is None or not address:
            return False
        wanted, was_it = email_lookup_of(address), False
        for version in self._read():
            if applicant_id not in version.emails:
                continue
            is_it = email_lookup_of(version.emails[applicant_id]) == wanted
            # A version of theirs that holds the address counts only if the one before did not.
            has_typed = version.made_by == person_id and (is_main or not was_it)
            has_confirmed = (applicant_id, person_id) in version.confirmed_by
            if is_it and (has_typed or (by_confirming and has_confirmed)):
                return True
            was_it = is_it
        return False

    def forget(self) -> None:
        # A version or a confirmation was added, so it is read again when asked.
        self._versions = None

    def _read(self) -> Sequence[_Held]:
        if self._versions is None:
            with connection.cursor() as cursor:
                cursor.execute(_VERSIONS, [self._application_id])
                self._versions = [_held(*row[1:]) for row in cursor.fetchall()]
        return self._versions


def _held(
    made_by_kind: str, made_by: UUID | None, is_annulled: bool, parts: list[list[str]] | None,  # noqa: FBT001 a column
    given: list[list[str]] | None,
) -> _Held:  # fmt: skip
    return _Held(
        # A version by a clerk, or by an annulled person, shows no address that the adult typed.
        made_by=made_by if made_by_kind == "person" and not is_annulled else None,
        emails={UUID(applicant): _email(part, sealed) for part, applicant, sealed in parts or ()},
        confirmed_by={(UUID(applicant), UUID(person)) for applicant, person in given or ()},
    )


def _email(part_id: str, sealed: str) -> str:
    facts = open_json(bytes.fromhex(sealed[2:]), bound_to=f"part:{UUID(part_id)}")
    return facts.get("email") or ""
