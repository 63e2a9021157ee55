"""Read returned mail: reports (RFC 3464), also damaged ones, and plain texts of mail servers.

The class comes from status and diagnostic codes alone. `flufl.bounce` finds the address a plain text
is about.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import getaddresses
from html import unescape
from quopri import decodestring

from flufl.bounce import all_failures

from kanssa.messages.delivery_states import Delivery, DeliveryReason, Stage, Verdict
from kanssa.messages.reply_classification import classify_reply, code_in, status_in

_ORIGINAL = ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_FIELD = re.compile(
    r"^(final-recipient|original-recipient|action|status|diagnostic-code):[ \t]*(.*(?:\n[ \t]+\S.*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_OWN_WORDS_END = re.compile(
    r"^[ \t>*=_-]*(?:below this line is a copy|this is a copy of (?:the|your) message|"
    r"(?:begin )?(?:forwarded|original|returned|unsent|bounced) (?:message|mail)|"
    r"(?:original|message) (?:message )?(?:headers?|follows|text follows)|"
    r"content-type:[ \t]*(?:message/rfc822|text/rfc822-headers)|return-path:)",
    re.IGNORECASE | re.MULTILINE,
)
_ORIGINAL_BEGINS = re.compile(
    r"^content-type:[ \t]*(?:message/rfc822|text/rfc822-headers|message/global)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL_SYSTEMS = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?daemon|mail\.?delivery.*|microsoftexchange.*|mdaemon|"
    r"system-?administrator|mail-?system|mailsystem)$",
    re.IGNORECASE,
)
_LINE_WITH_CODE = re.compile(
    r"[^\n]*(?:(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)|(?<![\w.])[45]\d\d(?=[ \-#]))[^\n]*"
)
_FOLLOWS_A_REFUSAL = re.compile(r"\b503\b|\b5\.5\.1\b")
_NAMED = re.compile(r"^[ \t]*<?([^\s<>@:]+@[^\s<>@:]+)>?:?(?=[ \t\r]|$)", re.MULTILINE)
"""A line that begins with an address, for servers whose format `flufl.bounce` does not know."""
_UNINFORMATIVE = ("", "5.0.0", "4.0.0")


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A mail server's report. `about` are the addresses named; `is_late`: the server keeps trying."""

    verdict: Verdict
    about: frozenset[str] = frozenset()
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """A report's fields about one recipient."""

    action: str
    status: str
    diagnostic: str
    about: frozenset[str]


def parse_report(raw: bytes) -> BounceReport | None:
    """Read a mail server's report; None where no server speaks, or it is not understood."""
    mail = message_from_bytes(raw)
    groups = [*_groups_in(mail)] or [*_groups_in_damaged(mail, raw)]
    reports = [report for group in groups if (report := _report_on(group)) is not None]
    if groups:
        # A report may speak of several recipients, or of one several times.
        return _gravest(reports)
    return _plain_report(mail) if _is_from_mail_system(mail) else None


def _gravest(reports: Iterable[BounceReport]) -> BounceReport | None:
    return next(iter(sorted(reports, key=lambda report: report.is_late)), None)


def _groups_in(mail: Mail) -> Iterator[_Group]:
    for part in _own_parts(mail):
        if part.get_content_type() in _STATUS_PARTS:
            yield from _groups_of(part)


def _groups_of(part: Mail) -> Iterator[_Group]:
    for text in re.split(r"\n[ \t]*\n", _fields_of(part)):
        if (group := _group_in(text)) is not None:
            yield group


def _fields_of(part: Mail) -> str:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _text_of(part)
    # Python parses the fields into mails before it undoes an encoding.
    text = "\n".join(each.as_string() for each in payload if isinstance(each, Mail)).replace("\r\n", "\n")
    match str(part.get("Content-Transfer-Encoding", "")).strip().lower():
        case "base64":
            return b64decode(text).decode("utf-8", "replace").replace("\r\n", "\n")
        case "quoted-printable":
            return decodestring(text.encode()).decode("utf-8", "replace")
    return text


def _groups_in_damaged(mail: Mail, raw: bytes) -> Iterator[_Group]:
    if not _is_from_mail_system(mail):
        return
    # With damaged boundaries or type the fields are in plain text.
    body = raw.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[2]
    for text in re.split(r"\n[ \t]*\n", body):
        group = _group_in(text)
        if group is not None:
            yield group
        if _ORIGINAL_BEGINS.search(text):
            return


def _group_in(text: str) -> _Group | None:
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text.replace("\r\n", "\n")):
        # The first counts: a later one may quote the message.
        fields.setdefault(name.lower(), " ".join(value.split()))
    if "action" not in fields:
        return None
    named = [fields.get(name, "") for name in ("final-recipient", "original-recipient")]
    return _Group(
        action=fields["action"].partition(" ")[0].partition("(")[0].strip().lower(),
        status=status_in(fields.get("status", "")),
        diagnostic=fields.get("diagnostic-code", ""),
        about=frozenset(address for field in named if (address := _address_in(field))),
    )


def _address_in(field: str) -> str:
    return field.partition(";")[2].strip().strip("<>").strip()


def _report_on(group: _Group) -> BounceReport | None:
    if group.action == "failed":
        return BounceReport(_verdict_of(group), group.about)
    if group.action == "delayed":
        late = classify_reply(Stage.REPORT, status=group.status or "4.0.0", text=group.diagnostic)
        return BounceReport(Verdict(Delivery.DELAYED, late.reason, late.code), group.about, is_late=True)
    return None


def _verdict_of(group: _Group) -> Verdict:
    _kind, _semicolon, wording = group.diagnostic.partition(";")
    # The remote server's own words count first; where they and the status disagree, no address is blamed.
    candidates = []
    if status_in(wording) or code_in(wording):
        candidates.append(classify_reply(Stage.REPORT, text=wording))
    if group.status not in _UNINFORMATIVE:
        candidates.append(classify_reply(Stage.REPORT, status=group.status, text=wording))
    if not candidates and wording.strip() and group.status == "5.0.0":
        by_words = classify_reply(Stage.REPORT, status=group.status, text=wording)
        candidates += [by_words] if by_words.reason is not DeliveryReason.REFUSED else []
    if candidates:
        return _most_careful(candidates)
    if group.status == "4.0.0":
        return Verdict(Delivery.DELAYED, DeliveryReason.TRY_LATER, group.status)
    return Verdict(Delivery.SET_ASIDE, DeliveryReason.UNKNOWN, group.status or "failed")


def _most_careful(candidates: list[Verdict]) -> Verdict:
    others = [each for each in candidates if each.delivery is not Delivery.NO_SUCH_ADDRESS]
    return (others or candidates)[0]


def _plain_report(mail: Mail) -> BounceReport | None:
    wording = _own_words(mail)
    about = _named_by_shape(mail) or frozenset(_NAMED.findall(wording))
    lines = _LINE_WITH_CODE.findall(wording)
    telling = [line for line in lines if not _FOLLOWS_A_REFUSAL.search(line)]
    if not about or not telling:
        return None
    return BounceReport(_most_careful([classify_reply(Stage.REPORT, text=line) for line in telling]), about)


def _named_by_shape(mail: Mail) -> frozenset[str]:
    temporary, permanent = all_failures(mail)
    return frozenset(each.decode("utf-8", "replace") for each in {*temporary, *permanent})


def _own_words(mail: Mail) -> str:
    texts = [_text_of(part) for part in _own_parts(mail) if part.get_content_maintype() == "text"]
    wording = "\n".join(texts).replace("\r\n", "\n")
    end = _OWN_WORDS_END.search(wording)
    return wording[: end.start()] if end else wording


def _own_parts(mail: Mail) -> Iterator[Mail]:
    if mail.get_content_type() in _ORIGINAL:
        return
    payload = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Mail):
                yield from _own_parts(part)
        return
    yield mail


def _text_of(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = payload.decode("utf-8", "replace")
    return unescape(re.sub(r"<[^>@]*>", " ", text)) if part.get_content_subtype() == "html" else text


def _is_from_mail_system(mail: Mail) -> bool:
    if mail.get("X-Failed-Recipients"):
        return True
    # People and auto-replies use their own names.
    senders = getaddresses([str(value) for value in mail.get_all("From", [])])
    return any(_MAIL_SYSTEMS.match(address.partition("@")[0]) for _name, address in senders)
