import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from kanssa.applications.models import Application, Confirmation, Invitation
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.cast import AINO, EINO, HILMA, NOW, OTSO, CastMember, arrived, confirmed, joined, sent
from tests.web.browser import Browser, text_of
from tests.web.form_steps import fill_in, send

pytestmark = pytest.mark.django_db


def link_of(role):
    """Return the path of the newest invitation to this person."""
    for message in Message.objects.filter(topic="invitation", sealed__isnull=False).order_by("-written_at"):
        address, says = read_contents(message)
        if address == role.email:
            return f"/en/invitation/{says['token']}/"
    raise AssertionError(role)


def accept_terms(browser):
    return browser.post("confirming/terms/")


def confirm(browser, application):
    path = f"confirming/{application.pk}/"
    hidden = re.search(r'name="version" value="([^"]+)"', browser.get(path).content.decode())
    return browser.send(f"{path}confirm/", version=hidden[1] if hidden else "")


def test_terms_choice_and_review_come_before_confirming(browser):
    application = sent(AINO)
    landing = browser.identify("aino")
    assert landing["Location"] == "/en/confirming/terms/"

    accept_terms(browser)
    choosing = text_of(browser.get("confirming/"))
    checking = text_of(browser.get(f"confirming/{application.pk}/"))
    answer = confirm(browser, application)

    assert application.reference in choosing
    assert "Kaikukatu 3" in checking
    assert "The application is valid" in text_of(browser.get(answer["Location"]))


def test_the_terms_come_before_anything_is_shown(browser):
    application = sent(AINO)
    browser.identify("aino")

    assert browser.get(f"confirming/{application.pk}/")["Location"] == "/en/confirming/terms/"
    assert browser.get("confirming/")["Location"] == "/en/confirming/terms/"


def test_a_co_applicant_sees_only_the_main_applicants_name_and_what_is_given(browser):
    marked = CastMember("Korhonen", "Aino Inkeri", AINO.hetu, "canary-mail@example.com")
    application = sent(marked, EINO)
    browser.identify("eino")
    accept_terms(browser)

    pages = [
        browser.get(f"confirming/{application.pk}/"),
        browser.get("confirming/"),
        browser.get("e-service/"),
        browser.get(f"e-service/{application.pk}/"),
    ]

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        for canary in ("canary-mail", "140288", "Kaikukatu", "2350", "2,350", "00530"):
            assert canary not in html
    assert "Aino Inkeri Korhonen" in text_of(pages[0])
    assert "Given" in text_of(pages[0])


def test_a_co_applicant_completes_their_own_details_then_confirms(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    browser.identify("eino")
    accept_terms(browser)
    own = f"confirming/{application.pk}/own-details/"
    assert "Complete your own details first" in text_of(browser.get(f"confirming/{application.pk}/"))

    for step, answers in (
        ("background", {"citizenship": "FI"}),
        ("municipality", {"home_municipality": "091"}),
        ("address", {"no_fixed_address": "on"}),
        ("contact", {"email": EINO.email, "contact_language": "fi"}),
        ("income", {"income_source": "wages", "gross_income": "0"}),
        ("wealth", {}),
    ):
        onward = browser.post(f"{own}{step}/", **answers)
    answer = confirm(browser, application)

    assert onward["Location"] == f"/en/confirming/{application.pk}/"
    assert "The application is valid" in text_of(browser.get(answer["Location"]))
    assert Application.objects.get().versions.count() == 2


def test_own_details_with_an_error_keep_the_input(browser):
    application = sent(AINO, EINO)
    browser.identify("eino")
    accept_terms(browser)

    answer = browser.post(
        f"confirming/{application.pk}/own-details/income/", income_source="wages", gross_income="paljon"
    )

    assert answer.status_code == 422
    assert 'value="paljon"' in answer.content.decode()


def test_confirming_again_after_going_back_is_the_same_confirmation(browser):
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)
    path = f"confirming/{application.pk}/"
    version = re.search(r'name="version" value="([^"]+)"', browser.get(path).content.decode())[1]

    first = browser.send(f"{path}confirm/", version=version)
    second = browser.send(f"{path}confirm/", version=version)

    assert first["Location"] == second["Location"]
    assert Confirmation.objects.count() == 1


def test_confirming_an_unknown_version_is_refused(browser):
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)

    answer = browser.send(f"confirming/{application.pk}/confirm/", version="nonsense")

    assert answer.status_code == 409
    assert not Confirmation.objects.exists()


def test_another_persons_application_is_not_found(browser):
    application = sent(AINO)
    browser.identify("otso")
    accept_terms(browser)

    for path in (
        f"confirming/{application.pk}/",
        f"confirming/{application.pk}/done/",
        f"confirming/{application.pk}/own-details/income/",
        f"e-service/{application.pk}/",
    ):
        assert browser.get(path).status_code == 404
    assert browser.send(f"confirming/{application.pk}/confirm/", version="").status_code == 404


def test_the_next_person_in_the_same_browser_must_identify(browser):
    application = sent(AINO, EINO)
    browser.identify("aino")
    accept_terms(browser)
    confirm(browser, application)

    handed = browser.send("e-service/next-person/")

    assert handed["Location"] == "/en/identification/"
    assert browser.get("confirming/").status_code == 401
    landing = browser.identify("eino")
    assert landing["Location"] == "/en/confirming/terms/"


def test_the_review_says_which_confirmation_will_end(browser):
    former, newer = sent(AINO), sent(AINO)
    aino = arrived(AINO)
    confirmed(former, aino)
    browser.identify("aino")

    page = text_of(browser.get(f"confirming/{newer.pk}/"))

    assert "This will end another confirmation of yours" in page
    assert former.reference in page


def test_a_co_applicant_is_not_shown_the_main_applicants_assurance(browser):
    application = sent(AINO, EINO)
    browser.identify("eino")
    accept_terms(browser)

    assert "I assure that" not in text_of(browser.get(f"confirming/{application.pk}/"))


def test_the_next_person_is_offered_only_while_a_confirmation_is_missing(browser):
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)
    confirm(browser, application)

    assert "Let the next person identify themselves" not in text_of(
        browser.get(f"confirming/{application.pk}/done/")
    )


# Invitation links


def test_opening_an_invitation_changes_nothing_and_shows_no_name(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    before = list(Invitation.objects.values()), list(Message.objects.values())

    got = browser.get(link_of(EINO))
    headed = browser.client.head(link_of(EINO))

    assert got.status_code == headed.status_code == 200
    for personal in ("Korhonen", "Aino", "Eino", application.reference, "example.com"):
        assert personal not in got.content.decode()
    assert (list(Invitation.objects.values()), list(Message.objects.values())) == before


def test_the_link_leads_the_invited_person_to_the_application(browser):
    arrived(AINO, sent_here=sent(AINO, EINO))

    onward = browser.post(link_of(EINO))
    landing = browser.identify("eino")

    assert onward["Location"] == "/en/identification/cookies/"
    assert landing["Location"] == "/en/confirming/terms/"


def test_another_person_is_told_that_the_link_is_not_theirs(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    browser.post(link_of(EINO))

    landing = browser.identify("otso")

    page = text_of(browser.get(landing["Location"]))
    assert "The link is for another person" in page
    assert "Otso Outsider-Mäkinen" in page
    assert "Korhonen" not in page
    assert application.reference not in page


def test_a_truncated_link_says_so(browser):
    cut = browser.get("/en/invitation/nonsen")
    answer = browser.get(cut["Location"])

    assert answer.status_code == 404
    assert "The link is not whole" in text_of(answer)


def test_a_new_invitation_ends_the_old_link_at_once(browser, settings):
    settings.INVITATION_COOL_DOWN *= 0
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    browser.identify("aino")
    old = link_of(EINO)
    eino = application.applicants.get(is_main=False)

    browser.send(f"e-service/{application.pk}/invite/{eino.pk}/")

    spent = browser.get(old)
    assert spent.status_code == 410
    assert "replaced by a newer one" in text_of(spent)
    assert browser.get(link_of(EINO)).status_code == 200


def test_sending_again_too_soon_is_refused_with_the_waiting_time(browser, clock):
    application = sent(AINO, EINO)
    browser.identify("aino")
    eino = application.applicants.get(is_main=False)
    browser.send(f"e-service/{application.pk}/invite/{eino.pk}/")
    clock.passes(minutes=7, seconds=30)

    answer = browser.send(f"e-service/{application.pk}/invite/{eino.pk}/")

    assert answer.status_code == 429
    assert "You can send another in 3 minutes" in text_of(answer)


def test_the_daily_limit_of_invitations_is_a_setting(browser, settings):
    settings.INVITATION_COOL_DOWN *= 0
    settings.MAX_DAILY_INVITATIONS = 3
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    browser.identify("aino")
    eino = application.applicants.get(is_main=False)

    answers = [browser.send(f"e-service/{application.pk}/invite/{eino.pk}/") for _time in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    assert Invitation.objects.count() == 3


def test_links_to_one_mailbox_are_limited_per_day_and_the_last_leaves_later(settings):
    settings.MAX_DAILY_INVITATIONS = 2
    named = [
        CastMember(who.last_name, who.first_names, who.hetu, f"victim+{number}@example.com")
        for number, who in enumerate((EINO, HILMA, OTSO))
    ]

    arrived(AINO, sent_here=sent(AINO, *named))

    links = Message.objects.filter(topic="invitation").order_by("send_at")
    assert [link.send_at - NOW for link in links] == [timedelta(0), timedelta(0), timedelta(days=1)]


def test_a_co_applicant_cannot_send_invitations(browser):
    application = sent(AINO, EINO, HILMA)
    arrived(AINO)
    browser.identify("eino")
    hilma = application.applicants.get(position=2)

    answer = browser.send(f"e-service/{application.pk}/invite/{hilma.pk}/")

    assert answer.status_code == 403


# Status


def test_the_status_names_missing_adults_first_and_says_no_more_of_others(browser):
    application = sent(AINO, EINO, HILMA)
    joined(application, EINO)
    browser.identify("aino")

    page = text_of(browser.get(f"e-service/{application.pk}/"))

    assert page.index("Hilma Maria Lindqvist") < page.index("Eino Ensio Korhonen")
    assert "Confirmation missing" in page
    assert page.count("You identified yourself on") == 1
    assert "You confirmed on" not in page


def test_the_sending_browser_sees_the_status_until_the_main_applicant_identifies(browser):
    fill_in(browser, AINO, EINO)
    send(browser)

    arrived(EINO)
    assert browser.get("application/sent/").status_code == 200
    arrived(AINO)

    answer = browser.get("application/sent/")
    assert answer.status_code == 401
    assert "Your answers are safe" in text_of(answer)
    assert "half an hour" not in text_of(answer)


def test_valid_until_is_shown_with_its_weekday(browser):
    application = sent(AINO)
    confirmed(application, arrived(AINO))
    browser.identify("aino")

    page = text_of(browser.get(f"e-service/{application.pk}/"))

    assert "It is valid until Wednesday 24 February 2027" in page


def test_every_page_is_uncached_and_loads_nothing_from_elsewhere(browser, settings):
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)

    for path in ("", "confirming/", f"confirming/{application.pk}/", f"e-service/{application.pk}/"):
        page = browser.get(path)
        html = page.content.decode()
        assert "no-store" in page["Cache-Control"]
        assert "default-src 'none'" in page["Content-Security-Policy"]
        assert "<script" not in html
        for address in re.findall(r'(?:src|href)="(https?://[^"]+)"', html):
            assert urlsplit(address).hostname in (
                "127.0.0.1",
                "www.openstreetmap.org",
                urlsplit(settings.EXIT_URL).hostname,
            )


def test_a_browser_without_identification_sees_nothing():
    key = sent(AINO).pk

    for path in ("confirming/", f"confirming/{key}/", f"e-service/{key}/", "e-service/"):
        assert Browser().get(path).status_code == 401


def test_a_delayed_link_is_shown_and_cannot_be_sent_again(browser, settings):
    settings.MAX_DAILY_FIRST_MESSAGES = 1
    arrived(OTSO, sent_here=sent(OTSO, CastMember("Lindqvist", "Hilma Maria", HILMA.hetu, EINO.email)))
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    browser.identify("aino")

    page = browser.get(f"e-service/{application.pk}/")

    assert "The message to Eino Ensio Korhonen will be sent later" in text_of(page)
    assert "/invite/" not in page.content.decode()


def test_one_agreeing_name_is_enough_for_the_holder_of_the_link(browser):
    application = sent(AINO, CastMember("Lindqvist", "Eino Ensio", EINO.hetu, EINO.email))
    arrived(AINO, sent_here=application)
    assert browser.identify("eino")["Location"] == "/en/confirming/no-application/"

    browser.post(link_of(EINO))

    assert browser.identify("eino")["Location"] == "/en/confirming/terms/"


def test_before_confirming_a_person_reads_what_the_others_will_see_and_how_to_take_it_back(browser):
    application = sent(AINO, EINO)
    arrived(AINO)
    browser.identify("aino")
    accept_terms(browser)

    page = text_of(browser.get(f"confirming/{application.pk}/"))

    before_the_button = page[: page.index("By confirming you assure")]
    assert "The others see at once that you have confirmed" in before_the_button
    assert "It ends no other confirmation of yours" in before_the_button
    assert "You can take your confirmation back" in before_the_button


def test_before_confirming_a_person_reads_what_it_replaces(browser):
    former, newer = sent(AINO), sent(AINO, EINO)
    confirmed(former, arrived(AINO))
    browser.identify("aino")

    page = text_of(browser.get(f"confirming/{newer.pk}/"))

    assert f"your confirmation of {former.reference} ends" in page
    assert "It ends no other confirmation" not in page


def test_a_person_alone_reads_nothing_of_others_before_confirming(browser):
    application = sent(AINO)
    browser.identify("aino")
    accept_terms(browser)

    page = text_of(browser.get(f"confirming/{application.pk}/"))

    assert "You can take your confirmation back" in page
    assert "The others" not in page
