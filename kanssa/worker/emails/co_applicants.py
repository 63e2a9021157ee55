"""How co-applicants get in, as the main applicant is told on sending."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import Payload


def co_applicant_instructions(payload: Payload) -> tuple[str, ...]:
    """Say how the co-applicants get in, for the message that the application was received."""
    by_hand = payload.get("by_hand", False)
    lacks_all = by_hand and not payload["have_email"] and not payload["lack_email"]
    return (*(() if lacks_all else (_of_typed(payload),)), *((_of_by_hand(),) if by_hand else ()))


def _of_by_hand() -> str:
    return _(
        "You give some of your co-applicants the invitation yourself. When you have identified yourself, "
        "print it on the page that shows the status of the application."
    )


def _of_typed(payload: Payload) -> str:
    # Messages queued by older code lack these facts: assume e-mail.
    if not payload.get("lack_email", False):
        return _(
            "Every adult on the application identifies and confirms separately. Your co-applicants get "
            "their links by e-mail when you have identified yourself."
        )
    if not payload["have_email"]:
        return _(
            "Every adult on the application identifies and confirms separately. Your co-applicants have no "
            "e-mail address on the application, so they get no link. They log in to the e-service with "
            "online banking credentials, or visit the service desk."
        )
    return _(
        "Every adult on the application identifies and confirms separately. Those of your co-applicants who "
        "have an e-mail address on the application get their links when you have identified yourself. The "
        "others get no link. They log in to the e-service with online banking credentials, or visit the "
        "service desk."
    )
