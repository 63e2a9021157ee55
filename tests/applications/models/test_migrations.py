"""Effects of migrations on rows that earlier code wrote."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string

from kanssa.applications.aggregate.salts import salt_of
from kanssa.applications.models import Applicant, Application
from kanssa.messages.models import Message
from kanssa.people.models import Person
from tests.actions import clock_advanced, light_change, with_resident
from tests.cast import AINO, EINO, arrived, edited, later, sent
from tests.vault.stolen import StolenDatabase, betrayed_code

pytestmark = pytest.mark.django_db

SALTS = ("applications", "0011_sealed_salts")


FORMER_COLUMNS = (
    ("applications_applicant", "order_sealed", "non_disclosure_sealed"),
    ("people_person", "protection_sealed", "non_disclosure_sealed"),
)


def ran(app, migration, function):
    """Run a migration's function on the present rows, with the column names of that time."""
    then = MigrationLoader(connection).project_state((app, migration)).apps
    run = import_string(f"kanssa.{app}.migrations.{migration}.{function}")
    for table, former, today in FORMER_COLUMNS:
        rename_column(table, today, former)
    run(then, connection.schema_editor())
    for table, former, today in FORMER_COLUMNS:
        rename_column(table, former, today)


def rename_column(table, before, after):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")


def test_open_salts_are_sealed_and_stay_the_same():
    application = sent(AINO, EINO)
    ran(*SALTS, "unseal")
    before = salts_as_stored(application)
    assert betrayed_code(StolenDatabase(), EINO.named, near=EINO.hetu) == EINO.hetu

    ran(*SALTS, "seal")

    assert betrayed_code(StolenDatabase(), EINO.named, near=EINO.hetu) is None
    after = salts_as_stored(application)
    assert {pk: salt_of(pk, sealed) for pk, sealed in after.items()} == before


def test_content_sent_before_keeps_its_digest_after():
    application = sent(AINO, EINO)
    ran(*SALTS, "unseal")
    ran(*SALTS, "seal")
    parts = set(Application.objects.get(pk=application.pk).current_version.parts.all())

    edited(application, arrived(AINO, sent_here=application), light_change(901), now=later(hours=1))

    kept = parts & set(Application.objects.get(pk=application.pk).current_version.parts.all())
    assert {part.applicant_id for part in kept} == set(salts_as_stored(application)) - {application.pk}


def salts_as_stored(application) -> dict[UUID, bytes]:
    rows = (Application.objects.get(pk=application.pk), *Applicant.objects.filter(application=application))
    return {row.pk: bytes(row.salt_sealed) for row in rows}


def test_a_birth_date_in_the_cause_of_a_message_is_keyed_and_the_message_goes_once():
    application, resident = sent(AINO), uuid4()
    aino = arrived(AINO, sent_here=application)
    born = later(days=-18 * 365 + 20).date().isoformat()
    edited(application, aino, with_resident(born, resident), now=later(hours=1))
    clock_advanced(application, later(days=2))
    message = Message.objects.get(topic="coming_of_age")
    rest = message.cause.split(":", 3)[3]
    Message.objects.filter(pk=message.pk).update(cause=f"coming-of-age:{born}:{resident}:{rest}")

    ran("messages", "0003_no_birth_date_in_a_cause", "key")

    assert Message.objects.get(pk=message.pk).cause == message.cause


def test_non_disclosure_orders_are_sealed_again_in_whole_blocks():
    person = Person.objects.create()
    person.record_non_disclosure(is_protected=True, of="register")
    before = bytes(person.non_disclosure_sealed)

    ran("people", "0004_orders_of_one_length", "seal_again")

    person.refresh_from_db()
    assert bytes(person.non_disclosure_sealed) != before
    assert person.non_disclosure_by_source == {"register": True}
