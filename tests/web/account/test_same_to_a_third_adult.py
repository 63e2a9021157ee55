"""What a third adult gets before and after another one identifies: the same, byte by byte.

Saga reads the application while Aino, the main applicant, types of Eino. Nothing may tell Saga, and through
her Aino, that Eino answers for himself.
"""

import copy
from collections.abc import Callable

import pytest
from django.db import transaction

from kanssa.applications.models import Application
from tests.cast import AINO, EINO, SAGA, arrived, completed, confirmed
from tests.web.account.test_same_before_and_after import (
    EINO_DID,
    Aino,
    Observations,
    differences,
    types_another_address,
    types_another_name_and_code,
)
from tests.web.browser import Browser
from tests.web.conftest import Clock
from tests.web.form_steps import fill_in, send

pytestmark = pytest.mark.django_db


def has_identified(_application: Application) -> None:
    arrived(EINO)


def types_nothing(_aino: Aino) -> None:
    """The application is as it was sent."""


def types_a_name_and_a_reason(aino: Aino) -> None:
    """The reason asks everybody to confirm once more, and shows what has changed since."""
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name="Korhonen", first_names="Eino Emil")
    aino.does("application/need/", reasons="separation")
    aino.saves()


DID = EINO_DID | {"identified": has_identified}
TYPES = (types_nothing, types_another_address, types_another_name_and_code, types_a_name_and_a_reason)


def with_saga(browser: Browser) -> tuple[Application, Browser]:
    fill_in(browser, AINO, EINO, SAGA)
    send(browser)
    browser.identify("aino")
    browser.post("confirming/terms/")
    application = Application.objects.get()
    completed(application, arrived(SAGA))
    hers = Browser()
    hers.identify("saga")
    hers.post("confirming/terms/")
    return application, hers


def read_by_saga(
    types: Callable[[Aino], None],
    browsers: tuple[Browser, Browser],
    application: Application,
    clock: Clock,
    *before: Callable[[Application], None],
) -> Observations:
    """All that Saga gets after something of Eino's and what Aino types then; both are undone."""
    mains, sagas = browsers
    cookies = [copy.deepcopy(each.client.cookies) for each in browsers]
    time, saga = clock.time, Aino(sagas, application, clock)
    try:
        with transaction.atomic():
            for action in before:
                action(application)
            aino = Aino(mains, application, clock)
            types(aino)
            for path in ("confirming/choose/", *(f"e-service/{path}" for path in ("", f"{application.pk}/"))):
                saga.sees(path)
            saga.sees(f"confirming/{application.pk}/")
            saga.sees(f"confirming/{application.pk}/receipt/")
            transaction.set_rollback(True)
    finally:
        for each, was in zip(browsers, cookies, strict=True):
            each.client.cookies = was
        clock.time = time
    return saga.told


@pytest.mark.parametrize("has_confirmed", [False, True])
@pytest.mark.parametrize("types", TYPES, ids=lambda each: each.__name__)
def test_a_third_adult_sees_no_difference(browser, clock, types, has_confirmed):
    application, saga = with_saga(browser)
    if has_confirmed:
        confirmed(application, arrived(SAGA))
    browsers = (browser, saga)
    before = read_by_saga(types, browsers, application, clock)
    assert len(before.answers) == 5
    assert any("Eino" in each for each in before.answers)

    for what, did in DID.items():
        after = read_by_saga(types, browsers, application, clock, did)
        assert differences(after, before) == [], what
