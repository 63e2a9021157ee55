"""The life of an application in a browser: edited, confirmed again, declined, ended, copied."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import CastMember
from tests.e2e.conftest import SECONDS, Arrive
from tests.e2e.generated_people import new_person
from tests.e2e.journeys import LANGUAGES, Visit
from tests.e2e.stack import Stack, running_stack
from tests.e2e.two_adults import name_of, send, send_and_identify

pytestmark = pytest.mark.e2e


def confirm_to_status(visit: Visit, reference: str) -> None:
    """Go from the terms to the status page, without pictures."""
    with visit.hurrying():
        visit.accept_terms()
        visit.choose(reference)
        visit.confirm()
        visit.see_status()


def join_to_status(visit: Visit, stack: Stack, who: CastMember, reference: str) -> None:
    """Go from the invitation to the status page, without pictures."""
    with visit.hurrying():
        visit.open_invitation(stack.wait_for_invitation(who.email))
        visit.accept_cookies()
        visit.identify(who)
        visit.accept_terms()
        visit.choose(reference)
        visit.complete_own_details()
        visit.confirm()
        visit.see_status()


def change_the_need(visit: Visit) -> None:
    """Change the household's need and the editor's own income, up to the list of changes."""
    visit.press(visit.said("Edit the application"))
    visit.picture("nothing-changed-so-far")
    for step, answers in (
        (visit.said("Need for housing"), {"reasons": "separation"}),
        (visit.said("Income"), {"income_source": "wages", "gross_income": "4100"}),
    ):
        card = visit.page.locator("section.summary-card", has=visit.page.get_by_role("heading", name=step))
        card.locator(".summary-card-head a").click()
        visit.fill(answers)
    visit.picture("changes")


def test_a_change_is_shown_beside_the_old_value_and_confirmed_by_both(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit, other_visit = arrive("main"), arrive("other")
    reference = send_and_identify(main_visit, main, other)
    confirm_to_status(main_visit, reference)
    join_to_status(other_visit, stack, other, reference)
    main_visit.page.reload()
    main_visit.picture("valid")

    change_the_need(main_visit)
    main_visit.press(main_visit.said("Save the changes"))
    main_visit.picture("saved")
    assert main_visit.is_valid
    assert main_visit.said("A change is waiting to be confirmed") in main_visit.text

    stack.wait_for_messages(other.email, 3)
    other_visit.page.reload()
    other_visit.picture("a-change-waits")
    assert other_visit.is_valid
    other_visit.press(other_visit.said("Check and confirm the application"))
    other_visit.picture("what-has-changed")
    assert other_visit.page.locator(".changes > div").count() == 1
    assert "100" not in other_visit.page.locator(".changes").inner_text()
    other_visit.press(other_visit.labels["confirm"])
    other_visit.picture("change-confirmed")
    assert other_visit.said("You have confirmed the change") in other_visit.text

    main_visit.press(main_visit.said("Check and confirm the application"))
    main_visit.picture("own-changes")
    assert main_visit.page.locator(".changes > div").count() == 2
    main_visit.press(main_visit.labels["confirm"])
    main_visit.see_status()
    assert main_visit.is_valid
    assert main_visit.said("A change is waiting to be confirmed") not in main_visit.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_changes_fit_a_narrow_screen(arrive: Arrive, stack: Stack, language: str) -> None:
    main = new_person()
    visit = arrive(language=language, width=320)
    reference = send_and_identify(visit, main)
    confirm_to_status(visit, reference)
    visit.picture("status")

    change_the_need(visit)
    visit.press(visit.said("Save the changes"))
    visit.picture("saved")
    visit.press(visit.said("Check and confirm the application"))
    visit.picture("what-has-changed")

    assert visit.page.locator(".changes > div").count() == 2
    assert visit.said("What has changed since you confirmed") in visit.text


def test_not_for_me_marks_the_address_and_the_main_applicant_corrects_it(
    arrive: Arrive, stack: Stack
) -> None:
    main, other = new_person(), new_person()
    main_visit = arrive("main")
    reference = send_and_identify(main_visit, main, other)
    confirm_to_status(main_visit, reference)
    link = stack.wait_for_invitation(other.email)
    stranger = arrive("stranger", width=320)

    stranger.page.goto(link)
    stranger.picture("invitation")
    stranger.press(stranger.said("This is not for me"))
    stranger.picture("asked-once-more")
    stranger.press(stranger.said("This is not for me"))
    stranger.picture("thanked")
    assert stranger.heading == stranger.said("Thank you for telling us")
    assert not any(word in stranger.text for word in (main.last_name, other.last_name, reference))
    stranger.page.goto(link)
    assert stranger.page.locator("main form.form").count() == 0

    main_visit.page.reload()
    main_visit.picture("wrong-address")
    main_visit.press(main_visit.said("Correct the address of %(name)s", name=name_of(other)))
    main_visit.fill({"email": f"right-{other.email}"})
    main_visit.picture("corrected")
    main_visit.press(main_visit.said("Save the changes"))
    main_visit.picture("saved")
    assert stack.wait_for_invitation(f"right-{other.email}") != link


def test_the_other_applicant_does_not_see_a_declined_confirmation(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    main_visit, other_visit = arrive("main"), arrive("other", width=320)
    reference = send_and_identify(main_visit, main, other)
    confirm_to_status(main_visit, reference)
    with other_visit.hurrying():
        other_visit.open_invitation(stack.wait_for_invitation(other.email))
        other_visit.accept_cookies()
        other_visit.identify(other)
        other_visit.accept_terms()
        other_visit.choose(reference)
        other_visit.complete_own_details()
    main_visit.page.reload()
    before, messages = main_visit.text, len(stack.messages(main.email))

    other_visit.press(other_visit.said("I will not confirm"))
    other_visit.picture("declining")
    other_visit.press(other_visit.said("I will not confirm"))
    other_visit.picture("declined")
    assert other_visit.said("You have said that you will not confirm") in other_visit.text

    main_visit.page.reload()
    assert main_visit.text == before
    assert len(stack.messages(main.email)) == messages
    other_visit.press(other_visit.said("Check and confirm the application"))
    other_visit.press(other_visit.labels["confirm"])
    assert other_visit.is_valid


def test_a_confirmation_can_end_with_the_period_or_be_withdrawn(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive(width=320)
    reference = send_and_identify(visit, main)
    confirm_to_status(visit, reference)

    visit.press(visit.said("Withdraw my confirmation"))
    visit.picture("two-ways")
    visit.press(visit.said("Let my confirmation end with the period"))
    visit.picture("ends-with-period")
    assert visit.is_valid
    visit.press(visit.said("Withdraw my confirmation"))
    visit.picture("chosen-already")
    visit.press(visit.said("Withdraw my confirmation now"))
    visit.picture("withdrawn")
    assert not visit.is_valid


def test_a_new_application_replaces_the_earlier_one(arrive: Arrive, stack: Stack) -> None:
    main = new_person()
    visit = arrive()
    former = send_and_identify(visit, main)
    confirm_to_status(visit, former)
    newer = send(visit, main)
    with visit.hurrying():
        visit.open("/")
        visit.press(visit.labels["log_in"])
        visit.identify(main)
        visit.page.locator("main div.buttons a", has_text=newer).click()
    visit.press(visit.said("Check and confirm the application"))
    visit.picture("will-end-another")
    assert former in visit.text
    visit.press(visit.labels["confirm"])
    assert visit.is_valid

    visit.see_status()
    visit.page.locator("a.back-link").click()
    visit.picture("active-and-ended")
    assert visit.text.index(newer) < visit.text.index(former)
    visit.page.locator("main div.buttons a", has_text=former).click()
    visit.picture("replaced")
    assert visit.heading == visit.said("Another application replaced this one")


def test_a_withdrawn_application_is_copied_into_a_new_one(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    visit = arrive(width=320)
    reference = send_and_identify(visit, main, other)
    confirm_to_status(visit, reference)

    visit.press(visit.said("Withdraw the application"))
    visit.picture("withdrawing")
    visit.press(visit.said("Withdraw the application"))
    visit.picture("withdrawn")
    assert visit.heading == visit.said("The application was withdrawn")
    visit.press(visit.said("Copy into a new application"))
    visit.picture("copied")
    assert name_of(other) in visit.text
    assert other.email not in visit.text


def test_the_sending_browser_edits_and_withdraws(arrive: Arrive, stack: Stack) -> None:
    main, other = new_person(), new_person()
    visit = arrive(width=320)
    send(visit, main, other)
    visit.picture("sent")

    change_the_need(visit)
    visit.press(visit.said("Save the changes"))
    visit.picture("saved")
    visit.press(visit.said("Withdraw the application"))
    visit.picture("withdrawing")
    visit.press(visit.said("Withdraw the application"))
    visit.picture("withdrawn")

    assert visit.heading == visit.said("The application was withdrawn")
    assert stack.messages(other.email) == []


def test_a_renewed_application_expires_and_is_copied(
    arrive: Arrive, browser: Browser, tmp_path: Path
) -> None:
    main = new_person()
    with running_stack(tmp_path / "data") as stack:
        operator = browser.new_context(java_script_enabled=False).new_page()
        visit = arrive(at=stack)
        reference = send_and_identify(visit, main)
        confirm_to_status(visit, reference)
        first_day = visit.page.locator(".big-status .lead").inner_text()

        pass_days(operator, stack, visit, "+30 days")
        see_status_again(visit, main, reference)
        visit.press(visit.said("Renew"))
        visit.picture("renewing")
        visit.press(visit.said("Renew the application"))
        visit.picture("renewed")
        assert visit.is_valid
        assert visit.page.locator(".big-status .lead").inner_text() != first_day

        for _ in range(4):
            pass_days(operator, stack, visit, "+30 days")
        see_status_again(visit, main, reference)
        visit.picture("expired")
        assert visit.heading == visit.said("The application is no longer valid")
        visit.press(visit.said("Copy into a new application"))
        visit.picture("copied")
        assert main.last_name in visit.text
        operator.context.close()


def test_an_application_lapses_when_one_adult_does_not_confirm(
    arrive: Arrive, browser: Browser, tmp_path: Path
) -> None:
    main, other = new_person(), new_person()
    with running_stack(tmp_path / "data") as stack:
        operator = browser.new_context(java_script_enabled=False).new_page()
        visit = arrive(at=stack)
        reference = send_and_identify(visit, main, other)
        confirm_to_status(visit, reference)

        for _ in range(2):
            pass_days(operator, stack, visit, "+30 days")
        see_status_again(visit, main, reference)

        visit.picture("lapsed")
        assert visit.heading == visit.said("The time to confirm the application is over")
        visit.press(visit.said("Copy into a new application"))
        visit.picture("copied")
        operator.context.close()


def pass_days(operator: Page, stack: Stack, visit: Visit, label: str) -> None:
    """Move the demo's clock by the button with this label."""
    operator.goto(f"{stack.service}/fi/")
    operator.locator(".rehearsal a", has_text="Siirrä kelloa").click()
    operator.get_by_role("button", name=label, exact=True).click(timeout=SECONDS * 1000)
    expect(operator.locator("main")).to_contain_text("What happened meanwhile")


def see_status_again(visit: Visit, who: CastMember, reference: str) -> None:
    with visit.hurrying():
        visit.log_in(who)
        visit.page.locator("main div.buttons a", has_text=reference).click()
