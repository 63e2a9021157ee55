from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The room `kanssa.office`."""

    name = "kanssa.office"
