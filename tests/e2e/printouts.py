"""Prints pages on A4 in the browser and reads them back."""

from pathlib import Path
from unicodedata import normalize

from playwright.sync_api import Page
from pypdf import PdfReader

from tests.e2e.ui_texts import english_in

# Buttons, links and forms are of no use on paper.
_FOR_THE_SCREEN = "button, nav, form.form input, .hds-button, .buttons, .skip-link, .screen-only, .identified"
_SMALLEST = 9.5  # points
# A busy browser accepts the other medium before it shows it.
_ON_PAPER = """async ([selector]) => {
  while (!matchMedia('print').matches) await new Promise(requestAnimationFrame)
  const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length
  const texts = [...document.querySelectorAll('body *')].filter(e => shown(e) &&
    [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim()))
  return {
    controls: [...document.querySelectorAll(selector)].filter(shown).map(e => e.outerHTML.slice(0, 120)),
    small: texts.map(e => [parseFloat(getComputedStyle(e).fontSize) * 0.75, e.outerHTML.slice(0, 120)]),
  }
}"""


def printed(page: Page, file: Path, *, language: str, pages: int, holds: tuple[str, ...]) -> None:
    """Print a page and check its number of pages, its words, its font sizes, and that it has no controls."""
    page.emulate_media(media="print")
    seen = page.evaluate(_ON_PAPER, [_FOR_THE_SCREEN])
    page.pdf(path=file, format="A4", prefer_css_page_size=True)
    page.emulate_media(media="null")
    assert not seen["controls"], f"{file.stem} prints what is for the screen: {seen['controls']}"
    small = [what for points, what in seen["small"] if points < _SMALLEST]
    assert not small, f"{file.stem} prints too small: {small}"
    sheets = PdfReader(file).pages
    texts = [normalize("NFKC", sheet.extract_text()) for sheet in sheets]  # without ligatures
    text = " ".join(" ".join(texts).split())
    assert len(sheets) == pages, f"{file.stem} takes {len(sheets)} pages, not {pages}: {text}"
    assert all(each.strip() for each in texts), f"{file.stem} has an empty page"
    lost = [each for each in holds if each not in text]
    assert not lost, f"{file.stem} does not hold {lost}: {text}"
    english = english_in(text, language)
    assert not english, f"{file.stem} speaks English: {english}"
