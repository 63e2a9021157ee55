from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "kanssa.office"
