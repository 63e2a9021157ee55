from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.applications.casework.lists import CaseworkList
from kanssa.applications.casework.matching import TaskKind
from kanssa.applications.reading.delivery_troubles import DeliveryTrouble
from kanssa.applications.states import State
from kanssa.values.identity_document import DocumentKind, DocumentProblem, NameDifference
from kanssa.values.mrz import NotAnMrz

STATES: dict[str, str | Promise] = {
    State.SENT: _("Not yet valid"),
    State.VALID: _("Valid"),
    State.LAPSED: _("The time to confirm is over"),
    State.EXPIRED: _("No longer valid"),
    State.REPLACED: _("Replaced by another application"),
    State.WITHDRAWN: _("Withdrawn"),
    State.HOUSED: _("Led to a home"),
}
DOCUMENT_REFUSALS: dict[str, str | Promise] = {
    DocumentProblem.NO_DOCUMENT: _("No document was shown."),
    DocumentProblem.DRIVING_LICENCE: _("A driving licence does not prove identity here."),
    DocumentProblem.NOT_ACCEPTED: _("The document shown is neither a passport nor an identity card."),
    DocumentProblem.UNVERIFIED: _("The document says that its holder’s identity has not been verified."),
    DocumentProblem.EXPIRED: _("The document is no longer valid."),
    DocumentProblem.PHOTO: _("The person is not the one in the photo."),
    DocumentProblem.BORN: _("The date of birth does not match the application."),
    DocumentProblem.NAME: _("The name does not match the application, and nothing explains the difference."),
}
_ZONE_PARTS: dict[str, str | Promise] = {
    "number": _("the document’s number"),
    "born": _("the date of birth"),
    "expires": _("the date of expiry"),
    "personal": _("the personal number"),
    "all": _("the whole line: the last digit"),
}
TOPICS: dict[str, str | Promise] = {
    "received": _("The application was received"),
    "invitation": _("Invitation"),
    "all_confirmed": _("Everybody has confirmed"),
    "confirmed_elsewhere": _("A confirmation was used elsewhere"),
    "reminder": _("Reminder"),
    "change": _("A change needs confirming"),
    "wishes_changed": _("The wishes were changed"),
    "time_extended": _("The time to confirm was extended"),
    "change_lapsed": _("A change was discarded"),
    "expiry": _("The validity ends soon"),
    "lapsed": _("The time to confirm is over"),
    "fallen_back": _("The application lost its validity"),
    "replaced": _("Replaced by another application"),
    "removed": _("Removed from the application"),
    "withdrawn": _("Withdrawn"),
    "left": _("An adult left the application"),
    "main_offered": _("Was offered the main applicant’s place"),
    "now_main": _("Became the main applicant"),
    "contact_changed": _("Contact details were changed"),
    "coming_of_age": _("A resident comes of age"),
    "decided": _("A decision by staff"),
    "assisted": _("Confirmed at the desk"),
    "account_opened": _("A username was opened"),
    "account_closed": _("A slip or a username was ended"),
}
PROGRESS: dict[str, str | Promise] = {
    "confirmed": _("Confirmed"),
    "identified": _("Identified, not confirmed"),
    "missing": _("Not identified"),
}
CHECK_PROGRESS: dict[str, str | Promise] = {
    "identify": _("A supervisor has decided that the person may be identified."),
    "refuse": _("A supervisor has decided that the person is not identified."),
    "decision-asked": _("A supervisor has been asked to decide."),
    "annulled": _("A supervisor has annulled it."),
    "annulment-asked": _("A supervisor has been asked to annul it."),
    "kept": _("A supervisor has decided that it remains in force."),
}
FINAL_PROGRESS = ("identify", "annulled")
"""Decisions that change something for the person: shown in bold."""
TROUBLES: dict[str, str | Promise] = {
    DeliveryTrouble.BOUNCED: _("The mail server says that the e-mail address does not exist."),
    DeliveryTrouble.NOT_FOR_ME: _("A person at the address says that the messages are not for them."),
    DeliveryTrouble.DELAYED: _("A message has not arrived yet. We try again for up to five days."),
    DeliveryTrouble.NOT_ARRIVED: _("A message did not arrive. We tried for five days."),
    DeliveryTrouble.HELD: _("We could not deliver a message. The fault is ours, not the address’s."),
}
DELIVERIES: dict[str, str | Promise] = {
    "waiting": _("Waiting"),
    "handed-over": _("Accepted by the mail server"),
    "delayed": _("Not arrived yet, will be tried again"),
    "held": _("Held because of a fault on our side, will be tried again"),
    "no-such-address": _("No such address"),
    "set-aside": _("Did not arrive, no longer tried"),
    "cancelled": _("Not needed"),
}
CHANNELS: dict[str, str | Promise] = {"phone": _("By phone"), "email": _("By e-mail")}
OUTCOMES: dict[str, str | Promise] = {
    "visit-agreed": _("A visit was agreed"),
    "representative-sent": _("A representative comes in their place"),
    "helped-by-phone": _("They were helped by phone with the form"),
    "closed": _("Nothing more is needed"),
}
SLIPS: dict[str, str | Promise] = {
    "waiting": _("Not used yet"),
    "used": _("Used"),
    "replaced": _("Replaced by a newer one"),
    "closed": _("Ended"),
    "wrong-codes": _("Locked by wrong codes"),
    "too-old": _("Too old"),
}
ENDINGS: dict[str, str | Promise] = {
    "slip-lost": _("The slip was lost or stolen"),
    "mailbox-lost": _("Another person has the mailbox, or the person cannot get into it"),
    "known-to-others": _("Another person may know the password or the code"),
    "not-wanted": _("The person no longer wants it"),
}
TASK_KINDS: dict[str, str | Promise] = {
    TaskKind.OTHER_CODE: _(
        "A person with a matching name identified themselves with an identity code that "
        "differs from the application, and asks to be accepted as this person."
    ),
    TaskKind.OTHER_NAME: _(
        "A person identified themselves with the identity code on the application, but no "
        "name matches. They ask whether the application is theirs."
    ),
    TaskKind.NO_CODE: _(
        "A person identified themselves without a Finnish identity code. Their name and date "
        "of birth match the application, which proves nothing by itself: compare everything "
        "that is known."
    ),
    TaskKind.CODE_LATER: _(
        "A person identified themselves with an identity code. Their name and date of birth "
        "match a person on the application who had no code."
    ),
}
LISTS: dict[str, str | Promise] = {
    CaseworkList.SERVED: _("Served today"),
    CaseworkList.WAITING: _("Waiting for longer than seven days"),
    CaseworkList.EXPIRING: _("Expiring within 14 days"),
    CaseworkList.TASKS: _("To be decided"),
}


def zone_error_text(fault: NotAnMrz) -> str | Promise:
    if fault.why == "shape":
        return _("This is not a complete zone: it has two lines of 44 or 36 characters, or three of 30.")
    if fault.why == "date":
        return _("The zone contains a date that does not exist. Type it again.")
    return _("The check digit does not match in line %(line)d: %(part)s.") % {
        "line": fault.line,
        "part": _ZONE_PARTS[fault.part],
    }


KINDS: dict[str, str | Promise] = {
    DocumentKind.PASSPORT: _("Passport"),
    DocumentKind.IDENTITY_CARD: _("Identity card"),
    DocumentKind.DRIVING_LICENCE: _("Driving licence"),
    DocumentKind.OTHER: _("Another document, or none"),
}
DIFFERENCES: dict[str, str | Promise] = {
    NameDifference.NAME_CHANGED: _("The name has changed"),
    NameDifference.TRANSLITERATION: _("The same name in other letters"),
    NameDifference.CALLING_NAME: _("The application has a calling name"),
    NameDifference.MISTYPED: _("The name is mistyped on the application"),
}
