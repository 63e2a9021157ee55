"""Store the non-disclosure orders that clerks record about an applicant, claimed by a person or not."""

from uuid import UUID

from kanssa.applications.models import Applicant
from kanssa.vault import open_json, seal_json


def has_non_disclosure(applicant: Applicant) -> bool:
    if applicant.non_disclosure_sealed is None:
        return False
    return bool(open_json(bytes(applicant.non_disclosure_sealed), bound_to=_bound_to(applicant)))


def is_already_recorded(applicant: Applicant, *, holds: bool) -> bool:
    applicants = _applicants_of(applicant.person_id, applicant)
    if any(
        each.non_disclosure_sealed is None or has_non_disclosure(each) is not holds for each in applicants
    ):
        return False
    return applicant.person is None or applicant.person.non_disclosure_by_source.get("clerk") is holds


def set_non_disclosure(applicant: Applicant, *, holds: bool) -> None:
    # A person's order holds on all their applications.
    for each in _applicants_of(applicant.person_id, applicant):
        each.non_disclosure_sealed = seal_json(holds, bound_to=_bound_to(each))
        each.save(update_fields=["non_disclosure_sealed"])


def _applicants_of(person_id: UUID | None, applicant: Applicant) -> list[Applicant]:
    # A record about a person holds on each of their applications. It is stored with the applicants too,
    # because the same person may identify again under another `Person` row.
    if person_id is None:
        return [applicant]
    return list(Applicant.objects.filter(person=person_id).order_by("pk"))


def _bound_to(applicant: Applicant) -> str:
    return f"applicant:{applicant.pk}:order"
