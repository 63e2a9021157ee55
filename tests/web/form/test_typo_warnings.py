"""Unlikely input is asked about once, and never refused."""

import re

import pytest
from django.utils.translation import override

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.content.form import HOME, NEED, PERSON, RESIDENT, WISHES
from kanssa.applications.models import Application
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.web.form.questions import build_form
from kanssa.worker.deliveries import deliver_waiting
from tests.cast import AINO, TODAY
from tests.web.browser import Browser, text_of
from tests.web.form_steps import begin, fill_in
from tests.worker.smtp_server import smtp_server

pytestmark = pytest.mark.django_db

INCOME = {"income_source": "wages", "gross_income": "235000"}


def income(browser, **more):
    return browser.send("application/income/", **(INCOME | more))


def sure_of(answer) -> dict[str, str]:
    """Return the hidden fields that repeat the values when the button is pressed again."""
    return dict(
        re.findall(r'<input type="hidden" name="(sure-[^"]+)" value="([^"]*)">', answer.content.decode())
    )


def kept_of_main():
    content = draft_content_of(Application.objects.get())
    return content.adults[content.main_applicant_id]


@pytest.fixture
def begun(browser) -> Browser:
    begin(browser)
    browser.get("application/income/")
    return browser


def test_an_unlikely_income_is_asked_about_and_nothing_is_saved(begun):
    answer = income(begun)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Is €235,000 right?" in text_of(answer) or "Is 235,000 € right?" in text_of(answer)
    assert 'value="235000"' in page
    assert 'aria-describedby="id_gross_income-hint id_gross_income-question"' in page
    assert 'aria-invalid="true"' not in page
    assert "<title>Check:" in page
    assert "gross_income" not in kept_of_main()


def test_pressing_again_accepts_the_value_for_good(begun):
    warned = income(begun)

    accepted = income(begun, **sure_of(warned))
    again = begun.post("application/income/", **INCOME)

    assert accepted.status_code == again.status_code == 302
    assert kept_of_main()["gross_income"] == 235000


def test_the_acceptance_is_bound_to_the_value(begun):
    sure = sure_of(income(begun))

    answer = income(begun, gross_income="335000", **sure)

    assert answer.status_code == 422
    assert sure_of(answer) == {"sure-gross_income": "335000"}


def test_the_acceptance_survives_an_error_in_another_answer(begun):
    sure = sure_of(income(begun))

    answer = income(begun, capital_income="paljon", **sure)

    assert answer.status_code == 422
    assert "235,000" not in text_of(answer)
    assert income(begun, capital_income="0", **sure_of(answer)).status_code == 302


def test_errors_and_questions_are_shown_together(begun):
    answer = income(begun, capital_income="paljon")

    assert "There is a problem" in text_of(answer)
    assert "235,000 € right?" in text_of(answer)


@pytest.mark.parametrize(
    ("name", "unlikely", "likely"),
    [
        ("born", "1.1.1900", "1.1.1950"),
        ("hetu", "140288+900C", "140288-900C"),
        ("years_in_helsinki", "110", "40"),
        ("gross_income", "23", "2300"),
        ("gross_income", "21000", "0"),
        ("capital_income", "25000", "0"),
        ("maintenance_paid", "6000", "300"),
        ("wealth", "4000000", "0"),
        ("study_loan", "200000", "20000"),
        ("area", "7", "8"),
        ("area", "450", "45,5"),
        ("people", "40", "4"),
        ("people", "0", "1"),
        ("cost", "45", "450"),
        ("cost", "45000", "0"),
        ("since", "1.1.1930", "1.1.1990"),
        ("move_by", "1.1.2020", "1.1.2027"),
        ("move_by", "1.1.2035", "1.1.2028"),
        ("highest_rent", "90", "900"),
        ("highest_rent", "90000", "1200"),
        ("email", "aino@gmial.com", "aino@gmail.com"),
        ("email", "aino@luukku.con", "aino@example.com"),
    ],
)
def test_only_unlikely_values_are_asked_about(name, unlikely, likely):
    field = next(each for each in (*PERSON, *HOME, *NEED, *WISHES) if each.name == name)

    def warns(typed):
        form = build_form([field], given={}, typed={name: typed}, today=TODAY)
        assert not form.errors
        return [field_name for field_name, _warning in form.open_warnings] == [name]

    assert warns(unlikely)
    assert not warns(likely)


def test_the_question_is_asked_in_each_language():
    field = next(each for each in HOME if each.name == "area")
    for language, words in (("fi", "Onko 450 oikein?"), ("sv", "Är 450 rätt?"), ("en", "Is 450 right?")):
        with override(language):
            form = build_form([field], given={}, typed={"area": "450"}, today=TODAY)
            assert not form.is_valid()
            assert words in str(form.open_warnings[0][1].question)


def test_a_childs_birth_date_among_the_residents_is_not_asked_about():
    field = next(each for each in RESIDENT if each.name == "born")
    form = build_form([field], given={}, typed={"born": "1.1.2015"}, today=TODAY)

    assert form.is_valid()


def test_the_address_for_a_draft_link_is_asked_about_once(browser):
    fill_in(browser, AINO)

    warned = browser.send("application/continue-later/", email="aino@gmial.com")
    mailed = browser.send("application/continue-later/", email="aino@gmial.com", **sure_of(warned))

    assert "Did you mean aino@gmail.com?" in text_of(warned)
    assert mailed.status_code == 302
    assert read_contents(Message.objects.get(topic="draft_link"))[0] == "aino@gmial.com"


def test_the_address_of_a_username_is_asked_about_once(browser):
    browser.get("e-service/create-username/")

    warned = browser.send("e-service/create-username/", email="aino@hotmial.com")
    mailed = browser.send("e-service/create-username/", email="aino@hotmial.com", **sure_of(warned))

    assert "Did you mean aino@hotmail.com?" in text_of(warned)
    assert mailed.status_code == 302


def test_mail_goes_to_the_typed_domain_and_to_no_other(browser, settings):
    browser.get("e-service/create-username/")

    browser.send("e-service/create-username/", email="liisa@faß-koti.example")
    with smtp_server(settings) as office:
        deliver_waiting(now=Message.objects.get().send_at)

    assert office.taken == ["liisa@xn--fa-koti-1va.example"]
    assert b"To: liisa@xn--fa-koti-1va.example\r\n" in office.contents[0]
    assert "liisa@faß-koti.example" in text_of(browser.get("e-service/create-username/mail-sent/"))


def test_an_unsupported_address_is_refused_while_typing(browser, settings):
    browser.get("e-service/create-username/")

    refused = browser.send("e-service/create-username/", email="työ@example.com")
    settings.EMAIL_SMTPUTF8 = True
    taken = browser.send("e-service/create-username/", email="työ@example.com")

    assert "We cannot send e-mail to this address" in text_of(refused)
    assert taken.status_code == 302
