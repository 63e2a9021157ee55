"""Creating a username: from the slip to confirming, and what a username does not open."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from kanssa.accounts.models import Account
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.cast import AINO, EINO, arrived, loaded_application, sent
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import at_the_desk, identified_here, printed_slip

pytestmark = pytest.mark.django_db

MAILBOX, PASSWORD, NEW_PASSWORD = "aino.uusi@example.com", "hevonen akkuna kirsikka", "lumi kivi purje ankka"
CREATE, MAIL_SENT, LOG_IN = (
    f"e-service/{path}/" for path in ("create-username", "create-username/mail-sent", "log-in/username")
)

_ON_THE_WAY = (
    "Valitse ”Kirjaudu sähköiseen asiointiin”, ”Hyväksy evästeet”, ”Jatka tunnistautumiseen” "
    "ja sitten ”Luo tunnus”."
)


def slip_for(application):
    """Identify the person at the desk, print a slip and return its code."""
    desk = at_the_desk(Browser())
    identified_here(desk, application)
    page = printed_slip(desk, application)
    desk.send("staff/desk/end/")
    return re.search(r"\b(\w{4}-\w{4}-\w{4})\b", page)[1]


def mailed_path(email=MAILBOX):
    messages = Message.objects.filter(topic__in=("account_link", "password_link")).order_by("written_at")
    tokens = [says["token"] for to, says in map(read_contents, messages) if to == email]
    return f"e-service/password/{tokens[-1]}/"


def ask_for_link(browser, email=MAILBOX, *, page=CREATE):
    answer = browser.post(page, email=email)
    assert answer["Location"] == f"/en/{MAIL_SENT}"
    return browser.get(MAIL_SENT)


def with_username(application):
    """Return a browser that has just opened the account."""
    browser, code = Browser(), slip_for(application)
    ask_for_link(browser)
    browser.post(mailed_path(), code=code, password=PASSWORD)
    return browser


def log_in(browser, password=PASSWORD):
    return browser.post(LOG_IN, email=MAILBOX, password=password)


def confirm(browser, application):
    browser.post("confirming/terms/")
    page = browser.get(f"confirming/{application.pk}/").content.decode()
    version = re.search(r'name="version" value="([^"]+)"', page)[1]
    return browser.send(f"confirming/{application.pk}/confirm/", version=version)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_slip_names_the_labels_on_the_way_to_a_username(language):
    application = sent(AINO)
    desk = at_the_desk(Browser())
    identified_here(desk, application)
    desk.send(f"staff/desk/case/{application.pk}/slip/")
    assert _ON_THE_WAY in text_of(desk.get(f"staff/desk/case/{application.pk}/slip/"))
    browser = Browser(language)
    with override(language):
        front, log_in = browser.get(reverse("public:front")), reverse("account:sign_in")
        assert f'href="{log_in}"' in front.content.decode()
        assert gettext("Log in to the e-service") in text_of(front)
        cookies = browser.get(browser.get(log_in)["Location"])
        assert gettext("Accept cookies") in text_of(cookies)
        browser.send(reverse("identify:cookies"))
        assert gettext("Continue to identification") in text_of(browser.get(reverse("identify:cookies")))
        ways = browser.get(reverse("identify:choose"))

        assert gettext("Create username") in text_of(ways)
        assert f'href="{reverse("account:create")}"' in ways.content.decode()


def test_a_slip_leads_to_a_valid_application(browser):
    application = sent(AINO)
    code = slip_for(application)

    ask_for_link(browser)
    on_another_device = Browser()
    landing = on_another_device.post(mailed_path(), code=code, password=PASSWORD)
    assert landing["Location"] == "/en/e-service/"
    assert application.reference in text_of(on_another_device.get("e-service/"))
    confirm(on_another_device, application)

    assert loaded_application(application).state == "valid"


def test_the_page_after_continue_shows_the_address_and_the_sender(browser):
    page = text_of(ask_for_link(browser, "aino@exampel.com"))

    assert "aino@exampel.com" in page
    assert "Change the address" in page
    assert "spam" in page
    assert "The message comes from" in page


def test_the_answer_is_the_same_whatever_the_address(clock):
    with_username(sent(AINO))
    clock.passes(hours=1)
    pages = []
    for email in (MAILBOX, "nobody@example.com"):
        browser = Browser()
        pages.append(text_of(ask_for_link(browser, email)).replace(email, ""))

    assert pages[0] == pages[1]


def test_the_message_can_be_sent_again_after_a_minute(browser, clock):
    ask_for_link(browser)
    browser.send(MAIL_SENT)
    assert "You can send another after a minute" in text_of(browser.get(MAIL_SENT))

    clock.passes(minutes=1)
    browser.send(MAIL_SENT)

    assert "You can send another after a minute" not in text_of(browser.get(MAIL_SENT))
    assert Message.objects.filter(topic="account_link").count() == 2


def test_opening_the_link_does_not_use_it_up(browser):
    application = sent(AINO)
    code = slip_for(application)
    ask_for_link(browser)
    for _scanner in range(3):
        assert Browser().get(mailed_path()).status_code == 200

    browser.post(mailed_path(), code=code, password=PASSWORD)

    assert Account.objects.exists()


def test_the_owner_of_a_mistyped_mailbox_gets_nothing(browser):
    """A stranger reads the mail, and tries everything."""
    application = sent(AINO)
    slip_for(application)
    ask_for_link(browser, "stranger@example.com")
    stranger = Browser()
    path = mailed_path("stranger@example.com")

    for code in ("", "2222-2222-2222", application.visit_code, application.reference):
        answer = stranger.post(path, code=code, password=PASSWORD)
        assert answer.status_code in (403, 422)
        assert application.reference not in text_of(answer).replace(code, "")
    assert stranger.get("e-service/").status_code == 401
    assert log_in(stranger).status_code == 403
    assert not Account.objects.exists()


def test_a_password_error_is_shown_and_the_code_stays(browser):
    code = slip_for(sent(AINO))
    ask_for_link(browser)

    answer = browser.post(mailed_path(), code=code, password="short")

    assert answer.status_code == 422
    assert "12" in text_of(answer)
    assert code in answer.content.decode()
    assert 'value="short"' not in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "password", "says"),
    [
        ("fi", "lyhyt", "Salasana on liian lyhyt"),
        ("sv", "123412341234", "bara siffror"),
        ("fi", "password1234", "yleisimpiä"),
    ],
)
def test_password_errors_are_in_the_persons_language(browser, language, password, says):
    code = slip_for(sent(AINO))
    ask_for_link(browser)
    with override(language):
        path = reverse("account:open", kwargs={"token": mailed_path().split("/")[-2]})

    assert says in text_of(browser.post(path, code=code, password=password))


def test_a_password_like_the_mailbox_is_refused(browser):
    code = slip_for(sent(AINO))
    ask_for_link(browser)

    assert browser.post(mailed_path(), code=code, password=MAILBOX).status_code == 422


def test_the_password_can_be_shown_and_password_managers_know_the_fields(browser):
    ask_for_link(browser)

    hidden = browser.get(mailed_path()).content.decode()
    shown = browser.get(f"{mailed_path()}?show").content.decode()

    assert 'type="password"' in hidden
    assert 'type="password"' not in shown
    for page in (hidden, shown):
        assert 'autocomplete="new-password"' in page
        assert 'autocomplete="username"' in page
        assert "onpaste" not in page


def test_a_used_link_says_what_to_do(browser):
    with_username(sent(AINO))

    answer = browser.get(mailed_path())

    assert answer.status_code == 410
    assert "used" in text_of(answer)


def test_a_wrong_password_keeps_the_address_and_reveals_nothing(browser):
    with_username(sent(AINO))

    answer = log_in(browser, "wrong wrong wrong")

    assert answer.status_code == 403
    assert MAILBOX in answer.content.decode()
    assert "The e-mail address or the password is wrong" in text_of(answer)


def test_a_locked_out_person_is_led_to_identification(browser):
    application = sent(AINO)
    with_username(application)
    for _time in range(6):
        answer = log_in(browser, "wrong wrong wrong")

    assert answer.status_code == 429
    assert "You can still identify yourself" in text_of(answer)
    assert "You can try again after" in text_of(answer)
    browser.identify("aino", purpose="e-service/log-in/")
    assert application.reference in text_of(browser.get("e-service/"))


def forgotten(application, clock):
    """Set a new password for an existing username; return the browser."""
    with_username(application)
    clock.passes(hours=3)
    browser = Browser()
    ask_for_link(browser, page="e-service/forgotten-password/")
    landing = browser.post(mailed_path(), password=NEW_PASSWORD)
    assert landing["Location"] == "/en/e-service/who-you-are/"
    return browser


def test_a_link_to_another_persons_username_says_what_to_do_instead(clock):
    forgotten(sent(AINO), clock)
    clock.passes(hours=1)
    browser = Browser()
    ask_for_link(browser)

    page = browser.get(mailed_path())

    assert "Does this username belong to another person?" in text_of(page)
    assert "Your slip works for it" in text_of(page)
    assert 'href="/en/e-service/create-username/"' in page.content.decode()


def test_a_link_to_a_new_username_does_not_mention_another_person(browser):
    ask_for_link(browser)

    assert "belong to another person" not in text_of(browser.get(mailed_path()))


def confirm_by_hand(browser, application):
    """Press the button without having seen the page, which is closed."""
    return browser.send(f"confirming/{application.pk}/confirm/", version=application.current_version_id)


def test_after_a_reset_nothing_is_shown_or_confirmed_before_a_new_slip(clock):
    application = sent(AINO)
    browser = forgotten(application, clock)
    assert browser.get("e-service/")["Location"] == "/en/e-service/who-you-are/"
    assert confirm_by_hand(browser, application)["Location"] == "/en/e-service/who-you-are/"
    assert loaded_application(application).state == "sent"

    browser.post("e-service/who-you-are/", code=slip_for(application))
    confirm(browser, application)

    assert loaded_application(application).state == "valid"


def test_after_a_reset_strong_identification_allows_confirming(clock):
    application = sent(AINO)
    browser = forgotten(application, clock)

    browser.identify("aino")
    confirm(browser, application)

    assert loaded_application(application).state == "valid"
    browser.send("e-service/sign-out/")
    log_in(browser, NEW_PASSWORD)
    assert "Aino" in text_of(browser.get(f"e-service/{application.pk}/"))


def test_after_a_reset_another_persons_identification_changes_nothing(clock):
    application = sent(AINO)
    browser = forgotten(application, clock)
    browser.identify("otso")
    browser.send("e-service/sign-out/")
    log_in(browser, NEW_PASSWORD)

    assert browser.get(f"e-service/{application.pk}/")["Location"] == "/en/e-service/who-you-are/"
    assert confirm_by_hand(browser, application)["Location"] == "/en/e-service/who-you-are/"


def test_every_sign_out_clears_the_browser_and_no_personal_page_is_stored():
    application = sent(AINO, EINO)
    arrived(EINO)
    browser = with_username(application)
    pages = ["e-service/", f"e-service/{application.pk}/", f"e-service/{application.pk}/visit/", LOG_IN]
    for page in pages:
        assert "no-store" in browser.get(page)["Cache-Control"], page

    for path in ("e-service/sign-out/", "e-service/next-person/", "staff/sign-out/", "staff/desk/end/"):
        log_in(browser)
        if path.startswith("staff"):
            at_the_desk(browser)
        answer = browser.send(path)
        assert answer["Clear-Site-Data"] == '"cache", "storage"', path
        if not path.startswith("staff"):
            assert browser.get(f"e-service/{application.pk}/").status_code == 401, path


def test_ready_to_visit_shows_a_code_to_say_and_to_scan(browser):
    application = sent(AINO, EINO)
    arrived(EINO)
    browser.identify("aino")
    page = browser.get(f"e-service/{application.pk}/visit/")

    code = application.visit_code
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{6}", code)
    says = text_of(page)
    assert f"{code[:3]} {code[3:]}" in says
    assert "Työpajankatu 8" in says
    assert "passport or identity card" in says
    assert "Eino Ensio Korhonen" in says
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert application.pk.hex not in page.content.decode()
