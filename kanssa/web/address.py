"""From which network address a request comes, for limits; it is kept nowhere as it is."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_OF_ONE_HOUSEHOLD = 64  # bits: a subscriber of IPv6 has at least so many addresses


def network_of(request: HttpRequest) -> str:
    """Give the address that the outermost of our proxies saw; of IPv6 its network.

    What stands further left in the header was written by the browser and is not believed.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        passed_on = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        seen = passed_on[-settings.PROXIES] if len(passed_on) >= settings.PROXIES else seen
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, _OF_ONE_HOUSEHOLD), strict=False))
    return str(address)
