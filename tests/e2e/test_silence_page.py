"""How the page notices a dead relay: three seconds in which nothing arrives, neither media nor a check of ICE."""

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WATCH = """async () => {
  const { Silence } = await import("/sdk/silence.js");
  window.told = { fell: 0, came: 0 };
  window.heard = { media: 100, checks: 10 };
  window.silence = new Silence(() => window.told.fell++, () => window.told.came++);
  window.silence.watch(() => Promise.resolve({ ...window.heard }));
}"""


async def pass_seconds(page: Page, seconds: float, **grows: int) -> dict[str, int]:
    """Let time pass while so much arrives each 50 ms; what was told in it."""
    await page.evaluate("() => Object.assign(window.told, { fell: 0, came: 0 })")
    for _ in range(round(seconds / 0.05)):
        await page.evaluate("(grows) => { for (const [name, by] of Object.entries(grows)) heard[name] += by; }", grows)
        await page.clock.run_for(50)
    told: dict[str, int] = await page.evaluate("told")
    return told


@pytest.fixture
def anywhere(origin: str) -> str:
    """A page of ours that does nothing by itself."""
    return f"{origin}/"


async def test_nothing_for_three_seconds_is_a_silence_and_checks_of_ice_are_none(page: Page, anywhere: str) -> None:
    await page.clock.install(time=0)
    await page.goto(anywhere)
    await page.clock.pause_at(60_000)
    await page.evaluate(WATCH)
    assert (await pass_seconds(page, 1, media=500))["fell"] == 0
    assert await pass_seconds(page, 2.8) == {"fell": 0, "came": 0}
    assert (await pass_seconds(page, 0.6))["fell"] > 0
    assert (await pass_seconds(page, 0.6))["fell"] > 1, "it is told as long as it lasts"
    # A path that stands is checked every few seconds, whatever is sent over it; that alone proves nobody.
    assert await pass_seconds(page, 4, checks=1) == {"fell": 0, "came": 0}
    assert (await pass_seconds(page, 0.5, media=500, checks=1))["came"] > 0
    await page.evaluate("silence.stop()")
    assert await pass_seconds(page, 5) == {"fell": 0, "came": 0}


async def test_what_went_before_the_watch_began_is_no_media_that_came(page: Page, anywhere: str) -> None:
    await page.clock.install(time=0)
    await page.goto(anywhere)
    await page.clock.pause_at(60_000)
    await page.evaluate(WATCH)
    assert await pass_seconds(page, 2) == {"fell": 0, "came": 0}
