"""What a stranger's visit to a page asks of others, and what it leaves in the browser: nothing (P-49 to P-51)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, WebSocket

from client_sim.coordinator import running_coordinator
from signalling.commands.pages import FOLDER
from signalling.web.pages import Pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ADDRESSES = [*(path for path in Pages(FOLDER).paths if "." not in path), "/my-data", "/privacy"]
LEFT = """async () => {
  const left = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await caches.keys())];
  const workers = await navigator.serviceWorker.getRegistrations();
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    await new Promise((resolve) => (opening.onsuccess = resolve));
    for (const store of opening.result.objectStoreNames) {
      const counting = opening.result.transaction(store).objectStore(store).count();
      await new Promise((resolve) => (counting.onsuccess = resolve));
      if (counting.result) left.push(`${name}.${store}`);
    }
  }
  return [...left, ...workers.map(({ scope }) => scope)];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin() -> AsyncIterator[str]:
    async with running_coordinator() as coordinator:
        yield coordinator.origin


@pytest.mark.parametrize("address", ADDRESSES)
async def test_p_49_p_50_p_51_a_visit_asks_nobody_else_and_leaves_nothing(
    browser: Browser, origin: str, address: str
) -> None:
    context = await browser.new_context()
    asked: list[str] = []

    def note(one: Request | WebSocket) -> None:
        asked.append(one.url)

    context.on("request", note)
    page = await context.new_page()
    page.on("websocket", note)
    await page.goto(origin + address, wait_until="networkidle")
    assert {url.split("/")[2] for url in asked} == {origin.split("/")[2]}
    assert await context.cookies() == []
    assert await page.evaluate(LEFT) == []
    await context.close()
