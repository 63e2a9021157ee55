"""Set the service up without a database, with the settings of the tests."""

import importlib

import django


def set_up() -> None:
    # It sets the environment, which has to be there before the settings are read.
    importlib.import_module("tests.environment")
    django.setup()
