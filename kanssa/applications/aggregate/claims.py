"""Match an identified person to the applicants that wait for them (DOMAIN, Matching)."""

from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.content import Facts, name_in
from kanssa.applications.content.form import is_given
from kanssa.applications.models import Applicant
from kanssa.applications.states import ACTIVE_STATES
from kanssa.calendar.days import day_of, is_adult
from kanssa.identification.sessions import Identified


def claimable_applicant(
    identified: Identified, application: LoadedApplication, *, linked: UUID | None
) -> Applicant | None:
    """Give the unclaimed applicant that has this person's whole code and agreeing names.

    The family name and a given name must agree: a mistyped code may be a stranger's who shares one of them.
    One is enough for the holder of that applicant's own link (`linked`). None for a person who is another
    applicant of the same application.

    Where the sender gave no code and hands the invitation over, one agreeing name is enough for the holder
    of the printed one. A clerk decides about a person without a code or under age, and where a match was
    undone before.
    """
    if application.has_applicant(identified.person_id):
        return None
    for key, applicant in application.applicants.items():
        is_empty = applicant.person_id is None and applicant.hetu_lookup is not None
        if is_empty and bytes(applicant.hetu_lookup or b"") == identified.hetu_lookup:
            # The code alone may be mistyped: a stranger must not claim by it.
            said = name_in(application.facts_of(key)).agreement(identified.as_name)
            return applicant if said.both or (said.either and key == linked) else None
    return _invited_by_hand(identified, application, linked)


def _invited_by_hand(
    identified: Identified, application: LoadedApplication, linked: UUID | None
) -> Applicant | None:
    applicant = application.applicants.get(linked) if linked else None
    if applicant is None or applicant.is_main or identified.hetu_lookup is None or identified.born is None:
        return None
    is_open = applicant.person_id is None and applicant.hetu_lookup is None and applicant.freed_at is None
    facts = application.facts_of(applicant.pk)
    is_waiting = is_open and is_given(facts, "by_hand") and not is_given(facts, "born")
    is_theirs = _names_agree(facts, identified) and is_adult(identified.born, on=day_of(application.now))
    return applicant if is_waiting and is_theirs else None


def may_request_claim(application: LoadedApplication, applicant_id: UUID, identified: Identified) -> bool:
    applicant = application.applicants.get(applicant_id)
    if applicant is None or application.state not in ACTIVE_STATES:
        return False
    # A link never leads to the main applicant's place once it is taken.
    if applicant.is_main and applicant.person_id is not None:
        return False
    # The holder of a printed invitation may ask under any name: only a name was typed, perhaps a calling
    # name. By the typed answers, whether the applicant is claimed or not: the holder learns nothing of that.
    if application.has_applicant(identified.person_id):
        return False
    typed = application.typed_facts_of(applicant_id)
    return is_given(typed, "by_hand") or _names_agree(typed, identified)


def _names_agree(facts: Facts, identified: Identified) -> bool:
    return name_in(facts).agreement(identified.as_name).either
