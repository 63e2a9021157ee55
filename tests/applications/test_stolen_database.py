"""A copy of the database without the keys tells nothing that can be guessed and checked."""

import pytest

from kanssa.accounts.models import User
from kanssa.applications.models import Applicant, Application
from kanssa.applications.salts import salt_of
from kanssa.people.models import Person
from kanssa.usecases.declare_own_person import declare_own_person
from kanssa.usecases.mail_draft_link import mail_draft_link
from kanssa.values.hetu import Hetu
from kanssa.values.role import Role
from tests.applications.stolen import StolenDatabase, code_found, possible_codes
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    NOW,
    OTSO,
    SAGA,
    arrived,
    complete,
    completed,
    confirmed,
    drafted,
    edited,
    household_of,
    later,
    sent,
)
from tests.deeds import (
    corrected,
    declined,
    link_of,
    not_for_me,
    of_the_household,
    passed,
    taken_back,
    with_resident,
)
from tests.staff import member
from tests.usecases.test_accounts import MAILBOX, opened
from tests.usecases.test_identify_in_person import checked

pytestmark = pytest.mark.django_db

ONNI_BORN = later(days=-18 * 365 + 20).date().isoformat()
UNUSUAL = {"street_address": "Vaskivuorentie 17 B 42", "mobile": "+358401234567", "gross_income": 7_654_321}


def lived():
    """Much happens to an application: each table that may hold something of people gets a row."""
    application = sent(AINO, EINO, SAGA)
    drafted_by_otso()
    aino = arrived(AINO, sent_here=application)
    eino, staff = arrived(EINO), clerk()
    completed(application, eino)
    corrected(application, eino, UNUSUAL)
    confirmed(application, aino)
    confirmed(application, eino)
    edited(application, aino, with_resident(ONNI_BORN), now=later(hours=1))
    edited(application, aino, of_the_household(555), now=later(hours=2))
    taken_back(application, eino, now=later(hours=3))
    declined(application, eino, now=later(hours=3))
    not_for_me(link_of(third_of(application)), now=later(hours=4))
    declare_own_person(hetu=Hetu(OTSO.hetu), relation="relative", staff=staff, actor=staff.actor, now=NOW)
    served_at_the_desk(staff)
    passed(application, later(days=20))
    return application


def clerk():
    return member(Role.CLERK, user_id=User.objects.create(name="Valma Virkailija").pk)


def drafted_by_otso():
    draft = drafted(complete(OTSO))
    mail_draft_link(application_id=draft, address=OTSO.email, language="fi", actor=BROWSER, now=NOW)


def third_of(application):
    return Applicant.objects.filter(application=application).order_by("position")[2].pk


def served_at_the_desk(staff):
    """Identified by a passport, with a slip and a username."""
    application = sent(AINO)
    who = checked(application, household_of(application).main_applicant.pk, staff=staff).identified
    opened(who)


def test_the_identity_code_of_an_adult_named_by_another_cannot_be_computed():
    sent(AINO, EINO)

    assert code_found(StolenDatabase(), EINO.named, near=EINO.hetu) is None


def test_no_stored_digest_of_a_whole_life_gives_an_identity_code_away():
    lived()
    stolen = StolenDatabase()

    for person in (AINO, EINO, SAGA, OTSO):
        for known in (person.named, person.whole, {}):
            assert code_found(stolen, known, near=person.hetu) is None


def test_the_attack_finds_the_code_once_it_has_the_salt():
    application = sent(AINO, EINO)
    stolen = StolenDatabase()
    eino = household_of(application).standing.content.co_applicant_ids[0]
    stolen.salts.add(salt_of(eino, Applicant.objects.get(pk=eino).salt_sealed))

    assert EINO.hetu in possible_codes(Hetu(EINO.hetu).born, near=EINO.hetu)
    assert code_found(stolen, EINO.named, near=EINO.hetu) == EINO.hetu


def test_nothing_that_people_say_stands_there_in_clear_or_as_a_digest_of_its_own():
    lived()
    stolen = StolenDatabase()

    for person in (AINO, EINO, SAGA, OTSO):
        said = {*person.named.values(), *person.first_names.split(), Hetu(person.hetu).born.isoformat()}
        for fact in (said | {MAILBOX, ONNI_BORN, "Onni", *map(str, UNUSUAL.values())}) - {"fi"}:
            assert stolen.holds(fact) == []
            assert not stolen.computes(fact.encode(), fact.casefold().encode(), fact.upper().encode())


def test_every_salt_is_random_and_opens_for_its_own_row_alone():
    application = sent(AINO, EINO)
    sealed = [(row.pk, row.salt_sealed) for row in (application, *application.applicants.all())]

    salts = [salt_of(*pair) for pair in sealed]

    assert len(set(salts)) == 3
    assert {len(salt) for salt in salts} == {16}


def test_equal_content_keeps_an_equal_digest():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    first = digests_of(application)

    edited(application, aino, of_the_household(500), now=later(hours=1))
    edited(application, aino, of_the_household(None), now=later(hours=2))

    assert digests_of(application) == first


def digests_of(application):
    standing = Application.objects.get(pk=application.pk).standing_version
    return {part.applicant_id: bytes(part.digest) for part in standing.parts.all()}


def test_the_length_of_what_is_sealed_tells_no_order_of_non_disclosure():
    protected, open_to_all = (Person.objects.with_hetu(Hetu(role.hetu)) for role in (AINO, EINO))

    protected.hear_of_protection(is_protected=True, of="register")
    open_to_all.hear_of_protection(is_protected=False, of="register")

    assert len(protected.protection_sealed) == len(open_to_all.protection_sealed)
