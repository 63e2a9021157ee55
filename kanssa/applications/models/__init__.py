from kanssa.applications.models.address_troubles import AddressTrouble
from kanssa.applications.models.application import (
    LEFT,
    Applicant,
    Application,
    Confirmation,
    ContactRecord,
    DraftLink,
    Invitation,
    Part,
    SearchToken,
    Seat,
    Task,
    TermsAcceptance,
    Version,
    draft_is_bound_to,
    new_salt,
)
from kanssa.applications.models.asking_refusals import AskingRefusal
from kanssa.applications.models.browser_hold import BrowserHold
from kanssa.applications.models.outages import OURS, Outage, Pulse
from kanssa.applications.models.proposals import Proposal

__all__ = [
    "LEFT",
    "OURS",
    "AddressTrouble",
    "Applicant",
    "Application",
    "AskingRefusal",
    "BrowserHold",
    "Confirmation",
    "ContactRecord",
    "DraftLink",
    "Invitation",
    "Outage",
    "Part",
    "Proposal",
    "Pulse",
    "SearchToken",
    "Seat",
    "Task",
    "TermsAcceptance",
    "Version",
    "draft_is_bound_to",
    "new_salt",
]
