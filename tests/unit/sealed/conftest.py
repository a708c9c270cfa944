"""A page in Chromium with the product's scripts, for the tests of the browser's seal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, sync_playwright

PAGES = Path(__file__).parents[3] / "signalling" / "pages"
HERE = Path(__file__).parent
ORIGIN = "https://sealed.test"  # answered by `serve` alone: WebCrypto wants a secure context
POLICY = "default-src 'none'; script-src 'self'"


def serve(route: Route) -> None:
    """The scripts under their own paths, the tests' own beside them, and an empty page."""
    path = route.request.url.removeprefix(ORIGIN)
    headers = {"Content-Security-Policy": POLICY}
    files = {"/scene.js": HERE / "scene.js"} | {f"/sdk/{one.name}": one for one in (PAGES / "sdk").glob("*.js")}
    if path == "/":
        route.fulfill(body="<!doctype html>", content_type="text/html", headers=headers)
    elif path in files:
        route.fulfill(path=files[path], content_type="text/javascript", headers=headers)
    else:
        route.fulfill(status=404)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """`on` names what `scene.js` has. Whatever the page throws fails the tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda problem: thrown.append(str(problem)))
        page.route("**/*", serve)
        page.goto(ORIGIN + "/")
        page.evaluate("async () => { globalThis.on = await import('/scene.js'); }")
        yield page
        browser.close()
        assert thrown == []
