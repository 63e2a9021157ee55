from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The event log."""

    name = "kanssa.evidence"
