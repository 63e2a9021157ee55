"""The cast: Aino applies, Eino and Hilma are her co-applicants, Otso is an outsider."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from kanssa.applications.aggregate.drafts import begin_draft
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import ASSURANCES, Content
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import Applicant, Application
from kanssa.calendar.days import HELSINKI
from kanssa.identification.sessions import Identified, begin_session
from kanssa.people.models import Person
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.confirm_application import confirm_application
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from kanssa.usecases.lifecycle.edit_application import EditResult, edit_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.values.actor import Actor
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=HELSINKI)
TODAY = date(2026, 11, 24)
BROWSER = Actor("browser")

MONEY = {"income_source": "wages", "gross_income": 2350}
ADDRESS = {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"}
OTHER_DETAILS = {"citizenship": "FI", "home_municipality": "091", "contact_language": "fi"} | ADDRESS | MONEY


@dataclass(frozen=True)
class CastMember:
    """A person of the cast, as they type their details and as the bank knows them."""

    last_name: str
    first_names: str
    hetu: str
    email: str

    @property
    def named(self) -> dict[str, Any]:
        """Details that another adult types about this person."""
        return {
            "last_name": self.last_name,
            "first_names": self.first_names,
            "hetu": self.hetu,
            "email": self.email,
            "contact_language": "fi",
        }

    @property
    def whole(self) -> dict[str, Any]:
        """Details that this person types about themselves."""
        return self.named | OTHER_DETAILS


AINO = CastMember("Korhonen", "Aino Inkeri", "140288-900C", "aino@example.com")
EINO = CastMember("Korhonen", "Eino Ensio", "030587-901F", "eino@example.com")
HILMA = CastMember("Lindqvist", "Hilma Maria", "170379-903W", "hilma@example.com")
OTSO = CastMember("Outsider-Mäkinen", "Otso", "091163-9043", "otso@example.com")

HOUSEHOLD = {
    "application": {"kind": "ordinary", "language": "fi", "facts_are_true": True, "will_keep_current": True},
    "home": {"tenure": "rented-other"},
    "need": {"reasons": ["crowded"]},
    "wishes": {"rooms_first": "2", "highest_rent": 900, "areas": ["whole-city"]},
    "expecting": {},
}


def complete(main: CastMember, *others: CastMember) -> Content:
    """Build a draft's content that can be sent."""
    people = {uuid4(): main.whole} | {uuid4(): other.named for other in others}
    return Content(adults=people, **HOUSEHOLD)


def drafted(content: Content, *, now: datetime = NOW) -> UUID:
    """Save the content as a draft."""
    draft = begin_draft(language="fi", now=now)
    save_draft(application_id=draft.pk, change=lambda _: content, seen_revision=0, actor=BROWSER, now=now)
    return draft.pk


def sent(main: CastMember, *others: CastMember, now: datetime = NOW) -> Application:
    application_id = drafted(complete(main, *others), now=now)
    send_application(application_id=application_id, actor=BROWSER, now=now)
    return Application.objects.get(pk=application_id)


def identity_of(role: CastMember, *, now: datetime = NOW) -> VerifiedIdentity:
    """Build the identity that a method returns for this person."""
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


def identified(role: CastMember, *, now: datetime = NOW) -> Identified:
    """Identify without claiming any applicant row."""
    person = Person.objects.with_hetu(Hetu(role.hetu))
    return begin_session(identity_of(role, now=now), person=person, attempt_id=None, now=now)


def arrived(role: CastMember, *, sent_here: Application | None = None, now: datetime = NOW) -> Identified:
    """Identify in the browser that sent `sent_here`, else in another; claim rows and accept the terms."""
    who = identified(role, now=now)
    here = sent_here.pk if sent_here else None
    claim_applicants(identified=who, sent_here=here, actor=who.actor, now=now)
    version = terms_in_force(now.date()).version
    accept_terms(identified=who, version=version, language="fi", actor=who.actor, now=now)
    return who


def applicant_of(application: Application, who: Identified) -> Applicant:
    """Return the row that this person has claimed."""
    return Applicant.objects.get(application=application, person_id=who.person_id)


def completed(application: Application, who: Identified, *, now: datetime = NOW, **own: str) -> None:
    """Complete a person's own details; `own` overrides the defaults."""

    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, who).pk}
    save_own_details(**ids, facts=OTHER_DETAILS | own, identified=who, actor=who.actor, now=now)
    correct_own_details(**ids, identified=who, actor=who.actor, now=now)


def confirmed(application: Application, who: Identified, *, now: datetime = NOW) -> UUID:
    """Confirm the current version."""
    return confirm_application(
        application_id=application.pk,
        applicant_id=applicant_of(application, who).pk,
        version_id=LoadedApplication.of(application.pk, now=now).current.version.pk,
        identified=who,
        actor=who.actor,
        now=now,
    )


def joined(application: Application, role: CastMember, *, now: datetime = NOW, **own: str) -> Identified:
    """Identify, complete own details and confirm."""
    who = arrived(role, now=now)
    completed(application, who, now=now, **own)
    confirmed(application, who, now=now)
    return who


def valid_of_three() -> tuple[Application, Identified, Identified, Identified]:
    """Return a valid application and its adults, the main applicant first."""
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO), joined(application, HILMA)


def later(**kwargs: float) -> datetime:
    """Return NOW plus this much time."""
    return NOW + timedelta(**kwargs)


def edited(
    application: Application,
    who: Identified | None,
    change: Callable[[Content], Content],
    *,
    now: datetime = NOW,
) -> EditResult:
    """Edit as the main applicant (or the sending browser), give the assurances, and save."""
    ids = {"application_id": application.pk, "identified": who, "now": now}
    actor = who.actor if who else BROWSER
    start_edit(**ids, actor=actor)
    assured = {name: HOUSEHOLD["application"][name] for name in ASSURANCES}

    def change_and_assure(content: Content) -> Content:
        return change(content).with_section("application", assured)

    # A revision above any: the draft counts as seen.
    save_draft(**ids, change=change_and_assure, seen_revision=10**6, actor=actor)
    return edit_application(**ids, actor=actor)


def loaded_application(application: Application, *, now: datetime = NOW) -> LoadedApplication:
    return LoadedApplication.of(application.pk, now=now)
