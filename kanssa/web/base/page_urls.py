"""Make the addresses of pages. A page has a dozen, and Django makes each from its pattern."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

_PLACES = tuple(UUID(int=number) for number in range(1, 5))
_STEP = "key"


def page_url(name: str, **kwargs: Any) -> str:
    """Return the address of a page in the current language, as Django's `reverse` does.

    What is kept holds no id: a place is kept for each. Addresses with other parts are not kept.
    """
    ids = [value for value in kwargs.values() if isinstance(value, UUID)]
    if len(ids) + (_STEP in kwargs) < len(kwargs):
        return reverse(name, kwargs=kwargs)
    places = iter(_PLACES)
    shape = tuple((key, next(places) if key != _STEP else value) for key, value in kwargs.items())
    url = _kept(name, shape, get_language(), get_script_prefix())
    for place, value in zip(_PLACES, ids, strict=False):
        url = url.replace(str(place), str(value))
    return url


@lru_cache(maxsize=2048)
def _kept(name: str, shape: tuple[tuple[str, Any], ...], _language: str | None, _prefix: str) -> str:
    return reverse(name, kwargs=dict(shape))
