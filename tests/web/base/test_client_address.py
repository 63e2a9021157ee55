import pytest
from django.test import RequestFactory

from kanssa.web.base.client_address import client_network

PEER = "10.0.0.1"


def network(settings, *, proxies, passed_on=None, seen=PEER):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if passed_on is None else {"X-Forwarded-For": passed_on}
    return client_network(RequestFactory(headers=headers).get("/", REMOTE_ADDR=seen))


@pytest.mark.parametrize(
    ("proxies", "passed_on", "seen"),
    [
        (0, None, PEER),
        (0, "203.0.113.9", PEER),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, None, PEER),
        (2, "203.0.113.9", PEER),
        (2, "198.51.100.1,,10.0.0.2", PEER),
        (2, "198.51.100.1, ,10.0.0.2", PEER),
        (1, "198.51.100.1,", PEER),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(settings, proxies, passed_on, seen):
    assert network(settings, proxies=proxies, passed_on=passed_on) == seen


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.9:4711", "203.0.113.9"),
        ("  203.0.113.9  ", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("[fe80::1%eth0]:80", "fe80::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
    ],
)
def test_an_address_counts_with_and_without_its_port(settings, written, address):
    assert network(settings, proxies=1, passed_on=written) == address
    assert network(settings, proxies=0, seen=written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "unknown",
        "not an address",
        "203.0.113.9:",
        "203.0.113.9:99999",
        "203.0.113.9:4a",
        "203.0.113.009",
        "203.0.113",
        "[203.0.113.9]",
        "[203.0.113.9]:80",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]:",
        "[2001:db8::1]80",
        "[]",
        "[]:80",
        '"203.0.113.9"',
        "for=203.0.113.9",
        "٢٠٣.٠.١١٣.٩",
        "1" * 5_000,
        "203.0.113.9" + " " * 100,
        "203.0.113.9\x00",
    ],
)
def test_an_invalid_address_falls_back_to_the_connections(settings, written):
    assert network(settings, proxies=1, passed_on=written) == PEER
    assert network(settings, proxies=1, passed_on=written, seen="10.0.0.2:80") == "10.0.0.2"


def test_a_request_without_any_address_counts_as_local(settings):
    assert network(settings, proxies=1, passed_on="", seen="") == "local"
