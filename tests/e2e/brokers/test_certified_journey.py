"""Two adults apply through the certified provider, which runs on another site than the service."""

from collections.abc import Iterator

import pytest

from rehearsal.broker.people import read_people
from tests.cast import CastMember
from tests.e2e.conftest import Arrive
from tests.e2e.journeys import Visit
from tests.e2e.peers.provider import certified_provider
from tests.e2e.stack import Stack, free_ports, web_with_broker
from tests.e2e.two_adults import both_confirm, send

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def certified(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run a web server whose broker is the certified provider."""
    folder, port = tmp_path_factory.mktemp("certified"), free_ports(1)
    with (
        certified_provider(folder, base_url=f"http://127.0.0.1:{port}") as provider,
        web_with_broker(
            stack, port=port, identification_file=provider.identification_file, broker=provider.issuer
        ) as certified,
    ):
        yield certified


def known(login: str) -> CastMember:
    """Return the person with this login at the provider."""
    person = read_people()[login]
    return CastMember(person.last_name, person.first_names, person.hetu, f"box-of-{login[0]}@example.com")


def identify(visit: Visit, who: CastMember) -> None:
    login = next(key for key, person in read_people().items() if person.hetu == who.hetu)
    visit.identify_at_the_certified_provider(login)


def test_two_adults_make_an_application_valid_at_the_certified_provider(
    arrive: Arrive, certified: Stack
) -> None:
    main_visit, other_visit = arrive("main", at=certified), arrive("other", at=certified)
    main_visit.bank = other_visit.bank = "Sertifioitu bank"
    main, other = known("aino"), known("eino")

    both_confirm(certified, main_visit, other_visit, main, other, identify=identify, fill_in=send)


def test_cancelling_at_the_certified_provider_leads_on(arrive: Arrive, certified: Stack) -> None:
    visit = arrive(at=certified, width=320)
    visit.bank = "Sertifioitu bank"
    visit.open("/asiointi/kirjaudu/")
    visit.accept_cookies()

    visit.meet_at_the_broker("cancel")

    assert visit.heading == visit.said("You stopped the identification. Nothing was confirmed.")
    visit.picture("cancelled")
