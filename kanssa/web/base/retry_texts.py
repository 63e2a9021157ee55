"""Say when an action refused by a rate limit may be tried again."""

from datetime import datetime

from django.utils.translation import gettext as _

from kanssa.calendar.days import HELSINKI
from kanssa.values.refusal import Refusal


def refusal_text(refusal: Refusal) -> str:
    return " ".join(filter(None, (str(refusal.reason), retry_text(refusal))))


def retry_text(refusal: Refusal) -> str:
    at = refusal.facts.get("again_at")
    if not isinstance(at, datetime):
        return ""
    local = at.astimezone(HELSINKI)
    parts = {"day": f"{local.day}.{local.month}.{local.year}", "time": f"{local.hour}.{local.minute:02}"}
    return _("You can try again after %(time)s on %(day)s.") % parts
