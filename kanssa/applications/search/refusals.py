"""Refusals of a search at the desk: what was typed is not understood."""

from django.utils.translation import gettext_lazy as _

from kanssa.values.mrz import NotAnMrz
from kanssa.values.refusal import Refusal


class NotUnderstandable(Refusal):
    code = "search-not-understood"
    reason = _("Type a reference, a visit code, a name, a date of birth or an identity code.")
    status = 422


class NoSuchDate(NotUnderstandable):
    code = "search-no-such-date"
    reason = _("Write the date as day, month and year, for example 31.12.1990.")


class NothingByCode(NotUnderstandable):
    """A text like a reference or a visit code that finds nothing: a name has no digits."""

    code = "search-nothing-by-code"
    reason = _("This looks like a code, and no application is found by it. Check each character.")


class NobodysHetu(NotUnderstandable):
    """The shape of an identity code, but no person can have it."""

    code = "search-nobodys-identity-code"
    reason = _("This looks like an identity code, but a character in it is wrong. Check each of them.")


class ZoneUnsound(NotUnderstandable):
    """A machine-readable zone that is incomplete or fails its check digits; `fault` says where."""

    code = "search-zone-unsound"
    reason = _("This looks like a machine-readable zone, but it cannot be read.")

    def __init__(self, fault: NotAnMrz) -> None:
        # The zone holds names and an identity code, and the facts of a refusal may be logged.
        super().__init__(why=fault.why)
        self.fault = fault
