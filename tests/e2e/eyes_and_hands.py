"""What a page is for those who see, hear or press otherwise: axe's findings, Tab's reach, what sticks out, is covered,
too small for a finger, or moves.

It looks at the view that is on the screen and changes nothing. axe-core's script is put in by the tests alone: the
pages' policy would refuse it.
"""

from importlib.resources import files
from typing import Final, Literal

from playwright.async_api import Page, ViewportSize

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
LANGUAGES: Final = ("sv", "nb", "en")
NARROW: Final = 320
"""CSS pixels: WCAG 2.2's 1.4.10, a desktop at 400 %."""
PHONES: Final[tuple[ViewportSize, ...]] = ({"width": NARROW, "height": 568}, {"width": 844, "height": 390})
"""The smallest, upright, and one that lies on its side."""
FINGER: Final = 44
"""CSS pixels."""

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
_COVERED = """() => {
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !one.closest(".unseen, [aria-hidden]") && getComputedStyle(one.parentElement).clipPath === "none";
  const words = [...document.querySelectorAll("main :is(h1, h2, h3, p, li, span, button, summary)")]
    .filter((one) => isSeen(one) && getComputedStyle(one).pointerEvents !== "none")
    .filter((one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()));
  const over = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const points = [...range.getClientRects()].flatMap(({ left, right, top, bottom }) =>
      [left + 2, (left + right) / 2, right - 2].map((x) => [x, (top + bottom) / 2]));
    return points.map(([x, y]) => document.elementFromPoint(x, y))
      .find((at) => at && at.closest("main") && !at.matches("input") && !at.contains(one) && !one.contains(at));
  };
  return words.flatMap((one) => {
    const at = over(one);
    return at ? [`${one.id || one.textContent.trim()} is under ${at.id || at.className || at.tagName}`] : [];
  });
}"""
_SMALL = """(least) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen") && one.type !== "file")
  .filter((one) => one.tagName !== "A" || getComputedStyle(one).display !== "inline")
  .filter((one) => [one, ...(one.labels ?? [])].map((target) => target.getBoundingClientRect())
    .every(({ width, height }) => Math.min(width, height) < least - 0.5))
  .map((one) => `${one.id || one.textContent.trim() || one.outerHTML.slice(0, 60)} is smaller than a finger`)"""
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


async def is_covered(page: Page) -> list[str]:
    """Words that something else lies on, on small phones."""
    viewport, found = page.viewport_size, set[str]()
    for size in PHONES:
        await page.set_viewport_size(size)
        found |= {f"{size['width']} wide: {one}" for one in await page.evaluate(_COVERED)}
    if viewport is not None:
        await page.set_viewport_size(viewport)
    return sorted(found)


async def too_small(page: Page) -> list[str]:
    """What a finger would miss."""
    found: list[str] = await page.evaluate(_SMALL, FINGER)
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
