"""The demo's mailbox: sent messages can be read there, and can do no harm."""

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest

from rehearsal.bounces import Bounces
from rehearsal.mailbox import Mailbox
from rehearsal.processes import CannotStart

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mails") as mailbox:
        yield mailbox


def send(mailbox: Mailbox, to: str, text: str = "Hei!", *, subject: str = "Vahvista", html: str = "") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        "kanssa@example.fi",
        to,
        subject,
        "<1@kanssa>",
    )
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as server:
        server.send_message(mail)


def read(mailbox: Mailbox, path: str) -> str:
    with urllib.request.urlopen(mailbox.url + path) as response:
        content: bytes = response.read()
    return content.decode()


def messages(mailbox: Mailbox, to: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(read(mailbox, f"/messages.json?to={to}"))
    return found


def test_the_newest_mail_comes_first(mailbox: Mailbox) -> None:
    send(mailbox, "aino@example.fi", subject="Hakemus lähetetty")
    send(mailbox, "aino@example.fi", subject="Hakemus voimassa")

    assert [message["subject"] for message in messages(mailbox)] == ["Hakemus voimassa", "Hakemus lähetetty"]
    page = read(mailbox, "/")
    assert page.index("Hakemus voimassa") < page.index("Hakemus lähetetty")


def test_an_address_finds_only_its_own_mail(mailbox: Mailbox) -> None:
    send(mailbox, "aino@example.fi")
    send(mailbox, "vaino@example.fi")

    assert [message["to"] for message in messages(mailbox, "aino@example.fi")] == ["aino@example.fi"]
    assert len(messages(mailbox, "aino")) == 2


def test_a_program_can_read_a_message(mailbox: Mailbox) -> None:
    link = "http://127.0.0.1:8000/fi/kutsu/abc/?a=1&b=2"
    send(
        mailbox,
        "Eino <eino@example.fi>",
        f"Avaa {link}.",
        html=f"<a href='{link.replace('&', '&amp;')}'>Avaa</a>",
    )

    message = messages(mailbox, "eino@example.fi")[0]

    assert message["message_id"] == "<1@kanssa>"
    assert message["text"] == f"Avaa {link}.\n"
    assert message["links"] == [link]


def test_links_in_the_text_can_be_clicked_and_all_else_is_escaped(mailbox: Mailbox) -> None:
    send(mailbox, "eino@example.fi", "<script>alert(1)</script> https://example.fi/?a=1&b=2")

    page = read(mailbox, f"/messages/{messages(mailbox)[0]['id']}")

    assert "<a href='https://example.fi/?a=1&amp;b=2'" in page
    assert "<script>" not in page


def test_the_html_part_is_shown_in_a_sandbox(mailbox: Mailbox) -> None:
    send(mailbox, "eino@example.fi", html="<p>Hei Eino</p>")

    with urllib.request.urlopen(f"{mailbox.url}/messages/{messages(mailbox)[0]['id']}/html") as response:
        assert b"<p>Hei Eino</p>" in response.read()
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_refusal_can_be_rehearsed(mailbox: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailbox, "eino.refuses@example.fi")

    assert refused.value.recipients["eino.refuses@example.fi"][0] == 550
    assert messages(mailbox) == []


def test_mail_to_an_address_that_bounces_is_accepted_and_comes_back(tmp_path: Path) -> None:
    with Mailbox(tmp_path / "mails", bounces=Bounces(tmp_path / "bounces")) as mailbox:
        send(mailbox, "eino.bounces@example.fi")

        [returned] = Maildir(tmp_path / "bounces")
        assert messages(mailbox) == []
    assert returned["To"] == "kanssa@example.fi"
    assert returned.get_payload()[1].get_payload()[1]["Final-Recipient"] == "rfc822; eino.bounces@example.fi"


@pytest.mark.parametrize("path", ["/messages/none", "/messages/..%2f..%2fpyproject", "/elsewhere"])
def test_an_unknown_page_is_not_found(mailbox: Mailbox, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as answer:
        read(mailbox, path)

    assert answer.value.code == 404
    assert b"Not Found" in answer.value.read()


def test_messages_outlive_the_mailbox(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as first:
        send(first, "aino@example.fi")

    with Mailbox(tmp_path) as second:
        assert len(messages(second)) == 1


def test_a_taken_port_is_reported(mailbox: Mailbox, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=str(mailbox.smtp_port)):
        Mailbox(tmp_path / "another", smtp_port=mailbox.smtp_port).start()
