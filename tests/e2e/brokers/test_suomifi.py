"""Identification by SAML, against SimpleSAMLphp on another site than the service.

Scripts run here as they do for people: the provider's own pages post by one. Ours have none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from rehearsal.broker.people import read_people
from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.journeys import Visit
from tests.e2e.peers.saml_provider import FOREIGNER, PASSWORD, SamlProvider, saml_provider
from tests.e2e.stack import Stack, free_ports, web_with_broker
from tests.e2e.two_adults import both_confirm, send

pytestmark = pytest.mark.e2e

WAYS = pytest.mark.parametrize("way", ["suomifi", "posting"])


@dataclass(frozen=True)
class Suomifi:
    """The demo with SimpleSAMLphp as its broker."""

    stack: Stack
    provider: SamlProvider


@pytest.fixture(scope="module")
def suomifi(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suomifi]:
    folder, port = tmp_path_factory.mktemp("suomifi"), free_ports(1)
    with (
        saml_provider(folder, base_url=f"http://127.0.0.1:{port}") as provider,
        web_with_broker(
            stack,
            port=port,
            identification_file=provider.identification_file,
            broker=provider.base.rstrip("/"),
        ) as with_provider,
    ):
        yield Suomifi(with_provider, provider)


def known(login: str) -> CastMember:
    person = read_people()[login]
    return CastMember(person.last_name, person.first_names, person.hetu, f"saml-{login}@example.com")


def choose(visit: Visit, way: str) -> None:
    """Choose the method; where it uses the POST binding, a page of ours asks to go on."""
    visit.bank = f"Suomi.fi {way}"
    visit.picture("choose-method")
    visit.press(visit.bank)
    if way == "posting":
        visit.picture("go-on-to-identify")
        visit.press(visit.labels["to_identification"])


def log_in(visit: Visit, login: str) -> None:
    """Log in at the provider, whose last page posts to us."""
    expect(visit.page.locator("input[name=username]")).to_be_visible()
    visit.page.locator("input[name=username]").fill(login)
    visit.page.locator("input[name=password]").fill(PASSWORD)
    visit.page.locator("button[name], input[type=submit], button[type=submit]").last.click()
    come_home(visit)


def identify(visit: Visit, who: CastMember, way: str = "suomifi") -> None:
    login = next(key for key, person in read_people().items() if person.hetu == who.hetu)
    choose(visit, way)
    log_in(visit, login)


def come_home(visit: Visit) -> None:
    """Wait until the provider has sent the browser back to us."""
    visit.page.wait_for_url(f"{visit.base_url}/**", wait_until="load")


def identified_visit(arrive: Arrive, suomifi: Suomifi, login: str, way: str = "suomifi") -> Visit:
    visit = arrive(at=suomifi.stack, scripts=True)
    visit.open("/asiointi/kirjaudu/")
    visit.accept_cookies()
    identify(visit, known(login), way)
    return visit


def is_signed_in_at_the_provider(visit: Visit, suomifi: Suomifi) -> bool:
    page = visit.page.context.new_page()
    page.goto(suomifi.provider.session_page())
    is_asked = page.locator("input[name=username]").count()
    page.close()
    return not is_asked


def test_two_adults_make_an_application_valid_by_saml(arrive: Arrive, suomifi: Suomifi) -> None:
    main_visit, other_visit = (
        arrive("main", at=suomifi.stack, scripts=True),
        arrive("other", at=suomifi.stack, scripts=True),
    )

    # Other people than in the certified journey, since accepted terms are not asked again.
    main, other = known("helmi"), known("mohammed")
    both_confirm(suomifi.stack, main_visit, other_visit, main, other, identify=identify, fill_in=send)


@WAYS
def test_a_person_without_an_application_comes_back_identified(
    arrive: Arrive, suomifi: Suomifi, way: str
) -> None:
    visit = identified_visit(arrive, suomifi, "linnea", way)

    assert read_people()["linnea"].last_name in visit.text


def test_the_provider_asks_for_a_log_in_every_time(arrive: Arrive, suomifi: Suomifi) -> None:
    visit = identified_visit(arrive, suomifi, "linnea")
    assert is_signed_in_at_the_provider(visit, suomifi)
    visit.open("/tunnistautuminen/")

    choose(visit, "suomifi")

    expect(visit.page.locator("input[name=username]")).to_be_visible()


@WAYS
def test_signing_out_signs_out_at_the_provider_too(arrive: Arrive, suomifi: Suomifi, way: str) -> None:
    visit = identified_visit(arrive, suomifi, "linnea", way)

    visit.page.get_by_role("button", name=visit.said("Sign out")).first.click()
    come_home(visit)

    assert visit.is_at_the_service
    assert visit.heading == visit.said("You are signed out")
    visit.picture("signed-out")
    assert not is_signed_in_at_the_provider(visit, suomifi)


@WAYS
def test_signing_out_at_the_provider_signs_out_here(arrive: Arrive, suomifi: Suomifi, way: str) -> None:
    visit = identified_visit(arrive, suomifi, "linnea", way)

    visit.page.goto(suomifi.provider.log_out_page())
    visit.page.wait_for_url(suomifi.provider.after_logout())

    visit.open("/asiointi/")
    assert visit.heading == visit.said("You need to identify yourself again.")
    assert not is_signed_in_at_the_provider(visit, suomifi)


def test_the_next_person_finds_the_provider_signed_out(arrive: Arrive, suomifi: Suomifi) -> None:
    visit, main, other = arrive(at=suomifi.stack, scripts=True), known("otso"), known("linnea")
    send(visit, main, other)
    visit.press(visit.labels["go_on"])
    visit.accept_cookies()
    identify(visit, main)
    visit.accept_terms()
    visit.page.locator("main div.buttons a").first.click()
    visit.confirm()

    visit.press(visit.said("Let the next person identify themselves"))
    come_home(visit)

    assert visit.is_at_the_service
    assert not is_signed_in_at_the_provider(visit, suomifi)
    identify(visit, other)
    assert other.last_name in visit.page.locator("body").inner_text()


def test_a_person_without_an_identity_code_asks_a_clerk(arrive: Arrive, suomifi: Suomifi) -> None:
    visit = arrive(at=suomifi.stack, width=320, scripts=True)
    visit.open("/asiointi/kirjaudu/")
    visit.accept_cookies()
    choose(visit, "suomifi")

    log_in(visit, FOREIGNER)

    assert visit.heading == visit.said("No application is waiting for you")
    visit.picture("no-identity-code")
    visit.press(visit.said("Ask a clerk to look for it"))
    assert visit.said("A clerk will look at it") in visit.text
    visit.picture("asked-a-clerk")
