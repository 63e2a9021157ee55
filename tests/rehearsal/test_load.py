"""Applications of a load are real: the service reads, lists and finds them as its own."""

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction

from kanssa.accounts.models import User
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.salts import salt_of
from kanssa.applications.aggregate.version_view import open_part
from kanssa.applications.casework.cases import AccessReason
from kanssa.applications.casework.lists import CaseworkList, casework_lines
from kanssa.applications.content.digests import (
    PartDigests,
    digests_of_household,
    digests_of_person,
    version_hash,
)
from kanssa.applications.content.validation import problems_of
from kanssa.applications.models import (
    Applicant,
    Application,
    Confirmation,
    Invitation,
    Part,
    SearchToken,
    Seat,
    Version,
)
from kanssa.applications.reading import queries
from kanssa.applications.search.applicants import search_lookups_of
from kanssa.applications.states import State
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.calendar.days import day_of
from kanssa.evidence.models import Event
from kanssa.identification.sessions import identity_of_session
from kanssa.links.mailed_link import hash_token
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.messages.topics import Topic
from kanssa.people.models import Person
from kanssa.usecases.desk.casework.search_applications import search_applications
from kanssa.values.hetu import parse_hetu
from kanssa.values.role import Role
from kanssa.worker.emails.render import email_of
from rehearsal.load.codes import reference_of, visit_code_of
from rehearsal.load.command import main
from rehearsal.load.life import Setting
from rehearsal.load.parts import WORKERS, load_part, rows_of_chunk
from tests.cast import NOW
from tests.staff import member

CLERK = member(Role.CLERK)
SIZE = 200
SETTING = Setting(seed=7, now=NOW, clerks=(UUID(int=1), UUID(int=2)))
HOUSE = Path(__file__).parents[2] / "kanssa"


@pytest.fixture
def loaded(db):
    for part in range(WORKERS):
        list(load_part(part, size=SIZE, setting=SETTING))
    # As the command does: plans that were kept from empty tables would scan these.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sent_applications():
    return LoadedApplication.all_of(
        Application.objects.exclude(state=State.DRAFT).values_list("pk", flat=True), now=NOW
    )


def row_of(application_id):
    return Application.objects.values().get(pk=application_id)


def searched(typed):
    return search_applications(typed=typed, reason=AccessReason.CONTACT, staff=CLERK, now=NOW)


def test_every_state_has_its_share(loaded):
    states = list(Application.objects.values_list("state", flat=True))

    assert len(states) == SIZE
    assert set(states) == set(State)
    assert states.count(State.VALID) > SIZE / 4
    assert any(each.has_waiting_version for each in sent_applications())


def test_constraints_hold_and_guards_are_on(loaded):
    connection.check_constraints()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Event.objects.update(kind="forged")


def test_the_service_would_save_each_application_as_it_is(loaded):
    for application_id in Application.objects.exclude(state=State.DRAFT).values_list("pk", flat=True):
        before = row_of(application_id)

        application = locked(application_id, now=NOW)
        save(application)

        assert application.timed_transitions == []
        assert row_of(application_id) == before


def test_who_sits_in_a_valid_application_has_confirmed_it(loaded):
    seats = {(seat.person_id, seat.application_id) for seat in Seat.objects.all()}
    carrying = {
        (application.applicants[key].person_id, application.application.pk)
        for application in sent_applications()
        if application.state is State.VALID
        for key in application.confirmed.digests
    }

    assert seats == carrying


def test_contents_open_and_their_digests_follow_from_them(loaded):
    salts = {row.pk: salt_of(row.pk, row.salt_sealed) for row in Application.objects.all()}
    salts |= {row.pk: salt_of(row.pk, row.salt_sealed) for row in Applicant.objects.all()}

    for part in Part.objects.all():
        digest = digests_of_person if part.applicant_id else digests_of_household
        salt = salts[part.applicant_id or part.application_id]
        digests = digest(open_part(part), salt=salt)
        assert (digests.material, digests.whole) == (bytes(part.material_digest), bytes(part.digest))


def test_each_version_is_hashed_over_its_parts_and_the_one_before(loaded):
    before = {}
    for version in Version.objects.order_by("application", "number").prefetch_related("parts"):
        parts = {
            str(part.applicant_id or "household"): PartDigests(
                bytes(part.material_digest), bytes(part.digest)
            )
            for part in version.parts.all()
        }
        assert bytes(version.hash) == version_hash(
            application_id=str(version.application_id),
            number=version.number,
            previous=before.get((version.application_id, version.number - 1)),
            parts=parts,
        )
        before[version.application_id, version.number] = bytes(version.hash)


def test_what_was_sent_could_have_been_sent(loaded):
    for application in sent_applications():
        assert problems_of(application.current.content, today=day_of(NOW)) == []


def test_identity_codes_are_for_tests(loaded):
    for person in Person.objects.all():
        code = person.hetu.code
        assert parse_hetu(code, today=day_of(NOW), allow_test_codes=True).is_test_code


def test_people_read_the_status_and_the_review_of_what_they_confirmed(loaded):
    confirmations = Confirmation.objects.select_related("identification__person")
    assert len(confirmations) > SIZE / 2

    for given in confirmations:
        who = identity_of_session(given.identification)
        status = queries.status(given.application_id, identified=who, now=NOW)
        review = queries.review(given.application_id, identified=who, now=NOW)
        assert status.own_name == who.name
        assert status.reference == review.reference
        assert given.application_id in {each.application_id for each in queries.applications_of(who, now=NOW)}


def test_drafts_open(loaded):
    for key in Application.objects.filter(state=State.DRAFT).values_list("pk", flat=True):
        assert queries.draft_of(key, now=NOW).content.main_applicant_id


def test_a_clerk_finds_adults_by_code_and_by_name(loaded):
    for application in sent_applications()[:20]:
        for key, applicant in application.applicants.items():
            facts = application.facts_of(key)
            by_code = {hit.applicant_id for hit in searched(facts["hetu"])}
            by_name = searched(f"{facts['last_name']} {facts['first_names']}")
            assert key in by_code
            assert key in {hit.applicant_id for hit in by_name}
            tokens = SearchToken.objects.filter(applicant=applicant).values_list("lookup", "kind")
            assert {bytes(lookup): kind for lookup, kind in tokens} == search_lookups_of(facts)


def test_the_lists_of_the_desk_have_lines(loaded):
    lines = {each: casework_lines(each, staff=CLERK, now=NOW) for each in CaseworkList}

    assert lines[CaseworkList.WAITING]
    assert lines[CaseworkList.EXPIRING]
    assert all(line.name for wanted in lines.values() for line in wanted)


def test_links_that_were_mailed_open(loaded):
    written = Message.objects.filter(topic=Topic.INVITATION, sealed__isnull=False)
    tokens = [read_contents(message)[1]["token"] for message in written]

    found = Invitation.objects.filter(token_hash__in=[hash_token(token) for token in tokens])
    assert len(found) == len(tokens) > 0


def test_messages_that_are_not_empty_can_be_sent(loaded):
    messages = Message.objects.filter(sealed__isnull=False)
    assert {Delivery.HANDED_OVER, Delivery.NO_SUCH_ADDRESS} <= {message.delivery for message in messages}

    for message in messages:
        address, says = read_contents(message)
        assert address in email_of(message, address, says, now=NOW).to


def test_events_are_of_kinds_that_the_service_records(loaded):
    source = "".join(path.read_text("utf-8") for path in HOUSE.rglob("*.py"))

    kinds = set(Event.objects.values_list("kind", flat=True))

    assert {"sent", "confirmed", "became-valid"} <= kinds
    assert [kind for kind in kinds if f'"{kind.removeprefix("clock-")}"' not in source] == []


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows():
    first, second, other = (
        plain(rows_of_chunk(list(range(30)), setting=Setting(seed, NOW, SETTING.clerks)))
        for seed in (1, 1, 2)
    )

    assert first == second
    assert first != other


def plain(rows):
    """Rows without what is sealed: each sealing has a random nonce."""
    instances = {
        model.__name__: [
            {
                field.attname: getattr(row, field.attname)
                for field in model._meta.concrete_fields
                if not isinstance(field, models.BinaryField) or field.max_length
            }
            for row in made
        ]
        for model, made in rows.by_model.items()
    }
    events = [(*event[:-1], str(event[-1].obj)) for event in rows.events]
    return instances, events, rows.search_tokens, rows.version_parts


def test_no_reference_and_no_visit_code_comes_twice():
    numbers = range(300_000)

    assert len({reference_of(number, at=NOW, seed=3) for number in numbers}) == len(numbers)
    assert len({visit_code_of(number, seed=3) for number in numbers}) == len(numbers)


@pytest.mark.django_db
def test_a_production_is_not_filled(settings, capsys):
    settings.MODE = "production"

    assert main(["--size", "5"]) == 1
    assert "for a rehearsal alone" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_the_command_loads_with_two_workers_once():
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    command = [sys.executable, "-m", "rehearsal.load", "--size", "20", "--now", NOW.isoformat()]
    given = {"env": {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(HOUSE.parent)}}

    first = subprocess.run(command, capture_output=True, text=True, check=False, **given)
    second = subprocess.run(command, capture_output=True, text=True, check=False, **given)

    assert re.search(r"^20 applications in 0:\d\d min\.$", first.stdout, re.MULTILINE), first.stderr
    assert Application.objects.count() == 20
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert (second.returncode, "holds a load already" in second.stderr) == (1, True)
