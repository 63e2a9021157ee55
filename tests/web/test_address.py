import pytest
from django.test import RequestFactory

from kanssa.web.address import network_of


@pytest.mark.parametrize(
    ("proxies", "seen", "passed_on", "network"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "10.0.0.1", None, "10.0.0.1"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (1, "10.0.0.1", "not an address", "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(settings, proxies, seen, passed_on, network):
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": passed_on} if passed_on else {}

    assert network_of(RequestFactory(headers=headers).get("/", REMOTE_ADDR=seen)) == network
