"""Why a deed on an application was refused. Codes are stable: programs and tests hold on to them."""

from django.utils.translation import gettext_lazy as _

from kanssa.values.mrz import NotAnMrz
from kanssa.values.refusal import Refusal


class NoSuchApplication(Refusal):
    """Nothing there, or nothing that this person may know of."""

    code = "no-such-application"
    reason = _("There is no such application for you.")
    status = 404


class AlreadySent(Refusal):
    """The draft was sent, perhaps in another tab."""

    code = "already-sent"
    reason = _("This application is sent already.")


class NotAllowedNow(Refusal):
    """The application's state does not allow it."""

    code = "not-allowed-now"
    reason = _("This cannot be done with the application as it stands now.")


class NothingToEnd(Refusal):
    """The person has no such slip or username, or has it no more."""

    code = "nothing-to-end"
    reason = _("There is none that could be used. Nothing was changed.")
    status = 409


class SomeoneElse(Refusal):
    """Nobody acts for another."""

    code = "someone-else"
    reason = _("Each adult identifies and confirms for themselves only.")
    status = 403


class OwnCheck(SomeoneElse):
    """Of the staff: whoever made a check does not judge it, nor act on what they decided themselves."""

    code = "own-check"
    reason = _("You did the step before this one yourself. A colleague does this one.")
    status = 409


class NotIdentified(Refusal):
    """The identification is missing, has ended, or is too old."""

    code = "not-identified"
    reason = _("You need to identify yourself again.")
    status = 401


class OpensByIdentifying(Refusal):
    """A sending browser asks for what opens to identified people alone, since the main applicant has come."""

    code = "opens-by-identifying"
    reason = _("The application was sent. Identify yourself to see how it stands.")
    status = 401


class SomethingChanged(Refusal):
    """What the person saw is not what stands now, in a way that concerns them."""

    code = "something-changed"
    reason = _("The application was changed while you were reading it. Check it again.")


class TermsNotAccepted(Refusal):
    """The terms in force are not accepted yet."""

    code = "terms-not-accepted"
    reason = _("Read the terms of use and accept them first.")


class DetailsMissing(Refusal):
    """`facts["fields"]` names the required answers that the person has not given."""

    code = "details-missing"
    reason = _("Complete your own details first.")


class SignedPaperNeeded(Refusal):
    """Somebody acts for the person at the desk: what they sign on paper is what confirms."""

    code = "signed-paper-needed"
    reason = _("Write the archive reference of the signed paper: somebody acts for the person.")
    status = 422


class DraftIncomplete(Refusal):
    """`facts["faults"]` tells what must be mended in a draft before it is sent."""

    code = "draft-incomplete"
    reason = _("Some answers are still missing. Complete them, then send.")
    status = 422


class TooManyCoApplicants(Refusal):
    """More co-applicants than the rule allows."""

    code = "too-many-co-applicants"
    reason = _("An application can have at most four co-applicants.")


class TooManyResidents(Refusal):
    """More others moving in than any home holds."""

    code = "too-many-residents"
    reason = _("An application can have at most twenty others who move in.")


class DraftTooLarge(Refusal):
    """More text than a draft may hold."""

    code = "draft-too-large"
    reason = _("The application has too much text in all. Shorten the texts and try again.")
    status = 413


class InvitationSpent(Refusal):
    """The link was replaced by a newer one."""

    code = "invitation-spent"
    reason = _("This link has been replaced by a newer one. Look for the latest e-mail.")
    status = 410


class InvitationRefused(Refusal):
    """Somebody pressed “not for me” on the link."""

    code = "invitation-refused"
    reason = _("Somebody has told us that this link was not meant for them. It opens nothing any more.")
    status = 410


class NoSuchInvitation(Refusal):
    """No invitation has such a token."""

    code = "no-such-invitation"
    reason = _("The link is not whole. Open it from the e-mail again, or copy all of it.")
    status = 404


class DraftLinkSpent(Refusal):
    """The link to a draft was replaced by a newer one."""

    code = "draft-link-spent"
    reason = _("This link has been replaced by a newer one. Look for the latest e-mail.")
    status = 410


class DraftLinkDead(Refusal):
    """Nobody changed the draft for too long; it is deleted, or about to be."""

    code = "draft-link-dead"
    reason = _("The application that this link led to is too old: nothing was changed in it for 30 days.")
    status = 410


class DraftWasSent(Refusal):
    """What the link led to is a draft no more."""

    code = "draft-was-sent"
    reason = _("The application that this link led to is sent already.")
    status = 410


class NoSuchDraftLink(Refusal):
    """No draft has such a link, or it was deleted."""

    code = "no-such-draft-link"
    reason = _("This link opens no application.")
    status = 404


class TooManyDrafts(Refusal):
    """Too many drafts were begun from this network address."""

    code = "too-many-drafts"
    reason = _("Too many applications have been started from this network.")
    status = 429


class DraftLinksUsedUp(Refusal):
    """The mailbox or the draft got all the links of the day."""

    code = "draft-links-used-up"
    reason = _(
        "No more links can be sent to this address today. Look for the latest e-mail, or continue on this "
        "device: your answers are saved."
    )
    status = 429


class DraftLinksFromHereUsedUp(Refusal):
    """Too many links to drafts were asked for from this network address."""

    code = "draft-links-from-here-used-up"
    reason = _(
        "Too many links have been ordered from this network. Your answers are saved: you can continue on "
        "this device."
    )
    status = 429


class TooManySearches(Refusal):
    """One member of the staff has searched too often."""

    code = "too-many-searches"
    reason = _("You have searched more often than one person serves customers.")
    status = 429


class InvitationTooSoon(Refusal):
    """Sent a moment ago; `facts["minutes"]` says how long to wait."""

    code = "invitation-too-soon"
    reason = _("An invitation was sent a moment ago. Wait a while before sending another.")
    status = 429


class InvitationsUsedUp(Refusal):
    """As many in a day as are sent."""

    code = "invitations-used-up"
    reason = _("This address can be sent no more messages from us today. Try again tomorrow.")
    status = 429


class NotTheirAddress(Refusal):
    """Somebody at the address said “not for me”: nothing goes there, however often it is asked."""

    code = "not-their-address"
    reason = _(
        "A person at this e-mail address has told us that our messages are not for them. "
        "Give another address."
    )
    status = 409


class AddressTriedEnough(Refusal):
    """As often in a day as an address is tried again."""

    code = "address-tried-enough"
    reason = _("We have tried this e-mail address as often as we can today. Try again tomorrow.")
    status = 429


class NoAddressToTry(Refusal):
    """No e-mail address is given."""

    code = "no-address-to-try"
    reason = _("There is no e-mail address to try. Give an address first.")
    status = 409


class NothingToInvite(Refusal):
    """No e-mail address, or nothing left to ask of the person."""

    code = "nothing-to-invite"
    reason = _("This person cannot be sent an invitation.")


class NothingWaits(Refusal):
    """No change waits to be confirmed."""

    code = "nothing-waits"
    reason = _("No change waits to be confirmed, so there is nothing to take back.")


class NothingConfirmed(Refusal):
    """The person holds no living confirmation of it."""

    code = "nothing-confirmed"
    reason = _("You have not confirmed this application, so there is nothing to withdraw.")


class ConfirmedAlready(Refusal):
    """Who has confirmed does not decline: they withdraw."""

    code = "confirmed-already"
    reason = _("You have confirmed this application. You can withdraw your confirmation instead.")


class TooLateToCopy(Refusal):
    """It ended too long ago."""

    code = "too-late-to-copy"
    reason = _("This application ended more than 30 days ago. Fill in a new one.")


class NoSuchConfirmation(Refusal):
    """No confirmation has this id."""

    code = "no-such-confirmation"
    reason = _("There is no such confirmation.")
    status = 404


class ConfirmationEnded(Refusal):
    """It was annulled before."""

    code = "confirmation-ended"
    reason = _("This confirmation has been annulled already.")


class ReasonNeeded(Refusal):
    """Staff look at nothing without a reason."""

    code = "reason-needed"
    reason = _("Choose why you need to see this.")
    status = 422


class NotUnderstandable(Refusal):
    """Nothing that can be searched for."""

    code = "search-not-understood"
    reason = _("Type a reference, a visit code, a name, a date of birth or an identity code.")
    status = 422


class NoSuchDate(NotUnderstandable):
    """A date that does not exist, or is not whole."""

    code = "search-no-such-date"
    reason = _("Write the date as day, month and year, for example 31.12.1990.")


class NothingByCode(NotUnderstandable):
    """A reference, a visit code or the like by which nothing is found: a name has no digits."""

    code = "search-nothing-by-code"
    reason = _("This looks like a code, and no application is found by it. Check each character.")


class NobodysHetu(NotUnderstandable):
    """Built as an identity code, and nobody can have it."""

    code = "search-nobodys-identity-code"
    reason = _("This looks like an identity code, but a character in it is wrong. Check each of them.")


class ZoneUnsound(NotUnderstandable):
    """A machine-readable zone that is not whole or does not add up; `fault` says where."""

    code = "search-zone-unsound"
    reason = _("This looks like a machine-readable zone, but it cannot be read.")

    def __init__(self, fault: NotAnMrz) -> None:
        """Keep what is wrong with it, never what it says."""
        super().__init__(why=fault.why)
        self.fault = fault


class PersonKnown(Refusal):
    """The code belongs to somebody else on this application, or who is known by it already."""

    code = "person-known"
    reason = _("Somebody is known by this identity code already. A supervisor looks at it.")


class CodeOfAnother(Refusal):
    """An identity code that carries another birth date than the person was found to have."""

    code = "code-of-another"
    reason = _("The identity code carries another date of birth than the person has.")
    status = 409


class NotPresent(Refusal):
    """What only a person who is here may wish, without them."""

    code = "not-present"
    reason = _(
        "An order is ended only while the person whom it protects is here, identified by you, or their "
        "guardian with a document of it. Never for an agent, nor by telephone or message."
    )
    status = 409


class NoSuchTask(Refusal):
    """No open task has this id."""

    code = "no-such-task"
    reason = _("There is no such task, or it has been decided already.")
    status = 404
