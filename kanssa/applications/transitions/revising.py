"""Make a content the current version, and update the applicants."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from kanssa.applications.aggregate.applicant_ids import hetu_lookup_in, without_removed_applicants
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.salts import new_salt
from kanssa.applications.aggregate.version_view import VersionView, are_answers_due
from kanssa.applications.aggregate.versions import make_version
from kanssa.applications.content.content import Content, Facts
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant
from kanssa.applications.search.applicants import index_for_search
from kanssa.applications.states import State
from kanssa.calendar.days import day_of, is_adult
from kanssa.database.json_rows import attach_rows
from kanssa.values.actor import Actor


def revise(
    loaded: LoadedApplication,
    content: Content,
    *,
    actor: Actor,
    valid_until: datetime,
    keeps_household: bool = False,
) -> VersionView:
    """Make a content the next version; gives the version before it.

    Residents who came of age are adults in it, and adults who left, died or moved away are not, unless it
    `keeps_household`: a co-applicant's correction changes nothing that the others see. If every adult
    has confirmed the application already, the version waits with a time to confirm of its own; a version
    that takes over the validity of a waiting one does not restart that time.
    """
    before, main = loaded.current, loaded.main_applicant
    if main.main_answered_at and are_answers_due(main, before):
        # Their answers went with a version that was dropped: no later one makes up for them.
        main.main_answered_at = None
        main.save(update_fields=["main_answered_at"])
    was_valid, had_waiting = loaded.state is State.VALID, loaded.has_waiting_version
    content = content if keeps_household else next_content(loaded, content)
    update_applicants(loaded, content)
    loaded.set_current_version(make_version(loaded, content, actor=actor, valid_until=valid_until))
    # Before it is valid, an edit never restarts the time to confirm: else it could wait for ever.
    is_new_edit = valid_until != before.version.valid_until
    if was_valid and (is_new_edit or not had_waiting):
        loaded.start_confirmation_period(loaded.now)
    return before


def next_content(loaded: LoadedApplication, content: Content) -> Content:
    main = loaded.main_applicant.pk
    # The main applicant is first, because the role may have passed on since.
    content = replace(content, adults={main: content.adults[main]} | dict(content.adults))
    content = with_residents_of_age(content, today=day_of(loaded.now))
    for key, applicant in loaded.applicants.items():
        if applicant.left_at is not None and not applicant.is_main:
            content = content.without_adult(key)
    # No adult gets the id of a removed applicant.
    return without_removed_applicants(loaded, content)


def with_residents_of_age(content: Content, *, today: date) -> Content:
    for resident, facts in content.residents.items():
        born = birth_date(facts)
        if born is not None and is_adult(born, on=today):
            adult = {name: facts[name] for name in _KEPT_OF_A_RESIDENT if name in facts}
            content = content.without_resident(resident).with_adult(resident, {**adult, "came_of_age": True})
    return content


def update_applicants(loaded: LoadedApplication, content: Content) -> None:
    is_first, added = not loaded.all_applicants, []
    for position, (adult, facts) in enumerate(content.adults.items()):
        applicant = loaded.all_applicants.get(adult)
        if applicant is None:
            is_main = is_first and position == 0
            added.append(_new_applicant(loaded, adult, facts, is_main=is_main, position=position))
        # A claimed row keeps the code that its person identified by.
        elif applicant.person_id is None:
            applicant.hetu_lookup = hetu_lookup_in(facts)
            applicant.save()
    Applicant.objects.bulk_create(added)
    for applicant in added:
        loaded.add_applicant(applicant)
    loaded.applicants_changed()
    # In the same transaction as the version, so that the desk finds the adults at once.
    index_for_search(content.adults)


def _new_applicant(
    loaded: LoadedApplication, adult: UUID, facts: Facts, *, is_main: bool, position: int
) -> Applicant:
    applicant = Applicant(
        id=adult,
        application=loaded.application,
        is_main=is_main,
        position=position,
        salt_sealed=new_salt(adult),
        hetu_lookup=hetu_lookup_in(facts),
    )
    attach_rows(applicant, "address_troubles", ())
    return applicant


def adults_to_reconfirm(before: VersionView, after: VersionView) -> set[UUID]:
    """Give the adults of `after` that the change asks to confirm: what concerns them differs (rule 2)."""
    return {adult for adult, digest in after.digests.items() if before.digests.get(adult) != digest}


_KEPT_OF_A_RESIDENT = ("last_name", "first_names", "one_name", "hetu", "born")
