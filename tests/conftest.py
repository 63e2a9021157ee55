import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.ops.database_roles import acting_as, made, names

# How fast examples are made is the machine's matter, and a busy one fails no rule.
settings.register_profile("kanssa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kanssa")


def pytest_addoption(parser):
    parser.addoption("--forbid-skips", action="store_true", help="a skipped test fails the run")
    parser.addoption("--as-service", action="store_true", help="tests act as the service's database role")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped") if reporter else None
    if skipped and session.config.getoption("--forbid-skips"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _as_service(request):
    """With --as-service: what a test does in one transaction is done by the role that production has."""
    marker = request.node.get_closest_marker("django_db")
    if not request.config.getoption("--as-service") or marker is None or marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("db")
    made()
    with acting_as(names()[0]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Name the style sheet plainly: nothing is collected for tests."""
    django_settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


@pytest.fixture(scope="session", autouse=True)
def _light_password_hashes() -> None:
    """Argon2id as in the service, without the work that makes guessing dear: thousands of tests sign in."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(autouse=True)
def _no_language_of_the_test_before() -> None:
    """A request leaves its language in the thread: which test came before must not be seen."""
    translation.deactivate()
