from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.applications.aggregate.drafts import begin_draft
from kanssa.applications.refusals import TooManyDrafts
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import limited, use_case
from kanssa.values.actor import Actor


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.MAX_DRAFTS_PER_ADDRESS
    return [Limit("drafts-address", given.get("address", ""), most, settings.ADDRESS_LIMIT_WINDOW)]


@limited(TooManyDrafts, _limits)
@use_case(Action.START)
def start_application(
    *,
    language: str,
    address: str = "",  # noqa: ARG001 the network's, for the limit
    actor: Actor,
    now: datetime,
) -> UUID:
    """Begin an empty draft in this browser; gives its id. Refuses: TooManyDrafts."""
    draft = begin_draft(language=language, now=now)
    record(EventKind.DRAFT_STARTED, actor=actor, now=now, application_id=draft.pk)
    return draft.pk
