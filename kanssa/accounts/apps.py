from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room `kanssa.accounts`."""

    name = "kanssa.accounts"
