from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The room `kanssa.people`."""

    name = "kanssa.people"
