"""Leaks that are planted one at a time, each with a life in which it shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from kanssa.applications.aggregate import visibility
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.non_disclosure import has_non_disclosure
from kanssa.applications.models import Version
from kanssa.applications.notifications import announcements, timed_messages
from kanssa.applications.notifications.recipients import notify
from kanssa.applications.reading import queries
from kanssa.applications.transitions.invitations import end_invitation
from kanssa.messages.topics import Topic
from kanssa.usecases.confirmation import claim_applicants, decline_application
from kanssa.usecases.invitations import resend_invitation
from kanssa.usecases.lifecycle import edit_application
from kanssa.web.account import views
from tests.noninterference.hidden_acts import (
    completes_as_typed,
    corrects,
    declines,
    gets_a_non_disclosure_order,
    identifies,
)
from tests.noninterference.public_acts import asks_for_a_new_link, edits_a_wish, passes
from tests.noninterference.scene import Household, Scene
from tests.noninterference.two_runs import Life

_HOUSEHOLD = Household(("hilma",), 0, "own", "fi", is_main_identified=True)
Act = Callable[[Scene], None]


@dataclass(frozen=True)
class PlantedLeak:
    """A leak to plant, and a life in which it shows."""

    plant: Callable[[], AbstractContextManager[object]]
    life: Life


def _instead(where: object, name: str, make: Callable[[Any], Any]) -> Callable[[], Any]:
    """Replace a function by what `make` returns of it."""
    return lambda: patch.object(where, name, make(getattr(where, name)))


def _life(hidden: Act, public: Act | None = None) -> Life:
    if public is None:
        return Life(_HOUSEHOLD, (), last=(hidden,))
    return Life(_HOUSEHOLD, (((hidden,), public),))


def _marked(other_adult: Any) -> Any:
    def marked(key: Any, loaded: LoadedApplication) -> Any:
        seen = other_adult(key, loaded)
        return replace(seen, name=f"{seen.name} ✓") if loaded.applicants[key].person_id else seen

    return marked


def _lacking_nothing(other_adult: Any) -> Any:
    def given(key: Any, loaded: LoadedApplication) -> Any:
        seen = other_adult(key, loaded)
        return replace(seen, missing=frozenset()) if has_non_disclosure(loaded.applicants[key]) else seen

    return given


def _identified_first(visible_to: Any) -> Any:
    def sorted_by_identification(key: Any, loaded: LoadedApplication) -> Any:
        seen = visible_to(key, loaded)
        rows = loaded.applicants
        others = sorted(seen.others, key=lambda other: rows[other.applicant_id].person_id is None)
        return replace(seen, others=tuple(others))

    return sorted_by_identification


def _not_for_identified(can_be_invited: Any) -> Any:
    def unless_identified(loaded: LoadedApplication, key: Any) -> bool:
        return loaded.applicants[key].person_id is None and can_be_invited(loaded, key)

    return unless_identified


def _not_for_declined(remind: Any) -> Any:
    def unless_declined(loaded: LoadedApplication, adult: Any, cause: str) -> None:
        if loaded.applicants[adult].declined_at is None:
            remind(loaded, adult, cause)

    return unless_declined


def _announced_to_main(save: Any) -> Any:
    def announced(loaded: LoadedApplication) -> Any:
        notify(loaded, loaded.main_applicant.pk, Topic.EXPIRY, cause="declined")
        return save(loaded)

    return announced


def _only_while_unidentified(require_allowed: Any) -> Any:
    def allowed(loaded: LoadedApplication, applicant: Any) -> None:
        if applicant.person_id is None:
            require_allowed(loaded, applicant)

    return allowed


def _ending_the_link(take: Any) -> Any:
    def taken(loaded: LoadedApplication, *rest: Any) -> Any:
        applicant = take(loaded, *rest)
        if applicant is not None:
            end_invitation(loaded, applicant)
        return applicant

    return taken


def _with_a_tag(render_page: Any) -> Any:
    def tagged(*args: Any, **kwargs: Any) -> Any:
        page = render_page(*args, **kwargs)
        page["ETag"] = f'"{Version.objects.count()}"'
        return page

    return tagged


def _as_it_is(_as_typed: Any) -> Any:
    return lambda _loaded, content: content


PLANTED: dict[str, PlantedLeak] = {
    "the status page marks who has identified": PlantedLeak(
        _instead(visibility, "other_adult", _marked), _life(identifies)
    ),
    "corrections show before they are confirmed": PlantedLeak(
        _instead(visibility, "_is_unconfirmed", lambda _was: lambda *_args: False), _life(corrects)
    ),
    "a non-disclosure order makes all answers given": PlantedLeak(
        _instead(visibility, "other_adult", _lacking_nothing), _life(gets_a_non_disclosure_order)
    ),
    "the identified are named first": PlantedLeak(
        _instead(queries, "visible_to", _identified_first), _life(identifies)
    ),
    "no new link is offered for an adult who has identified": PlantedLeak(
        _instead(LoadedApplication, "can_be_invited", _not_for_identified), _life(identifies)
    ),
    "reminders to the typed address stop with declining": PlantedLeak(
        _instead(timed_messages, "_remind", _not_for_declined), _life(declines, passes(4))
    ),
    "declining is announced to the main applicant": PlantedLeak(
        _instead(decline_application, "save", _announced_to_main), _life(declines)
    ),
    "the pause between links holds only before identification": PlantedLeak(
        _instead(resend_invitation, "require_invitation_allowed", _only_while_unidentified),
        Life(_HOUSEHOLD, (((identifies,), asks_for_a_new_link), ((), asks_for_a_new_link))),
    ),
    "the typed address hears that it was replaced": PlantedLeak(
        _instead(announcements, "has_given", lambda _was: lambda *_args: True), _life(corrects)
    ),
    "the link in the mailbox ends when its adult has identified": PlantedLeak(
        _instead(claim_applicants, "_take", _ending_the_link), _life(identifies)
    ),
    "a header counts the versions": PlantedLeak(
        _instead(views, "render_page", _with_a_tag), _life(completes_as_typed)
    ),
    "the answer to an edit is compared with corrections of others": PlantedLeak(
        _instead(edit_application, "as_typed", _as_it_is), _life(corrects, edits_a_wish)
    ),
}
