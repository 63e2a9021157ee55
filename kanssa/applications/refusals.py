"""Why an action on an application was refused. Codes are stable: programs and tests depend on them."""

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


# One refusal for both: a different answer would reveal that an application exists.
class NoSuchApplication(Refusal):
    """There is none, or none that this person may know of."""

    code = "no-such-application"
    reason = _("There is no such application for you.")
    status = 404


class AlreadySent(Refusal):
    code = "already-sent"
    reason = _("This application is sent already.")


class NotAllowedNow(Refusal):
    code = "not-allowed-now"
    reason = _("This cannot be done with the application as it stands now.")


class NothingToEnd(Refusal):
    """The person has no active slip or no username."""

    code = "nothing-to-end"
    reason = _("There is none that could be used. Nothing was changed.")
    status = 409


class SomeoneElse(Refusal):
    code = "someone-else"
    reason = _("Each adult identifies and confirms for themselves only.")
    status = 403


class OwnCheck(SomeoneElse):
    """Staff may not judge a check that they made, nor act on their own decision."""

    code = "own-check"
    reason = _("You did the step before this one yourself. A colleague does this one.")
    status = 409


class NotInYourPower(Refusal):
    """The table of powers does not name this kind of actor for the action."""

    code = "not-in-your-power"
    reason = _("Another person or office decides about this. Nothing was changed.")
    status = 403


class NotIdentified(Refusal):
    code = "not-identified"
    reason = _("You need to identify yourself again.")
    status = 401


class OpensByIdentifying(Refusal):
    """A sending browser asks for what needs identification, since the main applicant has identified."""

    code = "opens-by-identifying"
    reason = _("The application was sent. Identify yourself to see how it stands.")
    status = 401


class SomethingChanged(Refusal):
    """The version that the person saw differs from the current one in a way that concerns them."""

    code = "something-changed"
    reason = _("The application was changed while you were reading it. Check it again.")


class TermsNotAccepted(Refusal):
    code = "terms-not-accepted"
    reason = _("Read the terms of use and accept them first.")


class DetailsMissing(Refusal):
    """`facts["fields"]` names the required answers that the person has not given."""

    code = "details-missing"
    reason = _("Complete your own details first.")


class SignedPaperNeeded(Refusal):
    """A representative acts for the person at the desk: the signed paper is what confirms."""

    code = "signed-paper-needed"
    reason = _("Write the archive reference of the signed paper: a representative acts for the person.")
    status = 422


class DraftIncomplete(Refusal):
    """`facts["faults"]` are the problems to correct in a draft before it is sent."""

    code = "draft-incomplete"
    reason = _("Some answers are still missing. Complete them, then send.")
    status = 422


class TooManyCoApplicants(Refusal):
    code = "too-many-co-applicants"
    reason = _("An application can have at most four co-applicants.")


class TooManyResidents(Refusal):
    code = "too-many-residents"
    reason = _("An application can have at most twenty others who move in.")


class DraftTooLarge(Refusal):
    code = "draft-too-large"
    reason = _("The application has too much text in all. Shorten the texts and try again.")
    status = 413


class InvitationSpent(Refusal):
    code = "invitation-spent"
    reason = _("This link has been replaced by a newer one. Look for the latest e-mail.")
    status = 410


class InvitationRefused(Refusal):
    code = "invitation-refused"
    reason = _("A person has told us that this link was not meant for them. It no longer works.")
    status = 410


class NoSuchInvitation(Refusal):
    code = "no-such-invitation"
    reason = _("The link is not whole. Open it from the e-mail again, or copy all of it.")
    status = 404


class WrongInvitationCode(Refusal):
    """No active printed invitation has this code: mistyped, replaced by a newer one, or too old."""

    code = "wrong-invitation-code"
    reason = _(
        "This code does not work. Check that it is typed right. It may also be too old, or there is a newer "
        "one: ask the person who gave it to you."
    )
    status = 404


class TooManyInvitationCodes(Refusal):
    code = "too-many-invitation-codes"
    reason = _("Codes have been tried too often from this network. Try again in an hour.")
    status = 429


class PrintedInvitationsUsedUp(Refusal):
    code = "printed-invitations-used-up"
    reason = _(
        "You cannot make another code for this person today. Use the latest one, or try again tomorrow."
    )
    status = 429


class DraftLinkSpent(Refusal):
    code = "draft-link-spent"
    reason = _("This link has been replaced by a newer one. Look for the latest e-mail.")
    status = 410


class DraftLinkDead(Refusal):
    """The draft was unchanged for too long; it is deleted, or about to be."""

    code = "draft-link-dead"
    reason = _("The application that this link led to is too old: nothing was changed in it for 30 days.")
    status = 410


class DraftWasSent(Refusal):
    code = "draft-was-sent"
    reason = _("The application that this link led to is sent already.")
    status = 410


class NoSuchDraftLink(Refusal):
    code = "no-such-draft-link"
    reason = _("This link opens no application.")
    status = 404


class TooManyDrafts(Refusal):
    code = "too-many-drafts"
    reason = _("Too many applications have been started from this network.")
    status = 429


class DraftLinksUsedUp(Refusal):
    """The mailbox or the draft has had all the links of the day."""

    code = "draft-links-used-up"
    reason = _(
        "We cannot send another link to this address today. Look for the latest e-mail, or continue on this "
        "device: your answers are saved."
    )
    status = 429


class DraftLinksFromHereUsedUp(Refusal):
    code = "draft-links-from-here-used-up"
    reason = _(
        "Too many links have been ordered from this network. Your answers are saved: you can continue on "
        "this device."
    )
    status = 429


class TooManySearches(Refusal):
    code = "too-many-searches"
    reason = _("You have searched more often than one person serves customers.")
    status = 429


class InvitationTooSoon(Refusal):
    """Sent a moment ago; `facts["minutes"]` says how long to wait."""

    code = "invitation-too-soon"
    reason = _("An invitation was sent a moment ago. Wait a while before sending another.")
    status = 429


class InvitationsUsedUp(Refusal):
    code = "invitations-used-up"
    reason = _("We cannot send another message to this address today. Try again tomorrow.")
    status = 429


class NotTheirAddress(Refusal):
    """A person at the address said “not for me”: no mail goes there, however often it is asked."""

    code = "not-their-address"
    reason = _(
        "A person at this e-mail address has told us that our messages are not for them. "
        "Give another address."
    )
    status = 409


class AddressTriedEnough(Refusal):
    code = "address-tried-enough"
    reason = _("We have tried this e-mail address as often as we can today. Try again tomorrow.")
    status = 429


class NoAddressToTry(Refusal):
    code = "no-address-to-try"
    reason = _("There is no e-mail address to try. Give an address first.")
    status = 409


class NothingToInvite(Refusal):
    """No e-mail address, or nothing left to ask of the person."""

    code = "nothing-to-invite"
    reason = _("This person cannot be sent an invitation.")


class NotExtendable(Refusal):
    """Nothing waits to be confirmed, or the time would become longer than `longest_extension` allows."""

    code = "not-extendable"
    reason = _("The time to confirm cannot be extended by this many days.")


class NothingWaits(Refusal):
    code = "nothing-waits"
    reason = _("No change waits to be confirmed, so there is nothing to take back.")


class MainPlaceOpen(NotAllowedNow):
    """The main applicant left or is valid elsewhere, and no adult has accepted the place yet."""

    code = "main-place-open"
    reason = _("The application has no main applicant now. It waits until another adult takes the place.")


class AnswersDue(NotAllowedNow):
    """The main applicant took over, and has not answered yet for what only the former one did."""

    code = "answers-due"
    reason = _("The new main applicant has not yet filled in the present home and the need for a home.")


class MainPlaceNotOffered(Refusal):
    """It is not open, another adult accepted it first, or it is offered to others."""

    code = "main-place-not-offered"
    reason = _("The main applicant’s place is not offered to you. Another adult may have taken it already.")
    status = 409


class NoAdultLeft(Refusal):
    code = "no-adult-left"
    reason = _("No adult has left the application.")
    status = 409


class NothingConfirmed(Refusal):
    code = "nothing-confirmed"
    reason = _("You have not confirmed this application, so there is nothing to withdraw.")


class ConfirmedAlready(Refusal):
    """After confirming, an adult can withdraw but not decline."""

    code = "confirmed-already"
    reason = _("You have confirmed this application. You can withdraw your confirmation instead.")


class TooLateToCopy(Refusal):
    code = "too-late-to-copy"
    reason = _("This application ended more than 30 days ago. Fill in a new one.")


class NoSuchConfirmation(Refusal):
    code = "no-such-confirmation"
    reason = _("There is no such confirmation.")
    status = 404


class ConfirmationEnded(Refusal):
    code = "confirmation-ended"
    reason = _("This confirmation has been annulled already.")


class ReasonNeeded(Refusal):
    code = "reason-needed"
    reason = _("Choose why you need to see this.")
    status = 422


class PersonKnown(Refusal):
    """The code belongs to another person on this application, or one who is already known by it."""

    code = "person-known"
    reason = _("Another person already has this identity code here. A supervisor will look at it.")


class CodeOfAnother(Refusal):
    """The code carries another birth date than the person was found to have."""

    code = "code-of-another"
    reason = _("The identity code carries another date of birth than the person has.")
    status = 409


class GroundsTooWeak(Refusal):
    code = "grounds-too-weak"
    reason = _(
        "The word of another person alone is not enough. Ask for a certificate, or look in the register."
    )
    status = 422


class RepresentativeOnApplication(Refusal):
    """An adult of the application represents no other adult of it, with an authority either."""

    code = "representative-on-application"
    reason = _("This person is on the application, so they cannot act for another adult on it.")


class NotPresent(Refusal):
    """The action needs the person (or their guardian) at the desk."""

    code = "not-present"
    reason = _(
        "An order is ended only while the protected person is here, identified by you, or their "
        "guardian with a document of it. Never for an agent, nor by telephone or message."
    )
    status = 409


class NoSuchTask(Refusal):
    code = "no-such-task"
    reason = _("There is no such task, or it has been decided already.")
    status = 404
