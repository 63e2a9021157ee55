"""From which network address a request comes, for limits; it is kept nowhere as it is."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_OF_ONE_HOUSEHOLD = 64  # bits: a subscriber of IPv6 has at least so many addresses


def network_of(request: HttpRequest) -> str:
    """Give the address that the outermost of our proxies saw; of IPv6 its network.

    What stands further left in the header was written by the browser and is not believed.
    """
    try:
        address = ipaddress.ip_address(_seen(request))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _OF_ONE_HOUSEHOLD), strict=False))


def _seen(request: HttpRequest) -> str:
    nearest: str = request.META.get("REMOTE_ADDR", "")
    passed_on = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part]
    if not settings.PROXIES or len(passed_on) < settings.PROXIES:
        return nearest
    return passed_on[-settings.PROXIES]
