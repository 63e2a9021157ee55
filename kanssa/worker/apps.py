from django.apps import AppConfig


class WorkerConfig(AppConfig):
    """The room `kanssa.worker`."""

    name = "kanssa.worker"
