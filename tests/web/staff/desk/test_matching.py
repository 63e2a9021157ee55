"""A person who cannot be matched by an identity code is shown nothing before a clerk has decided."""

from dataclasses import replace
from pathlib import Path

import pytest

from kanssa.applications.models import Applicant, Task
from kanssa.evidence.models import Event
from kanssa.identification import registry
from kanssa.people.models import Person
from tests.cast import AINO, EINO, CastMember, arrived, loaded_application, sent
from tests.web import direct_method, saml_method
from tests.web.browser import Browser, text_of
from tests.web.confirm.test_confirmation import link_of
from tests.web.form_steps import fill_in, send
from tests.web.identify.test_saml_post import identify
from tests.web.staff.desk.test_desk import at_the_desk, confirm_here, identified_here, opened

pytestmark = pytest.mark.django_db

THE_PAGE = "/en/confirming/no-application/"
ASKED = "A clerk will look at it"


class Foreigner(CastMember):
    """A person without a Finnish identity code, born on 6 May 1990."""

    @property
    def named(self):
        known = {name: value for name, value in super().named.items() if name != "hetu"}
        return known | {"no_hetu": True, "born": "1990-05-06", "nationality": "SE"}


MAJA = Foreigner("Svensson", "Maja", "", "maja@example.com")
OTHER_MAJA = saml_method.FOREIGNER | {saml_method.NATURAL_PERSON + "PersonIdentifier": "SE/FI/2"}
LATER_A_FINN = CastMember("Svensson", "Maja", "060590-998A", "")


@pytest.fixture
def suomifi(settings):
    settings.IDENTIFICATION_METHODS = {"saml": "tests.web.saml_method.load"}
    settings.IDENTIFICATION_FILE = Path(saml_method.__file__).with_name("saml.toml")
    registry.methods()


@pytest.fixture
def later_a_finn(monkeypatch):
    monkeypatch.setitem(direct_method.PEOPLE, "maja", LATER_A_FINN)


@pytest.fixture
def desk() -> Browser:
    return at_the_desk(Browser())


def ask(browser):
    browser.get(THE_PAGE)
    browser.send(THE_PAGE)
    return text_of(browser.get(THE_PAGE))


def decide(desk, outcome="accepted"):
    """Decide the only open task; return the text that the clerk was shown."""
    path = f"staff/desk/task/{Task.objects.get(decided_at=None).pk}/"
    shown = text_of(desk.get(path))
    desk.post(path, outcome=outcome)
    return shown


def applicant_for(application, role):
    names = {
        key: loaded_application(application).facts_of(key)["first_names"]
        for key in loaded_application(application).applicants
    }
    return Applicant.objects.get(pk=next(key for key, name in names.items() if name == role.first_names))


def test_a_foreign_identity_is_shown_nothing_until_a_clerk_decides(suomifi, browser, clock, desk):
    application = sent(AINO, MAJA)

    landing = identify(browser, saml_method.FOREIGNER, clock)
    page = text_of(browser.get(THE_PAGE))

    assert landing["Location"] == THE_PAGE
    assert "did not include a Finnish personal identity code" in page
    assert not Task.objects.exists()
    assert ASKED in ask(browser)
    assert application.reference not in browser.last.content.decode()
    assert browser.get(f"e-service/{application.pk}/").status_code == 404
    assert applicant_for(application, MAJA).person_id is None

    shown = decide(desk)
    assert "proves nothing by itself" in shown
    assert "6 May 1990" in shown
    assert application.reference in text_of(browser.get("e-service/"))


def test_a_matched_person_is_recognised_at_the_next_log_in(suomifi, browser, clock, desk):
    application = sent(AINO, MAJA)
    identify(browser, saml_method.FOREIGNER, clock)
    ask(browser)
    decide(desk)

    another_day = Browser()
    landing = identify(another_day, saml_method.FOREIGNER, clock)

    assert landing["Location"] == "/en/confirming/terms/"
    assert application.reference in text_of(another_day.get("e-service/"))
    assert Person.objects.filter(foreign_lookup__isnull=False).count() == 1


def test_the_answer_is_the_same_whether_or_not_an_application_matches(suomifi, clock):
    pages = []
    for has_application in (False, True):
        if has_application:
            sent(AINO, MAJA)
        browser = Browser()
        identify(browser, saml_method.FOREIGNER, clock)
        pages.append((text_of(browser.get(THE_PAGE)), ask(browser)))

    assert pages[0] == pages[1]
    assert Task.objects.count() == 1


def test_of_two_people_with_one_name_and_birth_date_the_clerk_accepts_one(suomifi, clock, desk):
    application = sent(AINO, MAJA)
    first, second = Browser(), Browser()
    identify(first, saml_method.FOREIGNER, clock)
    ask(first)
    identify(second, OTHER_MAJA, clock)
    ask(second)
    right, wrong = Task.objects.order_by("asked_at", "pk")

    desk.post(f"staff/desk/task/{wrong.pk}/", outcome="rejected")
    desk.post(f"staff/desk/task/{right.pk}/", outcome="accepted")

    taken = applicant_for(application, MAJA).person_id
    assert taken == right.identification.person_id
    assert Task.objects.get(pk=wrong.pk).outcome == "rejected"


def test_a_rejected_match_is_not_asked_again_after_identifying_again(suomifi, clock, desk):
    sent(AINO, MAJA)
    for _time in range(2):
        browser = Browser()
        identify(browser, saml_method.FOREIGNER, clock)
        assert ASKED in ask(browser)
        if Task.objects.filter(decided_at=None).exists():
            decide(desk, "rejected")

    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    "differs",
    [{"CurrentFamilyName": "Svantesson"}, {"CurrentGivenName": "Mia"}, {"DateOfBirth": "1990-05-07"}],
)
def test_another_name_or_birth_date_is_no_match(suomifi, browser, clock, differs):
    sent(AINO, MAJA)
    different = {saml_method.NATURAL_PERSON + name: value for name, value in differs.items()}

    identify(browser, saml_method.FOREIGNER | different, clock)

    assert ASKED in ask(browser)
    assert not Task.objects.exists()


def test_a_foreign_identity_with_a_link_asks_for_that_applicant(suomifi, clock, desk):
    application = sent(AINO, MAJA)
    arrived(AINO, sent_here=application)
    browser = Browser()
    browser.post(link_of(MAJA))
    landing = identify(browser, saml_method.FOREIGNER, clock)

    assert landing["Location"] == "/en/confirming/other-person/"
    assert "did not include a Finnish personal identity code" in text_of(browser.get(landing["Location"]))
    browser.send(landing["Location"])
    assert Task.objects.get().kind == "no-code"
    decide(desk)

    assert application.reference in text_of(browser.get("e-service/"))


def test_the_main_applicant_learns_nothing_of_the_match(suomifi, clock, desk):
    application = sent(AINO, MAJA)
    aino, maja = Browser(), Browser()
    identify(aino, saml_method.attributes_of(AINO), clock)
    aino.post("confirming/terms/")
    before = text_of(aino.get(f"e-service/{application.pk}/"))
    identify(maja, saml_method.FOREIGNER, clock)
    ask(maja)
    decide(desk)

    assert text_of(aino.get(f"e-service/{application.pk}/")) == before


def test_a_person_identified_at_the_desk_and_by_eidas_is_one_person(suomifi, browser, clock, desk):
    application = sent(MAJA)
    identified_here(desk, application, last_name="Svensson", first_names="Maja", born="6.5.1990")
    confirm_here(desk, application)
    assert loaded_application(application).state == "valid"
    identify(browser, saml_method.FOREIGNER, clock)
    assert application.reference not in text_of(browser.get(THE_PAGE))
    ask(browser)

    assert "identified without an identity code" in decide(desk)

    assert application.reference in text_of(browser.get("e-service/"))
    assert loaded_application(application).state == "valid"


def test_a_later_code_is_merged_by_a_clerk_when_its_person_asks_online(later_a_finn, browser, desk):
    application = sent(MAJA)
    identified_here(desk, application, last_name="Svensson", first_names="Maja", born="6.5.1990")
    confirm_here(desk, application)
    assert browser.identify("maja")["Location"] == THE_PAGE
    ask(browser)

    assert "had no code" in decide(desk)

    assert application.reference in text_of(browser.get("e-service/"))
    again = Browser()
    again.identify("maja")
    assert application.reference in text_of(again.get("e-service/"))
    assert loaded_application(application).state == "valid"


def test_a_later_code_is_added_while_the_person_is_at_the_desk(later_a_finn, desk):
    application = sent(MAJA)
    identified_here(desk, application, last_name="Svensson", first_names="Maja", born="6.5.1990")
    serving = f"staff/desk/case/{application.pk}/serving/"
    assert "Add the identity code" in text_of(desk.get(serving))

    desk.post(f"staff/desk/case/{application.pk}/code/", hetu=LATER_A_FINN.hetu)

    assert "Add the identity code" not in text_of(desk.get(serving))
    browser = Browser()
    browser.identify("maja")
    assert application.reference in text_of(browser.get("e-service/"))
    event = Event.objects.get(kind="code-recorded")
    assert LATER_A_FINN.hetu not in str(event.facts)


def test_a_code_of_a_person_with_their_own_application_is_not_merged(desk):
    another = replace(EINO, hetu=LATER_A_FINN.hetu)
    sent(another)
    arrived(another)
    application = sent(MAJA)
    identified_here(desk, application, last_name="Svensson", first_names="Maja", born="6.5.1990")

    answer = desk.post(f"staff/desk/case/{application.pk}/code/", hetu=LATER_A_FINN.hetu)

    assert answer.status_code == 422
    assert "Another person already has this identity code here" in text_of(answer)
    assert applicant_for(application, MAJA).person.hetu is None


def test_a_code_is_added_only_to_the_served_person(desk):
    application = sent(MAJA)
    opened(desk, application)

    answer = desk.get(f"staff/desk/case/{application.pk}/code/")

    assert answer["Location"].endswith(f"{application.pk}/")


def test_the_right_code_under_another_name_is_decided_by_a_clerk(browser, desk):
    """Väinö Virtanen identifies with the code on Aino's application."""
    application = sent(AINO)
    browser.identify("stranger")
    page = text_of(browser.get(THE_PAGE))
    assert "Korhonen" not in page
    ask(browser)

    assert "no name matches" in decide(desk, "rejected")

    assert applicant_for(application, AINO).person_id is None


def test_the_sending_browser_asks_with_an_agreeing_name_and_another_code(monkeypatch, browser, desk):
    monkeypatch.setitem(direct_method.PEOPLE, "maja", CastMember("Korhonen", "Aino", LATER_A_FINN.hetu, ""))
    fill_in(browser, AINO)
    send(browser)
    browser.identify("maja")
    assert ASKED in ask(browser)

    assert "an identity code that differs" in decide(desk)

    assert (
        "Your application" in text_of(browser.get("e-service/"))
        or "Korhonen" in browser.last.content.decode()
    )
