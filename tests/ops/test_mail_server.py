"""The mail server's SMTPUTF8, and messages to addresses that are not ASCII before the @."""

from contextlib import contextmanager
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command

from kanssa.ops.mail_server import find_server_problems
from rehearsal.processes import free_port

pytestmark = pytest.mark.django_db


@contextmanager
def mail_server(settings, *, smtputf8):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    inside = Inside()
    controller = Controller(
        inside, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT, enable_SMTPUTF8=smtputf8
    )
    controller.start()
    try:
        yield inside
    finally:
        controller.stop(no_assert=True)


class Inside:
    """Stores accepted envelopes."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


def doctor():
    out = StringIO()
    try:
        call_command("doctor", "mail", stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


@pytest.mark.parametrize(
    ("offers", "smtputf8", "level"),
    [
        ({"size", "smtputf8"}, True, "well"),
        ({"size"}, False, "well"),
        ({"size"}, True, "fault"),
        ({"size", "smtputf8"}, False, "soon"),
    ],
)
def test_the_setting_is_compared_with_the_servers_extensions(offers, smtputf8, level):
    [finding] = find_server_problems(offers, smtputf8=smtputf8)

    assert finding.level == level


def test_a_server_without_the_configured_extension_is_a_fault(settings):
    settings.EMAIL_SMTPUTF8 = True

    with mail_server(settings, smtputf8=False):
        said, code = doctor()

    assert "does not offer SMTPUTF8" in said
    assert code == 1


def test_a_server_with_the_configured_extension_is_healthy(settings):
    settings.EMAIL_SMTPUTF8 = True

    with mail_server(settings, smtputf8=True):
        said, code = doctor()

    assert "offers what the settings say" in said
    assert code == 0


def test_a_server_that_does_not_answer_is_a_fault(settings):
    with mail_server(settings, smtputf8=False):
        pass

    said, code = doctor()

    assert "does not answer" in said
    assert code == 1
