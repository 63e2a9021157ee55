import re

import pytest

from kanssa.applications.aggregate.address_troubles import Side, mark_bounced
from kanssa.applications.models import AddressTrouble, Applicant, Application, Invitation
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of, read_contents
from tests.cast import (
    AINO,
    EINO,
    SAGA,
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


# Of the main applicant alone

MAIN_DEEDS = ("renew", "discard", "withdraw")


@pytest.mark.parametrize("deed", MAIN_DEEDS)
def test_opening_the_page_of_a_deed_does_nothing(browser, deed):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("aino")
    before = Application.objects.values().get()

    page = browser.get(f"e-service/{application.pk}/{deed}/")

    assert page.status_code == 200
    assert Application.objects.values().get() == before


@pytest.mark.parametrize("deed", MAIN_DEEDS)
def test_what_is_the_main_applicants_nobody_else_does(browser, deed):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("eino")
    outsider = Browser()
    outsider.identify("otso")
    path = f"e-service/{application.pk}/{deed}/"

    assert browser.get(path).status_code == browser.send(path).status_code == 403
    assert outsider.get(path).status_code == outsider.send(path).status_code == 404
    assert Browser().get(path).status_code == 401
    assert Application.objects.get().state == "valid"
    assert Application.objects.get().confirmed_version != Application.objects.get().current_version


def test_renewing_tells_the_new_period_and_that_nobody_is_asked(browser, clock):
    application = valid_of_two()
    browser.identify("aino")
    assert "Renew" in status_of(browser, application)

    page = text_of(browser.get(f"e-service/{application.pk}/renew/"))
    answer = browser.send(f"e-service/{application.pk}/renew/")

    assert "it is valid until Wednesday 24 February 2027" in page
    assert "Nobody needs to confirm again" in page
    assert "The application is renewed" in text_of(browser.get(answer["Location"]))


def test_renewing_tells_who_is_an_adult_now(browser, clock):
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


def test_a_change_is_taken_back_and_what_was_confirmed_stands(browser):
    application = valid_of_two()
    edited(application, arrived(AINO), material)
    browser.identify("aino")
    assert "Take back the change" in status_of(browser, application)

    path = f"e-service/{application.pk}/discard/"
    page = text_of(browser.get(path))
    answer = browser.send(path)
    again = browser.send(path)

    assert "as everybody confirmed it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "Your change is taken back" in status
    assert "A change waits" not in status
    assert again.status_code == browser.get(path).status_code == 409
    assert "See how it stands" in text_of(again)


def test_withdrawing_warns_then_ends_it_and_tells_the_others(browser):
    application = valid_of_two()
    browser.identify("aino")
    path = f"e-service/{application.pk}/withdraw/"

    page = text_of(browser.get(path))
    answer = browser.send(path)
    again = browser.send(path)

    assert "ends at once, for everybody on it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "The application was withdrawn" in status
    assert "It ended on 24 November 2026, 13:00" in status
    assert "Edit the application" not in status
    assert topics().count("withdrawn") == 1
    assert again.status_code == 409


def test_what_ended_is_listed_last_and_can_be_copied(browser, clock):
    ended, living = sent(AINO, EINO, now=later(minutes=30)), sent(AINO)
    arrived(AINO, now=later(minutes=31))
    arrived(EINO, now=later(minutes=31))
    browser.identify("aino")
    browser.send(f"e-service/{ended.pk}/withdraw/")

    listed = text_of(browser.get("e-service/"))
    assert listed.index(living.reference) < listed.index(ended.reference)
    copied = browser.send(f"e-service/{ended.pk}/copy/")

    page = text_of(browser.get(copied["Location"]))
    assert "Kaikukatu 3" in page
    assert "Eino Ensio Korhonen" in page
    assert EINO.email not in page
    assert "030587" not in page


def test_too_late_to_copy_is_not_offered_and_says_so(browser, clock):
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


def test_a_co_applicant_copies_nothing(browser):
    application = valid_of_two()
    aino = Browser()
    aino.identify("aino")
    aino.send(f"e-service/{application.pk}/withdraw/")
    browser.identify("eino")

    assert "Copy into a new application" not in status_of(browser, application)
    assert browser.send(f"e-service/{application.pk}/copy/").status_code == 403


def test_who_has_only_ended_applications_still_sees_them(browser):
    application = valid_of_two()
    browser.identify("aino")
    browser.send(f"e-service/{application.pk}/withdraw/")

    browser.get("e-service/log-in/")
    landing = browser.identify("aino")

    assert landing["Location"] == "/en/e-service/"
    assert application.reference in text_of(browser.get("e-service/"))


# Of every adult


def test_withdrawing_a_confirmation_warns_and_offers_to_let_it_end(browser):
    application = valid_of_two()
    browser.identify("eino")
    path = f"e-service/{application.pk}/withdraw-confirmation/"

    page = text_of(browser.get(path))

    assert "The others notice it" in page
    assert "Let it end with the period" in page
    assert Application.objects.get().state == "valid"


def test_a_confirmation_withdrawn_at_once_lets_the_application_fall_back(browser):
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


def test_a_confirmation_that_ends_with_the_period_is_noticed_by_nobody(browser):
    application = valid_of_two()
    browser.identify("eino")
    written = topics()
    aino = Browser()
    aino.identify("aino")
    before = status_of(aino, application)

    answer = browser.send(f"e-service/{application.pk}/withdraw-confirmation/", when="with-period")

    status = text_of(browser.get(answer["Location"]))
    assert "Your confirmation counts until" in status
    assert "You have chosen this already" in text_of(
        browser.get(f"e-service/{application.pk}/withdraw-confirmation/")
    )
    assert Application.objects.get().state == "valid"
    assert status_of(aino, application) == before
    assert topics() == written


def test_declining_is_seen_by_nobody_else_and_can_be_taken_back_by_confirming(browser):
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

    assert "The others see nothing of it" in page
    status = text_of(browser.get(answer["Location"]))
    assert "You have said that you will not confirm" in status
    assert "Check and confirm the application" in status
    token = rb'name="csrfmiddlewaretoken" value="[^"]*"'
    after = aino.get(f"e-service/{application.pk}/").content
    assert re.sub(token, b"", after) == re.sub(token, b"", before)
    assert topics() == written


def test_who_has_confirmed_is_told_to_withdraw_instead_of_declining(browser):
    application = valid_of_two()
    browser.identify("eino")

    answer = browser.send(f"e-service/{application.pk}/decline/")

    assert answer.status_code == 409
    assert "You can withdraw your confirmation instead" in text_of(answer)
    assert "I will not confirm" not in status_of(browser, application)


def test_somebody_elses_confirmation_is_nobodys_to_end(browser):
    application = valid_of_two()
    browser.identify("otso")

    for deed in ("withdraw-confirmation", "decline", "edit"):
        assert browser.send(f"e-service/{application.pk}/{deed}/", when="now").status_code == 404
    assert Application.objects.get().state == "valid"


def test_who_is_left_out_by_a_change_that_waits_is_told_so_and_may_not_confirm_it(browser):
    application = sent(AINO, EINO, SAGA)
    confirmed(application, arrived(AINO))
    joined(application, SAGA)
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


def test_both_what_is_valid_and_what_waits_stand_on_the_page(browser):
    application = valid_of_two()
    edited(application, arrived(AINO), material, now=later(minutes=30))
    browser.identify("eino")

    status = status_of(browser, application)

    assert "It is valid until Wednesday 24 February 2027" in status
    assert "A change waits to be confirmed" in status
    assert "must confirm it no later than" in status
    assert "Check and confirm the application" in status


# Addresses that take no mail


def test_a_wrong_address_is_shown_to_the_main_applicant_with_the_way_to_correct_it(browser):
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


def test_ones_own_address_that_takes_no_mail_is_shown_to_oneself(browser):
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


def test_opening_the_page_that_asks_once_more_changes_nothing(browser):
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


def test_not_for_me_ends_the_link_and_shows_nobodys_name(browser):
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


def test_a_machine_without_our_page_presses_nothing(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)

    answer = browser.client.post(f"{link_of(EINO)}not-for-me/")

    assert answer.status_code == 403
    assert Invitation.objects.get().ended_at is None


def test_not_for_me_cannot_be_pressed_by_a_link_that_is_not_whole(browser):
    assert browser.get("/en/invitation/nonsense/not-for-me/").status_code == 404
    assert browser.send("/en/invitation/nonsense/not-for-me/").status_code in (403, 404)
