from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kanssa.web"
