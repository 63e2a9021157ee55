"""The service desk in a browser: clerks serve visitors by mouse and by keyboard alone."""

import re
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from kanssa.values.hetu import Hetu
from kanssa.values.mrz import check_digit
from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import identity_code, new_person
from tests.e2e.journeys import PERSON_STEPS, Visit
from tests.e2e.scanner import scanned
from tests.e2e.staff.test_sign_in import STAFF, sign_on
from tests.e2e.two_adults import send

pytestmark = pytest.mark.e2e

CLERK = identity_code(date(1985, 5, 5), 998)
OF_THE_DESK = {"width": 1366, "height": 768}


def come_to_the_desk(visit: Visit, clerk: str = "saga") -> None:
    """Sign in as a clerk, and declare the clerk's own identity code if that was not done yet."""
    sign_on(visit, clerk)
    visit.page.locator("main a", has_text=visit.said("Applications that you must not handle")).click()
    if visit.page.locator("main a.hds-button").count() == 0:
        visit.fill({"hetu": CLERK})
    visit.picture("not-mine")
    visit.open(STAFF[visit.language])


def search(visit: Visit, typed: str, reason: str = "") -> None:
    visit.fill({"typed": typed} | ({"reason": reason} if reason else {}))
    visit.picture("found")


def open_case(visit: Visit, reference: str) -> None:
    visit.press(visit.said("Open %(reference)s", reference=reference))
    visit.picture("case")


def begin_identifying(visit: Visit, who: CastMember) -> None:
    visit.press(visit.said("Identify %(name)s", name=name_of(who)))
    visit.picture("document")


def name_of(who: CastMember) -> str:
    return f"{who.first_names} {who.last_name}"


def answers(who: CastMember, **others: str) -> dict[str, str]:
    """Return the clerk's answers for a passport that is in order."""
    born = Hetu(who.hetu).born
    return {
        "kind": "passport",
        "issuer": "FIN",
        "expires": "31.12.2035",
        "number_end": "567",
        "last_name": who.last_name,
        "first_names": who.first_names,
        "born": f"{born.day}.{born.month}.{born.year}",
        "is_marked_unverified": "no",
        "is_photo_same": "yes",
        "is_born_same": "yes",
        "is_name_same": "yes",
        "is_code_same": "yes",
        "acting_as": "nobody",
    } | others


def zone_of(who: CastMember) -> str:
    number, expires, born = "AB1234567", "350101", f"{Hetu(who.hetu).born:%y%m%d}"
    second = f"{number}{check_digit(number)}FIN{born}{check_digit(born)}F{expires}{check_digit(expires)}"
    second = second.ljust(42, "<") + check_digit("<" * 14)
    second += check_digit(second[0:10] + second[13:20] + second[21:])
    return "P<FINDESK<<ZONE".ljust(44, "<") + "\n" + second


def to_the_review(visit: Visit) -> None:
    """Go from serving to the review; the terms of use come first."""
    visit.picture("serving")
    visit.press(visit.said("Check and confirm with the person"))
    if visit.heading == visit.said("Terms of use"):
        visit.accept_terms()  # they lead on to the review that was wanted


def end_service(visit: Visit) -> None:
    visit.page.locator(".served button").click()
    expect(visit.page.locator("#id_typed")).to_be_focused()


def read_zones(visit: Visit, who: CastMember) -> None:
    """Scan a zone with a fault, then a sound one."""
    visit.page.locator("[name=zone]").fill(zone_of(who)[:-1] + "X")
    visit.page.locator("main form.form button").first.click()
    visit.picture("zone-with-a-fault")
    visit.page.locator("[name=zone]").fill(zone_of(who))
    visit.page.locator("main form.form button").first.click()
    assert visit.said("The zone is read") in visit.text
    visit.picture("zone-read")


def test_two_adults_without_email_are_served_fully_at_the_desk(arrive: Arrive) -> None:
    main, other = replace(new_person(), email=""), replace(new_person(), email="")
    home = arrive("home")
    with home.hurrying():
        reference = home.apply(main, other)
    visit = arrive("desk")
    come_to_the_desk(visit)
    visit.picture("start")

    search(visit, reference)
    open_case(visit, reference)
    begin_identifying(visit, main)
    read_zones(visit, main)
    visit.fill(answers(main))
    to_the_review(visit)
    visit.confirm()
    end_service(visit)

    # Back shows nothing of the person.
    visit.back()
    visit.page.reload()
    assert main.last_name not in visit.page.locator("main").inner_text()

    visit.open(STAFF[visit.language])
    search(visit, other.last_name, reason="visit")
    visit.page.locator("main li", has_text=reference).locator("button").first.click()
    # Back leads to the search result, and on from there.
    visit.back()
    assert other.last_name in visit.text
    visit.picture("found-again")
    visit.page.locator("main li", has_text=reference).locator("button").first.click()
    visit.press(visit.said("Print a letter"))
    visit.picture("letter-of-who-has-confirmed")
    visit.back()
    print_letter(visit, reference, other)
    begin_identifying(visit, other)
    visit.fill(answers(other))
    visit.press(visit.said("Print an activation slip"))
    assert re.search(r"\w{4}-\w{4}-\w{4}", visit.text)
    visit.picture("slip")
    visit.press(visit.said("It is printed"))
    to_the_review(visit)
    visit.page.locator("main .notification a").first.click()
    for each in (*PERSON_STEPS, {}, {"income_source": "wages", "gross_income": "2350"}, {}):
        visit.fill(each)
    visit.confirm()
    assert visit.is_valid
    end_service(visit)


def print_letter(visit: Visit, reference: str, who: CastMember) -> None:
    """Print the letter to one adult, check the code to say or scan, and go back to the case."""
    letter = visit.page.locator("main a", has_text=visit.said("Print a letter"))
    letter.filter(has_text=name_of(who)).click()
    visit.picture("letter")
    code = visit.page.locator(".visit-code strong").inner_text()
    assert scanned(visit.page.locator(".visit-code img.qr")) == code.replace(" ", "")
    visit.print("letter", reference, name_of(who), code)
    visit.back()


def test_a_guardian_confirms_for_an_applicant_on_a_signed_paper(arrive: Arrive) -> None:
    who = replace(new_person(), email="")
    reference = send(arrive("home"), who)
    visit = arrive("desk")
    with visit.hurrying():
        come_to_the_desk(visit)
        search(visit, reference)
        open_case(visit, reference)
        begin_identifying(visit, who)

    guardian = {"acting_as": "guardian", "acting_name": "Erkki Edus", "acting_document": "DVV 12.3.2026"}
    visit.fill(answers(who, **guardian))
    to_the_review(visit)
    signed = f"{visit.said('Date and signature')} {reference}"
    visit.print("to-sign", who.first_names, signed, pages=3)
    visit.page.locator("[name=archive_reference]").fill("HEL 2026-001")
    visit.confirm()
    assert visit.is_valid
    visit.press(visit.said("Receipt to print"))
    assert "HEL 2026-001" in visit.text
    visit.picture("receipt")
    visit.print("receipt", reference, "HEL 2026-001", name_of(who))
    end_service(visit)
    search(visit, reference)
    open_case(visit, reference)
    assert visit.said("A guardian acted.") in visit.text


def test_an_expired_document_is_refused_and_a_valid_one_accepted(arrive: Arrive) -> None:
    who = replace(new_person(), email="")
    reference = send(arrive("home"), who)
    visit = arrive("desk")
    with visit.hurrying():
        come_to_the_desk(visit)
        search(visit, reference)
        open_case(visit, reference)
        begin_identifying(visit, who)

    visit.fill(answers(who, expires="1.1.2020"))

    assert visit.said("The document is no longer valid.") in visit.text
    visit.picture("expired")
    visit.press(visit.said("Check another document"))
    visit.fill(answers(who))
    assert visit.heading == visit.said("You serve %(name)s", name=name_of(who))


def test_a_clerk_cannot_open_her_own_case(arrive: Arrive) -> None:
    herself = replace(new_person(), hetu=CLERK)
    home = arrive("home")
    with home.hurrying():
        reference = home.apply(herself)
    visit = arrive("desk")
    come_to_the_desk(visit)

    search(visit, reference)

    assert visit.said("Your own household or a relative: another clerk serves this one.") in visit.text
    assert herself.last_name not in visit.text
    assert visit.page.locator("main .people button").count() == 0


def test_the_desk_fits_a_narrow_screen(arrive: Arrive) -> None:
    main, language = new_person(), "sv"
    home = arrive("home", language=language)
    with home.hurrying():
        reference = home.apply(main)
    visit = arrive("desk", language=language, width=320)
    come_to_the_desk(visit)
    visit.picture("start")
    visit.fill({"typed": "?"})
    visit.picture("search-with-faults")
    visit.open(STAFF[language])
    search(visit, reference)
    open_case(visit, reference)
    print_letter(visit, reference, main)
    visit.press(visit.said("Record a contact"))
    visit.picture("contact")
    visit.fill({"channel": "phone", "outcome": "visit-agreed"})
    visit.press(visit.said("Record that %(name)s has died or moved away", name=name_of(main)))
    visit.picture("departure")
    visit.back()
    begin_identifying(visit, main)
    visit.fill({"kind": "passport"})
    visit.picture("document-with-faults")
    visit.fill(answers(main))
    visit.picture("serving")
    for each in ("Served today", "Waiting for longer than seven days", "To be decided"):
        visit.open(STAFF[language])
        visit.press(visit.said(each))
        visit.picture("list")
    visit.open(STAFF[language])
    visit.press(visit.said("Slips locked by wrong codes"))
    visit.picture("slips")


def tab_to(visit: Visit, selector: str) -> None:
    """Press Tab until the selected element has the focus."""
    focused = visit.page.locator(f":focus:is({selector})")
    for _press in range(80):
        if focused.count():
            return
        visit.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def enter(visit: Visit) -> None:
    """Press Enter, and wait for the next page."""
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def choose_by_keyboard(visit: Visit, name: str, value: str) -> None:
    """Choose a radio button: Tab leads to the group, Space and the arrows choose."""
    tab_to(visit, f"[name={name}]")
    visit.page.keyboard.press("Space")
    chosen = visit.page.locator(f"[name={name}][value={value}]:checked")
    for _press in range(8):
        if chosen.count():
            return
        visit.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not lead to {value}")


def test_a_whole_visit_works_by_keyboard_alone(arrive: Arrive) -> None:
    main = new_person()
    home = arrive("home")
    with home.hurrying():
        reference = home.apply(main)
    visit = arrive("desk")
    visit.page.set_viewport_size(OF_THE_DESK)
    come_to_the_desk(visit)
    keyboard = visit.page.keyboard

    expect(visit.page.locator("#id_typed")).to_be_focused()
    keyboard.type(reference)
    enter(visit)
    tab_to(visit, "main .people button")
    enter(visit)
    tab_to(visit, "main a[href*=tunnista]")
    enter(visit)
    said = answers(main)
    choose_by_keyboard(visit, "kind", said["kind"])
    tab_to(visit, "[name=issuer]")
    keyboard.type("Suomi")
    for name in ("expires", "number_end", "last_name", "first_names", "born"):
        tab_to(visit, f"[name={name}]")
        keyboard.type(said[name])
    for name in ("is_marked_unverified", "is_photo_same", "is_born_same", "is_name_same"):
        choose_by_keyboard(visit, name, said[name])
    choose_by_keyboard(visit, "is_code_same", "yes")
    choose_by_keyboard(visit, "acting_as", "nobody")
    visit.picture("answered-by-keyboard")
    tab_to(visit, "main form.form .hds-button--primary")
    enter(visit)
    assert visit.heading == visit.said("You serve %(name)s", name=name_of(main))
    tab_to(visit, "main a.hds-button--primary")
    enter(visit)
    tab_to(visit, "main form.form button")
    enter(visit)
    tab_to(visit, "main form.form button")
    enter(visit)
    assert visit.is_valid
    visit.picture("confirmed-by-keyboard")
    tab_to(visit, ".served button")
    keyboard.press("Enter")
    expect(visit.page.locator("#id_typed")).to_be_focused()
