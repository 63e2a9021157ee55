"""The demo's clock: moved by days on its own page, and followed by every process."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from kanssa import clock as the_clock_of_kanssa
from kanssa.messages.models import Message
from kanssa.web.base.session_store import SessionStore
from rehearsal import advance_days
from rehearsal.clock import MOST_DAYS, VARIABLE, Clock
from rehearsal.clock_page import ClockPage
from rehearsal.mailbox import Mailbox
from tests.cast import AINO, sent

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def clock(tmp_path, monkeypatch, settings) -> Clock:
    file = tmp_path / "clock"
    monkeypatch.setenv(VARIABLE, str(file))
    settings.CLOCK_FUNCTION = "rehearsal.clock.now"
    return Clock(file)


@pytest.fixture
def address(tmp_path, clock):
    def advance_days(to):
        clock.move_to(to)
        return ["reminders written: 3"]

    page = ClockPage(clock, advance_days=advance_days)
    with Mailbox(tmp_path / "mails", clock_page=page) as mailbox:
        yield mailbox.url


def read(address: str) -> str:
    with urllib.request.urlopen(address) as response:
        content: bytes = response.read()
    return content.decode()


def press(address: str, *, origin: str = "", **form: object) -> str:
    headers = {"Origin": origin} if origin else {}
    request = urllib.request.Request(f"{address}/clock", urlencode(form).encode(), headers)
    with urllib.request.urlopen(request) as response:
        content: bytes = response.read()
    return content.decode()


def refusal(request) -> int:
    with pytest.raises(urllib.error.HTTPError) as answer:
        request()
    answer.value.close()
    return answer.value.code


def test_an_unmoved_clock_is_the_real_time(clock):
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_kanssa_follows_the_clock_that_its_setting_names(clock):
    clock.move_to(30)

    assert timedelta(days=29) < the_clock_of_kanssa.now() - datetime.now(UTC) < timedelta(days=31)


def test_the_clock_stays_where_it_was_moved_to(clock, tmp_path):
    clock.move_to(14)

    assert Clock(tmp_path / "clock").days_ahead == 14


def test_a_day_ahead_is_the_same_time_of_day_also_over_a_change_to_summer_time(clock):
    """There are four changes within 800 days."""
    for days in (0, 100, 200, 300, 400):
        clock.move_to(days)
        here, there = (
            moment.astimezone(ZoneInfo("Europe/Helsinki")) for moment in (datetime.now(UTC), clock.now())
        )
        late = there.replace(tzinfo=None) - here.replace(tzinfo=None) - timedelta(days=days)
        assert abs(late) < timedelta(seconds=5)


def test_a_session_ends_by_the_moved_clock(clock):
    session = SessionStore()
    session["holds"] = "a draft"
    cookie = session._get_session_key()
    held = SessionStore(cookie).load()

    clock.move_to(2)

    assert (held, SessionStore(cookie).load()) == ({"holds": "a draft"}, {})


@pytest.mark.parametrize("nonsense", ["", "tomorrow", "-3", "1e9"])
def test_an_unreadable_clock_file_means_today(clock, tmp_path, nonsense):
    (tmp_path / "clock").write_text(nonsense)

    assert clock.days_ahead == 0


def test_the_page_moves_the_clock_and_reports_it(address, clock):
    page = press(address, **{"pass": 3})

    assert clock.days_ahead == 3
    assert "3 days ahead of the real time" in page
    assert "reminders written: 3" in page


def test_days_add_up_and_the_slider_goes_to_a_day(address, clock):
    press(address, **{"pass": 3})
    press(address, **{"pass": 14})
    added = clock.days_ahead

    press(address, to=5)

    assert (added, clock.days_ahead) == (17, 5)


def test_one_press_returns_to_today(address, clock):
    press(address, **{"pass": 90})

    page = press(address, to=0)

    assert clock.days_ahead == 0
    assert "the real time." in page


@pytest.mark.parametrize("form", [{}, {"to": "-1"}, {"to": "many"}, {"to": "99999"}, {"pass": "3.5"}])
def test_an_invalid_day_moves_nothing(address, clock, form):
    assert refusal(lambda: press(address, **form)) == 400
    assert clock.days_ahead == 0


def test_the_clock_has_a_limit(address, clock):
    clock.move_to(MOST_DAYS - 1)

    press(address, **{"pass": 90})

    assert clock.days_ahead == MOST_DAYS


def test_another_site_cannot_move_the_clock(address, clock):
    assert refusal(lambda: press(address, origin="http://evil.example", to=30)) == 403
    assert clock.days_ahead == 0


def test_the_mailbox_links_to_the_clock_where_there_is_one(address, tmp_path):
    with Mailbox(tmp_path / "without") as without:
        assert "/clock" not in read(without.url)
        assert refusal(lambda: read(f"{without.url}/clock")) == 404
    assert "/clock" in read(address)


@pytest.mark.django_db(transaction=True)
def test_days_pass_one_by_one_each_with_its_timers(clock, monkeypatch):
    seen = []
    monkeypatch.setattr(
        advance_days, "_timers", lambda: seen.append(clock.days_ahead) or advance_days.Counter(letters=1)
    )

    done = advance_days.advance_days(4)
    advance_days.advance_days(1)

    assert seen == [1, 2, 3, 4, 1]
    assert done["letters"] == 4


@pytest.mark.django_db(transaction=True)
def test_the_timers_work_by_the_moved_clock(clock, tmp_path, settings):
    sent(AINO, now=datetime.now(UTC) + timedelta(hours=20))
    with Mailbox(tmp_path / "mails") as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.smtp_port

        today = advance_days.advance_days(0)
        tomorrow = advance_days.advance_days(1)

    [message] = Message.objects.all()
    assert (today["messages sent"], tomorrow["messages sent"]) == (0, 1)
    assert message.sent_at > datetime.now(UTC) + timedelta(hours=23)
