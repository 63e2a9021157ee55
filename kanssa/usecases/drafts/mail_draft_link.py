from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.accounts.visitor_limits import mailbox_key_of, visitor_limit_of
from kanssa.applications.aggregate.drafts import locked_draft
from kanssa.applications.refusals import DraftLinksFromHereUsedUp, DraftLinksUsedUp
from kanssa.applications.states import Action
from kanssa.applications.transitions.draft_links import send_draft_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import limited, use_case
from kanssa.values.actor import Actor

_DAY = timedelta(days=1)


def _network_limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.MAX_DRAFT_LINKS_PER_ADDRESS
    return [Limit("draft-link-address", given.get("network", ""), most, settings.ADDRESS_LIMIT_WINDOW)]


def _recipient_limits(given: Mapping[str, Any]) -> list[Limit]:
    mailbox, draft, most = (
        mailbox_key_of(given["address"]),
        str(given["application_id"]),
        settings.MAX_DAILY_DRAFT_LINKS,
    )
    return [
        Limit("draft-link-draft", draft, most, _DAY),
        Limit("draft-link-mailbox", mailbox, most, _DAY),
        visitor_limit_of(given["address"]),
    ]


@limited(DraftLinksFromHereUsedUp, _network_limits)
@limited(DraftLinksUsedUp, _recipient_limits)
@use_case(Action.MAIL_DRAFT_LINK)
def mail_draft_link(
    *,
    application_id: UUID,
    address: str,
    language: str,
    network: str = "",  # noqa: ARG001 for the limit
    actor: Actor,
    now: datetime,
) -> None:
    """Mail a link for continuing a draft on any device; an earlier link ends.

    `network` is the network address of the request.
    Refuses: DraftLinksFromHereUsedUp, DraftLinksUsedUp, NoSuchApplication.
    """
    draft = locked_draft(application_id)
    send_draft_link(draft, address=address, language=language, now=now)
    record(EventKind.DRAFT_LINK_SENT, actor=actor, now=now, application_id=application_id)
