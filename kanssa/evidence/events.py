"""Every kind of event that the log may hold: its stored name, one sentence, and the names of its facts.

Stored names and fact names never change, since events are immutable: some are older words than the code's.
`docs/events.md` is drawn from here.
"""

from enum import StrEnum
from typing import Self

_OF_A_CONFIRMATION = "confirmation version digest terms assisted archive_reference identification standing"


class EventKind(StrEnum):
    """Each member is its stored name; `sentence` says what it records, `facts` which facts it may hold."""

    sentence: str
    facts: frozenset[str]

    # The default is for the type checker, which takes `EventKind("sent")` for a call of this.
    def __new__(cls, stored: str, sentence: str = "", facts: str = "") -> Self:
        member = str.__new__(cls, stored)
        member._value_ = stored
        member.sentence = sentence
        member.facts = frozenset(facts.split())
        return member

    # Drafts and sending
    DRAFT_STARTED = "draft-begun", "A visitor started a draft."
    DRAFT_LINK_SENT = "draft-link-sent", "A visitor had a link to the draft sent by e-mail."
    DRAFT_RESUMED = "draft-resumed", "A visitor opened the draft by its link."
    DRAFTS_DELETED = "drafts-deleted", "Drafts without a recent change were deleted.", "count"
    COPIED = "copied", "An applicant copied an ended application into a new draft.", "draft"
    OWN_PART_COPIED = (
        "own-part-copied",
        "An adult who was removed or left copied their own part into a new draft.",
        "draft",
    )
    SENT = "sent", "The main applicant sent the application.", "version hash"

    # Identification and applicants' accounts
    IDENTIFIED = "identified", "A person identified online.", "method assurance identification"
    SIGNED_IN = "signed-in", "A person signed in with a username and password.", "identification"
    SIGNED_OUT = "signed-out", "A person's session ended, here or at the broker.", "identification by"
    REAUTHENTICATED = (
        "proved-again",
        "A person who had signed in with a password proved their identity.",
        "identification slip way",
    )
    ACCOUNT_LINK_SENT = "account-link-mailed", "A visitor asked for a link for a username or a password."
    ACCOUNT_OPENED = (
        "account-opened",
        "A person opened a username with an activation code, or moved it to another address.",
        "slip is_moved identification",
    )
    PASSWORD_RESET = "password-set", "A person reset their password by a link.", "identification"
    PASSWORD_CHANGED = "password-changed", "A person changed their password.", "identification"
    SECOND_FACTOR_SET_UP = (
        "second-factor-set-up",
        "A person set up an authenticator or made a list of codes for their username.",
        "way identification",
    )
    SECOND_FACTOR_REMOVED = (
        "second-factor-removed",
        "A person removed the second factor of their username.",
        "identification",
    )
    TERMS_ACCEPTED = "terms-accepted", "A person accepted the terms of use.", "terms language"

    # Claiming and confirming
    APPLICANT_CLAIMED = (
        "place-taken",
        "An identified person was matched to an applicant of the application.",
        "identification",
    )
    CLAIM_REQUESTED = (
        "asked-to-be-taken",
        "A person whose details differ asked staff to accept them as the applicant.",
        "identification",
    )
    MATCH_REQUESTED = (
        "asked-for-match",
        "A person without an application asked staff to look for theirs.",
        "identification tasks",
    )
    DETAILS_CORRECTED = "details-corrected", "An applicant changed their own details.", "version hash"
    PROPOSAL_ACCEPTED = "proposal-taken", "An applicant accepted details that another adult had typed."
    PROPOSAL_REJECTED = "proposal-left", "An applicant rejected details that another adult had typed."
    CONFIRMED = "confirmed", "An applicant confirmed the application.", _OF_A_CONFIRMATION
    DECLINED = "declined", "An applicant declined to confirm."
    ASKING_REFUSED = (
        "asking-refused",
        "An applicant asked not to be asked again at the main applicant’s request.",
    )
    ASKING_ALLOWED = "asking-allowed", "A person took back their wish not to be asked again."
    CONFIRMATION_WITHDRAWN = (
        "confirmation-withdrawn",
        "An applicant withdrew their confirmation.",
        "confirmations",
    )
    CONFIRMATION_ENDS_WITH_PERIOD = (
        "confirmation-ends-with-period",
        "An applicant let their confirmation end with the validity period.",
        "confirmations",
    )

    CHANGES_READ = "changes-read", "An applicant said that they had read the changed wishes.", "version"

    # Invitations and mail
    INVITATION_RESENT = "invitation-resent", "A co-applicant was sent a new link."
    INVITATION_PRINTED = (
        "invitation-printed",
        "A main applicant got a code to hand over to a co-applicant.",
        "invitation",
    )
    NOT_FOR_ME = "not-for-me", "A recipient said that the invitation was not for them.", "invitation"
    ADDRESS_RETRIED = (
        "address-tried-again",
        "An e-mail address was said to be right; what had not arrived was sent again.",
        "messages",
    )
    MESSAGE_BOUNCED = (
        "letter-bounced",
        "A mail server refused or returned a message.",
        "message topic code reason delivery",
    )
    LINK_RENEWED = "link-renewed", "A message with a new link replaced one whose link had ended.", "message"
    LINK_ENDED = "link-ended", "A message was given up because its link had ended.", "message"

    # The life of an application
    EDITED = "edited", "The main applicant sent a change.", "version hash asks proposes"
    CHANGES_DISCARDED = "changes-discarded", "The waiting change was discarded.", "dropped standing"
    RENEWED = "renewed", "The main applicant renewed the application.", "version hash"
    WITHDRAWN = "withdrawn", "The application was withdrawn."
    LEFT = "left", "An adult left the application; their confirmations of it ended.", "confirmations"
    CONTINUED = (
        "continued-without",
        "The main applicant continued without the adults who had left.",
        "version hash asks",
    )
    MAIN_ACCEPTED = (
        "main-place-accepted",
        "An adult accepted the main applicant's place, which was open.",
        "former version",
    )
    HOUSED = "housed", "A signed lease was reported."
    BECAME_VALID = "became-valid", "Every adult has confirmed; it is valid.", "version valid_until state"
    FELL_BACK = "fell-back", "A confirmation that the valid application needed ended; it is no longer valid."
    CONFIRMATIONS_USED_ELSEWHERE = (
        "confirmations-used-elsewhere",
        "Another application of the same people became valid; their confirmations of this one ended.",
        "to state main_applicant",
    )
    CONFIRMATIONS_REVIVED = (
        "confirmations-revived",
        "Confirmations of this application count again: the one that had ended them did not last.",
        "annulled state",
    )
    CLOCK_CONFIRMATION_ENDS = "clock-confirmation-ends", "The time of a confirmation ended.", "at standing"
    CLOCK_FALLS_BACK = "clock-falls-back", "The validity ended while a change waited.", "at standing"
    CLOCK_EXPIRES = "clock-expires", "The validity of the application ended.", "at standing"
    CLOCK_CHANGE_LAPSES = "clock-change-lapses", "The time to confirm a change ran out.", "at standing"
    CLOCK_LAPSES = "clock-lapses", "The time to confirm the application ran out.", "at standing"
    CLOCK_EXTENDS = "clock-extends", "The time to confirm was extended after an outage.", "at standing"
    OUTAGE_MEASURED = "outage-measured", "The service was away, as its worker measured.", "outage begun_at"

    # The service desk: documents
    DESK_IDENTIFIED = (
        "desk-identified",
        "A clerk identified a person by a document, or by a supervisor's decision.",
        "check identification decision acting",
    )
    DESK_REFUSED = "desk-refused", "A clerk did not accept a document.", "check because"
    DECISION_REQUESTED = "decision-asked", "A clerk asked a supervisor to decide on a document.", "check"
    ANNULMENT_REQUESTED = (
        "annulment-asked",
        "A clerk asked a supervisor to annul a document check.",
        "check reason",
    )
    IDENTITY_CODE_RECORDED = (
        "code-recorded",
        "A clerk recorded the identity code of a person who had none.",
        "person merged identification",
    )

    # The service desk: cases
    SEARCHED = "searched", "A member of the staff searched for people.", "search reason found"
    CASE_OPENED = (
        "case-opened",
        "A member of the staff opened an application.",
        "reason task identification",
    )
    ADULT_OPENED = "adult-opened", "A clerk opened the details of an adult.", "purpose reason"
    READ_WHILE_SERVING = "read-while-serving", "A page was shown for a person being served.", "page reason"
    PROTECTED_READ = (
        "protected-read",
        "A member of the staff read the data of a person under a non-disclosure order.",
        "what reason",
    )
    CASEWORK_LISTED = "desk-list-read", "A clerk read a list of cases or tasks.", "which found"
    TASK_DECIDED = "task-decided", "A clerk decided whether a person is the applicant.", "task about outcome"
    CONTACT_RECORDED = "contact-recorded", "A clerk recorded a contact with a customer.", "channel outcome"
    CONFLICT_DECLARED = "own-person-declared", "A member of the staff declared a relation.", "relation"
    ACTIVATION_CODE_ISSUED = "slip-issued", "A clerk issued an activation code.", "person slip"
    ACTIVATION_CODE_ENDED = "slip-ended", "A clerk ended an activation code.", "person slip because"
    ACCOUNT_CLOSED = "account-closed", "A clerk closed a person's username.", "person slip because"
    DEPARTURE_RECORDED = (
        "departure-recorded",
        "A clerk recorded that an adult died or moved away.",
        "because grounds",
    )
    TIME_EXTENDED = "time-extended", "A clerk extended the time to confirm.", "grounds days until"
    NON_DISCLOSURE_RECORDED = (
        "protection-recorded",
        "A clerk recorded or ended a non-disclosure order.",
        "is_protected because identification by_guardian",
    )

    # Supervision
    DESK_CHECK_OPENED = "desk-check-opened", "A supervisor opened a document check.", "check reason"
    DESK_CHECK_DECIDED = (
        "desk-check-decided",
        "A supervisor decided on a document.",
        "check decision outcome grounds",
    )
    DESK_CHECK_ANNULLED = (
        "desk-check-annulled",
        "A supervisor annulled a document check; applicants that depended on it were released.",
        "check decision grounds emptied",
    )
    DESK_CHECK_REVIEWED = "desk-check-reviewed", "A supervisor reviewed a document check.", "check outcome"
    DESK_CHECKS_LISTED = "desk-checks-read", "A supervisor read the document checks.", "which reason found"
    CONFIRMATION_ANNULLED = (
        "confirmation-annulled",
        "A supervisor annulled a confirmation.",
        "confirmation grounds",
    )
    APPLICANT_RELEASED = (
        "place-freed",
        "A supervisor released an applicant from a person who is not the one named.",
        "task grounds",
    )
    DEPARTURE_UNDONE = (
        "departure-taken-back",
        "A supervisor undid the record of a death or a move.",
        "because grounds version is_main_again",
    )
    LAPSE_UNDONE = "lapse-undone", "A supervisor undid a lapse through our fault.", "grounds until state"
    DECISIONS_LISTED = "decisions-read", "A supervisor read the list of decisions.", "reason found"
    PROTECTED_READS_LISTED = (
        "protected-reads-read",
        "A supervisor read the list of reads of protected data.",
        "reason",
    )
    HISTORY_OPENED = "history-opened", "A supervisor opened the history of an application.", "reason"
    LOCKED_CODES_LISTED = "spoilt-slips-read", "A supervisor read the list of locked activation codes."
    OFFICE_EDITED = "desk-edited", "A supervisor changed what pages say about the office.", "edition part"
    OFFICE_EDITS_LISTED = "desk-history-read", "A supervisor read the earlier texts about the office."

    # Staff accounts
    STAFF_SIGNED_IN = "staff-signed-in", "A member of the staff signed in.", "way sign_in"
    STAFF_SIGNED_OUT = "staff-signed-out", "A member of the staff signed out.", "sign_in"
    STAFF_PASSWORD_CHOSEN = "staff-password-chosen", "A member of the staff chose a password."
    STAFF_SECOND_FACTOR_SET_UP = (
        "staff-second-factor-set-up",
        "A member of the staff set up a second factor.",
    )
    STAFF_RECOVERY_CODE_USED = "staff-recovery-code-used", "A member of the staff used a recovery code."
    STAFF_LISTED = "staff-read", "A supervisor read the list of staff."
    STAFF_ROLES_SET = (
        "staff-roles-set",
        "The roles of a member of the staff were set.",
        "user way roles before",
    )
    STAFF_ACCOUNT_OPENED = "staff-account-opened", "A local account was opened for staff.", "user roles"
    STAFF_ACCOUNT_CLOSED = "staff-account-closed", "A local account of the staff was closed.", "user"
    STAFF_ACCOUNT_REOPENED = "staff-account-reopened", "A closed account of the staff was reopened.", "user"
    STAFF_ACCOUNT_RESET = (
        "staff-account-reset",
        "An account of the staff lost its password and second factor.",
        "user",
    )

    # Any action
    REFUSED = "refused", "An action was refused.", "deed code ids"
