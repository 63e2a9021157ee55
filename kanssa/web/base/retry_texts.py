"""When what was refused for a limit may be tried again."""

from datetime import datetime

from django.utils.translation import gettext as _

from kanssa.calendar.days import HELSINKI
from kanssa.values.refusal import Refusal


def refusal_text(refusal: Refusal) -> str:
    """Say why it was refused and, where a limit did, when it can be tried again."""
    return " ".join(filter(None, (str(refusal.reason), retry_text(refusal))))


def retry_text(refusal: Refusal) -> str:
    """Say when it can be tried again; empty where that is not known."""
    at = refusal.facts.get("again_at")
    if not isinstance(at, datetime):
        return ""
    local = at.astimezone(HELSINKI)
    parts = {"day": f"{local.day}.{local.month}.{local.year}", "time": f"{local.hour}.{local.minute:02}"}
    return _("You can try again after %(time)s on %(day)s.") % parts
