"""How many statements each page of the staff sends to PostgreSQL, with lists of more than 50 lines.

Six are for who signed in, the rows, what belongs to them, the reader's own household, and the event. None
grows with the lines of a list.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from kanssa.applications.casework.lists import CaseworkList, casework_lines
from kanssa.applications.models import Applicant, Application, Confirmation, Task
from kanssa.evidence.models import Event
from kanssa.identification.document_checks import CheckQueue
from kanssa.identification.models import DeskCheck
from kanssa.office import current
from rehearsal.load.life import Setting
from rehearsal.load.parts import WORKERS, load_part
from tests.cast import NOW
from tests.staff import member
from tests.web.browser import text_of
from tests.web.staff.desk.test_desk import at_the_desk
from tests.web.staff.supervision.test_supervision import at_the_office
from tests.web.statements import CountingBrowser

pytestmark = pytest.mark.django_db

MOST = 6
# One record, however many there are of it: the document, what depends on it, and its decisions.
MORE = {"GET desk:task": 7, "GET supervise:check": 10}
PAGES = ("GET staff:", "GET desk:", "GET supervise:")
LINES = 51
SIZE = 1_200


@pytest.fixture
def loaded(monkeypatch, settings):
    """Fill every list beyond its first page."""
    # The office is looked up once a second, whichever request comes then.
    monkeypatch.setattr(current, "_LOOK_UP_SECONDS", 3600)
    settings.CLOCK_FUNCTION = f"{__name__}.now"
    current.current_office()
    clerk = member().user_id
    for part in range(WORKERS):
        list(load_part(part, size=SIZE, setting=Setting(seed=5, now=NOW, clerks=(clerk,))))
    # As the command does: plans that were kept from empty tables would scan these.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = {"annulment_asked_at": NOW, "annulment_reason": "mistaken"}
    DeskCheck.objects.update(at=NOW - timedelta(hours=1), for_review=True, **asked)
    valid = Application.objects.filter(state="valid").values_list("pk", flat=True)[:LINES]
    Application.objects.filter(pk__in=list(valid)).update(valid_until=NOW + timedelta(days=2))
    ask_for_tasks()
    record_decisions_and_reads(clerk)


def now():
    return NOW


def ask_for_tasks():
    given = Confirmation.objects.filter(ended_at=None, application__state="valid")[:LINES]
    Task.objects.bulk_create(
        [
            Task(
                kind="other-code",
                applicant_id=each.applicant_id,
                identification_id=each.identification_id,
                asked_at=NOW,
            )
            for each in given
        ]
    )


def record_decisions_and_reads(clerk):
    facts = {"outcome": "accepted", "what": "case", "reason": "visit"}
    applicants = Applicant.objects.filter(removed_at=None)[:LINES]
    Event.objects.bulk_create(
        [
            Event(
                at=NOW,
                kind=kind,
                actor_kind="staff",
                actor_id=clerk,
                application_id=each.application_id,
                applicant_id=each.pk,
                facts=facts,
            )
            for kind in ("task-decided", "protected-read")
            for each in applicants
        ]
    )


def url(name, **gaps):
    with override("en"):
        return reverse(name, kwargs=gaps)


def too_many(browser):
    """Map each page that sent more statements than it may to its number and their beginnings."""
    return {
        name: (len(sent), [each[:60] for each in sent])
        for name, times in browser.requests.items()
        for sent in times
        if name.startswith(PAGES) and len(sent) > MORE.get(name, MOST)
    }


def test_pages_of_the_desk_stay_within_their_statements(loaded):
    desk = at_the_desk(CountingBrowser())
    for which in CaseworkList:
        assert len(casework_lines(which, staff=member(), now=NOW)) == LINES
        desk.get(url("desk:list", which=which))
        assert desk.last.status_code == 200
    desk.get(url("staff:start"))
    desk.get(url("desk:slips"))
    desk.get(url("desk:task", task_id=unprotected_task().pk))
    open_cases(desk)
    search(desk)

    assert too_many(desk) == {}


def unprotected_task():
    """Give a task about an adult without a non-disclosure order: reading that one leaves an event more."""
    asked = Task.objects.filter(asked_at=NOW, applicant__non_disclosure_sealed=None)
    return asked.filter(applicant__person__non_disclosure_sealed=None).order_by("applicant__position", "pk")[
        0
    ]


def open_cases(desk):
    """Open applications of two adults, with checks, and print a letter."""
    shared = Application.objects.filter(applicants__position=1, state__in=("sent", "valid"))
    checked = DeskCheck.objects.values("application_id")
    for application in (*shared[:2], *shared.filter(pk__in=checked)[:2]):
        desk.send(url("desk:open", application_id=application.pk), reason="visit")
        desk.get(url("desk:case", application_id=application.pk))
        assert desk.last.status_code == 200
        for adult in application.applicants.all():
            desk.get(url("desk:letter", application_id=application.pk, applicant_id=adult.pk))


def search(desk):
    application = Application.objects.filter(state="valid")[0]
    person = application.applicants.get(is_main=True).person
    for typed in ("Korhonen", "Korhonen Anna", "14.2.1988", person.hetu.code, application.reference):
        assert len(searched(desk, typed)) <= MOST
    assert len(searched(desk, application.visit_code)) <= MOST + 1
    # Only where no name is the one that was typed, similar ones are read.
    assert len(searched(desk, "Korhoven Anma")) <= MOST + 2


def searched(desk, typed):
    """Search, and return the statements of the page with the result."""
    desk.send(url("desk:search"), typed=typed, reason="visit")
    desk.get(url("desk:search"))
    assert desk.last.status_code == 200
    return desk.requests.pop("GET desk:search")[-1]


def test_pages_of_supervisors_stay_within_their_statements(loaded):
    office = at_the_office(CountingBrowser())
    for which in CheckQueue:
        office.get(url("supervise:checks", which=which))
        assert "Next page" in text_of(office.last)
    for name in ("supervise:decided", "supervise:protected"):
        office.get(url(name))
        assert "Older ones" in text_of(office.last)
    office.get(url("staff:people"))
    office.get(url("staff:start"))
    office.get(url("supervise:check", check_id=DeskCheck.objects.exclude(identification=None)[0].pk))
    assert office.last.status_code == 200
    for application in Application.objects.filter(applicants__position=1, state="valid")[:2]:
        office.send(url("supervise:why_history", application_id=application.pk), reason="correction")
        office.get(url("supervise:history", application_id=application.pk))
        assert office.last.status_code == 200

    assert too_many(office) == {}
