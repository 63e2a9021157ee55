from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kanssa.applications.casework.cases import AccessReason
from kanssa.identification.document_checks import CheckOutcome, CheckQueue
from kanssa.identification.sessions import ACCOUNT, DESK
from kanssa.web.staff.desk.forms import DEPARTURE_GROUNDS, EXTENSION_GROUNDS, PROTECTION_GROUNDS

LISTS: dict[str, str | Promise] = {
    CheckQueue.ALL: _("All checks at the desk"),
    CheckQueue.REVIEW: _("To be reviewed: a random tenth, and checks that are always reviewed"),
    CheckQueue.TASKS: _("Clerks ask for a decision"),
}
OUTCOMES: dict[str, str | Promise] = {
    CheckOutcome.ANNULLED: _("Annulled"),
    CheckOutcome.KEPT: _("Not annulled: the identification remains in force"),
    CheckOutcome.IDENTIFY: _("To be identified without an acceptable document"),
    CheckOutcome.REFUSE: _("Not to be identified"),
}
REVIEWS: dict[str, str | Promise] = {"good": _("Reviewed: in order"), "wrong": _("Reviewed: wrong")}
ANSWERS: dict[str, str | Promise] = {
    "photo": _("Is the person here the one in the photo?"),
    "name": _("Is the name the same as on the application?"),
    "born": _("Is the date of birth the same as on the application?"),
    "unverified": _("Is the document marked so that its holder’s identity has not been verified?"),
    "code": _("Is the identity code of the application on the document, or in the population register?"),
}
ANNULMENT_REASONS: dict[str, str | Promise] = {
    "mistaken": _("A mistake: another person or another application"),
    "forged": _("The document was forged or belonged to another person"),
    "other": _("Something else"),
}
GROUNDS: dict[str, str | Promise] = {
    **ANNULMENT_REASONS,
    "in-order": _("The identification is in order"),
    "register": _("The person answered what only they can know, compared with a register"),
    "other-document": _("Another document of an authority, with a photo"),
    "authority": _("An employee of an authority knows the person and identified themselves"),
    "not-known": _("The person’s identity cannot be determined"),
}
CONFIRMATION_ANNULMENT_REASONS: dict[str, str | Promise] = {
    "another-person": _("Another person gave it, or was mistaken for this one"),
    "forged": _("It was given in their name without their will"),
    "other": _("Something else"),
}
DEPARTURE_UNDO_REASONS: dict[str, str | Promise] = {
    "another-person": _("Another person was meant"),
    "untrue": _("The information was not true"),
    "other": _("Something else"),
}
LAPSE_REASONS: dict[str, str | Promise] = {
    "outage": _("The service or a broker did not work"),
    "wrong-advice": _("We gave wrong advice"),
    "message": _("A message of ours did not arrive, through our fault"),
    "other": _("Something else"),
}
_FORMER_DEPARTURE_GROUNDS = {
    "relative": _("A relative or another adult on the application told us, by telephone or in writing"),
}
"""Grounds of earlier records: another applicant's word alone is not enough any more (DOMAIN, rule 8)."""

DECISIONS: dict[tuple[str, str], str | Promise] = {
    ("task-decided", "accepted"): _("Accepted as the person named"),
    ("task-decided", "rejected"): _("Not accepted as the person named"),
    ("departure-recorded", "died"): _("Recorded that a person died"),
    ("departure-recorded", "moved"): _("Recorded that a person moved away"),
    ("departure-taken-back", "died"): _("Undid the record that a person died"),
    ("departure-taken-back", "moved"): _("Undid the record that a person moved away"),
    ("confirmation-annulled", ""): _("Annulled a confirmation"),
    ("time-extended", ""): _("Extended the time to confirm"),
    ("lapse-undone", ""): _("Undid a lapse"),
    ("place-freed", ""): _("Released an applicant from a person who is not the one named"),
}
DECISION_REASONS: dict[str, dict[str, str | Promise]] = {
    "departure-recorded": {**DEPARTURE_GROUNDS, **_FORMER_DEPARTURE_GROUNDS},
    "departure-taken-back": DEPARTURE_UNDO_REASONS,
    "confirmation-annulled": ANNULMENT_REASONS | CONFIRMATION_ANNULMENT_REASONS,
    "time-extended": EXTENSION_GROUNDS,
    "lapse-undone": LAPSE_REASONS,
    "place-freed": CONFIRMATION_ANNULMENT_REASONS,
}
METHODS: dict[str, str | Promise] = {
    DESK: _("at the service desk"),
    ACCOUNT: _("with a username"),
}
LEFT: dict[str, str | Promise] = {
    "died": _("Recorded as dead"),
    "moved": _("Recorded as moved away"),
    "left": _("Left the application by themselves"),
}
REASONS: dict[str, str | Promise] = {
    AccessReason.VISIT: _("The person is here"),
    AccessReason.CONTACT: _("The person called or wrote"),
    AccessReason.TASK: _("A task of the service"),
    AccessReason.REVIEW: _("A review of clerks’ actions"),
    AccessReason.CORRECTION: _("A correction"),
}
WHY: dict[str, str | Promise] = {**REASONS, **PROTECTION_GROUNDS}
PROTECTED_READ_KINDS: dict[str, str | Promise] = {
    "recorded": _("Recorded an order"),
    "ended": _("Recorded the end of an order"),
    "ended-by-guardian": _("Recorded the end of an order, as a guardian wished"),
    "case": _("The application, without contacts"),
    "adult": _("To be identified or written to, without contacts"),
    "check": _("A check at the desk"),
    "contacts": _("Contacts, municipality and address"),
}
WAYS: dict[str, str | Promise] = {
    DESK: _("At the desk"),
    ACCOUNT: _("With the username created with the desk’s slip"),
}
ONLINE_WAY = _("By banking credentials or a mobile certificate, with the recorded identity code")
ENDED: dict[str, str | Promise] = {
    "annulled": _("annulled"),
    "withdrawn": _("withdrawn"),
    "removed": _("removed from the application"),
    "used-elsewhere": _("used for another application"),
    "too-old": _("too old"),
}
