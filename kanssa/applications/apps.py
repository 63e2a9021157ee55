from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The room `kanssa.applications`."""

    name = "kanssa.applications"
