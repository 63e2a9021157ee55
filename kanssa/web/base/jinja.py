from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from kanssa.calendar import formats
from kanssa.values.email_address import shown_address

_REQUEST: ContextVar[HttpRequest] = ContextVar("request")


@contextmanager
def rendering(request: HttpRequest) -> Iterator[None]:
    # Jinja runs a component again for each import "with context", on every page; without, once a process.
    before = _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(before)


def environment(**options: Any) -> Environment:
    # A misspelt name fails a test and never shows as an empty place.
    options["undefined"] = StrictUndefined
    env = Environment(  # noqa: S701 Django's back end sets autoescape in `options`
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        translation.gettext, translation.ngettext, newstyle=True
    )
    # Line breaks inside a translated block must not become part of the message id.
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        url=_url,
        csrf_field=lambda: csrf_input(_REQUEST.get()),
        static=static,
        service_name=settings.SERVICE_NAME,
    )
    env.filters.update(
        day=formats.day,
        last_day=formats.last_day,
        end=formats.end,
        plain_date=formats.plain_date,
        moment=formats.moment,
        shown_address=shown_address,
    )
    return env


def _url(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs=kwargs)
