"""A supervisor in a browser: decisions, annulment, protected people, and the desk's information."""

from datetime import UTC, datetime, timedelta

import pytest

from kanssa.calendar.days import day_of
from tests.cast import CastMember
from tests.e2e.conftest import SECONDS, Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import Visit
from tests.e2e.stack import until
from tests.e2e.staff.test_desk import answers, begin_identifying, come_to_the_desk, name_of, open_case, search
from tests.e2e.staff.test_sign_in import STAFF

pytestmark = pytest.mark.e2e

WIDTHS = [("fi", 1280), ("sv", 320)]


def go_to(visit: Visit, label: str) -> None:
    """Go from the staff's first page to one of the supervisor's."""
    visit.open(STAFF[visit.language])
    visit.press(visit.said(label))


def continue_case(visit: Visit, reference: str) -> None:
    visit.open(STAFF[visit.language])
    visit.press(visit.said("Continue with application %(reference)s", reference=reference))


def open_check(visit: Visit, reference: str) -> None:
    """Open the desk check of an application from a list."""
    visit.page.locator("main tr", has_text=reference).locator("a").first.click()


def ask_about_a_document(desk: Visit, who: CastMember, reference: str) -> None:
    """Check an expired passport, and ask a supervisor to decide."""
    with desk.hurrying():
        come_to_the_desk(desk)
        search(desk, reference)
        open_case(desk, reference)
        begin_identifying(desk, who)
        desk.fill(answers(who, expires="1.1.2020"))
        continue_case(desk, reference)
    desk.press(desk.said("Ask a supervisor to decide"))
    desk.picture("asked")


def decide(office: Visit, reference: str) -> None:
    """Decide, with grounds, that the person may be identified."""
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
    """Annul, as another supervisor, the identification that a clerk asked about."""
    with colleague.hurrying():
        come_to_the_desk(colleague, "ulla")
    go_to(colleague, "Clerks ask for a decision")
    open_check(colleague, reference)
    colleague.picture("wish")
    colleague.press(colleague.said("Annul the identification"))
    colleague.fill({"words": "Väärä hakemus."})


def protect(desk: Visit, who: CastMember, reference: str) -> None:
    """Record a non-disclosure order, and open the contacts for a reason."""
    continue_case(desk, reference)
    desk.press(desk.said("Record a non-disclosure order of %(name)s, or its end", name=name_of(who)))
    desk.fill({"is_protected": "yes", "because": "person"})
    desk.picture("case-of-a-protected-person")
    assert "Kaikukatu" not in desk.text
    desk.press(desk.said("Open the contact details for a reason"))
    desk.fill({"reason": "contact"})
    assert "Kaikukatu 3" in desk.text
    desk.picture("contacts")


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_decides_reads_the_list_of_reads_and_annuls(
    arrive: Arrive, language: str, width: int
) -> None:
    main = new_person()
    home = arrive("home", language=language)
    with home.hurrying():
        reference = home.apply(main)
    desk = arrive("desk", language=language, width=width)
    office = arrive("office", language=language, width=width)

    ask_about_a_document(desk, main, reference)
    decide(office, reference)
    continue_case(desk, reference)
    desk.picture("decided")
    desk.press(desk.said("Identify based on the decision"))
    desk.picture("serving")
    desk.press(desk.said("End the service"))

    protect(desk, main, reference)
    go_to(office, "Access to people with a non-disclosure order")
    assert reference in office.text
    assert "Saga Salonen" in office.text
    office.picture("reads")

    continue_case(desk, reference)
    desk.press(desk.said("Ask a supervisor to annul it"))
    desk.fill({"reason": "mistaken", "words": "The sister came back with her own passport."})
    go_to(office, "Clerks ask for a decision")
    assert reference not in office.text  # her own decision led to it, so another supervisor judges it
    annul(arrive("colleague", language=language, width=width), reference)
    go_to(office, "All checks at the desk")
    office.picture("all-checks")
    continue_case(desk, reference)
    assert desk.said("A supervisor has annulled it.") in desk.text
    assert desk.said("Not identified") in desk.text


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_reverses_a_recorded_death_and_opens_an_application(
    arrive: Arrive, language: str, width: int
) -> None:
    main = new_person()
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
    desk.fill({"because": "died", "grounds": "certificate", "words": "Kuolintodistus."})
    desk.picture("departed")

    with office.hurrying():
        come_to_the_desk(office, "valma")
    go_to(office, "Decisions about people on applications")
    office.picture("decided")
    open_check(office, reference)
    office.picture("why")
    office.fill({"reason": "correction"})
    assert "Kuolintodistus." in office.text
    office.picture("history")
    office.press(office.said("Undo this"))
    office.fill({"words": "Elossa."})
    office.picture("take-back-with-faults")
    office.fill({"grounds": "untrue", "words": "Elossa."})
    assert office.said("Undid the record that a person died") in office.text
    continue_case(desk, reference)
    assert died in desk.text

    go_to(office, "Look into an application, or correct a decision")
    office.fill({"reference": "H-26-AAAA-AA", "reason": "review"})
    assert office.said("No application has this reference.") in office.text
    office.picture("no-such-reference")


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_the_desks_information_is_changed_with_a_preview(arrive: Arrive, language: str, width: int) -> None:
    office = arrive("office", language=language, width=width)
    with office.hurrying():
        come_to_the_desk(office, "valma")
    go_to(office, "Information about the desk")
    office.picture("desk")
    office.press(office.said("Change hours or contacts"))
    office.fill({"hours": "Mo-Fr 9-15"})
    office.picture("hours-with-a-fault")
    assert "9-15" in office.text
    office.page.locator("[name=hours]").fill("Mo-Fr 09:00-15:00; PH off")
    office.page.locator("button[value=preview]").click()
    office.picture("preview-of-hours")
    assert office.said("Nothing is saved yet.") in office.text

    go_to(office, "Information about the desk")
    office.press(office.said("Add a notice"))
    first = day_of(datetime.now(UTC))
    last = first + timedelta(days=2)
    text = f"Hissi ei toimi {language}"
    days = {"since": f"{first:%d.%m.%Y}", "until": f"{last:%d.%m.%Y}"}
    office.fill(days | {"fi": text, "sv": text, "en": text})
    office.picture("desk-with-a-notice")

    anybody = arrive("anybody", language=language, width=width)
    assert until(lambda: text in text_at(anybody, "/"), SECONDS)
    anybody.picture("front")
    contact = {"fi": "/yhteystiedot/", "sv": "/kontakt/"}[language]
    assert until(lambda: text in text_at(anybody, contact), SECONDS)
    anybody.picture("contact")
    office.press(office.said("Remove this notice"))
    assert until(lambda: text not in text_at(anybody, "/"), SECONDS)


def text_at(visit: Visit, path: str) -> str:
    """Open a page; each web process looks the notices up once a second, so a page may be that late."""
    visit.open(path)
    return visit.text


@pytest.mark.parametrize(("language", "width"), WIDTHS)
def test_a_supervisor_reads_the_list_of_staff(arrive: Arrive, language: str, width: int) -> None:
    office = arrive("office", language=language, width=width)
    with office.hurrying():
        come_to_the_desk(office, "valma")
    office.press(office.said("See the staff members"))
    office.picture("people")
