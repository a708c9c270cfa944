"""Every page says the same things in Swedish, Norwegian and English, and has words for all that its HTML asks for."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
PAGES = Path(__file__).parents[2] / "signalling" / "pages"
CATALOGUES = sorted(
    str(file.relative_to(PAGES)) for file in PAGES.rglob("*.js") if "export const CATALOGUES" in file.read_text()
)
"""Modules with the words of a page or of a part of one."""
SAID = "async (module) => (await import(module)).CATALOGUES"
SENTENCES = """async (names) => {
  const said = { calls: "{name} calls {count}" };
  const { words } = (await import("/words/spoken.js")).catalogue({ en: said, nb: said, sv: said });
  return names.map((name) => words("calls", { name, count: 2 }));
}"""
BRACES = re.compile(r"\{\w+\}")
WANTED = re.compile(r'data-(?:words|label|hint)="([^"]*)"')


@pytest.mark.parametrize("module", CATALOGUES)
async def test_every_language_says_the_same_things(page: Page, origin: str, module: str) -> None:
    spoken = await page_says(page, origin, module)
    assert set(spoken) == {"sv", "nb", "en"}
    braces = {
        language: {key: set(BRACES.findall(text)) for key, text in said.items()} for language, said in spoken.items()
    }
    assert braces["sv"] == braces["nb"] == braces["en"]
    assert all(text.strip() for said in spoken.values() for text in said.values())


@pytest.mark.parametrize("name", ["index", "family", "student"])
async def test_a_pages_html_asks_for_words_that_there_are(page: Page, origin: str, name: str) -> None:
    known: set[str] = set()
    for module in CATALOGUES:
        if module.startswith(f"{name}/"):
            known |= set((await page_says(page, origin, module))["en"])
    wanted = set(WANTED.findall((PAGES / f"{name}.html").read_text()))
    assert wanted
    assert wanted <= known


class Fixed(HTMLParser):
    """The words that stand in a page's HTML whatever the language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag

    def handle_data(self, data: str) -> None:
        if self._tag not in {"title", "option", "noscript"} and data.strip():
            self.said.add(data.strip())


@pytest.mark.parametrize("name", ["family", "student"])
async def test_nothing_in_a_page_stays_in_one_language(name: str) -> None:
    fixed = Fixed()
    fixed.feed((PAGES / f"{name}.html").read_text())
    assert {text for text in fixed.said if "JavaScript" not in text} <= {"Närvaro", "10:24"}


async def page_says(page: Page, origin: str, module: str) -> dict[str, dict[str, str]]:
    await page.goto(f"{origin}/")
    spoken: dict[str, dict[str, str]] = await page.evaluate(SAID, f"/{module}")
    return spoken


async def test_a_name_that_runs_from_right_to_left_turns_no_sentence(page: Page, origin: str) -> None:
    """Without isolates a digit beside the name would change sides with the words around it."""
    await page.goto(f"{origin}/family?lang=en")
    said = await page.evaluate(SENTENCES, ["Astrid", "Åsa Øy 😀", "דוד", "محمد"])
    assert said == ["Astrid calls 2", "Åsa Øy 😀 calls 2", "\u2068דוד\u2069 calls 2", "\u2068محمد\u2069 calls 2"]
