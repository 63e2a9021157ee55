"""A supervisor in a browser: what clerks ask, annulling, protected people, what is said of the desk."""

from datetime import UTC, datetime, timedelta

import pytest

from kanssa.calendar.days import day_of
from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import somebody
from tests.e2e.journeys import Visit
from tests.e2e.staff.test_desk import answers, begin_identifying, come_to_the_desk, name_of, open_case, search
from tests.e2e.staff.test_sign_in import STAFF

pytestmark = pytest.mark.e2e

WIDTHS = [("fi", 1280), ("sv", 320)]


def go_to(visit: Visit, label: str) -> None:
    """From the staff's first page to one of the supervisor's."""
    visit.open(STAFF[visit.language])
    visit.press(visit.said(label))


def go_on_with_the_case(visit: Visit, reference: str) -> None:
    visit.open(STAFF[visit.language])
    visit.press(visit.said("Go on with application %(reference)s", reference=reference))


def open_check(visit: Visit, reference: str) -> None:
    """From a list, the check of an application."""
    visit.page.locator("main tr", has_text=reference).locator("a").first.click()


def ask_about_a_document(desk: Visit, who: CastMember, reference: str) -> None:
    """Check a passport that is out of date, and ask a supervisor."""
    with desk.hurrying():
        come_to_the_desk(desk)
        search(desk, reference)
        open_case(desk, reference)
        begin_identifying(desk, who)
        desk.fill(answers(who, expires="1.1.2020"))
        go_on_with_the_case(desk, reference)
    desk.press(desk.said("Ask a supervisor to decide"))
    desk.picture("asked")


def decide(office: Visit, reference: str) -> None:
    """Let the person be identified, on grounds."""
    with office.hurrying():
        come_to_the_desk(office, "valma")
    office.picture("start")
    office.press(office.said("Clerks ask for a decision"))
    office.picture("tasks")
    open_check(office, reference)
    office.picture("check")
    office.press(office.said("Decide about the person"))
    office.fill({"outcome": "identify"})
    assert office.said("Answer this.") in office.text
    office.picture("decision-with-faults")
    grounds = {"grounds": "other-document", "is_code_same": "yes", "words": "Oleskelulupakortti."}
    office.fill({"outcome": "identify"} | grounds)


def annul(colleague: Visit, reference: str) -> None:
    """Another supervisor annuls the identification that a clerk wishes annulled."""
    with colleague.hurrying():
        come_to_the_desk(colleague, "ulla")
    go_to(colleague, "Clerks ask for a decision")
    open_check(colleague, reference)
    colleague.picture("wish")
    colleague.press(colleague.said("Annul the identification"))
    colleague.fill({"words": "Väärä hakemus."})


def protect(desk: Visit, who: CastMember, reference: str) -> None:
    """Record a non-disclosure order, and open the contacts for a reason."""
    go_on_with_the_case(desk, reference)
    desk.press(desk.said("Record a non-disclosure order of %(name)s, or its end", name=name_of(who)))
    desk.fill({"is_protected": "yes", "because": "person"})
    desk.picture("case-of-a-protected-person")
    assert "Kaikukatu" not in desk.text
    desk.press(desk.said("Open the contact details for a reason"))
    desk.fill({"reason": "contact"})
    assert "Kaikukatu 3" in desk.text
    desk.picture("contacts")


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_decides_sees_reads_of_protected_people_and_annuls(
    arrive: Arrive, language: str, width: int
) -> None:
    main = somebody()
    home = arrive("home", language=language)
    with home.hurrying():
        reference = home.apply(main)
    desk = arrive("desk", language=language, width=width)
    office = arrive("office", language=language, width=width)

    ask_about_a_document(desk, main, reference)
    decide(office, reference)
    go_on_with_the_case(desk, reference)
    desk.picture("decided")
    desk.press(desk.said("Identify by the decision"))
    desk.picture("serving")
    desk.press(desk.said("End the service"))

    protect(desk, main, reference)
    go_to(office, "Who has read people with a non-disclosure order")
    assert reference in office.text
    assert "Saga Salonen" in office.text
    office.picture("reads")

    go_on_with_the_case(desk, reference)
    desk.press(desk.said("Ask a supervisor to annul it"))
    desk.fill({"reason": "mistaken", "words": "The sister came back with her own passport."})
    go_to(office, "Clerks ask for a decision")
    assert reference not in office.text  # it came of her own decision: another judges it
    annul(arrive("colleague", language=language, width=width), reference)
    go_to(office, "All checks at the desk")
    office.picture("all-checks")
    go_on_with_the_case(desk, reference)
    assert desk.said("A supervisor has annulled it.") in desk.text
    assert desk.said("Not identified") in desk.text


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_takes_back_that_somebody_died_and_looks_into_an_application(
    arrive: Arrive, language: str, width: int
) -> None:
    main = somebody()
    home = arrive("home", language=language)
    with home.hurrying():
        reference = home.apply(main)
    desk = arrive("desk", language=language, width=width)
    office = arrive("office", language=language, width=width)
    died = desk.said("Record that %(name)s has died or moved away", name=name_of(main))

    with desk.hurrying():
        come_to_the_desk(desk)
        search(desk, reference)
        open_case(desk, reference)
    desk.press(died)
    desk.fill({"because": "died", "grounds": "person"})
    desk.picture("departure-with-faults")
    desk.fill({"because": "died", "grounds": "relative", "words": "Veli soitti."})
    desk.picture("departed")

    with office.hurrying():
        come_to_the_desk(office, "valma")
    go_to(office, "What was decided of people on applications")
    office.picture("decided")
    open_check(office, reference)
    office.picture("why")
    office.fill({"reason": "correction"})
    assert "Veli soitti." in office.text
    office.picture("history")
    office.press(office.said("Take this back"))
    office.fill({"words": "Elossa."})
    office.picture("take-back-with-faults")
    office.fill({"grounds": "untrue", "words": "Elossa."})
    assert office.said("Took back that somebody died") in office.text
    go_on_with_the_case(desk, reference)
    assert died in desk.text

    go_to(office, "Look into an application, or put right what was decided")
    office.fill({"reference": "H-26-AAAA-AA", "reason": "review"})
    assert office.said("No application has this reference.") in office.text
    office.picture("no-such-reference")


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_what_is_said_of_the_desk_is_changed_with_a_preview(
    arrive: Arrive, language: str, width: int
) -> None:
    office = arrive("office", language=language, width=width)
    with office.hurrying():
        come_to_the_desk(office, "valma")
    go_to(office, "What is said of the desk")
    office.picture("desk")
    office.press(office.said("Change hours or contacts"))
    office.fill({"hours": "Mo-Fr 9-15"})
    office.picture("hours-with-a-fault")
    assert "9-15" in office.text
    office.page.locator("[name=hours]").fill("Mo-Fr 09:00-15:00; PH off")
    office.page.locator("button[value=preview]").click()
    office.picture("preview-of-hours")
    assert office.said("Nothing is saved yet.") in office.text

    go_to(office, "What is said of the desk")
    office.press(office.said("Add a notice"))
    first = day_of(datetime.now(UTC))
    last = first + timedelta(days=2)
    text = f"Hissi ei toimi {language}"
    days = {"since": f"{first:%d.%m.%Y}", "until": f"{last:%d.%m.%Y}"}
    office.fill(days | {"fi": text, "sv": text, "en": text})
    office.picture("desk-with-a-notice")

    anybody = arrive("anybody", language=language, width=width)
    anybody.open("/")
    assert text in anybody.text
    anybody.picture("front")
    anybody.open({"fi": "/yhteystiedot/", "sv": "/kontakt/"}[language])
    assert text in anybody.text
    anybody.picture("contact")
    office.press(office.said("Take this notice away"))
    anybody.open("/")
    assert text not in anybody.text


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_looks_who_is_of_the_staff(arrive: Arrive, language: str, width: int) -> None:
    office = arrive("office", language=language, width=width)
    with office.hurrying():
        come_to_the_desk(office, "valma")
    office.press(office.said("See who is of the staff"))
    office.picture("people")
