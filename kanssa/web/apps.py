from django.apps import AppConfig


class WebConfig(AppConfig):
    """The room `kanssa.web`."""

    name = "kanssa.web"
