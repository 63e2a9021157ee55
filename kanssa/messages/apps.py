from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The room `kanssa.messages`."""

    name = "kanssa.messages"
