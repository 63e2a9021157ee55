"""The city's single sign-on, on the pages."""

from urllib.parse import parse_qs, urlsplit

import pytest
from structlog.testing import capture_logs

from kanssa.accounts.models import StaffSignIn, User
from kanssa.accounts.staff import roles_of
from kanssa.accounts.staff_refusals import RolesComeFromSignOn, SignOnFailed
from kanssa.evidence.models import Event
from kanssa.identification import sign_ons
from kanssa.identification.calls import bulkhead
from kanssa.identification.calls.bulkhead import Bulkhead, slot_to_finish
from kanssa.identification.refusals import IdentificationFailed
from kanssa.usecases.identification.begin_identification import begin_identification
from kanssa.usecases.staff.close_staff_account import close_staff_account
from kanssa.usecases.staff.finish_staff_sign_on import finish_staff_sign_on
from kanssa.usecases.staff.reopen_staff_account import reopen_staff_account
from kanssa.usecases.staff.set_staff_roles import set_staff_roles
from kanssa.values.actor import SYSTEM
from kanssa.values.role import Role
from tests.web.browser import Browser, text_of
from tests.web.direct_method import TROUBLES, DirectSignOn

pytestmark = pytest.mark.django_db


def leaving(browser):
    browser.get("staff/sign-in/")
    return browser.send("staff/sign-in/city/")


def test_the_single_sign_on_signs_in_with_the_roles_it_gives(browser):
    landing = browser.sign_on("saga", roles="clerk,supervisor")

    start = text_of(browser.get(landing["Location"]))
    assert "Saga Salonen" in start
    assert "Customer service clerk" in start
    assert "Supervisor" in start
    assert "The city’s single sign-on" in start
    assert StaffSignIn.objects.get().way == "city"
    assert Event.objects.filter(kind="staff-signed-in", actor_kind="staff").count() == 1


def test_the_same_person_stays_one_user_with_the_latest_roles(browser):
    browser.sign_on("saga", roles="clerk")
    Browser().sign_on("saga", roles="operator")

    user = User.objects.get()
    assert roles_of(user) == {Role.OPERATOR}
    assert not user.has_usable_password()
    assert user.email is None


def test_a_role_removed_by_the_city_ends_earlier_sign_ins(browser):
    browser.sign_on("saga", roles="clerk,supervisor")
    assert browser.get("staff/people/").status_code == 200

    Browser().sign_on("saga", roles="clerk")

    assert browser.get("staff/people/")["Location"] == "/en/staff/sign-in/"


def test_a_person_without_a_role_is_told_so_and_not_stored(browser):
    answer = browser.sign_on("nella", roles="")

    assert answer.status_code == 403
    assert "You have no role in this service" in text_of(answer)
    assert not User.objects.exists()


def test_losing_the_last_role_signs_out_at_once(browser):
    browser.sign_on("saga")
    refused = Browser().sign_on("saga", roles="")

    assert refused.status_code == 403
    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


def test_a_closed_account_stays_closed_whatever_the_city_says(browser):
    browser.sign_on("saga")
    user = User.objects.get()
    close_staff_account(who=str(user.pk), actor=SYSTEM, now=user.sign_ins.get().began_at)

    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"
    assert Browser().sign_on("saga").status_code == 403


def test_a_reopened_account_has_the_citys_roles(browser, clock):
    browser.sign_on("saga")
    who = {"who": str(User.objects.get().pk), "actor": SYSTEM, "now": clock.time}
    close_staff_account(**who)

    reopen_staff_account(**who)

    assert Browser().sign_on("saga", roles="operator")["Location"] == "/en/staff/"
    assert roles_of(User.objects.get()) == {Role.OPERATOR}


def test_the_citys_roles_cannot_be_changed_here(browser, clock):
    browser.sign_on("saga")

    with pytest.raises(RolesComeFromSignOn):
        set_staff_roles(who=str(User.objects.get().pk), roles=[Role.OPERATOR], actor=SYSTEM, now=clock.time)


@pytest.mark.parametrize(
    ("trouble", "status", "says", "code"),
    [
        ("cancel", 200, "You stopped signing in", "identification-cancelled"),
        ("down", 503, "does not answer right now", "identification-unavailable"),
        ("fail", 502, "did not succeed", "identification-failed"),
        ("weak", 400, "did not succeed", "identification-too-weak"),
    ],
)
def test_each_failure_has_a_page_that_leads_back_and_an_event(browser, trouble, status, says, code):
    answer = browser.sign_on(trouble)

    assert answer.status_code == status
    assert says in text_of(answer)
    assert "Sign in as staff" in text_of(answer)
    assert (
        Event.objects.get(kind="refused", facts__contains={"deed": "finish_staff_sign_on"}).facts["code"]
        == code
    )
    assert not StaffSignIn.objects.exists()


def test_a_reply_in_another_browser_is_refused_and_the_right_one_can_still_finish(browser):
    gone = leaving(browser)
    other = Browser()
    leaving(other)

    stolen = other.return_from_sign_on(gone)
    own = browser.return_from_sign_on(gone)

    assert stolen.status_code == 400
    assert own["Location"] == "/en/staff/"


def test_a_reply_is_used_once(browser):
    gone = leaving(browser)
    browser.return_from_sign_on(gone)
    again = browser.return_from_sign_on(gone)
    browser.send("staff/sign-out/")
    late = browser.return_from_sign_on(gone)

    assert again["Location"] == "/en/staff/"
    assert late.status_code == 400
    assert StaffSignIn.objects.count() == 1


def test_a_late_reply_is_refused(browser, clock):
    gone = leaving(browser)
    clock.passes(minutes=31)

    assert browser.return_from_sign_on(gone).status_code == 400


def test_a_repeated_parameter_is_refused(browser):
    state = parse_qs(urlsplit(leaving(browser)["Location"]).query)["state"][0]

    answer = browser.client.get(f"/staff-return/city/?state={state}&person=saga&person=valma&roles=clerk")

    assert answer.status_code == 400
    assert not StaffSignIn.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "state=a&state=b", "state=made-up&person=saga", "error=server_error", "state=%00"]
)
def test_invalid_replies_are_not_blamed_on_the_single_sign_on(browser, query):
    answer = browser.client.get(f"/staff-return/city/?{query}")

    assert answer.status_code == 400
    assert not StaffSignIn.objects.exists()


def test_a_busy_service_says_so_and_the_same_reply_works_afterwards(browser, monkeypatch):
    gone = leaving(browser)
    calling = {"calls_broker_to_begin": False, "is_probing": lambda _: False}
    for name, value in calling.items():
        monkeypatch.setattr(DirectSignOn, name, value, raising=False)
    small = Bulkhead(2)
    monkeypatch.setattr(bulkhead, "_of_this_process", lambda _: small)

    with slot_to_finish(sign_ons.sign_on("city")):
        refused = browser.return_from_sign_on(gone)
    again = browser.return_from_sign_on(gone)

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "staff-sign-on-busy" in text_of(refused)
    assert again["Location"] == "/en/staff/"


def test_attempts_of_applicants_and_staff_are_not_interchangeable(browser):
    browser.post("identification/cookies/")
    applicants = browser.send("identification/bank/")
    state = parse_qs(urlsplit(applicants["Location"]).query)["state"][0]
    staffs = parse_qs(urlsplit(leaving(browser)["Location"]).query)["state"][0]

    as_staff = browser.client.get("/staff-return/city/", {"state": state, "person": "saga", "roles": "clerk"})
    as_applicant = browser.client.get("/return/bank/", {"state": staffs, "person": "aino"})

    assert as_staff.status_code == 400
    assert as_applicant.status_code == 410
    assert not StaffSignIn.objects.exists()


def test_even_in_one_browser_an_applicants_attempt_does_not_sign_in_staff(clock):
    asked = {"browser": "the same", "language": "fi", "now": clock.time}
    gone = begin_identification(method="bank", return_url="http://127.0.0.1/", purpose={}, **asked)
    state = parse_qs(urlsplit(gone.url).query)["state"][0]

    with pytest.raises(SignOnFailed) as refused:
        finish_staff_sign_on(
            key="city",
            reply={"state": state, "person": "saga", "roles": "clerk"},
            browser="the same",
            now=clock.time,
        )

    assert refused.value.facts["why"] == "identification-expired"


def test_the_reason_for_a_refused_sign_on_is_logged(browser, monkeypatch):
    monkeypatch.setitem(TROUBLES, "fail", IdentificationFailed(why="acr"))

    with capture_logs() as lines:
        browser.sign_on("fail")

    [line] = [line for line in lines if line["event"] == "a staff sign-on was refused"]
    assert (line["code"], line["why"]) == ("identification-failed", "acr")


def test_an_unknown_single_sign_on_is_not_found(browser):
    browser.get("staff/sign-in/")

    assert browser.send("staff/sign-in/pigeon/").status_code == 404
    assert browser.client.get("/staff-return/pigeon/").status_code == 404


@pytest.mark.parametrize(
    ("language", "path"),
    [("fi", "henkilosto/kirjaudu/"), ("sv", "personal/logga-in/"), ("en", "staff/sign-in/")],
)
def test_the_language_goes_to_the_sign_on_and_comes_back(language, path):
    browser = Browser(language)
    browser.get(path)

    gone = browser.send(f"{path}city/")
    back = browser.return_from_sign_on(gone)

    assert parse_qs(urlsplit(gone["Location"]).query)["ui_locales"] == [language]
    assert back["Location"].startswith(f"/{language}/")
