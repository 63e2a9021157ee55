"""The delivery states of a message, and the allowed transitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Delivery(StrEnum):
    """Only `NO_SUCH_ADDRESS` means that the address is wrong."""

    WAITING = "waiting"
    HANDED_OVER = "handed-over"
    DELAYED = "delayed"
    HELD = "held"
    NO_SUCH_ADDRESS = "no-such-address"
    SET_ASIDE = "set-aside"
    CANCELLED = "cancelled"


UNSENT = (Delivery.WAITING, Delivery.DELAYED, Delivery.HELD)
"""The states from which a message is sent when it is due."""

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
"""The closed table: a message that was given up is sent again only when a person decides so."""


class Stage(StrEnum):
    """The stage at which a fault appeared."""

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
    """Stable codes for why a message did not arrive, for programs and operators."""

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
    LEFT = "left"


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
"""Faults that may pass by themselves and concern neither the address nor us."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The meaning of a mail server's answer. `code` is its own: `5.1.1`, `550`, or a kind of fault."""

    delivery: Delivery
    reason: DeliveryReason
    code: str = ""
