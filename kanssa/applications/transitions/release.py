"""Taking a place from whom a clerk took for the one who is named."""

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant, Task
from kanssa.applications.transitions.saving import save


def decision_behind(applicant: Applicant) -> Task | None:
    """The clerk's yes by which the person fills the place; None where they came otherwise."""
    if applicant.identification_id is None:
        return None
    return applicant.tasks.filter(outcome="accepted", identification=applicant.identification_id).first()


def release_applicant_row(application: LoadedApplication, applicant: Applicant) -> None:
    """Let nobody fill a place any more; what was begun in it is not for whoever comes to see."""
    applicant.person_id = applicant.identified_at = applicant.identification_id = applicant.correction = None
    applicant.freed_at = application.now
    applicant.save(update_fields=["person", "identified_at", "identification", "correction", "freed_at"])
    save(application)
