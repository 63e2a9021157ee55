import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.ops.database_roles import acting_as, made, names

# The speed of generating examples depends on the machine; a busy one breaks no rule.
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
    """With --as-service, run each test that uses one transaction under the service's database role."""
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
    """Serve static files under their plain names: nothing is collected for tests."""
    django_settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


@pytest.fixture(scope="session", autouse=True)
def _light_password_hashes() -> None:
    """Keep Argon2id as in the service, without the costly work: thousands of tests sign in."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(autouse=True)
def _no_office_of_the_test_before() -> None:
    """A process looks up once a second which edition of the office is in force."""
    from kanssa.office.current import forget_look_up  # noqa: PLC0415 - needs Django's apps

    forget_look_up()


@pytest.fixture(autouse=True)
def _no_language_of_the_test_before() -> None:
    """Reset the language that a request of the test before left in the thread."""
    translation.deactivate()
