"""The page for moving the demo's time."""

from collections.abc import Callable
from threading import Lock
from typing import ClassVar

from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from rehearsal.clock import HELSINKI, MOST_DAYS, Clock
from rehearsal.pages import Pages

STEPS = (1, 3, 14, 30, 90)
_SLIDER = 120
_DATE = "%A %-d %B %Y, %H:%M"

_TEMPLATES = {
    "clock": """{% extends "layout" %}
{% block title %}Clock{% endblock %}
{% block main %}
<p><a href="/">All mail</a></p>
<h1>Clock</h1>
<p class="lead">In this demo it is <strong><time datetime="{{ now.isoformat() }}">{{ today }}</time></strong>
{%- if ahead %}, {{ ahead }} {{ "day" if ahead == 1 else "days" }} ahead of the real time.
{%- else %}: the real time.{% endif %}</p>
{% if happened is not none %}
<section role="status">
<h2>What happened meanwhile</h2>
<ul>
{% for line in happened %}
<li>{{ line }}</li>
{% else %}
<li>nothing that the service does by the clock</li>
{% endfor %}
</ul>
</section>
{% endif %}
<h2>Let days pass</h2>
<p>They pass one after another, each with its reminders, warnings and endings. Sign-ins end, as they do
by themselves after a while.</p>
<form action="/clock" method="post">
{% for days in steps %}
<button name="pass" value="{{ days }}">+{{ days }} {{ "day" if days == 1 else "days" }}</button>
{% endfor %}
</form>
<h2>Go to a day</h2>
<form action="/clock" method="post">
<label for="slider">Days ahead of today: from 0 (left) to {{ slider }} (right)</label>
<input id="slider" type="range" name="to" min="0" max="{{ slider }}" value="{{ [ahead, slider]|min }}">
<button>Go there</button>
</form>
<form action="/clock" method="post">
<label for="to">Or in figures, 0 to {{ most }}</label>
<input id="to" type="number" name="to" min="0" max="{{ most }}" value="{{ ahead }}" required>
<button>Go there</button>
</form>
<form action="/clock" method="post">
<button name="to" value="0">Back to today</button>
</form>
<p>Going back undoes nothing: what happened later stays, with its dates.
<code>make run RESET=1</code> starts afresh.</p>
{% endblock %}
""",
}


class ClockPage(Pages):
    """A WSGI application for a clock; `advance_days` moves it and returns the results as lines."""

    addresses: ClassVar[Map] = Map(
        [
            Rule("/clock", endpoint="show", methods=["GET"]),
            Rule("/clock", endpoint="move", methods=["POST"]),
        ]
    )
    templates: ClassVar[dict[str, str]] = _TEMPLATES

    def __init__(self, clock: Clock, *, advance_days: Callable[[int], list[str]]) -> None:
        super().__init__()
        self._clock = clock
        self._advance_days = advance_days
        self._happened: list[str] | None = None
        self._one_at_a_time = Lock()

    def show(self, _request: Request) -> Response:
        now = self._clock.now().astimezone(HELSINKI)
        return self._page(
            "clock",
            now=now,
            today=now.strftime(_DATE),
            ahead=self._clock.days_ahead,
            happened=self._happened,
            steps=STEPS,
            slider=_SLIDER,
            most=MOST_DAYS,
        )

    def move(self, request: Request) -> Response:
        if request.headers.get("Origin", request.host_url.rstrip("/")) != request.host_url.rstrip("/"):
            raise Forbidden
        with self._one_at_a_time:
            self._happened = self._advance_days(self._wanted(request))
        # Reloading the page then moves nothing.
        return redirect("/clock", 303)

    def _wanted(self, request: Request) -> int:
        name, base = ("pass", self._clock.days_ahead) if "pass" in request.form else ("to", 0)
        days = request.form.get(name, "")
        if not (days.isascii() and days.isdigit() and len(days) <= len(str(MOST_DAYS))):
            raise BadRequest
        return min(base + int(days), MOST_DAYS)
