"""A household as it is sent, and the moment from which it is lived twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID

from kanssa.applications.models import Applicant, Application
from kanssa.identification.sessions import Identified
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from tests import cast
from tests.cast import AINO, BROWSER, EINO, HILMA, OTSO, CastMember, later
from tests.noninterference.observers import Observer
from tests.noninterference.pinned import Randomness
from tests.web.browser import Browser

NAMED = {"hilma": HILMA, "otso": OTSO}
OWN = "eino-own@example.com"
OWN_ACCOUNT = "eino-account@example.com"
OWN_ADDRESSES = frozenset({OWN, OWN_ACCOUNT})
MAILBOXES = {"own": EINO.email, "main": AINO.email, "none": ""}
STEP = timedelta(minutes=7)


@dataclass(frozen=True)
class Household:
    """The adults of the application, and how the main applicant typed the hidden adult (Eino)."""

    others: tuple[str, ...]
    position: int
    mailbox: str
    language: str
    is_main_identified: bool

    @property
    def co_applicants(self) -> list[CastMember]:
        people = [NAMED[name] for name in self.others]
        people.insert(min(self.position, len(people)), EINO)
        return people


@dataclass
class Scene:
    """One run: its observers, and the time. `hidden` is the applicant row of the hidden adult."""

    application: Application
    hidden: UUID
    main: Observer
    others: dict[str, Observer]
    now: datetime
    randomness: Randomness
    is_main_identified: bool

    @property
    def observers(self) -> list[Observer]:
        return [self.main, *self.others.values()]

    def page_of_hidden(self, step: str) -> str:
        return f"application/co-applicants/{self.hidden}/{step}/"

    def eino(self) -> Identified:
        """Let the hidden adult identify now, and accept the terms."""
        return cast.arrived(EINO, now=self.now)

    def copied(self) -> "Scene":
        others = {name: each.copied() for name, each in self.others.items()}
        return replace(self, main=self.main.copied(), others=others)


def sent(household: Household, randomness: Randomness) -> Scene:
    """Send the application in a browser; each of its adults but the hidden one has a browser."""
    content = _content(household)
    draft_id = cast.drafted(content)
    main = Observer("", Browser())
    scene = Scene(
        Application.objects.get(pk=draft_id),
        UUID(int=0),
        main,
        {},
        later(hours=1),
        randomness,
        is_main_identified=False,
    )
    with page_clock(scene):
        _send_in(main.browser, draft_id)
        scene.application = Application.objects.get(pk=draft_id)
        scene.hidden = _row_of_hidden(household, scene.application)
        if household.is_main_identified:
            _identify_everyone(scene, household)
    for each in scene.observers:
        each.answers.clear()
    return scene


def _content(household: Household) -> object:
    content = cast.complete(AINO, *household.co_applicants)
    key = next(key for key, facts in content.adults.items() if facts["hetu"] == EINO.hetu)
    typed = {
        "email": MAILBOXES[household.mailbox],
        "contact_language": household.language,
        "phone": "+358401111111",
    }
    return content.with_adult(key, typed)


def _send_in(browser: Browser, draft_id: UUID) -> None:
    mail_draft_link(
        application_id=draft_id, address=AINO.email, language="en", actor=BROWSER, now=later(minutes=1)
    )
    token = read_contents(Message.objects.get(topic="draft_link"))[1]["token"]
    Message.objects.all().delete()
    browser.post(f"application/continue/{token}/")
    browser.get("application/check/")
    browser.send("application/send/")


def _row_of_hidden(household: Household, application: Application) -> UUID:
    rows = list(Applicant.objects.filter(application=application, is_main=False).order_by("position"))
    return rows[household.co_applicants.index(EINO)].pk


def _identify_everyone(scene: Scene, household: Household) -> None:
    scene.main.named, scene.is_main_identified = "aino", True
    scene.main.comes(scene.now)
    for name in household.others:
        scene.others[name] = Observer(name, Browser())
        scene.others[name].comes(scene.now)


@contextmanager
def page_clock(scene: Scene) -> Iterator[None]:
    """Let pages read the scene's time."""
    with patch("kanssa.web.base.visitor.clock", lambda: scene.now):
        yield
