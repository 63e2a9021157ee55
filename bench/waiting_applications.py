"""Before measuring: applications that wait to be confirmed, made by the service's own use cases."""

from datetime import datetime

from bench.confirming_leg import WaitingApplication
from bench.people import application_of, make_person
from kanssa.applications.aggregate.drafts import begin_draft
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from kanssa.values.actor import Actor

_BROWSER = Actor("browser")


def prepared(number: int, *, now: datetime) -> WaitingApplication:
    """Send an application of the person of this number, alone."""
    applicant = make_person(number)
    content = application_of(applicant)
    draft = begin_draft(language="fi", now=now)
    save_draft(application_id=draft.pk, change=lambda _: content, seen_revision=0, actor=_BROWSER, now=now)
    reference = send_application(application_id=draft.pk, actor=_BROWSER, now=now)
    return WaitingApplication(draft.pk, reference, applicant)
