"""Tell the adults who remain that one has left, and offer them the main applicant's place."""

from datetime import timedelta

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import main_place_offers, visible_facts_of
from kanssa.applications.content.content import first_name
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.recipients import is_notified, known_recipients, notify
from kanssa.applications.states import State
from kanssa.messages.queue import has_message_since
from kanssa.messages.topics import Topic


def notify_left(loaded: LoadedApplication, leaver: Applicant) -> None:
    """Write to the known adults who remain: this one left, they may continue without them."""
    name = first_name(visible_facts_of(leaver.pk, loaded))
    for applicant in known_recipients(loaded):
        notify(
            loaded,
            applicant.pk,
            Topic.LEFT,
            cause=f"left:{leaver.pk}",
            leaver=name,
            was_main=leaver.left_as_main,
            is_valid=loaded.state is State.VALID,
        )


def notify_main_place_offered(loaded: LoadedApplication) -> None:
    """Offer the main applicant's place, while it is open, to each adult to offer it to: once.

    Called on every save: identifying, confirming or another adult's leaving can make it theirs to accept.
    """
    opened_at = loaded.main_place_opened_at
    if opened_at is None:
        return
    just_before = opened_at - timedelta(microseconds=1)
    for applicant in main_place_offers(loaded):
        # Asked first: a repeated message would take the turn of the one that still waits.
        if is_notified(loaded, applicant) and not has_message_since(
            applicant.pk, topic=Topic.MAIN_OFFERED, since=just_before
        ):
            cause = f"main-offered:{loaded.main_applicant.pk}:{opened_at.isoformat()}"
            notify(loaded, applicant.pk, Topic.MAIN_OFFERED, cause=cause)


def notify_now_main(loaded: LoadedApplication) -> None:
    """Confirm to the adult who accepted the place that it is theirs."""
    main = loaded.main_applicant.pk
    notify(loaded, main, Topic.NOW_MAIN, cause=f"now-main:{loaded.now.isoformat()}")
