from django.utils.translation import gettext_lazy as _

FIELD_ERROR_MESSAGES = {
    "max_length": _("Too long: at most %(limit_value)d characters."),
    "null_characters_not_allowed": _(
        "Your answer contains a character that cannot be used. Type the answer again."
    ),
    "invalid_choice": _("Choose one of the answers."),
}
"""Defaults for `error_messages` of a field; its own messages override them."""
