"""The longest words of headings and buttons, on the narrowest screen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.page_checks import NARROW
from tests.e2e.stack import ROOT

pytestmark = pytest.mark.e2e

SHEET = Path(ROOT / "kanssa" / "web" / "static" / "kanssa.css").read_text("utf-8")
HEADINGS = {
    "fi": "Verkkopankkitunnuksilla sähköpostiosoitettasi Saavutettavuusseloste Tunnistautumissivun "
    "mobiilivarmenteella asuntohakemukseesi Aktivointikoodilla palvelupisteessä",
    "sv": "Tillgänglighetsutlåtande Uppehållstillstånd Bakgrundsuppgifter kontaktuppgifter",
    "en": "identification accessibility non-disclosure",
}
BUTTONS = {
    "fi": "tunnistautumistapa tunnistautumiseen asiakaspalvelijaa",
    "sv": "personbeteckningen kontaktuppgifterna",
    "en": "identification",
}
# Returns, for each word, the number of its letters on each line.
_PIECES = """(element) => {
  const text = element.firstChild, pieces = []
  for (const word of text.data.matchAll(/[^ ]+/g)) {
    const letters = []
    let before = null
    for (let at = word.index; at < word.index + word[0].length; at += 1) {
      const range = document.createRange()
      range.setStart(text, at)
      range.setEnd(text, at + 1)
      const top = range.getBoundingClientRect().top
      if (before === null || Math.abs(top - before) > 8) letters.push(0)
      letters[letters.length - 1] += 1
      before = top
    }
    pieces.push([word[0], letters])
  }
  return pieces
}"""


def shown(language: str) -> str:
    headings = "".join(f"<{each}>{HEADINGS[language]}</{each}>" for each in ("h1", "h2", "h3"))
    notification = f'<h2 class="notification-title">{HEADINGS[language]}</h2>'
    button = f'<button class="hds-button hds-button--primary">{BUTTONS[language]}</button>'
    return (
        f'<!doctype html><html lang="{language}"><style>{SHEET}</style><div class="wrap page">'
        f'<div class="content flow">{headings}<section class="notification">{notification}{button}'
        f"</section>{button}</div></div></html>"
    )


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_word_of_a_heading_or_button_breaks_off_a_few_letters(browser: Browser, language: str) -> None:
    page = browser.new_page(viewport=NARROW)
    page.set_content(shown(language))

    elements = page.locator("h1, h2, h3, button").all()
    pieces: list[tuple[str, list[int]]] = [
        tuple(piece) for element in elements for piece in element.evaluate(_PIECES)
    ]

    assert [piece for piece in pieces if len(piece[1]) > 1 and min(piece[1]) < 5] == []
    page.close()


@pytest.mark.parametrize("kind", ["h1", "h2", "h3", "button"])
def test_headings_and_buttons_hyphenate_and_break_rather_than_overflow(browser: Browser, kind: str) -> None:
    page = browser.new_page(viewport=NARROW)
    page.set_content(shown("fi"))

    style: dict[str, Any] = page.locator(kind).first.evaluate(
        "(e) => ({hyphens: getComputedStyle(e).hyphens, wrap: getComputedStyle(e).overflowWrap})"
    )

    assert style == {"hyphens": "auto", "wrap": "anywhere"}
    page.close()
