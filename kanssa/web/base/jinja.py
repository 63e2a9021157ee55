from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.utils import translation
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kanssa.calendar import formats
from kanssa.values.email_address import shown_address
from kanssa.web.base.page_urls import page_url

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
        url=page_url,
        _=_text,
        csrf_field=lambda: csrf_input(_REQUEST.get()),
        # The names of static files do not change while a process runs.
        static=cache(static),
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


@pass_context
def _text(context: Context, message: str, **variables: Any) -> str:
    """Translate as Jinja's own function does, which takes four calls more for each text."""
    text = translation.gettext(message)
    if context.eval_ctx.autoescape:
        text = Markup(text)  # noqa: S704 a translation is ours
    return text % variables if variables or "%" in message else text
