import pytest

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.refusals import DetailsMissing, SomeoneElse
from kanssa.applications.states import State
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.confirmation.save_own_details import save_own_details
from tests.cast import AINO, EINO, NOW, applicant_of, arrived, completed, confirmed, joined, later, sent

pytestmark = pytest.mark.django_db


def corrected(application, who, facts, *, now=NOW):
    ids = {"application_id": application.pk, "applicant_id": applicant_of(application, who).pk}
    save_own_details(**ids, facts=facts, identified=who, actor=who.actor, now=now)
    correct_own_details(**ids, identified=who, actor=who.actor, now=now)
    return LoadedApplication.of(application.pk, now=NOW).current


def test_a_co_applicants_correction_keeps_the_validity_period():
    application = sent(AINO, EINO)
    before = LoadedApplication.of(application.pk, now=NOW).current.version.valid_until

    completed(application, arrived(EINO), now=later(days=3))

    assert LoadedApplication.of(application.pk, now=NOW).current.version.valid_until == before


def test_a_main_applicants_correction_starts_a_validity_period():
    application = sent(AINO)
    before = LoadedApplication.of(application.pk, now=NOW).current.version.valid_until

    after = corrected(application, arrived(AINO), {"phone": "+358401234567"}, now=later(days=3))

    assert after.version.valid_until > before


def test_a_correction_without_a_change_makes_no_version():
    application = sent(AINO)

    current = corrected(application, arrived(AINO), {"city": "Helsinki"})

    assert current.version.number == 1


def test_an_unchanged_part_is_not_written_again():
    application = sent(AINO, EINO)
    household_before = application.parts.get(applicant=None)

    completed(application, arrived(EINO))

    assert application.parts.get(applicant=None) == household_before
    assert application.parts.count() == 4


def test_the_hash_of_a_version_includes_the_previous_one():
    application = sent(AINO)
    aino = arrived(AINO)
    first = LoadedApplication.of(application.pk, now=NOW).current.version

    corrected(application, aino, {"gross_income": 1})
    second = corrected(application, aino, {"gross_income": 2350})

    assert (
        second.digests[applicant_of(application, aino).pk]
        == LoadedApplication.of(application.pk, now=NOW).current.digests[applicant_of(application, aino).pk]
    )
    assert bytes(second.version.hash) != bytes(first.hash)


def test_incomplete_details_are_saved_but_not_applied():
    application = sent(AINO, EINO)
    eino = arrived(EINO)

    with pytest.raises(DetailsMissing):
        corrected(application, eino, {"citizenship": "FI"})

    assert LoadedApplication.of(application.pk, now=NOW).current.version.number == 1
    completed(application, eino)
    assert LoadedApplication.of(application.pk, now=NOW).current.version.number == 2


def test_an_applicant_cannot_correct_anothers_details():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO), arrived(EINO)

    with pytest.raises(SomeoneElse):
        save_own_details(
            application_id=application.pk,
            applicant_id=applicant_of(application, eino).pk,
            facts={"email": "mallory@example.com"},
            identified=aino,
            actor=aino.actor,
            now=NOW,
        )


def test_a_light_correction_of_a_valid_application_needs_no_confirmation_and_keeps_its_period():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    eino = joined(application, EINO)
    application.refresh_from_db()
    until = application.valid_until

    corrected(application, eino, {"phone": "+358401234567"}, now=later(days=9))

    loaded = LoadedApplication.of(application.pk, now=later(days=9))
    assert loaded.state is State.VALID
    assert not loaded.has_waiting_version
    assert loaded.application.valid_until == until


def test_a_material_correction_of_a_valid_application_waits_only_for_its_own_adult():
    application = sent(AINO, EINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    eino = joined(application, EINO)

    corrected(application, eino, {"gross_income": 3000})

    loaded = LoadedApplication.of(application.pk, now=NOW)
    assert loaded.state is State.VALID
    assert loaded.has_waiting_version
    assert loaded.confirmation_of(applicant_of(application, aino).pk)
    assert not loaded.confirmation_of(applicant_of(application, eino).pk)
