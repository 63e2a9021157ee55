from django.apps import AppConfig


class IdentificationConfig(AppConfig):
    """The room `kanssa.identification`."""

    name = "kanssa.identification"
