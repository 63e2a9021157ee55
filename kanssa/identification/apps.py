from django.apps import AppConfig


class IdentificationConfig(AppConfig):
    name = "kanssa.identification"
