"""The demo's applications, created once, and the people to choose.

The service's own use cases create them, as if the people had pressed the buttons.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kanssa import clock
from kanssa.accounts.staff import local_user, may_use_password
from kanssa.accounts.staff_refusals import StaffExists
from kanssa.applications.aggregate.drafts import begin_draft
from kanssa.applications.content.content import Content
from kanssa.applications.content.terms import terms_in_force
from kanssa.applications.models import Application
from kanssa.applications.reading import queries
from kanssa.calendar.days import day_of
from kanssa.identification.sessions import Identified, begin_session
from kanssa.people.models import Person
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.usecases.confirmation.confirm_application import confirm_application
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from kanssa.usecases.staff.open_staff_account import open_staff_account
from kanssa.usecases.staff.reset_staff_account import reset_staff_account
from kanssa.values.actor import SYSTEM, Actor
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.role import Role
from rehearsal.broker.people import read_people

_BROWSER = Actor("browser")
_TOVE = "tove@example.com"
_ANSWERS: dict[str, Any] = {
    "application": {"kind": "ordinary", "language": "fi", "facts_are_true": True, "will_keep_current": True},
    "home": {"tenure": "rented-other", "rooms": "1", "people": 2},
    "need": {"reasons": ["crowded"]},
    "wishes": {"rooms_first": "2", "rooms_second": "3", "highest_rent": 950, "areas": ["whole-city"]},
}
_OWN = {
    "citizenship": "FI",
    "home_municipality": "091",
    "contact_language": "fi",
    "street_address": "Kaikukatu 3 A 5",
    "postcode": "00530",
    "city": "Helsinki",
    "income_source": "wages",
    "gross_income": 2350,
}


def create_applications() -> None:
    if not Application.objects.exists():
        _fill(clock.now())
    print("Whom to be, at the rehearsal broker:")
    print("  Saga Lindqvist     sent an application with Linnea Åkerblom: both are still missing")
    print("  Anneli Nieminen    has a valid application")
    print("  Aino, Eino Korhonen  a couple to begin one as: 140288-900C and 030587-901F")
    print("  Otso               is on nobody's application")
    print()
    print(f"Staff sign in at {settings.BASE_URL}{_staff_page('sign_in')}")
    print("  by the single sign-on as Saga (clerk), Valma or Ulla (supervisors) or Olavi (operator),")
    print(f"  or as Tove, clerk with a password and an authenticator{_how_to_begin_as_tove()}")


def _staff_page(name: str, **gaps: str) -> str:
    with override("fi"):
        return reverse(f"staff:{name}", kwargs=gaps)


def _how_to_begin_as_tove() -> str:
    # Open the account; until the first sign-in, each start of the demo prints a new link.
    # Keep an account that the user has already set up.
    if may_use_password(local_user(_TOVE)):
        return ", as you chose them"
    given: dict[str, Any] = {"actor": SYSTEM, "now": timezone.now()}
    try:
        token = open_staff_account(email=_TOVE, name="Tove Tallgren", roles=[Role.CLERK], **given)
    except StaffExists:
        token = reset_staff_account(who=_TOVE, **given)
    return f" of your choice, begun at\n  {settings.BASE_URL}{_staff_page('choose_password', token=token)}"


def _fill(now: datetime) -> None:
    begin_draft(language="fi", now=now)
    _sent("saga", "linnea", now=now - timedelta(days=2))
    _confirmed_alone("anneli", now=now - timedelta(days=4))


def _sent(main: str, *others: str, now: datetime) -> Application:
    people = {uuid4(): _OWN | _named(main)} | {uuid4(): _named(other) for other in others}
    content = Content(adults=people, **_ANSWERS)
    draft = begin_draft(language="fi", now=now)
    save_draft(
        application_id=draft.pk, change=lambda _begun: content, seen_revision=0, actor=_BROWSER, now=now
    )
    send_application(application_id=draft.pk, actor=_BROWSER, now=now)
    return Application.objects.get(pk=draft.pk)


def _confirmed_alone(key: str, *, now: datetime) -> None:
    application = _sent(key, now=now)
    who = _identified(key, now)
    claim_applicants(identified=who, sent_here=application.pk, actor=who.actor, now=now)
    version = terms_in_force(day_of(now)).version
    accept_terms(identified=who, version=version, language="fi", actor=who.actor, now=now)
    review = queries.review(application.pk, identified=who, now=now)
    confirm_application(
        application_id=application.pk,
        applicant_id=review.applicant_id,
        version_id=review.version_id,
        identified=who,
        actor=who.actor,
        now=now,
    )


def _identified(key: str, now: datetime) -> Identified:
    person = read_people()[key]
    hetu = Hetu(person.hetu)
    identity = VerifiedIdentity(
        method="bank",
        hetu=hetu,
        last_name=person.last_name,
        first_names=person.first_names,
        born=hetu.born,
        assurance="substantial",
        authenticated_at=now,
    )
    return begin_session(identity, person=Person.objects.with_hetu(hetu), attempt_id=None, now=now)


def _named(key: str) -> dict[str, Any]:
    person = read_people()[key]
    return {
        "last_name": person.last_name,
        "first_names": person.first_names,
        "hetu": person.hetu,
        "email": f"{key}@example.com",
        "contact_language": "sv" if key in ("saga", "linnea") else "fi",
    }
