"""A third adult sees the same, byte by byte, before and after another adult identifies.

Hilma reads the application while Aino, the main applicant, types about Eino. Nothing may tell Hilma, and
through her Aino, that Eino answers for himself.
"""

import copy
from collections.abc import Callable

import pytest
from django.db import transaction

from kanssa.applications.models import Application
from tests.cast import AINO, EINO, HILMA, arrived, completed, confirmed
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
    """Leave the application as it was sent."""


def types_a_name_and_a_reason(aino: Aino) -> None:
    """Change the reason too, so that everyone must confirm again and sees the changes."""
    aino.presses(f"e-service/{aino.application.pk}/edit/")
    aino.does(aino.page_of_eino("name"), last_name="Korhonen", first_names="Eino Emil")
    aino.does("application/need/", reasons="separation")
    aino.saves()


DID = EINO_DID | {"identified": has_identified}
TYPES = (types_nothing, types_another_address, types_another_name_and_code, types_a_name_and_a_reason)


def with_hilma(browser: Browser) -> tuple[Application, Browser]:
    fill_in(browser, AINO, EINO, HILMA)
    send(browser)
    browser.identify("aino")
    browser.post("confirming/terms/")
    application = Application.objects.get()
    completed(application, arrived(HILMA))
    hers = Browser()
    hers.identify("hilma")
    hers.post("confirming/terms/")
    return application, hers


def read_by_hilma(
    types: Callable[[Aino], None],
    browsers: tuple[Browser, Browser],
    application: Application,
    clock: Clock,
    *before: Callable[[Application], None],
) -> Observations:
    """Return what Hilma sees after Eino's actions and Aino's typing; both are rolled back."""
    mains, hilmas = browsers
    cookies = [copy.deepcopy(each.client.cookies) for each in browsers]
    time, hilma = clock.time, Aino(hilmas, application, clock)
    try:
        with transaction.atomic():
            for action in before:
                action(application)
            aino = Aino(mains, application, clock)
            types(aino)
            for path in ("confirming/choose/", *(f"e-service/{path}" for path in ("", f"{application.pk}/"))):
                hilma.sees(path)
            hilma.sees(f"confirming/{application.pk}/")
            hilma.sees(f"confirming/{application.pk}/receipt/")
            transaction.set_rollback(True)
    finally:
        for each, was in zip(browsers, cookies, strict=True):
            each.client.cookies = was
        clock.time = time
    return hilma.observed


@pytest.mark.parametrize("has_confirmed", [False, True])
@pytest.mark.parametrize("types", TYPES, ids=lambda each: each.__name__)
def test_a_third_adult_sees_no_difference(browser, clock, types, has_confirmed):
    application, hilma = with_hilma(browser)
    if has_confirmed:
        confirmed(application, arrived(HILMA))
    browsers = (browser, hilma)
    before = read_by_hilma(types, browsers, application, clock)
    assert len(before.answers) == 5
    assert any("Eino" in each for each in before.answers)

    for what, did in DID.items():
        after = read_by_hilma(types, browsers, application, clock, did)
        assert differences(after, before) == [], what
