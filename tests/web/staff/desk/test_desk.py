"""Clerks' screens: search, case, identification in person, serving, lists."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils.translation import override

from kanssa.accounts.models import ActivationCode
from kanssa.applications.models import Application, Confirmation, Task
from kanssa.evidence.models import Event
from kanssa.identification.models import DeskCheck, Identification
from kanssa.values.mrz import check_digit
from tests.cast import AINO, EINO, HILMA, OTSO, CastMember, arrived, edited, loaded_application, sent
from tests.web.browser import Browser, text_of
from tests.web.confirm.test_confirmation import link_of

pytestmark = pytest.mark.django_db

_SLIP_CODE = re.compile(r"\b(\w{4}-\w{4}-\w{4})\b")

PASSPORT = {
    "kind": "passport",
    "issuer": "FIN",
    "expires": "31.12.2027",
    "number_end": "123",
    "last_name": "Korhonen",
    "first_names": "Aino Inkeri",
    "born": "14.2.1988",
    "is_marked_unverified": "no",
    "is_photo_same": "yes",
    "is_born_same": "yes",
    "is_name_same": "yes",
    "is_code_same": "yes",
    "acting_as": "nobody",
}


class ByPhone(CastMember):
    """An adult without e-mail."""

    @property
    def named(self):
        written = {name: value for name, value in super().named.items() if name != "email"}
        return written | {"phone": "+358401234567"}


def without_email(role: CastMember) -> CastMember:
    return ByPhone(role.last_name, role.first_names, role.hetu, "")


@pytest.fixture
def desk(browser) -> Browser:
    """Return the browser of a clerk who has declared who they are."""
    return at_the_desk(browser)


def at_the_desk(browser: Browser, person: str = "saga", *, hetu: str = HILMA.hetu) -> Browser:
    browser.sign_on(person)
    browser.post("staff/desk/not-mine/", hetu=hetu)
    return browser


def opened(browser: Browser, application: Application, reason: str = "visit") -> str:
    """Open the case; return its folder."""
    folder = f"staff/desk/case/{application.pk}/"
    browser.send(f"{folder}open/", reason=reason)
    return folder


def searched(browser: Browser, **typed: str):
    """Search, and return the result page."""
    return browser.get(browser.send("staff/desk/search/", **typed)["Location"])


def applicant_id_of(application: Application, *, is_main: bool = True):
    return next(
        key for key, row in loaded_application(application).applicants.items() if row.is_main is is_main
    )


def identified_here(browser: Browser, application: Application, *, is_main: bool = True, **answers: str):
    """Open the case and save a document check; return the answer."""
    folder = opened(browser, application)
    path = f"{folder}{applicant_id_of(application, is_main=is_main)}/identify/"
    return browser.post(path, **(PASSPORT | answers))


def printed_slip(browser: Browser, application: Application) -> str:
    """Make an activation slip; return the text of its page."""
    path = f"staff/desk/case/{application.pk}/slip/"
    assert browser.send(path)["Location"] == f"/en/{path}"
    return text_of(browser.get(path))


def zone_of(role: CastMember, *, born: str = "880214") -> str:
    number, expires = "AB1234567", "300101"
    second = f"{number}{check_digit(number)}FIN{born}{check_digit(born)}F{expires}{check_digit(expires)}"
    second = second.ljust(42, "<") + check_digit("<" * 14)
    second += check_digit(second[0:10] + second[13:20] + second[21:])
    names = f"{role.last_name}<<{role.first_names.replace(' ', '<')}".upper()
    return f"P<FIN{names}".ljust(44, "<") + "\n" + second


# Search


def test_a_clerk_declares_who_they_are_before_the_first_case(browser):
    browser.sign_on("saga")

    assert browser.post("staff/desk/search/", typed="Korhonen")["Location"] == "/en/staff/desk/not-mine/"
    browser.post("staff/desk/not-mine/", hetu=HILMA.hetu)
    assert searched(browser, typed="Korhonen", reason="visit").status_code == 200


def test_a_search_shows_only_what_tells_namesakes_apart(desk):
    application = sent(AINO, EINO)

    found = text_of(searched(desk, typed="Korhonen", reason="visit"))

    assert "Aino Inkeri Korhonen" in found
    assert "14 February 1988" in found
    assert application.reference in found
    assert AINO.hetu not in desk.last.content.decode()
    assert "Kaikukatu" not in found


def test_a_search_by_name_needs_a_reason_and_one_by_reference_does_not(desk):
    application = sent(AINO)

    refused = searched(desk, typed="Korhonen")
    given = searched(desk, typed=application.reference.lower())

    assert refused.status_code == 422
    assert "Choose why you need to see this" in text_of(refused)
    assert "Korhonen" in refused.content.decode()  # the input stays
    assert "1 found" in text_of(given)


def test_back_shows_the_result_again_and_leaves_another_event(desk):
    application = sent(AINO)
    sending = desk.send("staff/desk/search/", typed=AINO.hetu, reason="visit")
    first = text_of(desk.get(sending["Location"]))
    opened(desk, application)

    again = text_of(desk.get(sending["Location"]))

    assert application.reference in first
    assert again == first
    assert AINO.hetu not in sending["Location"]
    assert AINO.hetu not in desk.client.cookies["kanssa_staff"].value
    assert Event.objects.filter(kind="searched").count() == 2


def test_a_search_expires_after_a_quarter_of_an_hour_and_is_hidden_from_colleagues(desk, clock):
    sent(AINO)
    searched(desk, typed="Korhonen", reason="visit")
    colleague = at_the_desk(desk.copy(), "valma", hetu=OTSO.hetu)
    assert colleague.get("staff/desk/search/")["Location"] == "/en/staff/"

    clock.passes(minutes=15)

    assert desk.get("staff/desk/search/")["Location"] == "/en/staff/"


def test_a_search_hides_the_clerks_own_household(desk):
    application = sent(HILMA, EINO)

    found = searched(desk, typed="Lindqvist", reason="visit")

    assert "another clerk serves this one" in text_of(found)
    for detail in ("Hilma Maria", application.reference, str(application.pk), "1979"):
        assert detail not in re.search(r"<ul class=.people.*?</ul>", found.content.decode(), re.DOTALL)[0]
    assert Event.objects.get(kind="searched").facts["found"] == []


def test_a_list_hides_the_clerks_own_household(desk, clock):
    application, other = sent(HILMA, EINO), sent(AINO)
    clock.passes(days=8)
    desk.sign_on("saga")

    page = desk.get("staff/desk/list/waiting/")

    assert "another clerk serves this one" in text_of(page)
    assert other.reference in text_of(page)
    for detail in ("Hilma Maria", application.reference, str(application.pk)):
        assert detail not in page.content.decode()
    assert Event.objects.get(kind="desk-list-read").facts["found"] == [str(other.pk)]


def test_each_open_button_names_the_person(desk):
    application = sent(AINO, EINO)

    found = text_of(searched(desk, typed=application.reference))

    assert f"Open {application.reference} : Aino Inkeri Korhonen" in found
    assert f"Open {application.reference} : Eino Ensio Korhonen" in found


def test_a_visit_code_finds_its_application_without_a_reason(desk):
    application, _other = sent(AINO), sent(EINO)
    code = application.visit_code

    found = text_of(searched(desk, typed=f"{code[:3]} {code[3:].lower()}"))

    assert "1 found" in found
    assert application.reference in found
    assert Event.objects.get(kind="searched").facts["search"] == "visit-code"


def test_an_unopened_case_asks_why(desk):
    application = sent(AINO)
    case = f"staff/desk/case/{application.pk}/"

    assert desk.get(case)["Location"].endswith("/why/")
    desk.post(f"{case}why/", reason="contact")

    assert application.reference in text_of(desk.get(case))
    assert Event.objects.filter(kind="case-opened").first().facts == {"reason": "contact"}


def test_a_clerk_cannot_open_their_own_household(desk):
    application = sent(HILMA, EINO)

    answer = desk.send(f"staff/desk/case/{application.pk}/open/", reason="visit")

    assert answer.status_code == 403
    assert "own household" in text_of(answer)
    assert "Eino" not in answer.content.decode()
    assert Event.objects.filter(kind="refused", facts__code="own-household").exists()


def test_no_personal_data_is_in_an_address(desk):
    application = sent(AINO)
    folder = opened(desk, application)

    links = re.findall(r'href="([^"]+)"', desk.get(folder).content.decode())

    assert not [link for link in links if "orhonen" in link or AINO.hetu in link]


# A case


def test_a_case_shows_adults_times_messages_and_contacts(desk):
    application = sent(AINO, EINO)
    folder = opened(desk, application)
    desk.post(f"{folder}contact/", channel="phone", outcome="visit-agreed")

    case = text_of(desk.get(folder))

    assert "Aino Inkeri Korhonen" in case
    assert "Eino Ensio Korhonen" in case
    assert "State Not yet valid" in case
    assert "Not identified" in case
    assert "The application was received" in case
    assert "By phone. A visit was agreed" in case


def test_two_clerks_on_one_case_see_each_other(desk):
    application = sent(AINO)
    folder = opened(desk, application)
    other = at_the_desk(Browser(), "valma", hetu=OTSO.hetu)
    opened(other, application)

    assert "Valma Salonen has this application open" in text_of(desk.get(folder))
    assert "Saga Salonen has this application open" in text_of(other.get(folder))


def test_a_colleague_who_looked_long_ago_is_not_shown(desk, clock):
    application = sent(AINO)
    other = at_the_desk(Browser(), "valma", hetu=OTSO.hetu)
    opened(other, application)
    clock.passes(minutes=16)

    folder = opened(desk, application)

    assert "has this application open" not in text_of(desk.get(folder))


def test_a_departure_is_recorded(desk):
    application = sent(AINO, EINO)
    folder = opened(desk, application)

    desk.post(
        f"{folder}{applicant_id_of(application, is_main=False)}/left/",
        because="died",
        grounds="certificate",
        words="A death certificate of 20.11.2026 was shown.",
    )

    assert "Recorded as dead or moved away" in text_of(desk.get(folder))
    assert Event.objects.get(kind="departure-recorded").facts["grounds"] == "certificate"


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"because": "died", "words": "x"}, "Choose how you came to know"),
        ({"because": "died", "grounds": "person", "words": "x"}, "Choose how you came to know of the death"),
        ({"because": "moved", "grounds": "person"}, "Write the grounds"),
    ],
)
def test_no_departure_is_recorded_without_grounds(desk, said, missing):
    application = sent(AINO, EINO)
    folder = opened(desk, application)

    answer = desk.post(f"{folder}{applicant_id_of(application, is_main=False)}/left/", **said)

    assert answer.status_code == 422
    assert missing in text_of(answer)
    assert not Event.objects.filter(kind="departure-recorded").exists()


def test_a_letter_is_in_the_recipients_language_with_the_desks_address(desk):
    application = sent(AINO, without_email(EINO))
    arrived(AINO, sent_here=application)
    folder = opened(desk, application)

    letter = desk.get(f"{folder}{applicant_id_of(application, is_main=False)}/letter/")

    assert '<html lang="fi">' in letter.content.decode()
    assert "Työpajankatu 8" in text_of(letter)
    assert "Nyt auki" not in text_of(letter)
    assert application.reference in text_of(letter)


# Identifying in person


def test_a_scanned_zone_fills_in_the_form_and_is_not_stored(desk):
    application = sent(AINO)
    folder = opened(desk, application)
    path = f"{folder}{applicant_id_of(application)}/identify/"

    page = desk.post(path, zone=zone_of(AINO), is_photo_same="yes").content.decode()

    assert 'name="last_name"' in page
    assert 'value="KORHONEN"' in page
    assert 'value="1.1.2030"' in page
    assert 'value="567"' in page
    assert "AB1234567" not in page
    assert "The name matches the application" in page
    assert not DeskCheck.objects.exists()


def test_a_mistyped_zone_is_reported_by_line_and_part_and_kept(desk):
    application = sent(AINO)
    folder = opened(desk, application)
    wrong = zone_of(AINO).replace("880214", "880215")

    answer = desk.post(f"{folder}{applicant_id_of(application)}/identify/", zone=wrong)

    assert answer.status_code == 422
    assert "line 2: the date of birth" in text_of(answer)
    assert "880215" in answer.content.decode()


def test_no_check_is_answered_in_advance_and_each_is_required(desk):
    application = sent(AINO)
    folder = opened(desk, application)
    path = f"{folder}{applicant_id_of(application)}/identify/"

    page = desk.get(path)
    assert re.search(r'<textarea[^>]+name="zone"[^>]+ autofocus>', page.content.decode())
    assert "checked" not in page.content.decode()
    assert "Valid until For example 31.12.2030" in text_of(page)
    answer = desk.post(path, kind="passport", acting_as="nobody")

    assert answer.status_code == 422
    said = re.findall(r'<li><a href="#id_[^"]+">([^<]+)</a>', answer.content.decode())
    assert "An answer is needed: Is the person here the one in the photo?" in said
    assert len(said) == len(set(said)) >= 10
    assert not DeskCheck.objects.exists()


def test_input_that_is_too_long_is_refused_in_our_own_words(desk):
    application = sent(AINO)
    answer = identified_here(desk, application, number_end="12345", acting_name="a" * 201, kind="none")

    assert "Too long: at most 3 characters." in text_of(answer)
    assert "Too long: at most 200 characters." in text_of(answer)
    assert "Ensure" not in text_of(answer)
    assert "Select a valid" not in text_of(answer)


def test_an_expired_document_is_refused_with_the_reason_and_what_to_do(desk):
    application = sent(AINO)

    answer = identified_here(desk, application, expires="1.1.2020")

    assert "The document is no longer valid" in text_of(answer)
    assert "supervisor" in text_of(answer)
    assert DeskCheck.objects.get().refused_because == "expired"
    assert not loaded_application(application).has_main_identified


def test_without_a_document_nothing_else_is_asked(desk):
    application = sent(AINO)
    folder = opened(desk, application)

    answer = desk.post(f"{folder}{applicant_id_of(application)}/identify/", kind="other", acting_as="nobody")

    assert "neither a passport nor an identity card" in text_of(answer)
    assert DeskCheck.objects.get().answers["photo"] is None


def test_another_name_needs_a_reason(desk):
    application = sent(AINO)

    unexplained = identified_here(desk, application, is_name_same="no")
    explained = identified_here(desk, application, is_name_same="no", difference="name-changed")

    assert "Say why the name differs" in text_of(unexplained)
    assert explained.status_code == 302


def test_answers_that_contradict_the_typed_document_are_refused(desk):
    application = sent(AINO)

    of_another_day = identified_here(desk, application, born="1.1.1950")
    of_another_name = identified_here(desk, application, last_name="Virtanen")

    assert "The date you typed differs" in text_of(of_another_day)
    assert "The name you typed differs" in text_of(of_another_name)


def test_an_edit_during_the_check_is_reported_and_compared_again(desk):
    application = sent(AINO)
    path = f"{opened(desk, application)}{applicant_id_of(application)}/identify/"
    read = re.search(r'name="compared" value="(\w+)"', desk.get(path).content.decode())[1]
    edited(
        application, None, lambda c: c.with_adult(applicant_id_of(application), {"first_names": "Aino Maria"})
    )

    answer = desk.send(path, **(PASSPORT | {"compared": read}))

    assert answer.status_code == 422
    assert "The application was changed while you were reading it" in text_of(answer)


def test_serving_a_person_does_not_open_the_clerks_own_household(desk):
    application, of_the_clerk = sent(AINO), sent(AINO, HILMA)
    identified_here(desk, application)

    answer = desk.get(f"e-service/{of_the_clerk.pk}/")

    assert answer["Location"].endswith(f"/case/{of_the_clerk.pk}/")
    assert desk.send(f"e-service/{of_the_clerk.pk}/decline/").status_code == 302
    assert not Event.objects.filter(kind="declined").exists()


def test_a_guardian_is_recorded_with_the_document(desk):
    application = sent(AINO)

    nameless = identified_here(desk, application, acting_as="guardian")
    identified_here(
        desk, application, acting_as="guardian", acting_name="Erkki", acting_document="DVV 12.3.2026"
    )

    assert nameless.status_code == 422
    assert DeskCheck.objects.get().acting == "guardian"
    assert "A guardian acted" in text_of(desk.get(f"staff/desk/case/{application.pk}/"))


@pytest.mark.parametrize("document", ["y", "ok", "12345"])
def test_a_representatives_document_must_be_named(desk, document):
    acting = {"acting_as": "agent", "acting_name": "Arvi", "acting_document": document}

    answer = identified_here(desk, sent(AINO), **acting)

    assert answer.status_code == 422
    assert "Name the document: its kind, its date and who issued it." in text_of(answer)
    assert not Identification.objects.exists()


@pytest.mark.parametrize("acting_as", ["agent", "guardian"])
def test_a_representative_confirms_by_a_signed_paper_that_is_archived(desk, acting_as):
    application = sent(AINO)
    acting = {"acting_as": acting_as, "acting_name": "Arvi", "acting_document": "DVV 12.3.2026"}
    identified_here(desk, application, **acting)

    without = confirm_here(desk, application, archive_reference=" ")

    assert without.status_code == 422
    assert "Write the archive reference of the signed paper" in text_of(without)
    assert not Confirmation.objects.exists()

    confirm_here(desk, application, archive_reference="HEL 1")

    assert Confirmation.objects.get().archive_reference == "HEL 1"


def test_a_clerk_asks_a_supervisor_to_annul(desk):
    application = sent(AINO)
    identified_here(desk, application)
    check = DeskCheck.objects.get()

    desk.post(
        f"staff/desk/case/{application.pk}/annulment/{check.pk}/",
        reason="mistaken",
        words="I took her sister’s passport.",
    )

    check.refresh_from_db()
    assert check.annulment_reason == "mistaken"
    case = text_of(desk.get(f"staff/desk/case/{application.pk}/"))
    assert "Passport. A supervisor has been asked to annul it." in case
    assert "sister" not in case


def test_a_request_to_annul_needs_grounds(desk):
    application = sent(AINO)
    identified_here(desk, application)
    check = DeskCheck.objects.get()

    answer = desk.post(f"staff/desk/case/{application.pk}/annulment/{check.pk}/", reason="forged", words=" ")

    assert answer.status_code == 422
    assert "Write the grounds" in text_of(answer)
    check.refresh_from_db()
    assert check.annulment_asked_at is None


# Serving


def confirm_here(browser: Browser, application: Application, **more: str):
    browser.post("confirming/terms/")
    path = f"confirming/{application.pk}/"
    hidden = re.search(r'name="version" value="([^"]+)"', browser.get(path).content.decode())
    return browser.send(f"{path}confirm/", version=hidden[1], **more)


def test_identifying_and_confirming_are_two_steps_and_the_receipt_shows_both(desk):
    application = sent(AINO)
    answer = identified_here(desk, application)

    assert "You serve" in text_of(desk.get(answer["Location"]))
    assert not Confirmation.objects.exists()
    confirm_here(desk, application, archive_reference="HEL 2026-1")

    given = Confirmation.objects.get()
    receipt = text_of(desk.get(f"confirming/{application.pk}/receipt/"))
    assert given.assisted_by is not None
    assert given.archive_reference == "HEL 2026-1"
    assert "assisted by a clerk" in receipt
    assert "HEL 2026-1" in receipt
    assert application.reference in receipt


def test_a_banner_shows_the_served_person_and_ends_the_service(desk):
    application = sent(AINO)
    identified_here(desk, application)

    page = desk.get(f"e-service/{application.pk}/").content.decode()
    ended = desk.send("staff/desk/end/")

    assert "You are served at the desk as" in page
    assert ended["Location"] == "/en/staff/"
    assert "cache" in ended["Clear-Site-Data"]
    assert desk.get(f"e-service/{application.pk}/").status_code == 401
    assert desk.get("staff/").status_code == 200
    assert Identification.objects.get().ended_at


def test_every_page_of_the_desk_shows_the_served_person(desk):
    first, other = sent(AINO), sent(EINO)
    identified_here(desk, first)
    folder = opened(desk, other)
    desk.send("staff/desk/search/", typed=other.reference)

    for path in ("staff/", folder, "staff/desk/search/"):
        bar = desk.get(path).content.decode().partition("<main")[0]
        assert "You are serving Aino Inkeri Korhonen" in bar
        assert f'href="/en/staff/desk/case/{first.pk}/serving/"' in bar
        assert 'action="/en/staff/desk/end/"' in bar
    assert "You serve Aino" in text_of(desk.get(f"staff/desk/case/{first.pk}/serving/"))

    desk.send("staff/desk/end/")
    assert "You are serving" not in desk.get("staff/").content.decode()


def test_a_colleague_does_not_see_the_served_person(desk):
    identified_here(desk, sent(AINO))
    other = at_the_desk(Browser(), "valma", hetu=OTSO.hetu)
    desk.client.cookies["kanssa_staff"] = other.client.cookies["kanssa_staff"].value

    assert "Korhonen" not in desk.get("staff/").content.decode()


def test_the_clerk_returns_to_their_own_pages_in_their_own_language(desk):
    application = sent(AINO)
    identified_here(desk, application)
    with override("sv"):
        theirs = desk.client.get(reverse("account:status", args=(application.pk,)))
        end = reverse("desk:end")
    form = {"csrfmiddlewaretoken": desk.client.cookies["kanssa_form"].value}
    ended = desk.client.post(end, form, headers={"origin": "http://127.0.0.1:8000"})

    assert f'href="/en/staff/desk/case/{application.pk}/serving/"' in theirs.content.decode()
    assert ended["Location"] == "/en/staff/"


def test_a_stale_page_says_that_another_person_is_served_now(desk):
    first, second = sent(AINO), sent(EINO)
    identified_here(desk, first)
    stale = desk.client.cookies["kanssa_form"].value
    identified_here(desk, second, first_names="Eino Ensio", born="3.5.1987")

    for path in (f"e-service/{first.pk}/withdraw/", "confirming/terms/"):
        answer = desk.send(path, csrfmiddlewaretoken=stale)
        assert answer.status_code == 409
        assert "Another person may be served now." in text_of(answer)
        assert f'href="/en/staff/desk/case/{second.pk}/serving/"' in answer.content.decode()
        assert "open too long" not in text_of(answer)


def test_the_served_persons_cookie_alone_opens_nothing(desk):
    application = sent(AINO)
    identified_here(desk, application)
    copied = desk.copy()
    del copied.client.cookies["kanssa_staff"]

    assert desk.get(f"e-service/{application.pk}/").status_code == 200
    assert copied.get(f"e-service/{application.pk}/")["Location"] == "/en/staff/sign-in/"


def test_another_clerk_does_not_take_over_the_served_person(desk):
    application = sent(AINO)
    identified_here(desk, application)
    other = at_the_desk(Browser(), "valma", hetu=OTSO.hetu)
    desk.client.cookies["kanssa_staff"] = other.client.cookies["kanssa_staff"].value

    assert desk.get(f"e-service/{application.pk}/")["Location"] == "/en/staff/sign-in/"


def test_a_staff_sign_out_ends_the_service(desk):
    application = sent(AINO)
    identified_here(desk, application)

    desk.send("staff/sign-out/")

    assert Identification.objects.get().ended_at
    assert desk.get(f"e-service/{application.pk}/")["Location"] == "/en/staff/sign-in/"


def test_a_clerks_cookie_opens_no_applicants_page(desk):
    application = sent(AINO)
    opened(desk, application)

    assert desk.get(f"e-service/{application.pk}/").status_code == 401


def test_the_case_is_back_after_an_idle_half_hour_and_a_new_sign_in(desk, clock):
    application = sent(AINO)
    folder = opened(desk, application)
    clock.passes(minutes=31)

    assert desk.get(folder)["Location"] == "/en/staff/sign-in/"
    desk.sign_on("saga")

    assert folder in desk.get("staff/").content.decode()
    assert f"Continue with application {application.reference}" in text_of(desk.last)
    assert application.reference in text_of(desk.get(folder))


@pytest.mark.parametrize("passing", [{"days": 1}, {"days": 3}])
def test_a_case_of_another_day_asks_again_for_the_reason(desk, clock, passing):
    application = sent(AINO)
    folder = opened(desk, application)
    clock.passes(**passing)

    desk.sign_on("saga")

    assert folder not in desk.get("staff/").content.decode()
    assert desk.get(folder)["Location"].endswith("/why/")


def test_signing_out_closes_the_case(desk):
    application = sent(AINO)
    folder = opened(desk, application)

    desk.send("staff/sign-out/")
    desk.sign_on("saga")

    assert desk.get(folder)["Location"].endswith("/why/")


def test_a_colleague_at_the_same_computer_does_not_get_the_case(desk, clock):
    application = sent(AINO)
    folder = opened(desk, application)
    clock.passes(minutes=31)

    at_the_desk(desk, "valma", hetu=OTSO.hetu)

    assert folder not in desk.get("staff/").content.decode()
    assert desk.get(folder)["Location"].endswith("/why/")


def test_serving_keeps_the_clerk_signed_in(desk, clock):
    application = sent(AINO)
    identified_here(desk, application)
    for _time in range(3):
        clock.passes(minutes=20)
        assert desk.get(f"e-service/{application.pk}/").status_code == 200

    assert desk.get("staff/").status_code == 200


def test_the_next_customer_does_not_get_the_browsers_draft(desk):
    desk.post("application/")
    application = sent(AINO)

    identified_here(desk, application)

    assert desk.get("application/check/").status_code == 404


def test_the_larger_view_is_the_same_page(desk):
    application = sent(AINO)
    identified_here(desk, application)
    desk.post("confirming/terms/")

    assert "Ordinary text" in text_of(desk.get(f"confirming/{application.pk}/?large"))
    assert "Larger text" in text_of(desk.get(f"confirming/{application.pk}/"))


def test_an_activation_slip_is_shown_once_and_a_new_one_replaces_it(desk):
    application = sent(AINO)
    identified_here(desk, application)

    first = _SLIP_CODE.search(printed_slip(desk, application))
    second = _SLIP_CODE.search(printed_slip(desk, application))

    assert first
    assert second
    assert first[1] != second[1]
    case = text_of(desk.get(f"staff/desk/case/{application.pk}/"))
    assert "Replaced by a newer one" in case
    assert second[1] not in case


def test_a_reloaded_slip_says_that_it_was_shown_and_ends_nothing(desk):
    application = sent(AINO)
    identified_here(desk, application)
    path = f"staff/desk/case/{application.pk}/slip/"
    code = _SLIP_CODE.search(printed_slip(desk, application))[1]

    again = text_of(desk.get(path))

    assert code not in again
    assert "The code has been shown" in again
    assert "Print a new slip" in again
    assert [row.ended_at for row in ActivationCode.objects.all()] == [None]


def test_a_head_request_does_not_use_up_the_codes_page(desk):
    application = sent(AINO)
    identified_here(desk, application)
    path = f"staff/desk/case/{application.pk}/slip/"
    desk.send(path)

    desk.client.head(f"/en/{path}")

    assert _SLIP_CODE.search(text_of(desk.get(path)))


def test_the_code_is_not_shown_after_the_service_has_ended(desk):
    application = sent(AINO)
    identified_here(desk, application)
    path = f"staff/desk/case/{application.pk}/slip/"
    desk.send(path)
    desk.send("staff/desk/end/")
    identified_here(desk, application)

    assert not _SLIP_CODE.search(text_of(desk.get(path)))


def test_printed_pages_are_in_the_persons_language_and_lead_back_in_the_clerks(desk):
    application = sent(AINO)  # in Finnish
    identified_here(desk, application)
    desk.send(f"staff/desk/case/{application.pk}/slip/")
    slip = desk.get(f"staff/desk/case/{application.pk}/slip/")
    letter = desk.get(f"staff/desk/case/{application.pk}/{applicant_id_of(application)}/letter/")

    assert "Aktivointilappu" in text_of(slip)
    assert "It is printed" in text_of(slip)
    assert f'href="/en/staff/desk/case/{application.pk}/serving/"' in slip.content.decode()
    assert "Vastaanotimme" in text_of(letter)
    assert f'href="/en/staff/desk/case/{application.pk}/"' in letter.content.decode()


def test_only_a_served_person_gets_a_slip(desk):
    application = sent(AINO)
    opened(desk, application)

    assert desk.send(f"staff/desk/case/{application.pk}/slip/")["Location"].endswith(f"{application.pk}/")


def test_two_adults_without_email_are_served_fully_by_desk_and_letters(desk):
    application = sent(without_email(AINO), without_email(EINO))

    identified_here(desk, application)
    confirm_here(desk, application)
    desk.send("staff/desk/end/")
    folder = opened(desk, application)
    letter = desk.get(f"{folder}{applicant_id_of(application, is_main=False)}/letter/")
    identified_here(
        desk, application, is_main=False, first_names="Eino Ensio", born="3.5.1987", is_code_same="yes"
    )
    complete(desk, application)
    confirm_here(desk, application)

    assert letter.status_code == 200
    assert loaded_application(application).state == "valid"
    assert Confirmation.objects.filter(assisted_by__isnull=False).count() == 2


def complete(browser: Browser, application: Application) -> None:
    """Type the person's own details in the clerk's presence."""
    browser.post("confirming/terms/")
    folder = f"confirming/{application.pk}/own-details/"
    for step, answers in (
        ("background", {"citizenship": "FI"}),
        ("municipality", {"home_municipality": "091"}),
        ("address", {"street_address": "Kaikukatu 3", "postcode": "00530", "city": "Helsinki"}),
        ("contact", {"phone": "040 123 4567", "contact_language": "en"}),
        ("income", {"income_source": "wages", "gross_income": "2350"}),
        ("wealth", {}),
    ):
        browser.post(f"{folder}{step}/", **answers)


def test_a_clerk_sends_a_new_link_and_sees_its_delivery_state(desk, clock):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    before = link_of(EINO)
    clock.passes(minutes=11)
    folder = opened(desk, application)
    assert "Send a new link" in text_of(desk.get(folder))

    desk.send(f"{folder}{applicant_id_of(application, is_main=False)}/new-link/")

    assert link_of(EINO) != before
    assert Browser().get(before).status_code == 410
    case = text_of(desk.get(folder))
    assert "Eino Ensio Korhonen Invitation Waiting" in case
    assert desk.send(f"{folder}{applicant_id_of(application, is_main=False)}/new-link/").status_code == 429


def test_the_desk_sends_no_link_before_the_main_applicant_has_identified(desk):
    application = sent(AINO, EINO)
    folder = opened(desk, application)

    assert "Send a new link" not in text_of(desk.get(folder))
    assert desk.send(f"{folder}{applicant_id_of(application, is_main=False)}/new-link/").status_code == 409


# Lists and tasks


def test_the_lists_show_served_waiting_and_expiring_applications(desk, clock):
    served, waiting = sent(AINO), sent(EINO)
    identified_here(desk, served)
    desk.send("staff/desk/end/")

    assert served.reference in text_of(desk.get("staff/desk/list/served/"))
    assert waiting.reference not in text_of(desk.get("staff/desk/list/waiting/"))
    clock.passes(days=8)
    desk.sign_on("saga")
    assert waiting.reference in text_of(desk.get("staff/desk/list/waiting/"))
    assert "There is nothing here now" in text_of(desk.get("staff/desk/list/expiring/"))
    assert "There is nothing here now" in text_of(desk.get("staff/desk/list/served/"))


def test_an_unknown_list_is_not_found(desk):
    assert desk.get("staff/desk/list/everybody/").status_code == 404


def test_a_person_with_a_link_and_another_code_asks_and_a_clerk_decides(desk):
    application = sent(AINO, replace(EINO, hetu="010190-998H"))
    arrived(AINO, sent_here=application)
    eino = Browser()
    eino.post(link_of(EINO))
    answer = eino.identify("eino")
    assert answer["Location"] == "/en/confirming/other-person/"
    assert "Ask a clerk to look at it" in text_of(eino.get("confirming/other-person/"))
    eino.send("confirming/other-person/")
    assert "A clerk will look at it" in text_of(eino.get("confirming/other-person/"))

    task = Task.objects.get()
    assert application.reference in text_of(desk.get("staff/desk/list/tasks/"))
    shown = text_of(desk.get(f"staff/desk/task/{task.pk}/"))
    assert "010190-998H" in shown
    assert EINO.hetu in shown
    desk.post(f"staff/desk/task/{task.pk}/", outcome="accepted")

    assert application.reference in text_of(eino.get("e-service/"))
    assert desk.get(f"staff/desk/task/{task.pk}/").status_code == 404


def test_a_stranger_with_the_link_cannot_ask_a_clerk(browser):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    browser.post(link_of(EINO))
    browser.identify("otso")

    assert "Ask a clerk" not in text_of(browser.get("confirming/other-person/"))
    browser.get("confirming/other-person/")
    assert browser.send("confirming/other-person/").status_code == 409
    assert not Task.objects.exists()


# Events


def test_no_event_of_the_desk_contains_a_name(desk):
    application = sent(AINO)
    searched(desk, typed="Korhonen", reason="visit")
    identified_here(desk, application)

    facts = " ".join(str(event.facts) for event in Event.objects.all())

    assert "orhonen" not in facts
    assert AINO.hetu not in facts
