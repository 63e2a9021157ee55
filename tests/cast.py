"""The cast: Aino applies, Eino is her co-applicant, Saga too, Otso is an outsider."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from kanssa.applications.content import ASSURANCES, Content
from kanssa.applications.drafts import begin_draft
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant, Application
from kanssa.applications.terms import terms_in_force
from kanssa.applications.times import HELSINKI
from kanssa.identification.living import Identified, begin_living
from kanssa.people.models import Person
from kanssa.usecases.accept_terms import accept_terms
from kanssa.usecases.confirm_application import confirm_application
from kanssa.usecases.correct_own_details import correct_own_details
from kanssa.usecases.edit_application import Edited, edit_application
from kanssa.usecases.save_draft import save_draft
from kanssa.usecases.save_own_details import save_own_details
from kanssa.usecases.send_application import send_application
from kanssa.usecases.start_edit import start_edit
from kanssa.usecases.take_places import take_places
from kanssa.values.actor import Actor
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=HELSINKI)
TODAY = date(2026, 11, 24)
BROWSER = Actor("browser")

MONEY = {"income_source": "wages", "gross_income": 2350}
ADDRESS = {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"}
THE_REST = {"citizenship": "FI", "home_municipality": "091", "contact_language": "fi"} | ADDRESS | MONEY


@dataclass(frozen=True)
class Role:
    """Somebody of the cast, as they type themselves and as the bank knows them."""

    last_name: str
    first_names: str
    hetu: str
    email: str

    @property
    def named(self) -> dict[str, Any]:
        """What another adult gives of them."""
        return {
            "last_name": self.last_name,
            "first_names": self.first_names,
            "hetu": self.hetu,
            "email": self.email,
            "contact_language": "fi",
        }

    @property
    def whole(self) -> dict[str, Any]:
        """What they give of themselves."""
        return self.named | THE_REST


AINO = Role("Korhonen", "Aino Inkeri", "140288-900C", "aino@example.com")
EINO = Role("Korhonen", "Eino Ensio", "030587-901F", "eino@example.com")
SAGA = Role("Lindqvist", "Saga Maria", "170379-903W", "saga@example.com")
OTSO = Role("Outsider-Mäkinen", "Otso", "091163-9043", "otso@example.com")

HOUSEHOLD = {
    "application": {"kind": "ordinary", "language": "fi", "facts_are_true": True, "will_keep_current": True},
    "home": {"tenure": "rented-other"},
    "need": {"reasons": ["crowded"]},
    "wishes": {"rooms_first": "2", "highest_rent": 900, "areas": ["whole-city"]},
    "expecting": {},
}


def complete(main: Role, *others: Role) -> Content:
    """A draft's content that can be sent."""
    people = {uuid4(): main.whole} | {uuid4(): other.named for other in others}
    return Content(adults=people, **HOUSEHOLD)


def drafted(content: Content, *, now: datetime = NOW) -> UUID:
    """Keep a content as a draft."""
    draft = begin_draft(language="fi", now=now)
    save_draft(application_id=draft.pk, change=lambda _: content, seen_revision=0, actor=BROWSER, now=now)
    return draft.pk


def sent(main: Role, *others: Role, now: datetime = NOW) -> Application:
    """Send a complete application."""
    application_id = drafted(complete(main, *others), now=now)
    send_application(application_id=application_id, actor=BROWSER, now=now)
    return Application.objects.get(pk=application_id)


def identity_of(role: Role, *, now: datetime = NOW) -> VerifiedIdentity:
    """What a method gives when this person has identified."""
    hetu = Hetu(role.hetu)
    return VerifiedIdentity(
        method="bank",
        hetu=hetu,
        last_name=role.last_name,
        first_names=role.first_names,
        born=hetu.born,
        assurance="substantial",
        authenticated_at=now,
    )


def identified(role: Role, *, now: datetime = NOW) -> Identified:
    """Identify, without taking any place."""
    person = Person.objects.with_hetu(Hetu(role.hetu))
    return begin_living(identity_of(role, now=now), person=person, attempt_id=None, now=now)


def arrived(role: Role, *, sent_here: Application | None = None, now: datetime = NOW) -> Identified:
    """Identify, in the browser that sent an application or in another; take places, accept the terms."""
    who = identified(role, now=now)
    here = sent_here.pk if sent_here else None
    take_places(identified=who, sent_here=here, actor=who.actor, now=now)
    version = terms_in_force(now.date()).version
    accept_terms(identified=who, version=version, language="fi", actor=who.actor, now=now)
    return who


def place_of(application: Application, who: Identified) -> Applicant:
    """The place that a person fills."""
    return Applicant.objects.get(application=application, person_id=who.person_id)


def completed(application: Application, who: Identified, *, now: datetime = NOW, **own: str) -> None:
    """Let somebody complete their own details; `own` is what they correct besides."""

    ids = {"application_id": application.pk, "applicant_id": place_of(application, who).pk}
    save_own_details(**ids, facts=THE_REST | own, identified=who, actor=who.actor, now=now)
    correct_own_details(**ids, identified=who, actor=who.actor, now=now)


def confirmed(application: Application, who: Identified, *, now: datetime = NOW) -> UUID:
    """Let somebody confirm what stands."""
    return confirm_application(
        application_id=application.pk,
        applicant_id=place_of(application, who).pk,
        version_id=Household.of(application.pk, now=now).standing.version.pk,
        identified=who,
        actor=who.actor,
        now=now,
    )


def joined(application: Application, role: Role, *, now: datetime = NOW, **own: str) -> Identified:
    """Identify, complete one's details and confirm."""
    who = arrived(role, now=now)
    completed(application, who, now=now, **own)
    confirmed(application, who, now=now)
    return who


def later(**kwargs: float) -> datetime:
    """A while after NOW."""
    return NOW + timedelta(**kwargs)


def edited(
    application: Application,
    who: Identified | None,
    change: Callable[[Content], Content],
    *,
    now: datetime = NOW,
) -> Edited:
    """Let the main applicant (or the sending browser) edit what stands, assure it, and save it."""
    ids = {"application_id": application.pk, "identified": who, "now": now}
    actor = who.actor if who else BROWSER
    start_edit(**ids, actor=actor)
    assured = {name: HOUSEHOLD["application"][name] for name in ASSURANCES}

    def change_and_assure(content: Content) -> Content:
        return change(content).with_section("application", assured)

    save_draft(**ids, change=change_and_assure, seen_revision=10**6, actor=actor)
    return edit_application(**ids, actor=actor)


def household_of(application: Application, *, now: datetime = NOW) -> Household:
    """An application as it stands."""
    return Household.of(application.pk, now=now)
