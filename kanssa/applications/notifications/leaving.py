"""Tell the adults who remain that one has left."""

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import visible_facts_of
from kanssa.applications.content.content import first_name
from kanssa.applications.models import Applicant
from kanssa.applications.notifications.recipients import known_recipients, notify
from kanssa.applications.states import State
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
