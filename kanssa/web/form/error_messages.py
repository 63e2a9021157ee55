"""What the framework's own checks of a field say, in this house's words."""

from django.utils.translation import gettext_lazy as _

FIELD_ERROR_MESSAGES = {
    "max_length": _("Too long: at most %(limit_value)d characters."),
    "null_characters_not_allowed": _("There is a character here that cannot be used. Type the answer anew."),
    "invalid_choice": _("Choose one of the answers."),
}
"""For `error_messages` of a field, before its own."""
