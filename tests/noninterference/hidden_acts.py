"""Acts of the hidden adult, and of clerks for them, that no other adult may notice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from kanssa.applications.casework.cases import AccessReason, comparison_fingerprint
from kanssa.applications.models import Applicant, Confirmation
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.accounts.make_code_list import make_code_list
from kanssa.usecases.accounts.open_account import open_account
from kanssa.usecases.accounts.reset_password import reset_password
from kanssa.usecases.confirmation.request_match import request_match
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.desk.casework.open_case import open_case
from kanssa.usecases.desk.documents.identify_in_person import identify_in_person
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.usecases.desk.serving.record_contact import record_contact
from kanssa.usecases.desk.serving.record_non_disclosure import record_non_disclosure
from kanssa.usecases.invitations.retry_own_address import retry_own_address
from kanssa.values.identity_document import DocumentCheck, DocumentKind
from tests.actions import CLERK, corrected, declined
from tests.cast import EINO, OTHER_DETAILS, completed, confirmed, loaded_application
from tests.cast import sent as sent_alone
from tests.noninterference.scene import OWN, OWN_ACCOUNT, Scene
from tests.web.browser import Browser

_PASSPORT = {
    "kind": DocumentKind.PASSPORT,
    "issuer": "FIN",
    "number_end": "123",
    "last_name": "KORHONEN",
    "first_names": "EINO ENSIO",
    "born": date(1987, 5, 3),
    "is_photo_same": True,
    "is_name_same": True,
    "is_born_same": True,
    "is_marked_unverified": False,
    "is_code_same": True,
}


def identifies(scene: Scene) -> None:
    scene.eino()


def completes_as_typed(scene: Scene) -> None:
    completed(scene.application, scene.eino(), now=scene.now)


def corrects(scene: Scene) -> None:
    """Correct everything; after confirming, light details only: the others see a confirmation that ended."""
    if _has_confirmed(scene):
        corrected(scene.application, scene.eino(), {"phone": "+358406666666"}, now=scene.now)
        return
    own = {"email": OWN, "phone": "+358407777777", "first_names": "Ensio", "contact_language": "sv"}
    corrected(scene.application, scene.eino(), OTHER_DETAILS | own, now=scene.now)


def begins_to_correct(scene: Scene) -> None:
    who = scene.eino()
    save_own_details(
        application_id=scene.application.pk,
        applicant_id=_row(scene, who.person_id).pk,
        facts={"gross_income": 1, "email": OWN},
        identified=who,
        actor=who.actor,
        now=scene.now,
    )


def declines(scene: Scene) -> None:
    declined(scene.application, scene.eino(), now=scene.now)


def declines_for_good(scene: Scene) -> None:
    """Decline, and ask not to be asked again at this person's request."""
    declined(scene.application, scene.eino(), refuses_asking=True, now=scene.now)


def opens_the_link(scene: Scene) -> None:
    """Open the invitation and read the page, as mail scanners do too."""
    token = _invitation_token(scene)
    if token:
        Browser().get(f"invitation/{token}/")
        Browser().get(f"invitation/{token}/not-for-me/")


def comes_by_the_link(scene: Scene) -> None:
    """Identify from the link, and read every page."""
    token = _invitation_token(scene)
    browser = Browser()
    if token:
        browser.post(f"invitation/{token}/")
    browser.identify("eino")
    browser.post("confirming/terms/")
    for path in (f"confirming/{scene.application.pk}/", "e-service/", f"e-service/{scene.application.pk}/"):
        browser.get(path)


def answers_the_proposal(scene: Scene) -> None:
    browser = Browser()
    browser.identify("eino")
    browser.post("confirming/terms/")
    html = browser.get(f"confirming/{scene.application.pk}/").content.decode()
    mark = re.search(r'name="seen" value="([^"]+)"', html)
    if mark:
        browser.send(f"confirming/{scene.application.pk}/proposal/", seen=mark[1], choice="leave")


def visits_the_desk(scene: Scene) -> None:
    _identified_at_desk(scene)


def opens_an_account(scene: Scene) -> None:
    served = _identified_at_desk(scene)
    code = issue_activation_code(served=served, staff=CLERK, now=scene.now)
    open_account(
        token=_account_token(scene),
        code=code,
        password="hevonen akkuna kirsikka",
        address="192.0.2.1",
        now=scene.now,
    )


def resets_the_password(scene: Scene) -> None:
    opens_an_account(scene)
    scene.now += timedelta(minutes=2)
    reset_password(token=_account_token(scene), password="lumi kivi purje ankka", now=scene.now)
    scene.now -= timedelta(minutes=2)


def makes_a_code_list(scene: Scene) -> None:
    opens_an_account(scene)
    who = scene.eino()
    make_code_list(identified=who, actor=who.actor, now=scene.now)


def gets_a_non_disclosure_order(scene: Scene) -> None:
    record_non_disclosure(
        application_id=scene.application.pk,
        applicant_id=scene.hidden,
        is_protected=True,
        because="phone",
        served=None,
        staff=CLERK,
        now=scene.now,
    )


def calls_the_advice_service(scene: Scene) -> None:
    ids = {"application_id": scene.application.pk, "staff": CLERK, "now": scene.now}
    open_case(reason=AccessReason.CONTACT, **ids)
    record_contact(channel="phone", outcome="visit-agreed", **ids)


def says_that_the_address_is_right(scene: Scene) -> None:
    who = scene.eino()
    row = _row(scene, who.person_id)
    retry_own_address(
        application_id=scene.application.pk,
        applicant_id=row.pk,
        identified=who,
        actor=who.actor,
        now=scene.now,
    )


def asks_to_be_matched(scene: Scene) -> None:
    who = scene.eino()
    request_match(identified=who, sent_here=None, actor=who.actor, now=scene.now)


def applies_alone_elsewhere(scene: Scene) -> None:
    """Send and confirm an application of their own, which becomes valid; it may end no confirmation here."""
    if _has_confirmed(scene):
        return
    elsewhere = sent_alone(replace(EINO, email=OWN), now=scene.now)
    confirmed(elsewhere, scene.eino(), now=scene.now)


HIDDEN_ACTS: tuple[Callable[[Scene], None], ...] = (
    identifies,
    completes_as_typed,
    corrects,
    begins_to_correct,
    declines,
    declines_for_good,
    opens_the_link,
    comes_by_the_link,
    answers_the_proposal,
    visits_the_desk,
    opens_an_account,
    resets_the_password,
    makes_a_code_list,
    gets_a_non_disclosure_order,
    calls_the_advice_service,
    says_that_the_address_is_right,
    asks_to_be_matched,
    applies_alone_elsewhere,
)


def _has_confirmed(scene: Scene) -> bool:
    return Confirmation.objects.filter(applicant_id=scene.hidden, ended_at=None).exists()


def _row(scene: Scene, person_id: object) -> Applicant:
    return Applicant.objects.get(application=scene.application, person_id=person_id, removed_at=None)


def _account_token(scene: Scene) -> str:
    """Ask for a link to the own mailbox; return its token."""
    mail_account_link(email=OWN_ACCOUNT, language="fi", address="192.0.2.1", now=scene.now)
    links = Message.objects.filter(topic__in=("account_link", "password_link")).order_by("written_at")
    return [str(says["token"]) for to, says in map(read_contents, links) if to == OWN_ACCOUNT][-1]


def _identified_at_desk(scene: Scene) -> object:
    loaded = loaded_application(scene.application, now=scene.now)
    if scene.hidden not in loaded.applicants:
        raise Applicant.DoesNotExist
    facts = loaded.facts_of(scene.hidden)
    expires = scene.now.date() + timedelta(days=400)
    check = DocumentCheck(**_PASSPORT, expires=expires, compared=comparison_fingerprint(facts))
    result = identify_in_person(
        application_id=scene.application.pk,
        applicant_id=scene.hidden,
        check=check,
        desk="Työpajankatu 8",
        acting=None,
        staff=CLERK,
        now=scene.now,
    )
    return result.identified


def _invitation_token(scene: Scene) -> str:
    links = Message.objects.filter(topic="invitation", applicant_id=scene.hidden, sealed__isnull=False)
    latest = links.order_by("written_at").last()
    return str(read_contents(latest)[1]["token"]) if latest else ""
