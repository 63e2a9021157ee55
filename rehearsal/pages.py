"""Layout, style, security headers and routing shared by the rehearsal's own pages."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from jinja2 import DictLoader, Environment, StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_TEMPLATES = {
    "layout": """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} – rehearsal</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
{% block main %}{% endblock %}
</main>
</body>
</html>
""",
    "problem": """{% extends "layout" %}
{% block title %}{{ problem }}{% endblock %}
{% block main %}
<h1>{{ problem }}</h1>
<p><a href="/">All mail</a></p>
{% endblock %}
""",
}
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1rem 3rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid; }
th, td, dd, .text { overflow-wrap: anywhere; }
dt { font-weight: bold; }
dd { margin: 0 0 .5rem; }
input, button { font: inherit; padding: .3rem .5rem; }
input[type=range] { display: block; width: 100%; max-width: 40rem; padding: 0; }
button { margin: 0 .3rem .3rem 0; min-width: 2.75rem; min-height: 2.75rem; }
.lead { font-size: 1.25rem; }
.text { white-space: pre-wrap; border: 1px solid; padding: 1rem; }
iframe { width: 100%; height: 40rem; border: 1px solid; background: #fff; }
"""


class Pages:
    """A WSGI application that routes addresses to its own methods."""

    addresses: ClassVar[Map]
    templates: ClassVar[Mapping[str, str]]

    def __init__(self) -> None:
        self._templates = Environment(
            loader=DictLoader({**_TEMPLATES, **self.templates}), autoescape=True, undefined=StrictUndefined
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, values = self.addresses.bind_to_environ(request.environ).match()
            response: Response = getattr(self, endpoint)(request, **values)
        except HTTPException as problem:
            response = self._page("problem", problem=problem.name)
            response.status_code = problem.code or 500
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Mail contains secret links.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _page(self, template: str, /, **values: object) -> Response:
        return Response(self._templates.get_template(template).render(**values), mimetype="text/html")
