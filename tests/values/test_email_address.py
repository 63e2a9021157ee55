"""E-mail addresses are parsed once, and the domain is stored as its IDNA2008 A-label."""

import pytest

from kanssa.values.domain_typos import suggest_domain
from kanssa.values.email_address import EmailAddress, NotAnEmailAddress, shown_address


def parsed(typed, *, smtputf8=False):
    return EmailAddress.parse(typed, smtputf8=smtputf8)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("liisa@faß-koti.example", "liisa@xn--fa-koti-1va.example", "liisa@faß-koti.example"),
        ("liisa@FASS-koti.example", "liisa@fass-koti.example", "liisa@fass-koti.example"),
        ("liisa@xn--fa-koti-1va.example", "liisa@xn--fa-koti-1va.example", "liisa@faß-koti.example"),
        ("a@straße.example", "a@xn--strae-oqa.example", "a@straße.example"),
        ("a@mäki.example", "a@xn--mki-qla.example", "a@mäki.example"),
        ("a@ma\u0308ki.example", "a@xn--mki-qla.example", "a@mäki.example"),
        ("a@MÄKI.example", "a@xn--mki-qla.example", "a@mäki.example"),
        ("a@א1.example", "a@xn--1-zhc.example", "a@xn--1-zhc.example"),
        ("a@βόλος.example", "a@xn--nxasmm1c.example", "a@xn--nxasmm1c.example"),
        ("a@аррӏе.example", "a@xn--80ak6aa92e.example", "a@xn--80ak6aa92e.example"),
        ("a@例え.example", "a@xn--r8jz45g.example", "a@xn--r8jz45g.example"),
        ("a@paıvi.example", "a@xn--pavi-mza.example", "a@xn--pavi-mza.example"),
        ("a@ex\u200bample\u202e.com", "a@example.com", "a@example.com"),
        ("a@ｅｘａｍｐｌｅ。com", "a@example.com", "a@example.com"),
        ("Aino.K@EXAMPLE.com", "Aino.K@example.com", "Aino.K@example.com"),
        ("mailto:aino@example.com", "aino@example.com", "aino@example.com"),
    ],
)
def test_the_domain_is_stored_as_its_a_label_and_shown_in_letters_where_that_is_safe(typed, stored, shown):
    address = parsed(typed)

    assert str(address) == stored
    assert address.shown == shown_address(stored) == shown
    assert parsed(stored) == address
    assert stored.isascii()


def test_two_domains_that_idna2003_merges_are_two():
    assert parsed("a@faß.example").mailbox != parsed("a@fass.example").mailbox
    assert parsed("a@βόλος.example").mailbox != parsed("a@βόλοσ.example").mailbox


@pytest.mark.parametrize("typed", ["ä@example.com", "työ@mäki.example", "ß@example.com", "山田@example.com"])
def test_an_address_that_our_server_cannot_deliver_to_is_distinguished_from_a_wrong_one(typed):
    with pytest.raises(NotAnEmailAddress) as refused:
        parsed(typed)

    assert refused.value.why == "undeliverable"
    assert not str(parsed(typed, smtputf8=True)).isascii()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "aino",
        "aino@",
        "@example.com",
        "a@b@example.com",
        "a@example",
        "a@-example.com",
        "a@ex_ample.com",
        "a@xn--zzzzzz.example",
        "a@i❤.example",
        "a@example..com",
        "a@[127.0.0.1]",
        "Aino <a@example.com>",
        "a@example.com, b@example.com",
        "a@example.com\nBcc: b@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        f"a@{'b.' * 130}com",
    ],
)
def test_an_invalid_address_is_refused(typed):
    with pytest.raises(NotAnEmailAddress) as refused:
        parsed(typed)

    assert refused.value.why == "shape"


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmail.fi", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmali.con", "hotmail.com"),
        ("hotmai.fi", "hotmail.fi"),
        ("hotmail.fl", "hotmail.fi"),
        ("luukku.con", "luukku.com"),
        ("luuku.com", "luukku.com"),
        ("outlok.com", "outlook.com"),
        ("iclould.com", "icloud.com"),
        ("yaho.com", "yahoo.com"),
        ("kolumbus.if", "kolumbus.fi"),
        ("saunalahti.f", "saunalahti.fi"),
        ("elisanett.fi", "elisanet.fi"),
        ("helsink.fi", "helsinki.fi"),
        ("suomi24.fii", "suomi24.fi"),
        ("perhe.fl", "perhe.fi"),
        ("firma.comm", "firma.com"),
    ],
)
def test_a_probably_mistyped_domain_gets_a_suggestion(domain, meant):
    assert suggest_domain(domain) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "hotmail.com",
        "hotmail.fi",
        "hotmail.co.uk",
        "outlook.fi",
        "yahoo.co.uk",
        "yahoo.se",
        "mail.com",
        "gmx.com",
        "me.com",
        "hel.fi",
        "edu.hel.fi",
        "iki.fi",
        "pp.inet.fi",
        "example.com",
        "mail.ru",
        "xn--fa-koti-1va.example",
        "firma.co",
        "kanta.ee",
        "posti.fo",
    ],
)
def test_a_probably_correct_domain_gets_no_suggestion(domain):
    assert suggest_domain(domain) == ""
