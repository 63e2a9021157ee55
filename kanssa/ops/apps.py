from django.apps import AppConfig


class OpsConfig(AppConfig):
    """The room `kanssa.ops`."""

    name = "kanssa.ops"
