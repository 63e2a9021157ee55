"""Rules that the database enforces by itself, independent of the code."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, transaction

from kanssa.applications.models import Applicant, Application, Confirmation, Part, Seat, Version
from kanssa.evidence.models import Event
from kanssa.people.models import Person
from kanssa.values.hetu import Hetu
from kanssa.vault import open_json
from tests.cast import AINO, EINO, NOW, arrived, confirmed, sent

pytestmark = pytest.mark.django_db


def refuses(action):
    with pytest.raises(IntegrityError), transaction.atomic():
        action()


def test_versions_parts_and_events_cannot_be_changed_or_deleted():
    sent(AINO)

    refuses(lambda: Version.objects.update(number=7))
    refuses(lambda: Part.objects.update(digest=b"x" * 32))
    refuses(lambda: Event.objects.update(kind="nothing"))
    refuses(lambda: Event.objects.all().delete())


def test_a_confirmation_can_end_but_its_binding_stays():
    application = sent(AINO)
    confirmed(application, arrived(AINO))

    refuses(lambda: Confirmation.objects.update(digest=b"x" * 32))
    refuses(lambda: Confirmation.objects.all().delete())
    assert Confirmation.objects.update(ended_at=NOW, ended_because="used-elsewhere") == 1


def test_one_person_claims_one_applicant_row_and_has_one_seat():
    application = sent(AINO, EINO)
    aino = arrived(AINO)

    refuses(lambda: Applicant.objects.filter(application=application).update(person_id=aino.person_id))
    Seat.objects.create(person_id=aino.person_id, application=application, taken_at=NOW)
    refuses(lambda: Seat.objects.create(person_id=aino.person_id, application=sent(AINO), taken_at=NOW))


def test_an_identity_code_is_found_by_its_look_up_and_stored_nowhere_in_the_clear():
    sent(AINO)
    person = Person.objects.with_hetu(Hetu(AINO.hetu))

    assert Person.objects.with_hetu(Hetu(AINO.hetu)) == person
    assert Person.objects.with_hetu(Hetu(AINO.hetu.replace("-", "Y"))) != person
    for model in (Person, Application, Applicant, Part, Event):
        for row in model.objects.values():
            assert AINO.hetu.encode() not in b"".join(_bytes(value) for value in row.values())
    assert Person.objects.get(pk=person.pk).hetu.code == AINO.hetu


def test_a_sealed_part_does_not_open_in_another_row():
    sent(AINO)
    first, second = Part.objects.all()[:2]

    with pytest.raises(InvalidTag):
        open_json(first.sealed, bound_to=f"part:{second.pk}")


def _bytes(value):
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
