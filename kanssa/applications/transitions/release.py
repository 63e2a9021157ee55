"""Undo a clerk's decision that matched a person to an applicant."""

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant, Task
from kanssa.applications.transitions.saving import save


def decision_behind(applicant: Applicant) -> Task | None:
    """Give the accepted task by which the person claimed the applicant; None if they came another way."""
    if applicant.identification_id is None:
        return None
    return applicant.tasks.filter(outcome="accepted", identification=applicant.identification_id).first()


def release_applicant_row(application: LoadedApplication, applicant: Applicant) -> None:
    # The next person must not see what this one had begun.
    applicant.person_id = applicant.identified_at = applicant.identification_id = applicant.correction = None
    # Without this mark the page would open to the sending browser, as if no person had identified.
    applicant.freed_at = application.now
    applicant.save(update_fields=["person", "identified_at", "identification", "correction", "freed_at"])
    save(application)
