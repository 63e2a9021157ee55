"""The main applicant sees the same, byte by byte, before and after another adult identifies.

Each journey of Aino is made several times from the same moment and rolled back: once before Eino has
identified, once for each thing that he may have done since. Only form tokens and random links are
removed before comparing.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import transaction

from kanssa.applications.models import Application
from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of, read_contents
from kanssa.messages.reply_classification import classify_reply
from kanssa.usecases.invitations.retry_own_address import retry_own_address
from kanssa.usecases.system.apply_timed_transitions import apply_timed_transitions
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM
from kanssa.worker.timers import run_timers
from tests.actions import corrected, declined, not_for_me
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    OTHER_DETAILS,
    applicant_of,
    arrived,
    completed,
    confirmed,
    later,
    loaded_application,
)
from tests.web.browser import Browser, text_of
from tests.web.conftest import Clock
from tests.web.form_steps import fill_in, send

pytestmark = pytest.mark.django_db

_ID = re.compile(r"co-applicants/[0-9a-f-]{36}")
_VARYING = ("Expires", "Content-Length")
OWN = "eino-own@example.com"
TYPED = "typed-later@example.com"
_RANDOM = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|name="version" value="[^"]+"'  # of the form and the page
)


def corrected_all(application: Application) -> None:
    eino = arrived(EINO)
    corrected(
        application, eino, OTHER_DETAILS | {"email": OWN, "first_names": "Ensio", "phone": "+358401234567"}
    )


def has_declined(application: Application) -> None:
    declined(application, arrived(EINO))


def has_confirmed_details_as_typed(application: Application) -> None:
    completed(application, arrived(EINO))


def has_refused_to_be_asked(application: Application) -> None:
    eino = arrived(EINO)
    declined(application, eino, refuses_asking=True)


EINO_DID: dict[str, Callable[[Application], None]] = {
    "identified": lambda _application: arrived(EINO),
    "completed": has_confirmed_details_as_typed,
    "corrected": corrected_all,
    "declined": has_declined,
    "refused to be asked": has_refused_to_be_asked,
}


@dataclass
class Observations:
    """Everything Aino receives: the answers to her browser, and the messages that she may read."""

    answers: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


class Aino:
    """Aino with her browser, recording each answer."""

    def __init__(self, browser: Browser, application: Application, clock: Clock) -> None:
        self.browser, self.application, self.clock = browser, application, clock
        self.eino = application.applicants.order_by("position").filter(is_main=False)[0].pk
        self.observed = Observations()
        self.has_new_ids = False

    def sees(self, path: str) -> str:
        return self._keep("GET", path, self.browser.get(path))

    def does(self, path: str, **answers: object) -> str:
        """Fill in a page's form and send it, then open the page it leads to."""
        answer = self.browser.post(path, **answers)
        self._keep("POST", path, answer)
        return self.sees(answer["Location"]) if answer.status_code == 302 else ""

    def presses(self, path: str, **answers: object) -> str:
        answer = self.browser.send(path, **answers)
        self._keep("PRESS", path, answer)
        return self.sees(answer["Location"]) if answer.status_code == 302 else ""

    def saves(self) -> str:
        html = self.sees("application/check/")
        revision = re.search(r'name="revision" value="(\d+)"', html)
        return self.presses("application/edit/save/", revision=revision[1] if revision else "")

    def page_of_eino(self, step: str) -> str:
        return f"application/co-applicants/{self.eino}/{step}/"

    def _keep(self, how: str, path: str, answer: object) -> str:
        html = _RANDOM.sub("", answer.content.decode())
        html = _ID.sub("", html) if self.has_new_ids else html
        headers = {name: value for name, value in answer.headers.items() if name not in _VARYING}
        self.observed.answers.append(f"{how} {path} {answer.status_code} {headers}\n{html}")
        return answer.content.decode()


def looks_at_everything(aino: Aino) -> None:
    ids = aino.application.pk
    for path in ("", f"{ids}/", f"{ids}/visit/", f"{ids}/withdraw/", f"{ids}/renew/"):
        aino.sees(f"e-service/{path}")
    aino.sees(f"confirming/{ids}/")
    aino.presses(f"e-service/{ids}/edit/")
    aino.sees("application/co-applicants/")
    for step in ("name", "identity-code", "contact"):
        aino.sees(aino.page_of_eino(step))
        aino.presses(aino.page_of_eino(step), nonsense="")


def types_another_address(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("contact"), email=TYPED, contact_language="sv")
    aino.saves()
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    assert TYPED in aino.sees(aino.page_of_eino("contact"))


def types_another_name_and_code(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name="Korhonen", first_names="Eino Emil")
    aino.does(aino.page_of_eino("identity-code"), hetu=HILMA.hetu)
    aino.saves()
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    assert "Eino Emil" in aino.sees("application/check/")


def types_what_is_refused(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("identity-code"), hetu="030587-9012")
    aino.does(aino.page_of_eino("contact"), email="", contact_language="fi")
    aino.saves()


def sends_links(aino: Aino) -> None:
    resend = f"e-service/{aino.application.pk}/invite/{aino.eino}/"
    aino.presses(resend)
    aino.presses(resend)
    for _time in range(6):
        aino.clock.passes(minutes=11)
        aino.presses(resend)


def removes_and_names_again(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.presses(f"application/co-applicants/{aino.eino}/remove/")
    other = "11111111-1111-4111-8111-111111111111"
    folder = f"application/co-applicants/{other}/"
    aino.does(f"{folder}name/", last_name=EINO.last_name, first_names=EINO.first_names)
    aino.does(f"{folder}identity-code/", hetu=EINO.hetu)
    aino.does(f"{folder}contact/", email=EINO.email, contact_language="en")
    aino.saves()


def names_under_the_same_address(aino: Aino, hetu: str) -> None:
    """Remove Eino and save; then name another adult on the pages that were his."""
    removes(aino)
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name="Uusi", first_names="Nimi")
    aino.does(aino.page_of_eino("identity-code"), hetu=hetu)
    aino.does(aino.page_of_eino("contact"), email=TYPED, phone="+358409999999", contact_language="sv")
    aino.saves()
    assert "Nimi Uusi" in aino.sees(f"e-service/{aino.application.pk}/")
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    assert TYPED in aino.sees("application/check/")
    assert EINO.email not in aino.sees("application/check/")


def removes_and_names_again_later(aino: Aino) -> None:
    names_under_the_same_address(aino, EINO.hetu)


def removes_and_names_another_later(aino: Aino) -> None:
    names_under_the_same_address(aino, HILMA.hetu)


def types_the_code_of_an_accomplice(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name=HILMA.last_name, first_names=HILMA.first_names)
    aino.does(aino.page_of_eino("identity-code"), hetu=HILMA.hetu)
    aino.sees(aino.page_of_eino("name"))
    aino.saves()
    aino.sees(f"e-service/{aino.application.pk}/")
    assert "Hilma" in accomplice_sees(aino)


def types_the_code_alone_of_an_accomplice(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name=HILMA.last_name, first_names=HILMA.first_names)
    aino.saves()
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("identity-code"), hetu=HILMA.hetu)
    aino.saves()
    assert "Hilma" in accomplice_sees(aino)


def lets_an_accomplice_open_the_link(aino: Aino) -> None:
    """The invitation went to a mailbox that Aino reads, and she has typed the accomplice's name."""
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name=HILMA.last_name, first_names=HILMA.first_names)
    aino.saves()
    hilma = copy.copy(aino)
    hilma.browser = Browser()
    says = read_contents(Message.objects.get(topic="invitation"))[1]
    hilma.browser.post(f"invitation/{says['token']}/")
    landing = hilma.browser.identify("hilma")["Location"]
    assert "Your name is on the application" in hilma.sees(landing)
    assert "A clerk will look at it" in hilma.presses(landing)


def accomplice_sees(aino: Aino) -> str:
    """Let Hilma identify, accept the terms and open the application; Aino reads with her."""
    hilma = copy.copy(aino)
    hilma.browser = Browser()
    hilma.browser.identify("hilma")
    hilma.sees("confirming/")
    hilma.does("confirming/terms/")
    return hilma.sees(f"confirming/{aino.application.pk}/")


def removes(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.presses(f"application/co-applicants/{aino.eino}/remove/")
    aino.saves()


def leaves_an_edit_of_both(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does("application/wishes/", rooms_first="3", highest_rent="1000")
    aino.does(aino.page_of_eino("contact"), email=TYPED, contact_language="fi")
    aino.presses("application/edit/leave/")


def changes_the_household_and_confirms(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does("application/need/", reasons="separation")
    aino.saves()
    page = aino.browser.get(f"confirming/{aino.application.pk}/").content.decode()
    version = re.search(r'name="version" value="([^"]+)"', page)[1]
    aino.presses(f"confirming/{aino.application.pk}/confirm/", version=version)
    aino.sees(f"confirming/{aino.application.pk}/receipt/")
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does("application/need/", reasons="crowded")
    aino.saves()
    aino.sees(f"confirming/{aino.application.pk}/")


def confirms_and_edits(aino: Aino) -> str:
    """Begin an edit of what she has confirmed; return the page that then shows the changes."""
    confirming = f"confirming/{aino.application.pk}/"
    version = re.search(r'name="version" value="([^"]+)"', aino.browser.get(confirming).content.decode())[1]
    aino.presses(f"{confirming}confirm/", version=version)
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    return confirming


def confirms_and_then_types_another_name(aino: Aino) -> None:
    confirming = confirms_and_edits(aino)
    aino.does(aino.page_of_eino("name"), last_name="Korhonen", first_names="Eino Emil")
    aino.does("application/need/", reasons="separation")
    aino.saves()
    assert "What has changed since you confirmed" in aino.sees(confirming)


def confirms_and_then_removes(aino: Aino) -> None:
    confirming = confirms_and_edits(aino)
    aino.presses(f"application/co-applicants/{aino.eino}/remove/")
    aino.saves()
    assert "What has changed since you confirmed" in aino.sees(confirming)


def waits_until_it_lapses(aino: Aino) -> None:
    for days in (4, 11, 11, 10):
        aino.clock.passes(days=days)
        apply_timed_transitions(application_id=aino.application.pk, actor=SYSTEM, now=aino.clock.time)
    aino.browser.identify("aino")
    aino.sees(f"e-service/{aino.application.pk}/")
    aino.has_new_ids = True
    aino.presses(f"e-service/{aino.application.pk}/copy/")


def waits_for_a_reminder_and_withdraws(aino: Aino) -> None:
    aino.clock.passes(days=3, hours=12)
    run_timers(now=aino.clock.time)
    aino.browser.identify("aino")
    withdraws(aino)


def withdraws(aino: Aino) -> None:
    aino.presses(f"e-service/{aino.application.pk}/withdraw/")


JOURNEYS = (
    looks_at_everything,
    types_another_address,
    types_another_name_and_code,
    types_what_is_refused,
    sends_links,
    removes_and_names_again,
    removes,
    removes_and_names_again_later,
    removes_and_names_another_later,
    types_the_code_of_an_accomplice,
    types_the_code_alone_of_an_accomplice,
    lets_an_accomplice_open_the_link,
    leaves_an_edit_of_both,
    changes_the_household_and_confirms,
    confirms_and_then_types_another_name,
    confirms_and_then_removes,
    waits_until_it_lapses,
    withdraws,
    waits_for_a_reminder_and_withdraws,
)


def observe(
    journey: Callable[[Aino], None],
    browser: Browser,
    application: Application,
    clock: Clock,
    *before: Callable,
) -> Observations:
    """Make a journey after Eino's actions, and roll both back; return everything Aino received."""
    cookies, time = copy.deepcopy(browser.client.cookies), clock.time
    seen_before = set(Message.objects.values_list("pk", flat=True))
    aino = Aino(browser, application, clock)
    try:
        with transaction.atomic():
            for action in before:
                action(application)
            journey(aino)
            aino.observed.messages = sorted(map(described, Message.objects.exclude(pk__in=seen_before)))
            transaction.set_rollback(True)
    finally:
        browser.client.cookies, clock.time = cookies, time
    return aino.observed


def described(message: Message) -> str:
    to, says = read_contents(message)
    rest = {name: value for name, value in says.items() if name != "token"}
    sent = f"{message.topic} {message.language} {message.written_at} {message.failed_at}"
    return f"{to} {sent} {sorted(rest.items())}"


def read_by_aino(messages: list[str], *, but_to: tuple[str, ...]) -> list[str]:
    return [each for each in messages if not each.startswith(but_to)]


def differences(one: Observations, other: Observations) -> list[str]:
    """Return the lines that are not in both, answer by answer."""
    found = [
        f"{mine.splitlines()[0][:60]}: {sorted(set(mine.splitlines()) ^ set(yours.splitlines()))}"
        for mine, yours in zip(one.answers, other.answers, strict=False)
        if mine != yours
    ]
    return found if len(one.answers) == len(other.answers) else [*found, "another number of answers"]


def identified_main(browser: Browser) -> Application:
    """Let Aino send the application with Eino, identify and accept the terms."""
    fill_in(browser, AINO, EINO)
    send(browser)
    browser.identify("aino")
    browser.post("confirming/terms/")
    return Application.objects.get()


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda each: each.__name__)
def test_the_identified_main_applicant_sees_no_difference(browser, clock, journey):
    application = identified_main(browser)
    before = observe(journey, browser, application, clock)

    for what, did in EINO_DID.items():
        after = observe(journey, browser, application, clock, did)
        assert differences(after, before) == [], what
        # Eino's address as Aino typed it may be a mailbox of her own, so its messages count too.
        assert read_by_aino(after.messages, but_to=(OWN,)) == before.messages, what


SENDERS = (
    lambda aino: [aino.sees(f"application/{path}") for path in ("sent/", "sent/visit/", "withdraw/")],
    lambda aino: [
        aino.presses("application/edit/"),
        aino.does(aino.page_of_eino("contact"), email=TYPED, contact_language="sv"),
        aino.does("application/identity-code/", hetu=HILMA.hetu),
        aino.saves(),
        aino.presses("application/edit/"),
        aino.sees(aino.page_of_eino("contact")),
    ],
    lambda aino: aino.presses("application/withdraw/"),
)


@pytest.mark.parametrize("journey", SENDERS)
def test_the_sending_browser_sees_no_difference_before_identification(browser, clock, journey):
    fill_in(browser, AINO, EINO)
    send(browser)
    application = Application.objects.get()
    before = observe(journey, browser, application, clock)

    for what, did in EINO_DID.items():
        after = observe(journey, browser, application, clock, did)
        assert differences(after, before) == [], what
        assert read_by_aino(after.messages, but_to=(OWN,)) == before.messages, what


def test_a_typed_address_is_marked_wrong_even_if_its_person_gave_another(browser, clock):
    application = identified_main(browser)
    invitation = Message.objects.get(topic="invitation")
    not_for_me(read_contents(invitation)[1]["token"])
    before = observe(looks_at_everything, browser, application, clock)

    assert "is wrong" in before.answers[1]
    after = observe(looks_at_everything, browser, application, clock, corrected_all)
    assert differences(after, before) == []


def refused_at_the_typed_address(application: Application) -> None:
    invitation = Message.objects.get(topic="invitation")
    not_for_me(read_contents(invitation)[1]["token"])


def test_not_for_me_at_the_typed_address_leaves_the_persons_own_address_alone(browser, clock):
    application = identified_main(browser)
    before = observe(looks_at_everything, browser, application, clock, refused_at_the_typed_address)

    did = (corrected_all, refused_at_the_typed_address)
    after = observe(looks_at_everything, browser, application, clock, *did)
    assert differences(after, before) == []
    assert "is wrong" in before.answers[1]
    for action in did:
        action(application)
    eino = Browser()
    eino.identify("eino")
    status = text_of(eino.get(f"e-service/{application.pk}/"))
    assert "Our messages do not reach you" not in status


def came_back(application: Application, now: datetime, *, topic: str, to: str) -> None:
    """Record a bounce of the latest message about a topic to an address of Eino's."""
    eino = application.applicants.get(is_main=False)
    sent_there = Message.objects.filter(applicant_id=eino.pk, topic=topic, address_lookup=email_lookup_of(to))
    message = sent_there.latest("written_at")
    Message.objects.filter(pk=message.pk).update(sent_at=now, delivery="handed-over", send_at=None)
    verdict = classify_reply(Stage.REPORT, status="5.1.1")
    record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=now)


def asks_again() -> Callable[[Aino], None]:
    """Return a journey: Aino requests a new link, and opens the first one, whose mailbox may be hers."""
    token = read_contents(Message.objects.get(topic="invitation"))[1]["token"]

    def journey(aino: Aino) -> None:
        aino.clock.passes(minutes=11)
        aino.presses(f"e-service/{aino.application.pk}/invite/{aino.eino}/")
        aino.sees(f"e-service/{aino.application.pk}/")
        aino.sees(f"invitation/{token}/")

    return journey


def test_a_new_link_goes_to_a_bounced_typed_address_whatever_its_person_did(browser, clock):
    application = identified_main(browser)
    journey = asks_again()
    came_back(application, clock.time, topic="invitation", to=EINO.email)
    before = observe(journey, browser, application, clock)

    assert [each.split()[:2] for each in before.messages] == [[EINO.email, "invitation"]]
    for what, did in EINO_DID.items():
        after = observe(journey, browser, application, clock, did)
        assert differences(after, before) == [], what
        assert read_by_aino(after.messages, but_to=(OWN,)) == before.messages, what


def own_address_bounced(application: Application) -> None:
    eino = arrived(EINO)
    completed(application, eino, email=OWN)
    run_timers(now=later(days=3, hours=12))
    came_back(application, later(days=3, hours=13), topic="reminder", to=OWN)


def own_address_is_right(application: Application) -> None:
    own_address_bounced(application)
    eino = arrived(EINO)
    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, eino).pk}
    retry_own_address(**ids, identified=eino, actor=eino.actor, now=later(days=3, hours=14))


def kept_as_typed(application: Application) -> None:
    eino = arrived(EINO)
    corrected(application, eino, OTHER_DETAILS | {"email": EINO.email})
    corrected(application, eino, {"email": EINO.email, "gross_income": 1})


def tried_as_typed(application: Application) -> None:
    eino = arrived(EINO)
    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, eino).pk}
    retry_own_address(**ids, identified=eino, actor=eino.actor, now=later(minutes=1))


AFTER_NOT_FOR_ME = (own_address_bounced, own_address_is_right, kept_as_typed, tried_as_typed)


@pytest.mark.parametrize("trouble", ["not-for-me", "bounced"])
@pytest.mark.parametrize("did", AFTER_NOT_FOR_ME, ids=lambda each: each.__name__)
def test_the_mark_of_the_typed_address_stays_whatever_its_person_does(browser, clock, did, trouble):
    application = identified_main(browser)
    journey = asks_again()
    if trouble == "bounced":
        came_back(application, clock.time, topic="invitation", to=EINO.email)
    else:
        refused_at_the_typed_address(application)
    clock.passes(days=4)
    browser.identify("aino")
    before = observe(journey, browser, application, clock)

    after = observe(journey, browser, application, clock, did)

    assert differences(after, before) == []
    assert before.answers[0].split()[2] == ("409" if trouble == "not-for-me" else "302")


# Corrections shown to others, and proposals to the adult


def test_an_adults_corrections_are_shown_with_their_confirmation(browser):
    application = identified_main(browser)
    corrected_all(application)
    assert "Ensio" not in browser.get(f"e-service/{application.pk}/").content.decode().replace(
        "Eino Ensio", ""
    )

    confirmed(application, arrived(EINO))

    assert "Ensio Korhonen" in browser.get(f"e-service/{application.pk}/").content.decode()


def proposed_to(browser: Browser, clock: Clock) -> tuple[Application, Browser]:
    """Let Aino type another address of Eino, who has completed his details."""
    application = identified_main(browser)
    completed(application, arrived(EINO))
    aino = Aino(browser, application, clock)
    types_another_address(aino)
    eino = Browser()
    eino.identify("eino")
    return application, eino


def settle(browser: Browser, application: Application, choice: str):
    html = browser.get(f"confirming/{application.pk}/").content.decode()
    mark = re.search(r'name="seen" value="([^"]+)"', html)[1]
    return browser.send(f"confirming/{application.pk}/proposal/", seen=mark, choice=choice)


def facts_of_eino(application: Application) -> dict:
    return loaded_application(application).facts_of(applicant_of(application, arrived(EINO)).pk)


def test_a_proposal_is_shown_beside_the_record_and_accepted_by_one_press(browser, clock):
    application, eino = proposed_to(browser, clock)
    page = eino.get(f"confirming/{application.pk}/").content.decode()
    assert "The main applicant proposes other details about you" in page
    assert TYPED in page
    assert facts_of_eino(application)["email"] == EINO.email

    settle(eino, application, "take")

    assert facts_of_eino(application)["email"] == TYPED
    assert "proposes other details" not in eino.get(f"confirming/{application.pk}/").content.decode()


def test_a_rejected_proposal_changes_nothing_and_the_main_applicant_sees_nothing(browser, clock):
    application, eino = proposed_to(browser, clock)
    seen = browser.get(f"e-service/{application.pk}/").content

    settle(eino, application, "leave")

    assert facts_of_eino(application)["email"] == EINO.email
    assert "proposes other details" not in eino.get(f"confirming/{application.pk}/").content.decode()
    strip = lambda html: _RANDOM.sub("", html.decode())  # noqa: E731
    assert strip(browser.get(f"e-service/{application.pk}/").content) == strip(seen)


def test_a_proposal_that_changed_since_it_was_seen_is_not_accepted(browser, clock):
    application, eino = proposed_to(browser, clock)

    answer = eino.send(f"confirming/{application.pk}/proposal/", seen="of before", choice="take")

    assert answer.status_code == 409
    assert facts_of_eino(application)["email"] == EINO.email
