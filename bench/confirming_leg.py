"""The confirming leg of one adult: from the page about cookies to "the application is valid"."""

from dataclasses import dataclass
from uuid import UUID

from bench.browser import Browser, WrongAnswer
from bench.people import TestPerson


@dataclass(frozen=True, slots=True)
class WaitingApplication:
    """An application that was sent and waits for its only adult."""

    application_id: UUID
    reference: str
    applicant: TestPerson


def confirm(browser: Browser, begin_at: str, waiting: WaitingApplication) -> None:
    """Press what a person presses, in Finnish, and read every page. Raises WrongAnswer."""
    browser.open(begin_at)
    browser.expect("Tunnistautumissivun evästeet")
    browser.press("Hyväksy evästeet")
    browser.press("Jatka tunnistautumiseen")
    browser.expect("Valitse tunnistautumistapa")
    browser.press("Kirjaudu sisään pankkitunnuksilla")
    _identify(browser, waiting.applicant)
    browser.expect("Käyttöehdot")
    browser.press("Hyväksy")
    browser.expect("Valitse vahvistettava hakemus")
    browser.press(waiting.reference)
    browser.expect("Tarkista hakemus")
    browser.press("Vahvista hakemus")
    browser.expect("Hakemus on voimassa")
    if waiting.reference not in browser.text:
        raise WrongAnswer(f"{browser.url} does not name {waiting.reference}")


def _identify(browser: Browser, applicant: TestPerson) -> None:
    browser.expect("Kuka olet?")
    browser.fill(
        last_name=applicant.last_name,
        first_names=applicant.first_names,
        hetu=applicant.hetu,
        person="typed",
    )
