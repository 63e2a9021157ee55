import re

import pytest

from kanssa.applications.aggregate.address_troubles import Side, mark_bounced
from kanssa.applications.models import AddressTrouble, Applicant, Application, Invitation
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of, read_contents
from tests.actions import declined
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    arrived,
    completed,
    confirmed,
    edited,
    joined,
    later,
    sent,
)
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db


def valid_of_two():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    joined(application, EINO)
    return application


def material(content):
    return content.with_section("need", {"reasons": ["separation"]})


def of_own(content):
    return content.with_adult(content.main_applicant_id, {"gross_income": 4000})


def without_co_applicants(content):
    for key in content.co_applicant_ids:
        content = content.without_adult(key)
    return content


def status_of(browser, application):
    return text_of(browser.get(f"e-service/{application.pk}/"))


def topics():
    return list(Message.objects.order_by("written_at").values_list("topic", flat=True))


# Actions of the main applicant alone

MAIN_ACTIONS = ("renew", "discard", "withdraw")


@pytest.mark.parametrize("action", MAIN_ACTIONS)
def test_opening_the_page_of_an_action_changes_nothing(browser, action):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("aino")
    before = Application.objects.values().get()

    page = browser.get(f"e-service/{application.pk}/{action}/")

    assert page.status_code == 200
    assert Application.objects.values().get() == before


@pytest.mark.parametrize("action", MAIN_ACTIONS)
def test_only_the_main_applicant_can_take_these_actions(browser, action):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("eino")
    outsider = Browser()
    outsider.identify("otso")
    path = f"e-service/{application.pk}/{action}/"

    assert browser.get(path).status_code == browser.send(path).status_code == 403
    assert outsider.get(path).status_code == outsider.send(path).status_code == 404
    assert Browser().get(path).status_code == 401
    assert Application.objects.get().state == "valid"
    assert Application.objects.get().confirmed_version != Application.objects.get().current_version


def test_renewing_shows_the_new_period_and_that_no_adult_must_confirm(browser, clock):
    application = valid_of_two()
    browser.identify("aino")
    assert "Renew" in status_of(browser, application)

    page = text_of(browser.get(f"e-service/{application.pk}/renew/"))
    answer = browser.send(f"e-service/{application.pk}/renew/")

    assert "it is valid until Wednesday 24 February 2027" in page
    assert "No new confirmations are needed" in page
    assert "The application is renewed" in text_of(browser.get(answer["Location"]))


def test_renewing_names_a_resident_who_is_now_an_adult(browser, clock):
    application = sent(AINO, now=later(days=-40))
    with_child = {
        "last_name": "Korhonen",
        "first_names": "Onni",
        "born": "2008-11-20",
        "occupancy": "full-time",
    }
    who = arrived(AINO, now=later(days=-40))
    edited(
        application,
        who,
        lambda content: content.with_resident(application.pk, with_child),
        now=later(days=-40),
    )
    confirmed(application, who, now=later(days=-40))
    browser.identify("aino")

    page = text_of(browser.get(f"e-service/{application.pk}/renew/"))

    assert "Every adult must confirm it again" in page
    assert "Now an adult, and on the application as one: Onni Korhonen" in page


def test_discarding_a_change_keeps_the_confirmed_version(browser):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("aino")
    assert "Discard the change" in status_of(browser, application)

    path = f"e-service/{application.pk}/discard/"
    page = text_of(browser.get(path))
    answer = browser.send(path)
    again = browser.send(path)

    assert "as everybody confirmed it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "Your change was discarded" in status
    assert "A change is waiting" not in status
    assert again.status_code == browser.get(path).status_code == 409
    assert "See its status" in text_of(again)


def test_withdrawing_while_another_adult_has_confirmed_ends_only_the_own_part(browser):
    application = valid_of_two()
    browser.identify("aino")
    path = f"e-service/{application.pk}/withdraw/"

    page = text_of(browser.get(path))
    answer = browser.post(path)

    assert "only your own part ends" in page
    assert "You have left the application" in text_of(browser.get(answer["Location"]))
    assert Application.objects.get().state == "sent"


def test_a_withdrawal_page_that_was_overtaken_by_a_confirmation_says_what_it_means_now(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    browser.identify("aino")
    path = f"e-service/{application.pk}/withdraw/"
    assert "ends at once for everybody on it" in text_of(browser.get(path))
    joined(application, EINO)

    answer = browser.send(path, ends="all")

    assert answer.status_code == 409
    assert "only your own part ends" in text_of(answer)
    assert Application.objects.get().state == "valid"


def test_withdrawing_warns_ends_the_application_and_notifies_the_others(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    browser.identify("aino")
    path = f"e-service/{application.pk}/withdraw/"

    page = text_of(browser.get(path))
    answer = browser.send(path)
    again = browser.send(path)

    assert "ends at once for everybody on it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "The application was withdrawn" in status
    assert "It ended on 24 November 2026, 13:00" in status
    assert "Edit the application" not in status
    assert topics().count("withdrawn") == 1
    assert again.status_code == 409


def test_an_ended_application_is_listed_last_and_can_be_copied(browser, clock):
    ended, active = sent(AINO, EINO, now=later(minutes=30)), sent(AINO)
    arrived(AINO, now=later(minutes=31))
    arrived(EINO, now=later(minutes=31))
    browser.identify("aino")
    browser.send(f"e-service/{ended.pk}/withdraw/")

    listed = text_of(browser.get("e-service/"))
    assert listed.index(active.reference) < listed.index(ended.reference)
    copied = browser.send(f"e-service/{ended.pk}/copy/")

    page = text_of(browser.get(copied["Location"]))
    assert "Kaikukatu 3" in page
    assert "Eino Ensio Korhonen" in page
    assert EINO.email not in page
    assert "030587" not in page


def test_copying_too_late_is_not_offered_and_is_refused(browser, clock):
    application = sent(AINO)
    arrived(AINO)
    browser.identify("aino")
    browser.send(f"e-service/{application.pk}/withdraw/")
    assert "Copy into a new application" in status_of(browser, application)
    clock.passes(days=31)
    browser.identify("aino")

    answer = browser.send(f"e-service/{application.pk}/copy/")

    assert "Copy into a new application" not in status_of(browser, application)
    assert answer.status_code == 409
    assert "more than 30 days ago" in text_of(answer)


def test_a_co_applicant_cannot_copy(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    arrived(EINO)
    aino = Browser()
    aino.identify("aino")
    aino.send(f"e-service/{application.pk}/withdraw/")
    browser.identify("eino")

    assert "Copy into a new application" not in status_of(browser, application)
    assert browser.send(f"e-service/{application.pk}/copy/").status_code == 403


def test_a_person_with_only_ended_applications_still_sees_them(browser):
    application = valid_of_two()
    browser.identify("aino")
    browser.send(f"e-service/{application.pk}/withdraw/")

    browser.get("e-service/log-in/")
    landing = browser.identify("aino")

    assert landing["Location"] == "/en/e-service/"
    assert application.reference in text_of(browser.get("e-service/"))


# Actions of every adult


def test_withdrawing_a_confirmation_warns_and_offers_to_let_it_end_with_the_period(browser):
    application = valid_of_two()
    browser.identify("eino")
    path = f"e-service/{application.pk}/withdraw-confirmation/"

    page = text_of(browser.get(path))

    assert "The others notice it" in page
    assert "Let it end with the period" in page
    assert Application.objects.get().state == "valid"


def test_a_confirmation_withdrawn_at_once_makes_the_application_fall_back(browser):
    application = valid_of_two()
    browser.identify("eino")
    path = f"e-service/{application.pk}/withdraw-confirmation/"

    answer = browser.send(path, when="now")
    again = browser.send(path, when="now")

    status = text_of(browser.get(answer["Location"]))
    assert "You have withdrawn your confirmation" in status
    assert "not valid at the moment" in status
    assert "not yet valid" not in status
    assert Application.objects.get().state == "sent"
    assert topics().count("fallen_back") == 1
    assert again.status_code == 409
    assert "nothing to withdraw" in text_of(again)


def test_others_do_not_notice_a_confirmation_that_ends_with_the_period(browser):
    application = valid_of_two()
    browser.identify("eino")
    written = topics()
    aino = Browser()
    aino.identify("aino")
    before = status_of(aino, application)

    answer = browser.send(f"e-service/{application.pk}/withdraw-confirmation/", when="with-period")

    status = text_of(browser.get(answer["Location"]))
    assert "Your confirmation counts until" in status
    assert "You have already chosen this" in text_of(
        browser.get(f"e-service/{application.pk}/withdraw-confirmation/")
    )
    assert Application.objects.get().state == "valid"
    assert status_of(aino, application) == before
    assert topics() == written


def test_others_do_not_see_that_a_person_declined_and_confirming_stays_possible(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    completed(application, arrived(EINO))
    aino = Browser()
    aino.identify("aino")
    before, written = aino.get(f"e-service/{application.pk}/").content, topics()
    browser.identify("eino")
    path = f"e-service/{application.pk}/decline/"

    page = text_of(browser.get(path))
    answer = browser.send(path)
    browser.send(path)

    assert "The others do not see it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "You have said that you will not confirm" in status
    assert "Check and confirm the application" in status
    token = rb'name="csrfmiddlewaretoken" value="[^"]*"'
    after = aino.get(f"e-service/{application.pk}/").content
    assert re.sub(token, b"", after) == re.sub(token, b"", before)
    assert topics() == written


def test_a_person_asks_not_to_be_asked_again_and_takes_it_back(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    browser.identify("eino")
    assert "Do not ask me again" in text_of(browser.get(f"e-service/{application.pk}/decline/"))

    browser.send(f"e-service/{application.pk}/decline/", refuses_asking="on")
    page = browser.get("e-service/").content.decode()
    assert "We may ask you again at the request of Aino Inkeri Korhonen" in page
    answer = browser.send(re.search(r'action="(/en/e-service/ask-again/[^"]+)"', page)[1])

    assert answer["Location"] == "/en/e-service/"
    assert "Not asked again" not in text_of(browser.get("e-service/"))


def test_the_wish_not_to_be_asked_is_not_shown_by_a_password_alone_nor_to_the_main_applicant(browser):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    declined(application, arrived(EINO), refuses_asking=True)

    browser.identify("aino")

    assert "Not asked again" not in text_of(browser.get("e-service/"))
    assert "ask me again" not in text_of(browser.get(f"e-service/{application.pk}/decline/"))


@pytest.mark.parametrize("path", ["", "application/", "identification/cookies/", "contact/", "no-such-page/"])
def test_every_page_of_applicants_has_a_quick_way_out_to_another_site(browser, settings, path):
    settings.EXIT_URL = "https://weather.example/"

    html = browser.get(path).content.decode()

    assert '<a href="https://weather.example/" rel="noreferrer">Leave this page quickly</a>' in html


def test_pages_of_staff_have_no_quick_way_out(browser):
    assert "Leave this page quickly" not in browser.get("staff/sign-in/").content.decode()


@pytest.mark.parametrize("action", ["decline", "withdraw", "withdraw-confirmation"])
def test_who_declines_or_withdraws_is_shown_the_helpline(browser, action):
    application = valid_of_two()
    browser.identify("aino")

    page = text_of(browser.get(f"e-service/{application.pk}/{action}/"))

    assert "Nollalinja" in page
    assert "080 005 005" in page


def test_a_person_who_has_confirmed_is_told_to_withdraw_instead_of_declining(browser):
    application = valid_of_two()
    browser.identify("eino")

    answer = browser.send(f"e-service/{application.pk}/decline/")

    assert answer.status_code == 409
    assert "You can withdraw your confirmation instead" in text_of(answer)
    assert "I will not confirm" not in status_of(browser, application)


def test_an_outsider_cannot_edit_decline_or_withdraw(browser):
    application = valid_of_two()
    browser.identify("otso")

    for action in ("withdraw-confirmation", "decline", "edit"):
        assert browser.send(f"e-service/{application.pk}/{action}/", when="now").status_code == 404
    assert Application.objects.get().state == "valid"


def test_a_person_left_out_by_a_pending_change_is_told_and_cannot_confirm_it(browser):
    application = sent(AINO, EINO, HILMA)
    confirmed(application, arrived(AINO))
    joined(application, HILMA)
    joined(application, EINO)
    eino = Applicant.objects.get(hetu_lookup__isnull=False, position=1).pk
    edited(application, arrived(AINO), lambda content: content.without_adult(eino))
    browser.identify("eino")
    browser.post("confirming/terms/")

    status = status_of(browser, application)
    review = text_of(browser.get(f"confirming/{application.pk}/"))

    assert "The change leaves you out of the application" in status
    assert "Check and confirm the application" not in status
    assert "You cannot confirm it" in review
    assert "Confirm the application" not in review
    assert browser.send(f"confirming/{application.pk}/confirm/", version="x").status_code == 409


def test_the_status_shows_both_the_valid_and_the_pending_version(browser):
    application = valid_of_two()
    edited(application, arrived(AINO), material, now=later(minutes=30))
    browser.identify("eino")

    status = status_of(browser, application)

    assert "It is valid until Wednesday 24 February 2027" in status
    assert "A change is waiting to be confirmed" in status
    assert "must confirm it no later than" in status
    assert "Check and confirm the application" in status


# Addresses that take no mail


def test_the_main_applicant_sees_a_wrong_address_and_can_correct_it(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    Browser().post(f"{link_of(EINO)}not-for-me/")
    browser.identify("aino")
    eino = application.applicants.get(is_main=False).pk

    status = status_of(browser, application)
    answer = browser.send(f"e-service/{application.pk}/edit/{eino}/")
    page = answer["Location"]
    saved = browser.post(page, email="right@example.com", contact_language="fi")

    assert "The e-mail address of Eino Ensio Korhonen is wrong" in status
    assert "told us that it is not for them" in status
    assert "a new link" not in status.split("The other applicants")[1].split("A new link can be sent")[0]
    assert page == f"/en/application/co-applicants/{eino}/contact/?back=check"
    assert saved["Location"] == "/en/application/check/"
    revision = re.search(r'name="revision" value="(\d+)"', browser.get(saved["Location"]).content.decode())[1]
    browser.send("application/edit/save/", revision=revision)
    assert "is wrong" not in status_of(browser, application)
    newest = Message.objects.filter(topic="invitation").latest("written_at")
    assert read_contents(newest)[0] == "right@example.com"


def test_a_person_sees_that_their_own_address_takes_no_mail(browser):
    application = valid_of_two()
    applicant = application.applicants.get(is_main=False)
    mark_bounced(applicant, email_lookup_of(EINO.email), side=Side.OWN)
    browser.identify("eino")
    aino = Browser()
    aino.identify("aino")

    assert "your e-mail address does not exist" in status_of(browser, application)
    assert "is wrong" not in status_of(aino, application)


# “Not for me”


def link_of(role):
    for message in Message.objects.filter(topic="invitation", sealed__isnull=False).order_by("-written_at"):
        address, says = read_contents(message)
        if address == role.email:
            return f"/en/invitation/{says['token']}/"
    raise AssertionError(role)


def test_opening_the_not_for_me_page_changes_nothing(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    link = link_of(EINO)

    offered = browser.get(link).content.decode()
    got = browser.get(f"{link}not-for-me/")
    headed = browser.client.head(f"{link}not-for-me/")

    assert f'href="{link}not-for-me/"' in offered
    assert got.status_code == headed.status_code == 200
    for personal in ("Korhonen", "Aino", "Eino", application.reference, "example.com"):
        assert personal not in got.content.decode()
    assert Invitation.objects.get().ended_at is None
    assert not AddressTrouble.objects.exists()


def test_not_for_me_ends_the_link_and_shows_no_name(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    link = link_of(EINO)

    answer = browser.post(f"{link}not-for-me/")

    page = browser.get(answer["Location"])
    assert "Thank you for telling us" in text_of(page)
    assert "Korhonen" not in page.content.decode()
    for path in (link, f"{link}not-for-me/"):
        assert browser.get(path).status_code == 410
    assert browser.send(f"{link}not-for-me/").status_code == 410


def test_not_for_me_needs_a_form_token(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)

    answer = browser.client.post(f"{link_of(EINO)}not-for-me/")

    assert answer.status_code == 403
    assert Invitation.objects.get().ended_at is None


def test_not_for_me_is_refused_for_an_incomplete_link(browser):
    assert browser.get("/en/invitation/nonsense/not-for-me/").status_code == 404
    assert browser.send("/en/invitation/nonsense/not-for-me/").status_code in (403, 404)
