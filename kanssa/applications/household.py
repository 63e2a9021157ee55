"""An application with everything that a decision needs, read once, under lock where it decides."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from django.db import transaction

from kanssa.applications.content import Content, Facts
from kanssa.applications.digests import digest_that_concerns
from kanssa.applications.form import PERSON, is_given, missing_fields
from kanssa.applications.models import Applicant, Application, Confirmation, Version
from kanssa.applications.refusals import NoSuchApplication, SomeoneElse
from kanssa.applications.states import Deeds, State, state_of
from kanssa.people.models import Person
from kanssa.vault import open_json

USED_ELSEWHERE = "used-elsewhere"
_MOST_TRIES = 5


class _PeopleChanged(Exception):
    """Somebody took a place while the locks were taken."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A version, opened: what it says, and the digest that concerns each adult."""

    version: Version
    content: Content
    digests: Mapping[UUID, bytes]


class Household:
    """The adults of an application, what stands, and who has confirmed it."""

    def __init__(self, application: Application) -> None:
        """Hold an application; the rest is read when it is asked for, once."""
        self.application = application

    @classmethod
    def of(cls, application_id: UUID) -> Self:
        """Read without locking: for showing, never for deciding."""
        return cls(_existing(Application.objects.filter(pk=application_id)))

    @classmethod
    def locked(cls, application_id: UUID) -> Self:
        """Lock the application alone: for deeds that touch nobody's other applications."""
        return cls(_existing(Application.objects.select_for_update().filter(pk=application_id)))

    @classmethod
    def locked_with_rivals(cls, application_id: UUID) -> tuple[Self, list[Self]]:
        """Lock the people, then this application and the others that they have confirmed.

        One order everywhere (people by id, applications by id), so that crossed households
        becoming valid in the same second wait for each other and never deadlock. Somebody may
        take a place between looking and locking: then what was locked is let go, and it is done
        again from the start.
        """
        for _try in range(_MOST_TRIES):
            with suppress(_PeopleChanged), transaction.atomic():
                people = _people_on(application_id)
                found = {row.pk: cls(row) for row in _lock_all_of(people, application_id)}
                if application_id not in found:
                    raise NoSuchApplication
                if _people_on(application_id) != people:
                    raise _PeopleChanged
                return found.pop(application_id), list(found.values())
        raise RuntimeError("the people of an application kept changing")

    @cached_property
    def applicants(self) -> dict[UUID, Applicant]:
        """The adults' places by id, the main applicant's first."""
        places = self.application.applicants.order_by("-is_main", "position")
        return {place.pk: place for place in places}

    @cached_property
    def standing(self) -> Standing:
        """The version that is to be confirmed, or is: the newest."""
        version = self.application.versions.order_by("-number").first()
        if version is None:
            raise NoSuchApplication
        return opened(version)

    @cached_property
    def confirmations(self) -> list[Confirmation]:
        """All of them, living and ended, oldest first."""
        return list(self.application.confirmations.order_by("confirmed_at"))

    @property
    def main_applicant(self) -> Applicant:
        """The one who fills in and sends."""
        return next(iter(self.applicants.values()))

    def place_of(self, person_id: UUID) -> Applicant:
        """The place that a person fills here. Raises NoSuchApplication."""
        for place in self.applicants.values():
            if place.person_id == person_id:
                return place
        raise NoSuchApplication

    def place_held_by(self, person_id: UUID, applicant_id: UUID) -> Applicant:
        """A place by its id, if this person fills it. Raises NoSuchApplication, SomeoneElse."""
        place = self.applicants.get(applicant_id)
        if place is None:
            raise NoSuchApplication
        if place.person_id != person_id:
            raise SomeoneElse
        return place

    def confirmation_of(self, applicant_id: UUID) -> Confirmation | None:
        """The adult's living confirmation of what stands, if they have given it."""
        for confirmation in self._confirmations_that_count(applicant_id):
            if confirmation.ended_at is None:
                return confirmation
        return None

    def can_be_invited(self, applicant_id: UUID) -> bool:
        """Whether a link would help: a co-applicant, still to confirm, with an e-mail address."""
        place = self.applicants[applicant_id]
        has_email = is_given(self.standing.content.adults[applicant_id], "email")
        return not place.is_main and has_email and not self.confirmation_of(applicant_id)

    def missing_details(self, applicant_id: UUID) -> list[str]:
        """Names of the required answers that an adult has not given of themselves."""
        return missing_fields(PERSON, self.standing.content.adults[applicant_id])

    @property
    def is_confirmed_by_all(self) -> bool:
        """Whether every adult of what stands holds a living confirmation of it."""
        return all(self.confirmation_of(adult) for adult in self.standing.content.adults)

    def state(self, *, now: datetime) -> State:
        """What the deeds and the clock amount to."""
        return state_of(self._deeds(), now=now)

    def restate(self, *, now: datetime) -> State:
        """Write the derived state, and the times it hangs on, to their columns."""
        self.application.state = self.state(now=now)
        self.application.save(update_fields=["state", "confirm_by", "valid_until"])
        return self.application.state

    def _deeds(self) -> Deeds:
        if self.application.sent_at is None:
            return Deeds(None, None, None, is_confirmed_by_all=False, all_lost_to_another=False)
        adults = self.standing.content.adults
        return Deeds(
            sent_at=self.application.sent_at,
            confirm_by=self.application.confirm_by,
            valid_until=self.application.valid_until,
            is_confirmed_by_all=self.is_confirmed_by_all,
            all_lost_to_another=all(self._was_lost_to_another(adult) for adult in adults),
        )

    def _was_lost_to_another(self, applicant_id: UUID) -> bool:
        given = self._confirmations_that_count(applicant_id)
        return bool(given) and all(each.ended_because == USED_ELSEWHERE for each in given[-1:])

    def _confirmations_that_count(self, applicant_id: UUID) -> list[Confirmation]:
        digest = self.standing.digests.get(applicant_id)
        return [
            confirmation
            for confirmation in self.confirmations
            if confirmation.applicant_id == applicant_id and bytes(confirmation.digest) == digest
        ]


def opened(version: Version) -> Standing:
    """Open a version's parts."""
    household: Facts = {}
    household_digest = b""
    people: dict[UUID, Facts] = {}
    own_digests: dict[UUID, bytes] = {}
    for part in version.parts.all():
        facts = open_json(part.sealed, bound_to=f"part:{part.pk}")
        if part.applicant_id is None:
            household, household_digest = facts, bytes(part.material_digest)
        else:
            people[part.applicant_id] = facts
            own_digests[part.applicant_id] = bytes(part.material_digest)
    content = Content.from_parts(household, {str(key): facts for key, facts in people.items()})
    digests = {
        adult: digest_that_concerns(household=household_digest, own=own_digests[adult])
        for adult in content.adults
    }
    return Standing(version, content, digests)


def _existing(rows: "Iterable[Application]") -> Application:
    for row in rows:
        return row
    raise NoSuchApplication


def _lock_all_of(people: set[UUID], application_id: UUID) -> "Iterable[Application]":
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk"))
    wanted = _confirmed_by(people) | {application_id}
    return Application.objects.select_for_update().filter(pk__in=wanted).order_by("pk")


def _people_on(application_id: UUID) -> set[UUID]:
    places = Applicant.objects.filter(application_id=application_id, person__isnull=False)
    return {person for person in places.values_list("person_id", flat=True) if person}


def _confirmed_by(people: set[UUID]) -> set[UUID]:
    living = Confirmation.objects.filter(person_id__in=people, ended_at__isnull=True)
    return set(living.values_list("application_id", flat=True))
