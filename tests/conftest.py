import pytest
from django.conf import settings as django_settings


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Name the style sheet plainly: nothing is collected for tests."""
    django_settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
