"""Acts of the other adults and of the clock: the same in both runs. Everything that they get is kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.reply_classification import classify_reply
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM
from kanssa.worker.timers import run_timers
from tests.actions import corrected
from tests.cast import OTHER_DETAILS, arrived, completed, confirmed
from tests.noninterference.observers import Observer
from tests.noninterference.scene import NAMED, OWN, Scene

_TYPED = "typed-later@example.com"
_NO_ONE = UUID(int=1)


def look_around(scene: Scene) -> None:
    """Let each observer open the pages that change most."""
    for each in scene.observers:
        each.comes(scene.now)
    if not scene.is_main_identified:
        scene.main.sees("application/sent/")
        return
    for each in scene.observers:
        each.sees(f"e-service/{scene.application.pk}/")
        each.sees(f"confirming/{scene.application.pk}/")


def look_at_everything(scene: Scene) -> None:
    """Let each observer open every page, also those that refuse."""
    for each in scene.observers:
        each.comes(scene.now)
    if not scene.is_main_identified:
        for path in ("sent/", "sent/visit/", "withdraw/"):
            scene.main.sees(f"application/{path}")
        _look_into_the_edit(scene)
        return
    for each in scene.observers:
        _look_at_own_pages(scene, each)
    _look_into_the_edit(scene)


def _look_at_own_pages(scene: Scene, observer: Observer) -> None:
    key = scene.application.pk
    observer.sees("e-service/")
    for path in (
        "",
        "visit/",
        "withdraw/",
        "renew/",
        "discard/",
        "withdraw-confirmation/",
        "decline/",
        "leave/",
    ):
        observer.sees(f"e-service/{key}/{path}")
    observer.sees("confirming/")
    for path in ("", "done/", "receipt/"):
        observer.sees(f"confirming/{key}/{path}")
    observer.presses(f"e-service/{key}/invite/{_NO_ONE}/")
    observer.presses(f"e-service/{key}/edit/{scene.hidden}/")


def _look_into_the_edit(scene: Scene) -> None:
    _begin_edit(scene)
    for path in ("application/check/", "application/co-applicants/"):
        scene.main.sees(path)
    for step in ("name", "identity-code", "contact"):
        scene.main.sees(scene.page_of_hidden(step))
    scene.main.presses("application/edit/leave/")


def edits_a_wish(scene: Scene) -> None:
    _edit(scene, "application/wishes/", rooms_first="3", highest_rent="1000")


def edits_the_household(scene: Scene) -> None:
    _edit(scene, "application/need/", reasons="separation")


def types_another_address(scene: Scene) -> None:
    _edit(scene, scene.page_of_hidden("contact"), email=_TYPED, contact_language="sv")


def types_another_name(scene: Scene) -> None:
    _edit(scene, scene.page_of_hidden("name"), last_name="Korhonen", first_names="Eino Emil")


def types_nonsense(scene: Scene) -> None:
    _edit(scene, scene.page_of_hidden("identity-code"), hetu="030587-9012")


def removes_the_hidden_adult(scene: Scene) -> None:
    _begin_edit(scene)
    scene.main.presses(f"application/co-applicants/{scene.hidden}/remove/")
    _save_edit(scene)


def leaves_an_edit_open(scene: Scene) -> None:
    _begin_edit(scene)
    scene.main.fills_in(scene.page_of_hidden("contact"), email=_TYPED)


def asks_for_a_new_link(scene: Scene) -> None:
    scene.main.comes(scene.now)
    scene.main.presses(f"e-service/{scene.application.pk}/invite/{scene.hidden}/")


def main_applicant_confirms(scene: Scene) -> None:
    _confirm(scene, scene.main)


def others_confirm(scene: Scene) -> None:
    for each in scene.others.values():
        who = arrived(NAMED[each.named], now=scene.now)
        completed(scene.application, who, now=scene.now)
        _confirm(scene, each)


def another_declines(scene: Scene) -> None:
    for each in list(scene.others.values())[:1]:
        each.comes(scene.now)
        each.presses(f"e-service/{scene.application.pk}/decline/")


def another_leaves(scene: Scene) -> None:
    for each in list(scene.others.values())[:1]:
        each.comes(scene.now)
        each.presses(f"e-service/{scene.application.pk}/leave/")


def the_others_go_on(scene: Scene) -> None:
    """Continue without the adults who left."""
    scene.main.comes(scene.now)
    scene.main.presses(f"e-service/{scene.application.pk}/continue-without/")


def renews(scene: Scene) -> None:
    scene.main.comes(scene.now)
    scene.main.fills_in(f"e-service/{scene.application.pk}/renew/")


def discards(scene: Scene) -> None:
    scene.main.comes(scene.now)
    scene.main.presses(f"e-service/{scene.application.pk}/discard/")


def withdraws(scene: Scene) -> None:
    scene.main.comes(scene.now)
    own = f"e-service/{scene.application.pk}/withdraw/"
    scene.main.presses(own if scene.is_main_identified else "application/withdraw/")


def hidden_adult_confirms(scene: Scene) -> None:
    """Confirming shows; what was done before it does not. The details given are the same in both runs."""
    given = OTHER_DETAILS | {
        "first_names": "Eino",
        "email": OWN,
        "phone": "+358408888888",
        "contact_language": "fi",
    }
    who = scene.eino()
    corrected(scene.application, who, given, now=scene.now)
    confirmed(scene.application, who, now=scene.now)


def invitation_bounces(scene: Scene) -> None:
    message = Message.objects.filter(topic="invitation", applicant_id=scene.hidden).latest("written_at")
    Message.objects.filter(pk=message.pk).update(sent_at=scene.now, delivery="handed-over", send_at=None)
    verdict = classify_reply(Stage.REPORT, status="5.1.1")
    record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=scene.now)


def passes(days: int) -> Callable[[Scene], None]:
    def time_passes(scene: Scene) -> None:
        scene.now += timedelta(days=days)
        run_timers(now=scene.now)

    time_passes.__name__ = f"{days}_days_pass"
    return time_passes


PUBLIC_ACTS: tuple[Callable[[Scene], None], ...] = (
    edits_a_wish,
    edits_the_household,
    types_another_address,
    types_another_name,
    types_nonsense,
    removes_the_hidden_adult,
    leaves_an_edit_open,
    asks_for_a_new_link,
    main_applicant_confirms,
    others_confirm,
    another_declines,
    another_leaves,
    the_others_go_on,
    renews,
    discards,
    withdraws,
    hidden_adult_confirms,
    invitation_bounces,
    *map(passes, (1, 4, 12, 26, 46, 92)),
)


def _begin_edit(scene: Scene) -> None:
    scene.main.comes(scene.now)
    own = f"e-service/{scene.application.pk}/edit/"
    scene.main.presses(own if scene.is_main_identified else "application/edit/")


def _save_edit(scene: Scene) -> None:
    html = scene.main.sees("application/check/")
    revision = re.search(r'name="revision" value="(\d+)"', html)
    scene.main.presses("application/edit/save/", revision=revision[1] if revision else "")


def _edit(scene: Scene, page: str, **answers: str) -> None:
    _begin_edit(scene)
    scene.main.fills_in(page, **answers)
    _save_edit(scene)


def _confirm(scene: Scene, observer: Observer) -> None:
    observer.comes(scene.now)
    html = observer.sees(f"confirming/{scene.application.pk}/")
    version = re.search(r'name="version" value="([^"]+)"', html)
    observer.presses(f"confirming/{scene.application.pk}/confirm/", version=version[1] if version else "")
