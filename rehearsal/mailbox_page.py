"""The page on which the demo's mail is read."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from rehearsal.letters import LINK, Folder

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
# Inside the frame a link would open the service in the frame, which the service forbids.
_OPENS_OUTSIDE_THE_FRAME = '<base target="_top">'

_TEMPLATES = {
    "layout": """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} – rehearsal mailbox</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
{% block main %}{% endblock %}
</main>
</body>
</html>
""",
    "list": """{% extends "layout" %}
{% block title %}Mail{% endblock %}
{% block main %}
<h1>Mail</h1>
<p>Everything the service sends in this rehearsal ends here; nothing leaves this machine.</p>
<form action="/" method="get" role="search">
<label for="to">To</label>
<input id="to" name="to" value="{{ to }}" autocomplete="off">
<button>Show</button>
{% if to %}<a href="/">Show everybody's</a>{% endif %}
</form>
{% if letters %}
<table>
<caption>{{ letters|length }} {{ "letter" if letters|length == 1 else "letters" }}, the newest first</caption>
<thead><tr><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Time (UTC)</th></tr></thead>
<tbody>
{% for letter in letters %}
<tr>
<td>{{ letter.to }}</td>
<td><a href="/messages/{{ letter.id }}">{{ letter.subject or "(no subject)" }}</a></td>
<td><time datetime="{{ letter.date }}">{{ letter.date[:19]|replace("T", " ") }}</time></td>
</tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>No mail{% if to %} to {{ to }}{% endif %} yet.</p>
{% endif %}
{% endblock %}
""",
    "letter": """{% extends "layout" %}
{% block title %}{{ letter.subject or "(no subject)" }}{% endblock %}
{% block main %}
<p><a href="/">All mail</a></p>
<h1>{{ letter.subject or "(no subject)" }}</h1>
<dl>
{% for name, value in letter.headers %}
<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}
</dl>
<h2>Text part</h2>
{% if letter.text %}<div class="text">{{ text }}</div>{% else %}<p>It has none.</p>{% endif %}
<h2>HTML part</h2>
{% if letter.html %}
<p><a href="/messages/{{ letter.id }}/html">Show it on a page of its own</a></p>
<iframe src="/messages/{{ letter.id }}/html" title="HTML part"
 sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe>
{% else %}<p>It has none.</p>{% endif %}
{% endblock %}
""",
    "problem": """{% extends "layout" %}
{% block title %}{{ problem }}{% endblock %}
{% block main %}
<h1>{{ problem }}</h1>
<p><a href="/">All mail</a></p>
{% endblock %}
""",
}

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1rem 3rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid; }
th, td, dd, .text { overflow-wrap: anywhere; }
dt { font-weight: bold; }
dd { margin: 0 0 .5rem; }
input, button { font: inherit; padding: .3rem .5rem; }
.text { white-space: pre-wrap; border: 1px solid; padding: 1rem; }
iframe { width: 100%; height: 40rem; border: 1px solid; background: #fff; }
"""

_ADDRESSES = Map(
    [
        Rule("/", endpoint="list_letters"),
        Rule("/messages.json", endpoint="list_as_json"),
        Rule("/messages/<letter_id>", endpoint="show_letter"),
        Rule("/messages/<letter_id>/html", endpoint="show_html_part"),
        Rule("/style.css", endpoint="style"),
        Rule("/health", endpoint="health"),
    ]
)


class MailboxPage:
    """A WSGI application over a folder of letters; it writes nothing."""

    def __init__(self, folder: Folder) -> None:
        """Show what is in `folder`, also what comes later."""
        self._folder = folder
        self._templates = Environment(
            loader=DictLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer as WSGI wants it."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, values = _ADDRESSES.bind_to_environ(request.environ).match(method="GET")
            response: Response = getattr(self, endpoint)(request, **values)
        except HTTPException as problem:
            response = self._page("problem", problem=problem.name)
            response.status_code = problem.code or 500
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def list_letters(self, request: Request) -> Response:
        """Everybody's, or with `?to=` one person's."""
        to = request.args.get("to", "")
        return self._page("list", letters=list(self._folder.letters(to=to)), to=to)

    def list_as_json(self, request: Request) -> Response:
        """Give browser tests the same list, whole letters in it."""
        letters = [asdict(letter) for letter in self._folder.letters(to=request.args.get("to", ""))]
        return Response(json.dumps(letters), mimetype="application/json")

    def show_letter(self, _request: Request, letter_id: str) -> Response:
        """Headers, text, and the HTML part in a frame."""
        letter = self._folder.letter(letter_id)
        return self._page("letter", letter=letter, text=_with_links(letter.text))

    def show_html_part(self, _request: Request, letter_id: str) -> Response:
        """As it was sent, under a policy that lets it do nothing."""
        html = self._folder.letter(letter_id).html + _OPENS_OUTSIDE_THE_FRAME
        return Response(html, mimetype="text/html", headers={"Content-Security-Policy": _LETTER_POLICY})

    def style(self, _request: Request) -> Response:
        """Serve the style sheet: the policy forbids styles in the page."""
        return Response(_STYLE, mimetype="text/css")

    def health(self, _request: Request) -> Response:
        """Tell the supervisor that the page is up."""
        return Response("ok", mimetype="text/plain")

    def _page(self, template: str, /, **values: object) -> Response:
        return Response(self._templates.get_template(template).render(**values), mimetype="text/html")


def _with_links(text: str) -> Markup:
    pieces, end = [], 0
    for link in LINK.finditer(text):
        pieces.append(
            Markup("{}<a href='{}' rel='noreferrer'>{}</a>").format(
                text[end : link.start()], link[0], link[0]
            )
        )
        end = link.end()
    return Markup("").join([*pieces, text[end:]])
