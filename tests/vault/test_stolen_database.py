"""A copy of the database without the keys reveals nothing that can be guessed and checked."""

import pytest

from kanssa.accounts.models import User
from kanssa.applications.aggregate.salts import salt_of
from kanssa.applications.models import Applicant, Application
from kanssa.people.models import Person
from kanssa.usecases.desk.serving.declare_conflict_of_interest import declare_conflict_of_interest
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role
from tests.actions import (
    clock_advanced,
    confirmation_withdrawn,
    corrected,
    declined,
    household_change,
    link_of,
    not_for_me,
    with_resident,
)
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    OTSO,
    arrived,
    complete,
    completed,
    confirmed,
    drafted,
    edited,
    later,
    loaded_application,
    sent,
)
from tests.staff import member
from tests.usecases.accounts.test_accounts import MAILBOX, opened
from tests.usecases.desk.documents.test_identify_in_person import checked
from tests.vault.stolen import StolenDatabase, betrayed_code, possible_codes

pytestmark = pytest.mark.django_db

ONNI_BORN = later(days=-18 * 365 + 20).date().isoformat()
UNUSUAL = {"street_address": "Vaskivuorentie 17 B 42", "mobile": "+358401234567", "gross_income": 7_654_321}


def lived():
    """Make a full life of an application, so that each table with personal data gets a row."""
    application = sent(AINO, EINO, HILMA)
    drafted_by_otso()
    aino = arrived(AINO, sent_here=application)
    eino, staff = arrived(EINO), clerk()
    completed(application, eino)
    corrected(application, eino, UNUSUAL)
    confirmed(application, aino)
    confirmed(application, eino)
    edited(application, aino, with_resident(ONNI_BORN), now=later(hours=1))
    edited(application, aino, household_change(555), now=later(hours=2))
    confirmation_withdrawn(application, eino, now=later(hours=3))
    declined(application, eino, now=later(hours=3))
    not_for_me(link_of(third_of(application)), now=later(hours=4))
    declare_conflict_of_interest(hetu=Hetu(OTSO.hetu), relation="relative", staff=staff, now=NOW)
    served_at_the_desk(staff)
    clock_advanced(application, later(days=20))
    return application


def clerk():
    return member(Role.CLERK, user_id=User.objects.create(name="Valma Virkailija").pk)


def drafted_by_otso():
    draft = drafted(complete(OTSO))
    mail_draft_link(application_id=draft, address=OTSO.email, language="fi", actor=BROWSER, now=NOW)


def third_of(application):
    return Applicant.objects.filter(application=application).order_by("position")[2].pk


def served_at_the_desk(staff):
    """Identify by a passport, with a slip and a username."""
    application = sent(AINO)
    who = checked(application, loaded_application(application).main_applicant.pk, staff=staff).identified
    opened(who)


def test_the_identity_code_of_an_adult_named_by_another_cannot_be_computed():
    sent(AINO, EINO)

    assert betrayed_code(StolenDatabase(), EINO.named, near=EINO.hetu) is None


def test_no_stored_digest_of_a_full_life_reveals_an_identity_code():
    lived()
    stolen = StolenDatabase()

    for person in (AINO, EINO, HILMA, OTSO):
        for known in (person.named, person.whole, {}):
            assert betrayed_code(stolen, known, near=person.hetu) is None


def test_the_attack_finds_the_code_once_it_has_the_salt():
    application = sent(AINO, EINO)
    stolen = StolenDatabase()
    eino = loaded_application(application).current.content.co_applicant_ids[0]
    stolen.salts.add(salt_of(eino, Applicant.objects.get(pk=eino).salt_sealed))

    assert EINO.hetu in possible_codes(Hetu(EINO.hetu).born, near=EINO.hetu)
    assert betrayed_code(stolen, EINO.named, near=EINO.hetu) == EINO.hetu


def test_no_personal_answer_is_stored_in_the_clear_or_as_a_digest_of_its_own():
    lived()
    stolen = StolenDatabase()

    for person in (AINO, EINO, HILMA, OTSO):
        said = {*person.named.values(), *person.first_names.split(), Hetu(person.hetu).born.isoformat()}
        for fact in (said | {MAILBOX, ONNI_BORN, "Onni", *map(str, UNUSUAL.values())}) - {"fi"}:
            assert stolen.holds(fact) == []
            assert not stolen.computes(fact.encode(), fact.casefold().encode(), fact.upper().encode())


def test_every_salt_is_random_and_opens_only_in_its_own_row():
    application = sent(AINO, EINO)
    sealed = [(row.pk, row.salt_sealed) for row in (application, *application.applicants.all())]

    salts = [salt_of(*pair) for pair in sealed]

    assert len(set(salts)) == 3
    assert {len(salt) for salt in salts} == {16}


def test_equal_content_keeps_an_equal_digest():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    first = digests_of(application)

    edited(application, aino, household_change(500), now=later(hours=1))
    edited(application, aino, household_change(None), now=later(hours=2))

    assert digests_of(application) == first


def digests_of(application):
    current = Application.objects.get(pk=application.pk).current_version
    return {part.applicant_id: bytes(part.digest) for part in current.parts.all()}


def test_the_length_of_a_sealed_value_does_not_reveal_a_non_disclosure_order():
    protected, open_to_all = (Person.objects.with_hetu(Hetu(role.hetu)) for role in (AINO, EINO))

    protected.record_non_disclosure(is_protected=True, of="register")
    open_to_all.record_non_disclosure(is_protected=False, of="register")

    assert len(protected.non_disclosure_sealed) == len(open_to_all.non_disclosure_sealed)
