"""Information about the desk: staff change it with dates, in three languages, and people see it."""

from datetime import date

import pytest

from kanssa.accounts.staff_refusals import NotYourRole
from kanssa.applications.aggregate.periods import confirming_time_from
from kanssa.calendar.days import day_of, last_day_before
from kanssa.evidence.models import Event
from kanssa.office.current import current_office, office_is_open
from kanssa.office.editing import InvalidOpeningHours, OfficeEditedMeanwhile, require_readable
from kanssa.office.information import OfficeNotice, default_office, office_from_json
from kanssa.office.models import OfficeEdition
from kanssa.usecases.supervision.edit_office import edit_office
from kanssa.values.role import Role
from tests.cast import AINO, NOW, TODAY, sent
from tests.staff import member
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

FOLDER = "staff/supervisor/desk/"
TIMES = {
    "since": "24.11.2026",
    "hours": "Mo-Fr 10:00-18:00; PH off",
    "phone": "09 111 2222",
    "phone_hours": "Mo-Fr 10:00-11:00; PH off",
    "email": "uusi@kanssa.example",
}
DAY = {"on": "24.12.2027", "hours": "off", "fi": "jouluaatto", "sv": "julafton", "en": "Christmas Eve"}
NOTICE = {
    "since": "25.11.2026",
    "until": "26.11.2026",
    "fi": "Hissi ei toimi.",
    "sv": "Hissen fungerar inte.",
    "en": "The lift is out of order.",
}


@pytest.fixture
def office(browser) -> Browser:
    browser.sign_on("valma", roles="supervisor")
    return browser


def save(office: Browser, part: str, **typed: str):
    return office.post(f"{FOLDER}{part}/", step="save", **typed)


def contact_in(language: str) -> str:
    return text_of(
        Browser(language).get({"fi": "yhteystiedot/", "sv": "kontakt/", "en": "contact/"}[language])
    )


def test_the_desk_is_as_its_file_says_until_it_is_edited():
    assert current_office() is default_office()


def test_changed_hours_and_contacts_are_shown_from_their_first_day(office, clock):
    save(office, "hours", **TIMES | {"since": "30.11.2026"})

    before = contact_in("en")
    clock.passes(days=6)
    after = contact_in("en")

    assert "09 000 0000" in before
    assert "From" in before  # the coming hours are announced
    assert "09 111 2222" in after
    assert "uusi @kanssa.example" in after


def test_the_time_to_confirm_follows_the_edited_hours(office):
    by_the_file = last_day_before(confirming_time_from(NOW))
    closed = {"on": f"{by_the_file.day}.{by_the_file.month}.{by_the_file.year}", "hours": "off"}

    save(office, "day", **DAY | closed)

    assert not office_is_open(by_the_file)
    assert last_day_before(confirming_time_from(NOW)) > by_the_file
    assert day_of(sent(AINO).confirm_by) > by_the_file


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ("Mo-Fr 9-15", "cannot be read from “9-15” on"),
        ("Maanantai 09:00-15:00", "cannot be read"),
        ("off", "closed for four weeks or more"),
        ("Jan-Mar Mo-Fr 09:00-15:00", "closed for four weeks or more"),
        ("2026 Mo-Fr 09:00-15:00", "Leave dates with a year out"),
        ("Mo-Fr 15:00-09:00", "It closes before it opens: 15:00-09:00"),
        ("Mo-Fr 09:00-26:00", "Hours do not go over midnight"),
    ],
)
@pytest.mark.parametrize("field", ["hours", "phone_hours"])
def test_unreadable_hours_are_refused_and_the_input_stays(office, field, hours, says):
    answer = save(office, "hours", **TIMES | {field: hours})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert f'href="#id_{field}"' in answer.content.decode()
    assert f'value="{hours}"' in answer.content.decode()
    assert not OfficeEdition.objects.exists()


@pytest.mark.parametrize(
    "hours", ["9-12", "Mo 09:00-12:00", "closed", "09:00-12:00; Mo off", "25:00-26:00", "15:00-09:00"]
)
def test_the_hours_of_a_day_are_a_span_or_off(office, hours):
    answer = save(office, "day", **DAY | {"hours": hours})

    assert answer.status_code == 422
    assert not OfficeEdition.objects.exists()


@pytest.mark.parametrize("phone", ["javascript:alert(1)", "javascript:09 111 2222", "1", "<b>09</b>", "me"])
def test_a_telephone_number_must_be_callable(office, phone):
    answer = save(office, "hours", **TIMES | {"phone": phone})

    assert answer.status_code == 422
    assert "Write the phone number in full" in text_of(answer)
    assert 'href="#id_phone"' in answer.content.decode()
    assert not OfficeEdition.objects.exists()


@pytest.mark.parametrize("phone", ["09 111 2222", "+358 9 111 2222", "09 (111) 2222", "116117"])
def test_a_telephone_number_is_shown_as_staff_wrote_it(office, phone):
    save(office, "hours", **TIMES | {"phone": phone})

    assert phone in contact_in("en")


def test_staff_texts_are_escaped(office):
    save(office, "notice", **NOTICE | {"since": "24.11.2026", "en": "<b>x</b>"})

    assert "&lt;b&gt;x&lt;/b&gt;" in Browser("en").get("contact/").content.decode()
    assert "<b>x</b>" not in Browser("en").get("contact/").content.decode()


@pytest.mark.parametrize("hours", ["24/7", "00:00-24:00"])
def test_a_desk_that_never_closes_says_so(office, hours):
    save(office, "hours", **TIMES | {"hours": hours, "phone_hours": hours})

    page = contact_in("en")

    assert "Open now, all day today" in page
    assert "around the clock" in page
    assert "0.00" not in page


def test_past_days_cannot_be_edited(office):
    for part, typed in (
        ("hours", TIMES | {"since": "23.11.2026"}),
        ("day", DAY | {"on": "23.11.2026"}),
        ("notice", NOTICE | {"since": "22.11.2026", "until": "23.11.2026"}),
    ):
        assert "This day has passed" in text_of(save(office, part, **typed))
    assert not OfficeEdition.objects.exists()


def test_a_preview_shows_three_languages_and_saves_nothing(office):
    page = text_of(office.post(f"{FOLDER}day/", step="preview", **DAY | {"on": "1.12.2026"}))

    for reason in ("jouluaatto", "julafton", "Christmas Eve"):
        assert reason in page
    assert "Nothing is saved yet" in page
    assert 'value="1.12.2026"' in office.last.content.decode()
    assert not OfficeEdition.objects.exists()


def test_each_error_in_a_notice_names_its_field_in_our_own_words(office):
    answer = text_of(save(office, "notice", **NOTICE | {"sv": "", "en": "", "fi": "a" * 501}))

    assert "It is missing: In Swedish" in answer
    assert "It is missing: In English" in answer
    assert "Too long: at most 500 characters." in answer


def test_a_notice_is_shown_in_each_language_only_on_its_days(office, clock):
    save(office, "notice", **NOTICE)

    def shown() -> list[bool]:
        return [
            NOTICE[language] in page
            for language in ("fi", "sv", "en")
            for page in (contact_in(language), text_of(Browser(language).get("")))
        ]

    before = shown()
    clock.passes(days=1)
    first = shown()
    clock.passes(days=1)
    last = shown()
    clock.passes(days=1)

    assert (any(before), all(first), all(last), any(shown())) == (False, True, True, False)


def test_a_day_and_a_notice_can_be_removed(office):
    save(office, "day", **DAY)
    save(office, "notice", **NOTICE)
    desk = current_office()

    office.send(f"{FOLDER}remove/", part="day", key="2027-12-24", seen=desk.number)
    office.send(f"{FOLDER}remove/", part="notice", key=desk.notices[0].id, seen=desk.number + 1)

    assert current_office().exceptions == default_office().exceptions
    assert current_office().notices == ()


def test_the_second_of_two_editors_is_told_and_loses_no_input(office):
    other = Browser()
    other.sign_on("viivi", roles="operator")
    save(office, "notice", **NOTICE)

    answer = other.send(f"{FOLDER}hours/", step="save", seen="0", **TIMES)
    again = save(other, "hours", **TIMES)

    assert answer.status_code == 422
    assert "A colleague has changed this in the meantime" in text_of(answer)
    assert "uusi@kanssa.example" in answer.content.decode()
    assert again.status_code == 302
    assert current_office().notices
    assert current_office().on(TODAY).email == "uusi@kanssa.example"


def test_the_editor_is_shown_and_recorded(office):
    save(office, "notice", **NOTICE)

    assert "Valma Salonen" in text_of(office.get(FOLDER))
    event = Event.objects.get(kind="desk-edited")
    assert event.facts == {"edition": 1, "part": "notice"}
    assert OfficeEdition.objects.get().made_by == event.actor_id


def test_an_edition_reads_back_unchanged():
    desk = default_office()

    assert office_from_json(desk.information(), number=0) == desk


def test_other_roles_and_stale_edits_are_refused():
    clerk = member(Role.CLERK)
    notice = OfficeNotice("x", date(2026, 11, 25), date(2026, 11, 26), {"fi": "a", "sv": "b", "en": "c"})

    with pytest.raises(NotYourRole):
        edit_office(change=notice, seen=0, staff=clerk, now=NOW)
    operator = member(Role.OPERATOR)
    with pytest.raises(OfficeEditedMeanwhile):
        edit_office(change=notice, seen=3, staff=operator, now=NOW)


def test_readable_hours_are_accepted_and_empty_ones_refused():
    for hours in ("Mo-Th 09:00-16:00; Fr 09:00-15:00; PH off", "Mo-Fr 09:00-12:00,13:00-16:00", "24/7"):
        require_readable(hours, today=TODAY)
    with pytest.raises(InvalidOpeningHours):
        require_readable("", today=TODAY)
