"""Read a list's position from its URL, where a visitor can write anything."""

from django.http import HttpRequest

_MOST_DIGITS = 18


def before_event(request: HttpRequest) -> int | None:
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) <= _MOST_DIGITS
    return int(before) if is_number else None
