"""What becomes of a message on its way to a mailbox: the states, and which may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Delivery(StrEnum):
    """Where a message is. Only `NO_SUCH_ADDRESS` says that the address is wrong."""

    WAITING = "waiting"
    HANDED_OVER = "handed-over"
    DELAYED = "delayed"
    HELD = "held"
    NO_SUCH_ADDRESS = "no-such-address"
    SET_ASIDE = "set-aside"
    CANCELLED = "cancelled"


UNSENT = (Delivery.WAITING, Delivery.DELAYED, Delivery.HELD)
"""What is sent, or sent again, once its time has come."""

FAILED_STATES = (Delivery.DELAYED, Delivery.HELD, Delivery.NO_SUCH_ADDRESS, Delivery.SET_ASIDE)

_TRIED = frozenset(
    {
        Delivery.HANDED_OVER,
        Delivery.DELAYED,
        Delivery.HELD,
        Delivery.NO_SUCH_ADDRESS,
        Delivery.SET_ASIDE,
        Delivery.CANCELLED,
    }
)
TRANSITIONS: Mapping[Delivery, frozenset[Delivery]] = MappingProxyType(
    {
        Delivery.WAITING: _TRIED,
        Delivery.DELAYED: _TRIED | {Delivery.WAITING},
        Delivery.HELD: _TRIED | {Delivery.WAITING},
        Delivery.HANDED_OVER: _TRIED - {Delivery.HANDED_OVER},
        Delivery.NO_SUCH_ADDRESS: frozenset({Delivery.WAITING, Delivery.CANCELLED}),
        Delivery.SET_ASIDE: frozenset({Delivery.WAITING, Delivery.CANCELLED}),
        Delivery.CANCELLED: frozenset(),
    }
)
"""The closed table: a message that is given up waits again only when a person says so."""


class Stage(StrEnum):
    """How far a message came before something was said about it."""

    UNSEAL = "unseal"
    LINK = "link"
    ADDRESS = "address"
    RENDER = "render"
    ENCODE = "encode"
    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    REPORT = "report"


class DeliveryReason(StrEnum):
    """Why a message did not arrive: a stable word for programs and for people who run the service."""

    NO_MAILBOX = "no-mailbox"
    NO_DOMAIN = "no-domain"
    BAD_SYNTAX = "bad-syntax"
    MOVED = "moved"
    MAILBOX_FULL = "mailbox-full"
    MAILBOX_CLOSED = "mailbox-closed"
    SERVER_BUSY = "server-busy"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    TRY_LATER = "try-later"
    RELAY = "relay"
    POLICY = "policy"
    REPUTATION = "reputation"
    SIZE = "size"
    SENDER = "sender"
    PROTOCOL = "protocol"
    CONTENT = "content"
    SMTPUTF8 = "needs-smtputf8"
    FORWARDED = "forwarded"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    TOO_OLD = "too-old"
    LINK_ENDED = "link-ended"
    LINK_REPLACED = "link-replaced"
    ADDRESS_CHANGED = "address-changed"
    NOT_FOR_ME = "not-for-me"
    NEWER = "newer-message"
    ENOUGH_TODAY = "enough-today"


NOT_OURS = frozenset(
    {
        DeliveryReason.MAILBOX_FULL,
        DeliveryReason.MAILBOX_CLOSED,
        DeliveryReason.SERVER_BUSY,
        DeliveryReason.TIMED_OUT,
        DeliveryReason.UNREACHABLE,
        DeliveryReason.TRY_LATER,
    }
)
"""What may pass by itself, and is neither the address's fault nor ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer of a mail server means. `code` is what it said: `5.1.1`, `550`, or a kind of fault."""

    delivery: Delivery
    reason: DeliveryReason
    code: str = ""
