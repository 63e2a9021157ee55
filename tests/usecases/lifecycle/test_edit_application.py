from uuid import uuid4

import pytest

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.aggregate.version_view import latest_facts_of
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.reading.queries import draft_of
from kanssa.applications.refusals import AlreadySent, DraftIncomplete, NotIdentified, SomeoneElse
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.lifecycle.discard_changes import discard_changes
from kanssa.usecases.lifecycle.edit_application import edit_application
from kanssa.usecases.lifecycle.renew_application import renew_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from tests.actions import accepted_main
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    OTSO,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    identified,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db

LIGHT = {"highest_rent": 1100}
MATERIAL = {"reasons": ["crowded", "separation"]}


def light(content):
    return content.with_section("wishes", LIGHT)


def material(content):
    return content.with_section("need", MATERIAL)


def of_own(content):
    return content.with_adult(content.main_applicant_id, {"gross_income": 4000})


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def recipients(topic):
    return [read_contents(message)[0] for message in Message.objects.filter(topic=topic)]


def discarded(application, who, *, now):
    discard_changes(application_id=application.pk, identified=who, actor=who.actor, now=now)


def test_a_light_edit_of_a_valid_application_needs_no_confirmation_and_starts_a_new_period():
    application, aino, _eino = valid_of_two()

    done = edited(application, aino, light, now=later(days=10))

    loaded = loaded_application(application, now=later(days=10))
    assert done.is_changed
    assert not done.asks
    assert loaded.state is State.VALID
    assert not loaded.has_waiting_version
    assert loaded.application.valid_until == loaded.current.version.valid_until
    assert not recipients("change")


def test_a_material_edit_waits_for_every_adult_while_the_confirmed_version_stays_valid():
    application, aino, eino = valid_of_two()
    until = loaded_application(application).application.valid_until

    done = edited(application, aino, material, now=later(days=10))

    loaded = loaded_application(application, now=later(days=10))
    assert done.asks == {applicant_of(application, aino).pk, applicant_of(application, eino).pk}
    assert loaded.state is State.VALID
    assert loaded.has_waiting_version
    assert loaded.application.valid_until == until
    assert recipients("change") == [EINO.email]


def test_an_edit_of_ones_own_details_needs_only_ones_own_confirmation():
    application, aino, _eino = valid_of_two()

    done = edited(application, aino, of_own)

    assert done.asks == {applicant_of(application, aino).pk}
    assert not recipients("change")


def test_a_waiting_version_becomes_valid_once_every_adult_has_confirmed_it():
    application, aino, eino = valid_of_two()
    edited(application, aino, material, now=later(days=10))

    confirmed(application, eino, now=later(days=11))
    confirmed(application, aino, now=later(days=12))

    loaded = loaded_application(application, now=later(days=12))
    assert loaded.state is State.VALID
    assert not loaded.has_waiting_version
    assert loaded.application.valid_until == loaded.current.version.valid_until
    assert loaded.application.confirm_by is None


def test_an_edit_saved_without_a_change_makes_no_version():
    application, aino, _eino = valid_of_two()
    number = loaded_application(application).current.version.number

    done = edited(application, aino, lambda content: content)

    assert not done.is_changed
    assert loaded_application(application).current.version.number == number


def test_a_newer_edit_replaces_the_waiting_one():
    application, aino, _eino = valid_of_two()
    edited(application, aino, material, now=later(days=1))

    edited(application, aino, light, now=later(days=2))

    loaded = loaded_application(application, now=later(days=2))
    assert loaded.has_waiting_version
    assert loaded.current.content.need["reasons"] == MATERIAL["reasons"]
    assert loaded.current.content.wishes["highest_rent"] == LIGHT["highest_rent"]


def test_discarding_brings_the_confirmed_version_back():
    application, aino, _eino = valid_of_two()
    before = loaded_application(application).current.version
    edited(application, aino, material, now=later(days=1))

    discarded(application, aino, now=later(days=2))

    loaded = loaded_application(application, now=later(days=2))
    assert loaded.current.version == before
    assert loaded.state is State.VALID
    assert loaded.application.confirm_by is None


def test_discarding_keeps_a_co_applicants_own_corrections():
    application, aino, eino = valid_of_two()
    edited(application, aino, material, now=later(days=1))
    completed_with(application, eino, {"gross_income": 3100}, now=later(days=2))

    discarded(application, aino, now=later(days=3))

    loaded = loaded_application(application, now=later(days=3))
    content = loaded.current.content
    assert content.need["reasons"] == ["crowded"]
    assert content.adults[applicant_of(application, eino).pk]["gross_income"] == 3100
    assert loaded.has_waiting_version


def test_an_edit_reverted_by_another_edit_makes_the_application_valid():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)
    completed(application, eino)
    confirmed(application, aino)
    edited(application, aino, of_own)
    confirmed(application, eino)

    edited(application, aino, lambda c: c.with_adult(c.main_applicant_id, {"gross_income": 2350}))

    assert loaded_application(application).state is State.VALID


def test_after_the_confirmed_versions_period_a_waiting_one_makes_it_sent_and_discarding_expired():
    application, aino, _eino = valid_of_two()
    edited(application, aino, material, now=later(days=80))

    fallen = loaded_application(application, now=later(days=95))
    assert fallen.state is State.SENT
    assert fallen.application.confirm_by > later(days=120)

    discarded(application, aino, now=later(days=95))

    assert loaded_application(application, now=later(days=95)).state is State.EXPIRED


def test_only_the_waiting_version_lapses():
    application, aino, _eino = valid_of_two()
    before = loaded_application(application).current.version
    edited(application, aino, material, now=later(days=1))

    loaded = loaded_application(application, now=later(days=35))

    assert loaded.state is State.VALID
    assert loaded.current.version == before


def test_before_any_identification_the_sending_browser_can_edit_even_the_senders_code():
    application = sent(AINO)

    edited(application, None, lambda c: c.with_adult(c.main_applicant_id, {"hetu": OTSO.hetu}))

    arrived(AINO)
    assert not Applicant.objects.filter(application=application, person__isnull=False).exists()


def test_an_edit_by_the_browser_alone_keeps_the_period():
    application = sent(AINO)
    before = loaded_application(application).current.version.valid_until

    edited(application, None, light, now=later(days=9))

    assert loaded_application(application).current.version.valid_until == before


def test_once_the_main_applicant_identified_the_browser_alone_cannot_edit():
    application = sent(AINO, EINO)
    arrived(EINO)
    edited(application, None, light)
    arrived(AINO)

    with pytest.raises(NotIdentified):
        edited(application, None, light)


def test_a_co_applicant_cannot_edit():
    application, _aino, eino = valid_of_two()

    with pytest.raises(SomeoneElse):
        edited(application, eino, light)


def test_an_edit_neither_shows_nor_changes_the_answers_of_an_identified_co_applicant():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino).pk
    seen = {}

    def change(content):
        seen.update(content.adults[applicant])
        return content.with_adult(applicant, {"gross_income": 1}).with_section("wishes", LIGHT)

    edited(application, aino, change)

    assert seen == EINO.named
    assert loaded_application(application).current.content.adults[applicant]["gross_income"] == 2350


def test_a_removed_adult_is_notified_and_cannot_see_the_application():
    application, aino, eino = valid_of_two()
    applicant = applicant_of(application, eino)

    edited(application, aino, lambda content: content.without_adult(applicant.pk))
    assert not recipients("removed")
    confirmed(application, aino)

    applicant.refresh_from_db()
    assert applicant.removed_at
    assert recipients("removed") == [EINO.email]
    assert loaded_application(application).state is State.VALID


def test_an_added_adult_is_invited_and_must_confirm():
    application, aino, _eino = valid_of_two()
    hilma = uuid4()

    done = edited(application, aino, lambda content: content.with_adult(hilma, HILMA.named))

    assert hilma in done.asks
    assert HILMA.email in recipients("invitation")
    assert loaded_application(application).has_waiting_version


def test_a_corrected_address_ends_the_old_link_and_gets_a_new_one():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    applicant = next(
        key for key in loaded_application(application).applicants if key != applicant_of(application, aino).pk
    )
    old = Invitation.objects.get()

    edited(application, aino, lambda content: content.with_adult(applicant, {"email": "right@example.com"}))

    old.refresh_from_db()
    assert old.ended_at
    assert waiting_recipients("invitation") == ["right@example.com"]


def test_an_edit_cannot_remove_a_required_answer():
    application, aino, _eino = valid_of_two()

    with pytest.raises(DraftIncomplete):
        edited(application, aino, lambda content: content.with_section("wishes", {"highest_rent": None}))


def test_renewing_starts_a_new_period_and_needs_no_confirmation():
    application, aino, _eino = valid_of_two()

    renew_application(application_id=application.pk, identified=aino, actor=aino.actor, now=later(days=60))

    loaded = loaded_application(application, now=later(days=60))
    assert loaded.state is State.VALID
    assert loaded.application.valid_until > later(days=145)


def test_a_carried_over_confirmation_is_valid_for_twelve_months():
    application, aino, _eino = valid_of_two()
    for month in range(2, 14, 2):
        renew_application(
            application_id=application.pk, identified=aino, actor=aino.actor, now=later(days=month * 30)
        )

    loaded = loaded_application(application, now=later(days=367))

    assert loaded.state is State.SENT
    assert {each.ended_because for each in loaded.confirmations} == {"too-old"}


def test_a_resident_who_comes_of_age_is_an_adult_of_the_next_version_only():
    child = uuid4()
    application = sent(AINO)
    facts = {
        "last_name": "Korhonen",
        "first_names": "Ilmo",
        "born": later(days=-18 * 365 + 20).date().isoformat(),
        "occupancy": "full-time",
    }
    edited(application, None, lambda content: content.with_resident(child, facts))
    aino = arrived(AINO)
    confirmed(application, aino)
    assert loaded_application(application, now=later(days=60)).state is State.VALID

    reached_by = {"no_hetu": True, "nationality": "FI", "email": "ilmo@example.com"}
    edited(application, aino, lambda content: content.with_adult(child, reached_by), now=later(days=60))

    loaded = loaded_application(application, now=later(days=60))
    assert loaded.has_waiting_version
    assert child in loaded.current.content.adults
    assert not loaded.current.content.residents


def test_an_outsider_cannot_edit():
    application, _aino, _eino = valid_of_two()

    with pytest.raises(Exception, match="no-such-application"):
        edited(application, identified(OTSO), light)


def completed_with(application, who, facts, *, now):
    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, who).pk}
    save_own_details(**ids, facts=facts, identified=who, actor=who.actor, now=now)
    correct_own_details(**ids, identified=who, actor=who.actor, now=now)


def waiting_recipients(topic):
    waiting = Message.objects.filter(topic=topic, failed_at=None, sent_at=None)
    return [read_contents(message)[0] for message in waiting]


def test_the_preview_of_an_edit_shows_the_effects_of_saving():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=NOW)
    eino = application.applicants.get(is_main=False).pk
    save_draft(
        application_id=application.pk,
        change=lambda content: light(content).with_adult(eino, {"email": "typed@example.com"}),
        seen_revision=0,
        actor=aino.actor,
        identified=aino,
        now=NOW,
    )

    completed(application, arrived(EINO))

    draft = draft_of(application.pk, identified=aino, now=NOW)
    assert draft.content.adults[eino] == EINO.named | {"email": "typed@example.com"}
    assert [change.field.name for change in draft.changes] == ["email", "highest_rent"]


def test_an_edit_of_a_former_main_applicant_is_discarded():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    eino = arrived(EINO)
    completed(application, eino)
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=NOW)
    elsewhere = sent(AINO, now=later(minutes=1))
    arrived(AINO, now=later(minutes=1))
    confirmed(elsewhere, aino, now=later(minutes=2))

    accepted_main(application, eino, now=later(minutes=3))

    application.refresh_from_db()
    assert Applicant.objects.get(application=application, is_main=True).position == 1
    assert application.draft is None


def test_a_new_main_applicant_gives_the_assurances_themselves():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    eino = joined(application, EINO)
    elsewhere = sent(AINO, now=later(minutes=1))
    arrived(AINO, now=later(minutes=1))
    confirmed(elsewhere, aino, now=later(minutes=2))
    accepted_main(application, eino, now=later(minutes=2))

    start_edit(application_id=application.pk, identified=eino, actor=eino.actor, now=later(minutes=3))

    application.refresh_from_db()
    typed = draft_content_of(application).application
    assert "facts_are_true" not in typed
    assert typed["kind"] == "ordinary"


def test_saving_without_an_edit_is_refused():
    application = sent(AINO)

    with pytest.raises(AlreadySent):
        edit_application(application_id=application.pk, identified=arrived(AINO), actor=BROWSER, now=NOW)


# An applicant row belongs to the first adult named on it


NEW_NAME = {"last_name": "Uusi", "first_names": "Nimi", "email": "new@example.com"}


def with_eino_removed():
    """Identify Eino with his own details, then let Aino remove him."""
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    applicant = applicant_of(application, eino)
    edited(application, aino, lambda content: content.without_adult(applicant.pk))
    return application, aino, applicant.pk, latest_facts_of(applicant)


@pytest.mark.parametrize("role", [EINO, HILMA])
def test_an_adult_named_under_the_id_of_a_removed_one_gets_a_row_of_their_own(role):
    application, aino, removed, recorded = with_eino_removed()

    edited(application, aino, lambda content: content.with_adult(removed, role.named | NEW_NAME))

    named = application.applicants.get(is_main=False, removed_at=None)
    assert (named.pk == removed, named.person_id) == (False, None)
    assert loaded_application(application).facts_of(named.pk) == role.named | NEW_NAME
    applicant = Applicant.objects.get(pk=removed)
    assert applicant.removed_at is not None
    assert latest_facts_of(applicant) == recorded


def test_a_resident_under_the_id_of_a_removed_adult_comes_of_age_in_a_row_of_their_own():
    application, aino, removed, recorded = with_eino_removed()
    child = {"last_name": "Uusi", "first_names": "Nimi", "occupancy": "full-time", "email": "new@example.com"}
    child |= {"no_hetu": True, "nationality": "FI", "born": later(days=-18 * 365).date().isoformat()}
    edited(application, aino, lambda content: content.with_resident(removed, child))
    reached_by = {"no_hetu": True, "nationality": "FI", "email": "new@example.com"}
    grown = later(days=20)

    def reached(content):
        return content.with_adult(content.co_applicant_ids[-1], reached_by)

    edited(application, aino, reached, now=grown)

    assert latest_facts_of(Applicant.objects.get(pk=removed)) == recorded
    loaded = loaded_application(application, now=grown)
    assert [loaded.facts_of(key).get("first_names") for key in loaded.applicants][1:] == ["Nimi"]
    assert removed not in loaded.applicants


def test_another_code_names_another_adult_and_notifies_the_former_one():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    former = applicant_of(application, eino)

    edited(application, aino, lambda content: content.with_adult(former.pk, {"hetu": HILMA.hetu}))

    former.refresh_from_db()
    assert former.removed_at is not None
    assert latest_facts_of(former)["hetu"] == EINO.hetu
    assert "eino-own@example.com" in waiting_recipients("removed")
    assert application.applicants.get(is_main=False, removed_at=None).person_id is None


def test_two_adults_with_swapped_codes_keep_the_rows_of_their_codes():
    application = sent(AINO, EINO, HILMA)
    aino, eino = arrived(AINO), arrived(EINO)
    row_of_eino = applicant_of(application, eino).pk
    row_of_hilma = application.applicants.get(is_main=False, person=None).pk

    def swapped(content):
        codes = {row_of_eino: HILMA, row_of_hilma: EINO}
        for key, role in codes.items():
            content = content.with_adult(key, role.named)
        return content

    edited(application, aino, swapped)

    loaded = loaded_application(application)
    assert loaded.facts_of(row_of_eino)["hetu"] == EINO.hetu
    assert loaded.facts_of(row_of_hilma)["hetu"] == HILMA.hetu


def test_two_adults_with_one_code_are_a_fault_also_where_that_adult_was_removed():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    former = application.applicants.get(is_main=False).pk
    first, second = uuid4(), uuid4()

    with pytest.raises(DraftIncomplete) as refusal:
        edited(
            application,
            aino,
            lambda content: (
                content.without_adult(former).with_adult(first, EINO.named).with_adult(second, EINO.named)
            ),
        )

    assert [(fault.code, fault.id) for fault in refusal.value.facts["faults"]] == [("same-person", second)]


def test_a_fault_of_an_edit_with_another_code_points_to_the_page_where_it_was_typed():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    former = application.applicants.get(is_main=False).pk
    no_name = {"hetu": HILMA.hetu, "first_names": ""}

    with pytest.raises(DraftIncomplete) as refusal:
        edited(application, aino, lambda content: content.with_adult(former, no_name))

    assert [fault.id for fault in refusal.value.facts["faults"]] == [former]
    assert former in draft_of(application.pk, identified=aino, now=NOW).content.adults
