"""Printed letters fit their readers, who may have no code, no e-mail, or nothing left to do."""

import re
from html import unescape

import pytest

from kanssa.applications.states import State
from tests.actions import declined, departed, household_change, link_of, not_for_me, withdrawn, without
from tests.cast import (
    AINO,
    EINO,
    OTSO,
    CastMember,
    applicant_of,
    arrived,
    confirmed,
    edited,
    joined,
    loaded_application,
    sent,
)
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import applicant_id_of, at_the_desk, opened

pytestmark = pytest.mark.django_db

BY_THE_BANK = "with online banking credentials or a mobile certificate"
DESK = "At the service desk"


class WithoutCode(CastMember):
    """A person with no Finnish identity code and no e-mail."""

    language = "en"

    @property
    def named(self):
        written = {name: value for name, value in super().named.items() if name not in {"hetu", "email"}}
        own = {"no_hetu": True, "born": "1942-03-09", "nationality": "BR", "phone": "+358401234567"}
        return written | own | {"contact_language": self.language}


class InEnglish(CastMember):
    """A person whose contact language is English."""

    @property
    def named(self):
        return super().named | {"contact_language": "en"}

    @property
    def whole(self):
        return super().whole | {"contact_language": "en"}


JOAO = WithoutCode("Silva", "João Pedro", "", "")
AINO_IN_ENGLISH = InEnglish(AINO.last_name, AINO.first_names, AINO.hetu, AINO.email)
EINO_IN_ENGLISH = InEnglish(EINO.last_name, EINO.first_names, EINO.hetu, EINO.email)


@pytest.fixture
def desk(browser) -> Browser:
    """Return the browser of a clerk who has declared who they are."""
    return at_the_desk(browser)


def begun(*adults: CastMember):
    """Return an application whose main applicant has identified in the sending browser."""
    application = sent(*adults)
    arrived(adults[0], sent_here=application)
    return application


def is_offered(desk: Browser, application, *, is_main: bool = False) -> bool:
    """Return whether the case offers a printed letter to one of the adults."""
    case = desk.get(opened(desk, application)).content.decode()
    return f"{applicant_id_of(application, is_main=is_main)}/letter/" in case


def letter_to(desk: Browser, application, *, is_main: bool = False, status: int = 200):
    """Return the page of the printed letter to one of the adults."""
    page = desk.get(f"{opened(desk, application)}{applicant_id_of(application, is_main=is_main)}/letter/")
    assert page.status_code == status
    return page


def test_a_person_without_a_code_is_led_to_the_desk_and_not_to_a_bank(desk):
    application = begun(AINO, JOAO)

    letter = text_of(letter_to(desk, application))

    assert DESK in letter
    assert "your passport or identity card" in letter
    assert "If you have received a Finnish personal identity code since, tell it at the desk." in letter
    assert BY_THE_BANK not in letter


def test_a_person_with_a_code_may_log_in_or_come_to_the_desk(desk):
    application = begun(AINO, EINO_IN_ENGLISH)

    letter = text_of(letter_to(desk, application))

    assert letter.index(BY_THE_BANK) < letter.index(DESK)
    assert "If you have received a Finnish personal identity code" not in letter


def test_a_letter_has_the_visit_code_in_words_and_as_a_picture(desk):
    application = begun(AINO, JOAO)
    home = Browser()
    home.identify("aino")

    letter = letter_to(desk, application)

    code = application.visit_code
    assert f"Visit code {code[:3]} {code[3:]}" in text_of(letter)
    assert picture_in(letter) == picture_in(home.get(f"e-service/{application.pk}/visit/"))


def picture_in(page) -> str:
    found = re.search(r'class="qr" src="(data:image/svg[^"]+)"', page.content.decode())
    assert found, text_of(page)
    return unescape(found[1])


def test_a_letter_names_the_main_applicant_by_first_name_only(desk):
    application = begun(AINO, JOAO)

    letter = text_of(letter_to(desk, application))

    assert "Aino has named you as a co-applicant" in letter
    for others in ("Inkeri", "Korhonen", AINO.email, AINO.hetu):
        assert others not in letter


def test_a_letter_to_the_main_applicant_says_by_when_to_confirm(desk):
    application = sent(AINO_IN_ENGLISH)

    letter = text_of(letter_to(desk, application, is_main=True))

    assert "We received your housing application: it is not yet valid" in letter
    assert "Do this no later than" in letter
    assert "has named you" not in letter
    assert AINO.hetu not in letter


def test_a_person_who_has_confirmed_is_asked_for_nothing(desk):
    application = sent(AINO_IN_ENGLISH, JOAO)
    confirmed(application, arrived(AINO, sent_here=application))

    letter = text_of(letter_to(desk, application, is_main=True))

    assert "You have confirmed your housing application" in letter
    assert "You do not need to do anything now." in letter
    assert "becomes valid only when every adult" in letter
    assert "Do this no later than" not in letter
    assert BY_THE_BANK not in letter


def test_a_person_with_a_valid_application_is_told_until_when_it_is_valid(desk):
    application = sent(AINO_IN_ENGLISH)
    confirmed(application, arrived(AINO, sent_here=application))

    letter = text_of(letter_to(desk, application, is_main=True))

    assert "The application is valid until" in letter
    assert "becomes valid only when" not in letter


def test_a_pending_change_is_described_as_a_change(desk):
    application = sent(AINO, EINO)  # in Finnish
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    confirmed(application, joined(application, EINO))
    edited(application, aino, household_change(900))

    letter = text_of(letter_to(desk, application))

    assert "Muutos asuntohakemukseesi odottaa vahvistustasi" in letter
    assert "Se, minkä aiemmin vahvistit, on siihen asti ennallaan." in letter
    assert "Hakemus tulee voimaan vasta" not in letter
    assert "Aino" not in letter


def test_no_letter_is_offered_to_the_dead_the_removed_or_on_ended_applications(desk):
    left, removed, ended = begun(AINO, JOAO), sent(AINO, EINO), sent(OTSO, JOAO)
    departed(left, applicant_id_of(left, is_main=False))
    aino = arrived(AINO, sent_here=removed)
    confirmed(removed, aino)
    eino = joined(removed, EINO)
    confirmed(removed, eino)
    edited(removed, aino, without(applicant_of(removed, eino).pk))
    withdrawn(ended, arrived(OTSO, sent_here=ended))

    for application in (left, removed, ended):
        letter_to(desk, application, status=404)
        assert not is_offered(desk, application)
    assert loaded_application(ended).state is State.WITHDRAWN


def test_no_letter_invites_before_the_main_applicant_has_identified(desk):
    application = sent(AINO, JOAO)

    letter_to(desk, application, status=404)
    letter_to(desk, application, is_main=True)
    assert not is_offered(desk, application)
    assert is_offered(desk, application, is_main=True)

    arrived(AINO, sent_here=application)

    letter_to(desk, application)
    assert is_offered(desk, application)


def test_an_identified_person_gets_a_letter_before_the_main_applicant_identifies(desk):
    application = sent(AINO, EINO_IN_ENGLISH)
    arrived(EINO)

    assert "A housing application is waiting for your confirmation" in text_of(letter_to(desk, application))


def test_no_letter_is_offered_to_a_person_who_declined(desk):
    application = begun(AINO, EINO)
    eino = arrived(EINO)
    assert is_offered(desk, application)

    declined(application, eino)

    letter_to(desk, application, status=404)
    assert not is_offered(desk, application)


def test_no_letter_is_offered_about_a_change_that_the_person_declined(desk):
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = joined(application, EINO)
    edited(application, aino, household_change(900))
    assert is_offered(desk, application)

    declined(application, eino)

    letter_to(desk, application, status=404)
    assert not is_offered(desk, application)


def test_a_person_who_declined_and_then_confirmed_gets_a_letter(desk):
    application = begun(AINO, EINO)
    declined(application, arrived(EINO))
    joined(application, EINO)

    letter_to(desk, application)


def test_not_for_me_ends_letters_until_another_address_is_given(desk):
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    eino = applicant_id_of(application, is_main=False)
    not_for_me(link_of(eino))

    letter_to(desk, application, status=404)
    assert not is_offered(desk, application)

    edited(application, aino, lambda content: content.with_adult(eino, {"email": "other@example.com"}))

    letter_to(desk, application)


def test_not_for_me_in_another_mailbox_does_not_stop_letters_to_an_identified_person(desk):
    application = begun(AINO, EINO)
    not_for_me(link_of(applicant_id_of(application, is_main=False)))
    arrived(EINO)

    letter_to(desk, application)
