"""Local staff accounts: password, authenticator, recovery codes, and how they end."""

from datetime import timedelta

import pytest
from django.core.signing import b64_encode

from kanssa.accounts.models import RecoveryCode, SecondFactor, StaffSignIn, User
from kanssa.evidence.models import Event
from kanssa.usecases.staff.close_staff_account import close_staff_account
from kanssa.usecases.staff.reset_staff_account import reset_staff_account
from kanssa.usecases.staff.set_staff_roles import set_staff_roles
from kanssa.values.actor import SYSTEM
from kanssa.values.role import Role
from kanssa.vault import seal_json
from tests.staff import EMAIL, PASSWORD, begun, code_of, opened, signed_in, typed_password
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(clock):
    return opened(now=clock.time)


@pytest.fixture
def account(token, clock):
    account = begun(Browser(), token, now=clock.time)
    clock.passes(minutes=1)
    return account


def kinds():
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_start_link_leads_to_a_signed_in_account_with_recovery_codes(browser, token, clock):
    account = begun(browser, token, now=clock.time)

    start = text_of(browser.get("staff/"))
    assert len(account.recovery_codes) == 10
    assert "Saga Salonen" in start
    assert "Customer service clerk" in start
    assert "Password and code" in start


def test_opening_the_start_link_changes_nothing(browser, token):
    before = (User.objects.get().password, kinds())

    browser.get(f"staff/begin/{token}/")

    assert (User.objects.get().password, kinds()) == before


def test_a_start_link_works_once(browser, token, clock):
    begun(browser, token, now=clock.time)

    again = Browser().get(f"staff/begin/{token}/")

    assert again.status_code == 410
    assert "has been used" in text_of(again)


def test_an_interrupted_set_up_starts_again_by_the_same_link(browser, token, clock):
    browser.post(f"staff/begin/{token}/", password=PASSWORD, again=PASSWORD)

    account = begun(Browser(), token, now=clock.time)

    assert len(account.recovery_codes) == 10


def test_a_start_link_is_valid_for_a_day(browser, token, clock):
    clock.passes(hours=24)

    assert browser.get(f"staff/begin/{token}/").status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("elevenchars", "elevenchars", "at least 12 characters"),
        ("qwertyuiop123", "qwertyuiop123", "among the most common"),
        ("salasana1234", "salasana1234", "among the most common"),
        ("928374650192837", "928374650192837", "digits alone"),
        ("saga salonen 1", "saga salonen 1", "too much like"),
        (PASSWORD, PASSWORD + "x", "The two passwords differ"),
        ("", "", "Type a password"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(browser, token, password, again, says):
    answer = browser.post(f"staff/begin/{token}/", password=password, again=again)

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not User.objects.get().has_usable_password()


def test_passwords_are_hashed_with_argon2id(account):
    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_a_person_who_lost_every_role_cannot_go_on_setting_up(browser, token, clock):
    browser.post(f"staff/begin/{token}/", password=PASSWORD, again=PASSWORD)
    User.objects.get().roles.all().delete()

    assert browser.get("staff/authenticator/")["Location"] == "/en/staff/sign-in/"


def test_a_wrong_code_does_not_set_up_the_second_factor(browser, token):
    browser.post(f"staff/begin/{token}/", password=PASSWORD, again=PASSWORD)

    answer = browser.post("staff/authenticator/", code="000000")

    assert answer.status_code == 422
    assert not SecondFactor.objects.exists()
    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


def test_a_password_and_a_code_sign_in(browser, account, clock):
    first = typed_password(browser)
    before_the_code = browser.get("staff/")
    second = browser.post("staff/code/", code=code_of(account.secret, clock.time))

    assert first["Location"] == "/en/staff/code/"
    assert before_the_code["Location"] == "/en/staff/sign-in/"
    assert second["Location"] == "/en/staff/"
    assert browser.get("staff/").status_code == 200


def test_every_staff_page_needs_the_second_factor(browser, account):
    typed_password(browser)

    for address in ("staff/", "staff/people/"):
        assert browser.get(address)["Location"] == "/en/staff/sign-in/"


def test_a_cookie_copied_before_the_code_does_not_become_signed_in(browser, account, clock):
    typed_password(browser)
    copied = browser.copy()

    browser.post("staff/code/", code=code_of(account.secret, clock.time))

    assert browser.get("staff/").status_code == 200
    assert copied.get("staff/")["Location"] == "/en/staff/sign-in/"
    assert copied.post("staff/code/", code=code_of(account.secret, clock.time))["Location"].endswith(
        "/sign-in/"
    )


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong wrong wrong"), ("nobody@example.com", PASSWORD), (EMAIL.upper() + "x", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser, account, email, password):
    answer = typed_password(browser, email, password)

    assert answer.status_code == 403
    assert "The e-mail address or the password is wrong." in text_of(answer)
    assert password not in answer.content.decode()
    assert Event.objects.filter(kind="refused", facts__contains={"deed": "check_staff_password"}).count() == 1


def test_the_address_may_be_typed_in_capitals(browser, account):
    assert typed_password(browser, EMAIL.upper())["Location"] == "/en/staff/code/"


def test_a_code_works_once(browser, account, clock):
    code = code_of(account.secret, clock.time)
    signed_in(Browser(), account, now=clock.time)
    typed_password(browser)

    answer = browser.post("staff/code/", code=code)

    assert answer.status_code == 403
    assert "already used" in text_of(answer)


def test_an_older_code_does_not_work_after_a_newer_one(browser, account, clock):
    older = code_of(account.secret, clock.time - timedelta(seconds=30))
    signed_in(Browser(), account, now=clock.time)
    typed_password(browser)

    assert browser.post("staff/code/", code=older).status_code == 403


@pytest.mark.parametrize(("drift", "status"), [(-60, 403), (-30, 302), (30, 302), (60, 403)])
def test_a_clock_may_be_off_by_half_a_minute(browser, account, clock, drift, status):
    clock.passes(minutes=5)
    typed_password(browser)

    code = code_of(account.secret, clock.time + timedelta(seconds=drift))

    assert browser.post("staff/code/", code=code).status_code == status


def test_a_recovery_code_signs_in_once_however_it_is_typed(browser, account):
    typed_password(browser)
    first = browser.post("staff/code/", code=account.recovery_codes[0].upper().replace("-", " "))
    other = Browser()
    typed_password(other)
    second = other.post("staff/code/", code=account.recovery_codes[0])

    assert first["Location"] == "/en/staff/"
    assert second.status_code == 403
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_another_accounts_recovery_code_does_not_sign_in(browser, account, clock):
    other = begun(
        Browser(),
        opened("valma@example.com", name="Valma Valo", now=clock.time),
        now=clock.time,
        email="valma@example.com",
    )
    typed_password(browser)

    assert browser.post("staff/code/", code=other.recovery_codes[0]).status_code == 403


def test_the_time_to_type_the_code_is_short(browser, account, clock):
    typed_password(browser)
    clock.passes(minutes=11)

    assert browser.post("staff/code/", code=code_of(account.secret, clock.time))["Location"].endswith(
        "sign-in/"
    )


def test_signing_out_ends_every_copy_of_the_cookie(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    copied = browser.copy()
    assert copied.get("staff/").status_code == 200

    answer = browser.send("staff/sign-out/")

    assert "cache" in answer["Clear-Site-Data"]
    assert copied.get("staff/")["Location"] == "/en/staff/sign-in/"
    ended = StaffSignIn.objects.order_by("-began_at").first()
    assert ended.ended_why == "signed-out"


def test_a_sign_in_ends_after_half_an_hour_idle(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    clock.passes(minutes=29)
    assert browser.get("staff/").status_code == 200
    clock.passes(minutes=31)

    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


def test_a_sign_in_ends_after_a_working_day_of_use(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    for _time in range(29):
        clock.passes(minutes=20)
        assert browser.get("staff/").status_code == 200
    clock.passes(minutes=21)

    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


@pytest.mark.parametrize(
    "action",
    [
        lambda who, now: set_staff_roles(who=who, roles=[], actor=SYSTEM, now=now),
        lambda who, now: set_staff_roles(who=who, roles=[Role.OPERATOR], actor=SYSTEM, now=now),
        lambda who, now: close_staff_account(who=who, actor=SYSTEM, now=now),
        lambda who, now: reset_staff_account(who=who, actor=SYSTEM, now=now),
    ],
    ids=["no-role", "another-role", "closed", "reset"],
)
def test_role_changes_closing_and_resetting_end_sign_ins_at_once(browser, account, clock, action):
    signed_in(browser, account, now=clock.time)
    waiting = Browser()
    typed_password(waiting)
    assert browser.get("staff/").status_code == 200

    action(EMAIL, clock.time)

    clock.passes(minutes=1)
    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"
    late = waiting.post("staff/code/", code=code_of(account.secret, clock.time))
    assert late["Location"] == "/en/staff/sign-in/"


@pytest.mark.parametrize(
    "action",
    [
        lambda now: set_staff_roles(who=EMAIL, roles=[], actor=SYSTEM, now=now),
        lambda now: close_staff_account(who=EMAIL, actor=SYSTEM, now=now),
        lambda now: reset_staff_account(who=EMAIL, actor=SYSTEM, now=now),
    ],
    ids=["no-role", "closed", "reset"],
)
def test_an_account_without_access_gets_the_wrong_password_answer(browser, account, clock, action):
    action(clock.time)

    assert typed_password(browser).status_code == 403


def test_after_a_reset_only_the_new_authenticator_works(browser, account, clock):
    token = reset_staff_account(who=EMAIL, actor=SYSTEM, now=clock.time)

    again = begun(browser, token, now=clock.time)

    assert again.secret != account.secret
    assert browser.get("staff/").status_code == 200
    other = Browser()
    typed_password(other)
    clock.passes(minutes=1)
    assert other.post("staff/code/", code=code_of(account.secret, clock.time)).status_code == 403
    assert other.post("staff/code/", code=account.recovery_codes[0]).status_code == 403


def test_a_reset_account_needs_a_new_authenticator_before_its_password_works(browser, account, clock):
    token = reset_staff_account(who=EMAIL, actor=SYSTEM, now=clock.time)
    browser.post(f"staff/begin/{token}/", password=PASSWORD, again=PASSWORD)

    assert typed_password(Browser()).status_code == 403


def test_an_added_role_applies_from_the_next_sign_in(browser, account, clock):
    set_staff_roles(who=EMAIL, roles=[Role.CLERK, Role.SUPERVISOR], actor=SYSTEM, now=clock.time)

    signed_in(browser, account, now=clock.time)

    assert browser.get("staff/people/").status_code == 200


def test_the_staff_list_is_for_supervisors_and_operators_and_reads_are_recorded(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    refused = browser.get("staff/people/")
    supervisor = Browser()
    supervisor.sign_on("valma", roles="supervisor")

    page = text_of(supervisor.get("staff/people/"))

    assert refused.status_code == 404
    assert "Saga Salonen" in page
    assert "Valma Salonen" in page
    assert Event.objects.filter(kind="staff-read", actor_kind="staff").count() == 1


def test_each_step_records_an_event(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    browser.send("staff/sign-out/")

    assert kinds() == [
        "staff-account-opened",
        "staff-password-chosen",
        "staff-second-factor-set-up",
        "staff-signed-in",
        "staff-signed-in",
        "staff-signed-out",
    ]
    assert not Event.objects.filter(facts__icontains="saga").exists()


def test_no_secret_of_the_second_factor_is_readable_in_the_database(account):
    factor = SecondFactor.objects.get()

    assert account.secret.encode() not in bytes(factor.secret)
    assert all(len(bytes(each.code_hash)) == 32 for each in RecoveryCode.objects.all())


def test_a_tampered_cookie_signs_in_no_person(browser, account, clock):
    signed_in(browser, account, now=clock.time)
    whole = browser.client.cookies["kanssa_staff"].value
    browser.client.cookies["kanssa_staff"] = whole[:-2] + ("AA" if whole[-2:] != "AA" else "BB")

    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


def test_an_applicants_cookie_does_not_sign_in_staff(browser, account):
    browser.identify("otso")
    browser.client.cookies["kanssa_staff"] = browser.client.cookies["kanssa"].value

    assert browser.get("staff/")["Location"] == "/en/staff/sign-in/"


def test_a_cookie_sealed_for_another_purpose_does_not_sign_in_staff(browser, account):
    held = {"sign_in": str(StaffSignIn.objects.latest("began_at").pk)}

    def is_signed_in(bound_to):
        browser.client.cookies["kanssa_staff"] = b64_encode(seal_json(held, bound_to=bound_to)).decode()
        return browser.get("staff/").status_code == 200

    assert is_signed_in("staff-session")
    assert not is_signed_in("session")


def test_applicant_and_staff_sessions_in_one_browser_are_separate(browser, account, clock):
    browser.identify("otso")
    signed_in(browser, account, now=clock.time)

    assert "Otso" not in browser.get("staff/").content.decode()
    assert "Saga" not in browser.get("e-service/").content.decode()
    browser.send("e-service/sign-out/")
    assert browser.get("staff/").status_code == 200


def test_the_staff_cookie_is_closed_to_scripts_and_ends_with_the_browser(browser, account, clock):
    signed_in(browser, account, now=clock.time)

    cookie = browser.client.cookies["kanssa_staff"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_no_applicants_page_links_to_the_staff_pages(browser):
    for address in ("", "instructions/", "contact/", "identification/cookies/", "application/"):
        assert "/staff/" not in browser.get(address).content.decode()
