"""What a migration does to rows that the code before it wrote."""

from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.utils.module_loading import import_string

from kanssa.applications.models import Applicant, Application
from kanssa.applications.salts import salt_of
from kanssa.messages.models import Message
from kanssa.people.models import Person
from tests.applications.stolen import StolenDatabase, code_found
from tests.cast import AINO, EINO, arrived, edited, later, sent
from tests.deeds import light, passed, with_resident

pytestmark = pytest.mark.django_db

SALTS = "kanssa.applications.migrations.0011_sealed_salts"


def ran(path):
    import_string(path)(apps, connection.schema_editor())


def test_open_salts_are_sealed_and_stay_the_same():
    application = sent(AINO, EINO)
    ran(f"{SALTS}.unseal")
    before = salts_as_stored(application)
    assert code_found(StolenDatabase(), EINO.named, near=EINO.hetu) == EINO.hetu

    ran(f"{SALTS}.seal")

    assert code_found(StolenDatabase(), EINO.named, near=EINO.hetu) is None
    after = salts_as_stored(application)
    assert {pk: salt_of(pk, sealed) for pk, sealed in after.items()} == before


def test_content_that_was_sent_before_keeps_its_digest_after():
    application = sent(AINO, EINO)
    ran(f"{SALTS}.unseal")
    ran(f"{SALTS}.seal")
    parts = set(Application.objects.get(pk=application.pk).standing_version.parts.all())

    edited(application, arrived(AINO, sent_here=application), light(901), now=later(hours=1))

    kept = parts & set(Application.objects.get(pk=application.pk).standing_version.parts.all())
    assert {part.applicant_id for part in kept} == set(salts_as_stored(application)) - {application.pk}


def salts_as_stored(application) -> dict[UUID, bytes]:
    rows = (Application.objects.get(pk=application.pk), *Applicant.objects.filter(application=application))
    return {row.pk: bytes(row.salt_sealed) for row in rows}


def test_a_birth_date_in_the_cause_of_a_message_is_keyed_and_the_message_goes_once():
    application, resident = sent(AINO), uuid4()
    aino = arrived(AINO, sent_here=application)
    born = later(days=-18 * 365 + 20).date().isoformat()
    edited(application, aino, with_resident(born, resident), now=later(hours=1))
    passed(application, later(days=2))
    told = Message.objects.get(topic="coming_of_age")
    rest = told.cause.split(":", 3)[3]
    Message.objects.filter(pk=told.pk).update(cause=f"coming-of-age:{born}:{resident}:{rest}")

    ran("kanssa.messages.migrations.0003_no_birth_date_in_a_cause.key")

    assert Message.objects.get(pk=told.pk).cause == told.cause


def test_orders_of_non_disclosure_are_sealed_again_in_whole_blocks():
    person = Person.objects.create()
    person.hear_of_protection(is_protected=True, of="register")
    before = bytes(person.protection_sealed)

    ran("kanssa.people.migrations.0004_orders_of_one_length.seal_again")

    person.refresh_from_db()
    assert bytes(person.protection_sealed) != before
    assert person.protection == {"register": True}
