"""The meaning of mail servers' answers: codes of RFC 3463 and 5321, and the accompanying text.

If code and text disagree, do not blame the address.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from kanssa.messages.delivery_states import Delivery, DeliveryReason, Stage, Verdict

_ENHANCED = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?![\w]|\.\d)", re.ASCII)
_BASIC = re.compile(r"(?<![\w.])([245]\d\d)(?=[ \-#]|$)", re.ASCII)

_DELAYED, _HELD, _NONE = Delivery.DELAYED, Delivery.HELD, Delivery.NO_SUCH_ADDRESS

_BY_STATUS: Mapping[str, tuple[Delivery, DeliveryReason]] = MappingProxyType(
    {
        "1.1": (_NONE, DeliveryReason.NO_MAILBOX),
        "1.2": (_NONE, DeliveryReason.NO_DOMAIN),
        "1.3": (_NONE, DeliveryReason.BAD_SYNTAX),
        "1.6": (_NONE, DeliveryReason.MOVED),
        "1.7": (_HELD, DeliveryReason.SENDER),
        "1.8": (_HELD, DeliveryReason.SENDER),
        "1.9": (_HELD, DeliveryReason.RELAY),
        "1.10": (_NONE, DeliveryReason.NO_DOMAIN),
        "2.0": (_DELAYED, DeliveryReason.MAILBOX_CLOSED),
        "2.1": (_DELAYED, DeliveryReason.MAILBOX_CLOSED),
        "2.2": (_DELAYED, DeliveryReason.MAILBOX_FULL),
        "2.3": (_HELD, DeliveryReason.SIZE),
        "2.4": (_DELAYED, DeliveryReason.MAILBOX_CLOSED),
        "3.0": (_HELD, DeliveryReason.REFUSED),
        "3.1": (_DELAYED, DeliveryReason.SERVER_BUSY),
        "3.2": (_DELAYED, DeliveryReason.SERVER_BUSY),
        "3.3": (_HELD, DeliveryReason.PROTOCOL),
        "3.4": (_HELD, DeliveryReason.SIZE),
        "3.5": (_HELD, DeliveryReason.RELAY),
        "4.7": (_DELAYED, DeliveryReason.TIMED_OUT),
        "4.310": (_NONE, DeliveryReason.NO_DOMAIN),
        "6.7": (_HELD, DeliveryReason.SMTPUTF8),
        "6.8": (_HELD, DeliveryReason.SMTPUTF8),
        "6.9": (_HELD, DeliveryReason.SMTPUTF8),
        "6.10": (_HELD, DeliveryReason.SMTPUTF8),
    }
)
"""Subject and detail of permanent statuses; Exchange Online uses `4.310` for a domain that does not exist."""

_BY_SUBJECT: Mapping[str, tuple[Delivery, DeliveryReason]] = MappingProxyType(
    {
        "2": (_DELAYED, DeliveryReason.MAILBOX_CLOSED),
        "3": (_HELD, DeliveryReason.REFUSED),
        "4": (_DELAYED, DeliveryReason.UNREACHABLE),
        "5": (_HELD, DeliveryReason.PROTOCOL),
        "6": (_HELD, DeliveryReason.CONTENT),
        "7": (_HELD, DeliveryReason.POLICY),
    }
)
_BY_CODE: Mapping[int, tuple[Delivery, DeliveryReason]] = MappingProxyType(
    {
        530: (_HELD, DeliveryReason.RELAY),
        534: (_HELD, DeliveryReason.RELAY),
        535: (_HELD, DeliveryReason.RELAY),
        538: (_HELD, DeliveryReason.RELAY),
        552: (_DELAYED, DeliveryReason.MAILBOX_FULL),
        556: (_NONE, DeliveryReason.NO_DOMAIN),
    }
)
_VAGUE = frozenset({"0.0", "1.0", "3.0", "5.0"})
"""Permanent statuses that servers use for unknown users and for other faults; the text decides."""


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_OF_SIZE = _words(
    r"(message|mail|content|data).{0,30}(too (big|large|long)|size|exceed)", r"size.{0,20}(limit|exceed)"
)
_FULL = _words(
    r"(mailbox|inbox|account|user).{0,40}\b(full|over ?quota|over (its|the|their)?\s*(quota|storage))",
    r"(over|exceed\w*)[ -]?(the |its |their )?(mail|storage |disk )?(box )?quota",
    r"quota (is )?(exceeded|full)",
    r"exceed\w* storage",
    r"out of (disk |storage )?(space|storage)",
    r"insufficient (system )?storage",
)
_OF_RELAYING = _words(
    r"\brelay(ing)?\b.{0,30}(den|not |prohibit|refus|reject|disallow)",
    r"(unable|not (permitted|allowed)|(do|does|will|can) ?n[o']t).{0,12}\brelay",
    r"rcpthosts",
    r"authentication (is )?required|must authenticate|not authenticated",
)
_OF_US = _words(
    r"\bsender\b",
    r"\bspam|\bjunk\b|unsolicited|\bbulk\b",
    r"black ?list|block ?list|\bdnsbl\b|\brbl\b|spamhaus|spamcop|barracuda|\bblocked\b|\bbanned\b",
    r"reputation|\bpolic(y|ies)\b|administrative(ly)? (prohibit|reject|den)",
    r"\bspf\b|\bdkim\b|\bdmarc\b|\brdns\b|\bptr\b|reverse dns|\bhelo\b|\behlo\b",
    r"\brate\b|too many|throttl",
    r"client host|your (ip|host|server|domain|network|message|mail)|\bvirus\b|malware|\bphish",
)
_UNKNOWN_USER = _words(
    r"(user|recipient|mailbox|account|addressee|address|alias|local[ -]part|person|name)s? "
    r"(is |was )?(unknown|not (found|known|exist\w*|listed)|does ?n[o']t exist|invalid)",
    r"(unknown|no such|no|nonexist[ae]nt|non-existent|not a (valid|known)|invalid|illegal) "
    r"(or illegal |local |virtual |mail)?"
    r"(user|recipient|mailbox|account|addressee|alias|local[ -]part|person|address)\b"
    r"(?! (syntax|format))",
    r"(user|recipient|mailbox|account|address|alias)\b.{0,60}"
    r"\b(does ?n[o']t|do ?n[o']t|did ?n[o']t|not) (exist|have an? \S+ account|found)",
    r"this user does ?n[o']t have an? \S+ account",
    r"not our customer",
    r"recipientnotfound",
)
_UNKNOWN_DOMAIN = _words(
    r"unrouteable (mail )?(domain|address)",
    r"(host|domain|domain name)( or domain name)? (not found|does ?n[o']t exist|unknown)",
    r"(unknown|no such) (host|domain)",
    r"\bnull ?mx\b|does not accept mail",
)
_TEMPORARY_NAME = _words(r"try again|temporar|timed? ?out")
_MOVED = _words(r"(please )?try(ing)? <?[^\s<>@]+@", r"\bhas moved to\b")
_BAD_SYNTAX = _words(r"(bad|invalid|malformed|illegal).{0,30}address (syntax|format)", r"address syntax")


def classify_reply(stage: Stage, *, code: int | None = None, status: str = "", text: str = "") -> Verdict:
    """Classify an answer. Pure.

    `code` is the basic reply code, `status` the enhanced one; a missing one is looked up in `text`.
    """
    status = status or status_in(text)
    code = code if code is not None else code_in(text)
    reply_code = status or (str(code) if code else "")
    delivery, reason = _read(code, status, text)
    if delivery is Delivery.NO_SUCH_ADDRESS and not _may_blame(stage, text):
        delivery, reason = _HELD, _cause_of_ours_in(text) or DeliveryReason.REFUSED
    return Verdict(delivery, reason, reply_code)


def status_in(text: str) -> str:
    found = _ENHANCED.search(text)
    return found[0] if found else ""


def code_in(text: str) -> int | None:
    found = _BASIC.search(text)
    return int(found[1]) if found else None


def _may_blame(stage: Stage, text: str) -> bool:
    # Whether an answer at this stage can concern the recipient, and its text mentions nothing else.
    return stage in {Stage.RECIPIENT, Stage.DATA, Stage.REPORT} and _cause_of_ours_in(text) is None


def _read(code: int | None, status: str, text: str) -> tuple[Delivery, DeliveryReason]:
    if status.startswith("4.") or (code is not None and 400 <= code < 500):  # noqa: PLR2004 RFC 5321
        return _DELAYED, _delay_of(status, text)
    if _FULL.search(text):
        return _DELAYED, DeliveryReason.MAILBOX_FULL
    kind = status.partition(".")[2]
    if kind and kind not in _VAGUE:
        return _by_status(kind, text)
    return _by_words(code, text)


def _delay_of(status: str, text: str) -> DeliveryReason:
    if status == "4.2.2" or _FULL.search(text):
        return DeliveryReason.MAILBOX_FULL
    if status == "4.4.7":
        return DeliveryReason.TIMED_OUT
    return DeliveryReason.TRY_LATER


def _by_status(kind: str, text: str) -> tuple[Delivery, DeliveryReason]:
    if kind == "4.4" and _UNKNOWN_DOMAIN.search(text) and not _TEMPORARY_NAME.search(text):
        return _NONE, DeliveryReason.NO_DOMAIN  # Postfix: name servers report no such domain
    subject = kind.partition(".")[0]
    delivery, reason = _BY_STATUS.get(kind) or _BY_SUBJECT.get(subject) or (_HELD, DeliveryReason.REFUSED)
    if reason is DeliveryReason.POLICY:
        return delivery, _cause_of_ours_in(text) or reason
    return delivery, reason


def _by_words(code: int | None, text: str) -> tuple[Delivery, DeliveryReason]:
    if ours := _cause_of_ours_in(text):
        return _HELD, ours
    if blamed := _blamed_in(text):
        return _NONE, blamed
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    is_protocol = code is not None and 500 <= code <= 504  # noqa: PLR2004 RFC 5321
    return _HELD, DeliveryReason.PROTOCOL if is_protocol else DeliveryReason.REFUSED


def _cause_of_ours_in(text: str) -> DeliveryReason | None:
    if _OF_RELAYING.search(text):
        return DeliveryReason.RELAY
    if _OF_SIZE.search(text):
        return DeliveryReason.SIZE
    return DeliveryReason.REPUTATION if _OF_US.search(text) else None


def _blamed_in(text: str) -> DeliveryReason | None:
    if _BAD_SYNTAX.search(text):
        return DeliveryReason.BAD_SYNTAX
    if _UNKNOWN_USER.search(text):
        return DeliveryReason.NO_MAILBOX
    if _UNKNOWN_DOMAIN.search(text) and not _TEMPORARY_NAME.search(text):
        return DeliveryReason.NO_DOMAIN
    return DeliveryReason.MOVED if _MOVED.search(text) else None
