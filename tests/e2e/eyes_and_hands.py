"""What a page is for those who see, hear or press otherwise: axe's findings, Tab's reach, what sticks out, what moves.

It looks at the view that is on the screen and changes nothing. axe-core's script is put in by the tests alone: the
pages' policy would refuse it.
"""

from importlib.resources import files
from typing import Final, Literal

from playwright.async_api import Page

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
LANGUAGES: Final = ("sv", "nb", "en")
NARROW: Final = 320
"""CSS pixels: WCAG 2.2's 1.4.10, a desktop at 400 %."""

_FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const why = ({ any, all }) => [...any, ...all].map(({ message }) => message).join("; ");
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.target.join(" ")} (${why(node)})`));
}"""
_STICKS_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth) return [];
  const right = (one) => Math.round(one.getBoundingClientRect().right);
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && right(one) > innerWidth + 1)
    .map((one) => `${one.tagName.toLowerCase()}#${one.id}.${one.className} ends at ${right(one)}`);
}"""
_MOVES = """() => document.getAnimations()
  .filter(({ playState }) => playState === "running")
  .map(({ animationName, transitionProperty, effect: { target } }) =>
    `${animationName ?? transitionProperty} of #${target.id}.${target.className}`)"""
_CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest(".unseen"));
  const first = (one) => one.type !== "radio" || one === document.querySelector(`[name="${one.name}"]:checked`);
  const controls = all.filter(first);
  controls.forEach((one, number) => (one.dataset.control = number));
  document.activeElement?.blur();
  scrollTo(0, 0);
  return controls.map((one) => one.id || one.textContent.trim() || one.outerHTML.slice(0, 80));
}"""
_FOCUSED = """() => {
  const at = document.activeElement;
  const isDrawn = (element, pseudo) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const label = at.closest("label");
  const isSeen = isDrawn(at) || isDrawn(at, "::after") || (label !== null && isDrawn(label));
  return { number: Number(at.dataset.control ?? -1), isSeen };
}"""


async def axe_finds(page: Page) -> list[str]:
    """What axe has to say against this view, by day and by night."""
    found: list[str] = []
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(AXE)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {one}" for one in await page.evaluate(_FOUND)]
    return found


async def sticks_out(page: Page) -> list[str]:
    """What makes a narrow window scroll sideways."""
    viewport = page.viewport_size
    await page.set_viewport_size({"width": NARROW, "height": 640})
    found: list[str] = await page.evaluate(_STICKS_OUT)
    if viewport is not None:
        await page.set_viewport_size(viewport)
    return found


async def tab_misses(page: Page) -> list[str]:
    """Controls that Tab doesn't reach, or on which nobody sees that it did."""
    controls: list[str] = await page.evaluate(_CONTROLS)
    reached: dict[int, bool] = {}
    for _ in range(len(controls) + 2):
        await page.keyboard.press("Tab")
        at = await page.evaluate(_FOCUSED)
        reached[at["number"]] = at["isSeen"]
    return [name for number, name in enumerate(controls) if not reached.get(number, False)]


async def moves(page: Page) -> list[str]:
    """What moves by itself for somebody who asked for stillness."""
    await page.emulate_media(reduced_motion="reduce")
    found: list[str] = await page.evaluate(_MOVES)
    await page.emulate_media(reduced_motion=None)
    return found


async def speak(page: Page, language: str) -> None:
    """As if the reader had chosen it; also where a view hides the choice."""
    choice = page.locator("#language")
    if await choice.count():
        chosen = "(choice, to) => { choice.value = to; choice.dispatchEvent(new Event('change')); }"
        await choice.evaluate(chosen, language)
