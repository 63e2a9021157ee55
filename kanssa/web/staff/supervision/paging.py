"""What a list's address says: anybody can write anything there."""

from django.http import HttpRequest

_MOST_DIGITS = 18


def before_event(request: HttpRequest) -> int | None:
    """Before which event a page of a list begins; None where the address names none."""
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) <= _MOST_DIGITS
    return int(before) if is_number else None
