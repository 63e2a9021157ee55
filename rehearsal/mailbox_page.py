"""The page for reading the demo's mail."""

import json
from dataclasses import asdict
from typing import ClassVar

from markupsafe import Markup
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from rehearsal.pages import STYLE, Pages
from rehearsal.stored_messages import LINK, MailFolder

_MESSAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
# Otherwise a link would open the service inside the frame, which the service forbids.
_OPENS_OUTSIDE_THE_FRAME = '<base target="_top">'

_TEMPLATES = {
    "list": """{% extends "layout" %}
{% block title %}Mail{% endblock %}
{% block main %}
<h1>Mail</h1>
<p>Everything the service sends in this rehearsal ends here; nothing leaves this machine.
{% if has_clock %}<a href="/clock">Move the clock</a>{% endif %}</p>
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
}

_ADDRESSES = Map(
    [
        Rule("/", endpoint="list_letters", methods=["GET"]),
        Rule("/messages.json", endpoint="list_as_json", methods=["GET"]),
        Rule("/messages/<letter_id>", endpoint="show_letter", methods=["GET"]),
        Rule("/messages/<letter_id>/html", endpoint="show_html_part", methods=["GET"]),
        Rule("/style.css", endpoint="style", methods=["GET"]),
        Rule("/health", endpoint="health", methods=["GET"]),
    ]
)


class MailboxPage(Pages):
    """A WSGI application for a folder of messages; it writes nothing."""

    addresses: ClassVar[Map] = _ADDRESSES
    templates: ClassVar[dict[str, str]] = _TEMPLATES

    def __init__(self, folder: MailFolder, *, has_clock: bool) -> None:
        super().__init__()
        self._folder = folder
        self._has_clock = has_clock

    def list_letters(self, request: Request) -> Response:
        to = request.args.get("to", "")
        return self._page("list", letters=list(self._folder.letters(to=to)), to=to, has_clock=self._has_clock)

    def list_as_json(self, request: Request) -> Response:
        letters = [asdict(letter) for letter in self._folder.letters(to=request.args.get("to", ""))]
        return Response(json.dumps(letters), mimetype="application/json")

    def show_letter(self, _request: Request, letter_id: str) -> Response:
        letter = self._folder.letter(letter_id)
        return self._page("letter", letter=letter, text=_with_links(letter.text))

    def show_html_part(self, _request: Request, letter_id: str) -> Response:
        html = self._folder.letter(letter_id).html + _OPENS_OUTSIDE_THE_FRAME
        return Response(html, mimetype="text/html", headers={"Content-Security-Policy": _MESSAGE_POLICY})

    def style(self, _request: Request) -> Response:
        # The policy forbids styles in the page.
        return Response(STYLE, mimetype="text/css")

    def health(self, _request: Request) -> Response:
        return Response("ok", mimetype="text/plain")


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
