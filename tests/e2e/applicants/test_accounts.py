"""Journeys of an applicant without bank credentials: desk visit, slip, username, confirmation."""

import re
from dataclasses import replace

import pytest

from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import LOG_IN, PERSON_STEPS, Visit
from tests.e2e.scanner import scanned
from tests.e2e.stack import Stack
from tests.e2e.staff.test_desk import (
    answers,
    begin_identifying,
    come_to_the_desk,
    end_service,
    name_of,
    open_case,
    search,
    to_the_review,
)
from tests.e2e.staff.test_sign_in import STAFF
from tests.e2e.two_adults import send, send_and_identify

pytestmark = pytest.mark.e2e

PASSWORD, NEW_PASSWORD = "hevonen akkuna kirsikka", "lumi kivi purje ankka"
CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


def slip_from_the_desk(
    desk: Visit, found_by: str, reference: str, who: CastMember, *, paper: str = ""
) -> str:
    """Identify a person at the desk and return the code of the printed slip; `paper` is its language."""
    with desk.hurrying():
        search(desk, found_by)
        open_case(desk, reference)
        begin_identifying(desk, who)
        desk.fill(answers(who))
        desk.press(desk.said("Print an activation slip"))
        code = CODE.search(desk.text)
        assert code, desk.text
        if paper:
            desk.print("slip", code.group(), name_of(who), language=paper)
        desk.page.locator("main div.buttons a").first.click()  # the page is in the person's language
        desk.press(desk.said("End the service"))
    return code.group()


def at_the_desk(arrive: Arrive, **more: str) -> Visit:
    desk = arrive("desk", **more)
    with desk.hurrying():
        come_to_the_desk(desk)
    return desk


def ask_for_a_username(visit: Visit, email: str) -> None:
    """Go from the front page by the labels of the city's instructions."""
    visit.open("/")
    visit.press(visit.labels["log_in"])
    if visit.labels["accept_cookies"] in visit.text:
        visit.accept_cookies()
    visit.picture("log-in-with-a-username")
    visit.press(visit.labels["create"])
    visit.page.locator("[name=email]").fill(email)
    visit.picture("create-username")
    visit.press(visit.labels["continue"])
    assert email in visit.text
    visit.picture("look-in-your-e-mail")


def choose_password(visit: Visit, link: str, code: str, password: str = PASSWORD) -> None:
    visit.page.goto(link)
    visit.picture("choose-a-password")
    visit.fill({"code": code, "password": password})


def confirm_by_username(visit: Visit, reference: str) -> None:
    """Go from the person's applications to the confirm button and press it."""
    visit.press(visit.said("See the status of application %(reference)s", reference=reference))
    visit.press(visit.said("Check and confirm the application"))
    if visit.heading == visit.said("Terms of use"):
        visit.accept_terms()  # they lead on to the review that was wanted
    visit.picture("review-by-username")
    visit.press(visit.labels["confirm"])


def log_in_by_username(visit: Visit, email: str, password: str) -> None:
    visit.open(LOG_IN[visit.language])
    if visit.labels["accept_cookies"] in visit.text:
        visit.accept_cookies()
    visit.press(visit.said("Log in with a username"))
    visit.fill({"email": email, "password": password})


def newest_link(stack: Stack, to: str, count: int) -> str:
    return str(stack.wait_for_messages(to, count)[0]["links"][0])


@pytest.mark.parametrize(("language", "width"), [("fi", 1280), ("sv", 320), ("en", 1280)])
def test_an_applicant_with_a_passport_and_e_mail_reaches_a_valid_application(
    arrive: Arrive, stack: Stack, language: str, width: int
) -> None:
    who = new_person()
    home = arrive("home", language=language, width=width)
    reference = send(home, who)
    home.press(home.said("Identify at the service desk"))
    home.picture("ready-to-visit")
    visit_code = home.page.locator(".reference strong").first.inner_text()
    assert scanned(home.page.locator("img.qr")) == visit_code.replace(" ", "")
    home.print("ready-to-visit", reference, visit_code)
    code = slip_from_the_desk(at_the_desk(arrive), visit_code, reference, who, paper=language)

    mailbox = who.email.replace("box", "own")
    ask_for_a_username(home, mailbox)
    choose_password(home, newest_link(stack, mailbox, 1), "2222-2222-2222")
    home.picture("a-wrong-code")
    home.fill({"code": code.lower(), "password": "short"})
    home.picture("a-weak-password")
    home.fill({"code": code, "password": PASSWORD})
    home.picture("applications")
    confirm_by_username(home, reference)
    assert home.is_valid
    home.picture("valid")


def test_the_owner_of_a_mistyped_mailbox_gets_no_access(arrive: Arrive, stack: Stack) -> None:
    who, owner = new_person(), new_person()
    home = arrive("home")
    reference = send(home, who)
    code = slip_from_the_desk(at_the_desk(arrive), reference, reference, who)
    with home.hurrying():
        ask_for_a_username(home, owner.email)
    link = newest_link(stack, owner.email, 1)

    stranger = arrive("stranger")
    for guess in ("2222-2222-2222", f"{code[:4]}-2222-2222", reference):
        choose_password(stranger, link, guess)
        assert stranger.page.locator("[aria-invalid=true]").count()
        assert who.last_name not in stranger.text
        assert reference not in stranger.text.replace(guess, "")
    with stranger.hurrying():
        log_in_by_username(stranger, owner.email, PASSWORD)
        assert stranger.said("The e-mail address or the password is wrong.") in stranger.text
        stranger.press(stranger.said("I have forgotten my password"))
        stranger.fill({"email": owner.email})
    stranger.picture("asked-again-too-soon")
    assert len(stack.messages(owner.email)) == 1

    home.press(home.said("Change the address"))
    home.fill({"email": who.email})
    messages = stack.wait_for_messages(who.email, 2)  # the first was the acknowledgement
    with home.hurrying():
        choose_password(home, messages[0]["links"][0], code)
    assert reference in home.text


def test_a_lost_slip_no_longer_works_after_a_new_one(arrive: Arrive, stack: Stack) -> None:
    who = replace(new_person(), email="")
    mailbox = new_person().email
    home = arrive("home")
    reference = send(home, who)
    desk = at_the_desk(arrive)
    lost = slip_from_the_desk(desk, reference, reference, who)
    found = slip_from_the_desk(desk, reference, reference, who)
    with home.hurrying():
        ask_for_a_username(home, mailbox)
        choose_password(home, newest_link(stack, mailbox, 1), lost)
    assert home.page.locator("[name=code][aria-invalid=true]").count() == 1
    home.picture("a-lost-slip-is-of-no-use")

    home.fill({"code": found, "password": PASSWORD})

    assert reference in home.text


def test_a_forgotten_password_needs_a_new_slip_before_confirming(arrive: Arrive, stack: Stack) -> None:
    who, mailbox = replace(new_person(), email=""), new_person().email
    home = arrive("home")
    reference = send(home, who)
    desk = at_the_desk(arrive)
    code = slip_from_the_desk(desk, reference, reference, who)
    with home.hurrying():
        ask_for_a_username(home, mailbox)
        choose_password(home, newest_link(stack, mailbox, 1), code)
        home.press(home.said("See the status of application %(reference)s", reference=reference))
        home.press(home.said("Sign out"))
    stack.age_rate_limits(minutes=2)

    later = arrive("later")
    with later.hurrying():
        log_in_by_username(later, mailbox, "what was it again")
    later.picture("wrong-password")
    later.press(later.said("I have forgotten my password"))
    later.picture("forgotten")
    later.fill({"email": mailbox})
    later.page.goto(newest_link(stack, mailbox, 2))
    later.picture("set-a-new-password")
    later.fill({"password": NEW_PASSWORD})
    stack.wait_for_messages(mailbox, 3)  # the notice of the reset
    later.picture("who-you-are")
    assert later.heading == later.said("Prove your identity")
    assert reference not in later.text

    later.fill({"code": slip_from_the_desk(desk, reference, reference, who)})
    with later.hurrying():
        confirm_by_username(later, reference)
    assert later.is_valid


@pytest.mark.parametrize(("language", "width"), [("fi", 320), ("sv", 1280)])
def test_a_password_alone_shows_little_and_leads_to_re_authentication(
    arrive: Arrive, stack: Stack, language: str, width: int
) -> None:
    who, mailbox = replace(new_person(), email=""), new_person().email
    home = arrive("home", language=language, width=width)
    reference = send(home, who)
    desk = at_the_desk(arrive)
    with home.hurrying():
        ask_for_a_username(home, mailbox)
        code = slip_from_the_desk(desk, reference, reference, who)
        choose_password(home, newest_link(stack, mailbox, 1), code)
        home.press(home.said("See the status of application %(reference)s", reference=reference))
        home.press(home.said("Sign out"))
        log_in_by_username(home, mailbox, PASSWORD)
    home.press(home.said("See the status of application %(reference)s", reference=reference))
    home.picture("status-by-a-password")
    assert who.last_name not in home.text

    home.press(home.said("Check and confirm the application"))
    home.picture("show-who-you-are")
    home.fill({"code": slip_from_the_desk(desk, reference, reference, who)})
    with home.hurrying():
        home.accept_terms()
    home.confirm()
    assert home.is_valid


def test_a_clerk_ends_a_lost_slip_and_closes_a_username_by_telephone(arrive: Arrive, stack: Stack) -> None:
    who, mailbox = replace(new_person(), email=""), new_person().email
    home = arrive("home")
    reference = send(home, who)
    desk = at_the_desk(arrive, width=320)
    lost = slip_from_the_desk(desk, reference, reference, who)

    end_by_telephone(desk, reference, who, what="slip", because="slip-lost")

    with home.hurrying():
        ask_for_a_username(home, mailbox)
        choose_password(home, newest_link(stack, mailbox, 1), lost)
    assert home.page.locator("[name=code][aria-invalid=true]").count() == 1
    code = slip_from_the_desk(desk, reference, reference, who)
    home.fill({"code": code, "password": PASSWORD})

    end_by_telephone(desk, reference, who, what="username", because="mailbox-lost")

    home.press(home.said("See the status of application %(reference)s", reference=reference))
    home.picture("signed-out-by-the-desk")
    assert who.last_name not in home.text
    message = stack.wait_for_messages(mailbox, 2)[0]
    assert home.said("Your username was closed") in message["subject"]


def end_by_telephone(desk: Visit, reference: str, who: CastMember, *, what: str, because: str) -> None:
    """Find the case as on a phone call, and end the slip or the username."""
    with desk.hurrying():
        search(desk, reference, reason="contact")
        open_case(desk, reference)
    name = desk.said("End the activation slip or username of %(name)s", name=name_of(who))
    desk.press(name)
    desk.fill({"what": what, "because": because})
    desk.picture(f"case-with-{what}-ended")
    assert desk.page.get_by_role("link", name=name).count() == 0
    desk.open(STAFF[desk.language])


def test_back_shows_nothing_after_signing_out(arrive: Arrive) -> None:
    who, other = new_person(), new_person()
    visit = arrive("library", scripts=True)  # with scripts, a browser keeps whole pages for Back
    reference = send_and_identify(visit, who, other)
    with visit.hurrying():
        visit.accept_terms()
        visit.choose(reference)
        visit.press(visit.labels["confirm"])
        visit.see_status()
    assert other.last_name in visit.text
    visit.press(visit.said("Sign out"))
    visit.picture("signed-out")

    for _page in range(3):
        visit.back()
        visit.page.wait_for_load_state()
        for word in (who.last_name, other.last_name, reference):
            assert word not in visit.page.locator("main").inner_text()
    visit.picture("back")


def test_a_co_applicant_without_e_mail_is_served_fully_at_the_desk(arrive: Arrive) -> None:
    main, other = new_person(), replace(new_person(), email="")
    home = arrive("home")
    reference = send_and_identify(home, main, other)
    with home.hurrying():
        home.accept_terms()
        home.choose(reference)
        home.press(home.labels["confirm"])
    assert not home.is_valid

    desk = at_the_desk(arrive)
    with desk.hurrying():
        search(desk, f"{other.last_name} {other.first_names.split()[0]}", reason="visit")
        open_case(desk, reference)
        begin_identifying(desk, other)
        desk.fill(answers(other))
        to_the_review(desk)
        desk.page.locator("main .notification a").first.click()
        for each in (*PERSON_STEPS, {}, {"income_source": "wages", "gross_income": "2350"}, {}):
            desk.fill(each)
        desk.confirm()
    assert desk.is_valid
    end_service(desk)
    home.press(home.said("See the status of the application"))
    assert home.is_valid
