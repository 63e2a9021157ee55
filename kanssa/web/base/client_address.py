"""Find the network address of a request, for rate limits. It is never stored as it is."""

import re
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kanssa.accounts.visitor_limits import from_network

_SUBSCRIBER_PREFIX_BITS = 64  # an IPv6 subscriber has at least a /64, and could use each address once
_LONGEST = 64
_BRACKETED = re.compile(r"\[(?P<address>[^\]%]*)(?:%\w+)?\](?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_WITH_PORT = re.compile(r"(?P<address>[0-9.]+):(?P<port>[0-9]{1,5})", re.ASCII)
_HIGHEST_PORT = 65_535


class NetworkMiddleware:
    """Make the network address of each request available to the rate limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with from_network(client_network(request)):
            return self.get_response(request)


def client_network(request: HttpRequest) -> str:
    nearest: str = request.META.get("REMOTE_ADDR", "")
    # Only the entry written by our outermost proxy counts: everything further left in the header came from
    # the client.
    address = parse_address(_forwarded(request)) or parse_address(nearest)
    return _network(address) if address else "local"


def parse_address(written: str) -> IPv4Address | IPv6Address | None:
    """Parse one address, with or without a port; None for anything else."""
    # The header comes from outside: bound the work of the patterns.
    if len(written) > _LONGEST:
        return None
    text = written.strip(" \t")
    found = _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text)
    if found:
        if int(found["port"] or 0) > _HIGHEST_PORT:
            return None
        text = found["address"]
        if text.count(":") == 0 and written.strip().startswith("["):
            return None
    with suppress(ValueError):
        return ip_address(text)
    return None


def _forwarded(request: HttpRequest) -> str:
    if not settings.TRUSTED_PROXY_COUNT:
        return ""
    # Count from the right: each trusted proxy has appended one entry.
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return passed_on[-settings.TRUSTED_PROXY_COUNT] if len(passed_on) >= settings.TRUSTED_PROXY_COUNT else ""


def _network(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    # A dual-stack listener sees IPv4 clients as ::ffff:a.b.c.d; count them as IPv4.
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _SUBSCRIBER_PREFIX_BITS), strict=False))
