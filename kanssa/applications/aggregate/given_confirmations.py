"""The confirmations of one application: which are active, what they carry, whose place they leave open."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.models import Applicant, Confirmation
from kanssa.calendar.days import day_of, morning_of

USED_ELSEWHERE = "used-elsewhere"


class GivenConfirmations:
    """All confirmations of an application, active and ended, the oldest first."""

    def __init__(self, rows: list[Confirmation]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Confirmation]:
        return iter(self._rows)

    def add(self, confirmation: Confirmation) -> None:
        self._rows.append(confirmation)

    @property
    def active(self) -> list[Confirmation]:
        return [each for each in self._rows if each.ended_at is None]

    def of(self, applicant_id: UUID, version: VersionView) -> list[Confirmation]:
        digest = version.digests.get(applicant_id)
        return [
            each for each in self._rows if each.applicant_id == applicant_id and bytes(each.digest) == digest
        ]

    def active_of(self, applicant_id: UUID, version: VersionView) -> Confirmation | None:
        for each in self.of(applicant_id, version):
            if each.ended_at is None:
                return each
        return None

    def carry(self, version: VersionView) -> bool:
        return all(self.active_of(adult, version) for adult in version.digests)

    def moved_on_at(self, applicant_id: UUID) -> datetime | None:
        """Give when an adult's last confirmation ended for another application of theirs, if it did."""
        own = [each for each in self._rows if each.applicant_id == applicant_id]
        has_active = any(each.ended_at is None for each in own)
        return own[-1].ended_at if own and own[-1].ended_for and not has_active else None

    def are_lost_to_another(self, version: VersionView) -> bool:
        """Whether the last confirmation of each adult ended for another application (DOMAIN, rule 5)."""
        last_ones = [self.of(adult, version)[-1:] for adult in version.digests]
        return all(last and last[0].ended_because == USED_ELSEWHERE for last in last_ones)

    def are_all_lost_to_another(self, versions: Collection[VersionView]) -> bool:
        """Whether no adult of the versions holds anything, and one version was lost to another application.

        An adult who has come back since must not lose what they confirmed again.
        """
        held = any(self.active_of(adult, each) for each in versions for adult in each.digests)
        return not held and any(map(self.are_lost_to_another, versions))


def main_place_opened_at(
    applicants: Sequence[Applicant], confirmations: GivenConfirmations
) -> datetime | None:
    """Give since when the main applicant has left, or is valid elsewhere, while other adults remain.

    `applicants` has the main applicant first. Whether others have identified makes no difference: it must
    not show.
    """
    main, *others = applicants
    if all(each.left_at for each in others):
        return None
    return main.left_at or confirmations.moved_on_at(main.pk)


def main_place_widens_at(opened_at: datetime) -> datetime:
    """Give when adults who have not confirmed are offered the place too, beside those who have."""
    return morning_of(day_of(opened_at) + timedelta(days=settings.MAIN_OFFER_DAYS))
