"""The page's `stamp.js` reads and writes exactly what the headless endpoints do, on a real canvas."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from client_sim.media.card import Card
from client_sim.media.picture import png_of
from client_sim.media.stamp import Stamp
from tests.unit.media.scene import GOLDEN

CHROMIUM = Path("/usr/bin/chromium")
STAMP_JS = Path(__file__).parents[3] / "signalling" / "pages" / "sdk" / "stamp.js"
RECORDED: dict[str, Any] = json.loads((GOLDEN / "stamps.json").read_text())
ORIGIN = "http://stamps.test"

PREPARE = """async () => {
  const stamp = await import("/stamp.js");
  const picture = async (name) => {
    const bytes = new Uint8Array(await (await fetch(`/golden/${name}`)).arrayBuffer());
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 30));
    const [width, height] = head.match(/^P5\\n(\\d+) (\\d+)\\n255\\n/).slice(1).map(Number);
    const grey = bytes.subarray(bytes.length - width * height);
    const image = new ImageData(width, height);
    grey.forEach((level, at) => image.data.set([level, level, level, 255], 4 * at));
    return image;
  };
  globalThis.stamps = { ...stamp, picture };
}"""

READ_WHOLE = "async (name) => stamps.readStamp(await stamps.picture(name))"
READ_TOP = """async (name) => {
  const image = await stamps.picture(name);
  const top = stamps.stampHeight(image.height);
  const cut = { width: image.width, height: top, data: image.data.slice(0, 4 * image.width * top) };
  return stamps.readStamp(cut, image.height);
}"""
DRAW = """async ([stamp, width, height]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "teal";
  context.fillRect(0, 0, width, height);
  context.scale(3, 3);
  context.globalAlpha = 0.1;
  stamps.drawStamp(context, stamp);
  const below = [...context.getImageData(0, stamps.stampHeight(height), 1, 1).data];
  return { read: stamps.readStamp(context.getImageData(0, 0, width, height)), below };
}"""
READ_SCALED = """async ([png, width, height]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0, width, height);
  return stamps.readStamp(context.getImageData(0, 0, width, height));
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        elif path == "/stamp.js":
            route.fulfill(path=STAMP_JS, content_type="text/javascript")
        elif path.startswith("/golden/"):
            route.fulfill(path=GOLDEN / path.removeprefix("/golden/"), content_type="image/x-portable-graymap")
        else:
            route.fulfill(status=404)

    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium isn't installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(ORIGIN + "/")
        page.evaluate(PREPARE)
        yield page
        browser.close()


@pytest.mark.parametrize("read", [READ_WHOLE, READ_TOP], ids=["whole", "top"])
@pytest.mark.parametrize("recorded", RECORDED["read"], ids=lambda recorded: recorded["picture"])
def test_the_page_reads_the_golden_pictures_as_recorded(page: Page, recorded: dict[str, Any], read: str) -> None:
    assert page.evaluate(read, recorded["picture"]) == recorded["stamp"]


@pytest.mark.parametrize("recorded", RECORDED["written"], ids=lambda recorded: recorded["stamp"]["frame"])
def test_the_page_draws_the_recorded_cells(page: Page, recorded: dict[str, Any]) -> None:
    cells = page.evaluate("(stamp) => stamps.stampCells(stamp)", recorded["stamp"])
    assert ["".join(str(int(white)) for white in row) for row in cells] == recorded["cells"]


@pytest.mark.parametrize("size", [(640, 480), (320, 180), (333, 251)])
def test_the_page_reads_what_it_drew_and_leaves_the_rest_of_the_picture(page: Page, size: tuple[int, int]) -> None:
    stamp = {"frame": 2**32 - 2, "sentAt": 1_795_385_260_442, "source": 200}
    assert page.evaluate(DRAW, [stamp, *size]) == {"read": stamp, "below": [0, 128, 128, 255]}


@pytest.mark.parametrize("size", [(320, 240), (213, 160), (960, 540)])
def test_the_page_reads_a_test_card_that_it_drew_at_another_size(page: Page, size: tuple[int, int]) -> None:
    card = png_of(Card("KOMP", 640, 480).draw(Stamp(frame=77, sent_at_ms=1_795_385_260_442, source=1)))
    read = page.evaluate(READ_SCALED, [b64encode(card).decode(), *size])
    assert read == {"frame": 77, "sentAt": 1_795_385_260_442, "source": 1}


@pytest.mark.parametrize("stamp", [{"frame": -1}, {"frame": 2**32}, {"sentAt": 2**48}, {"source": 256}, {"frame": 0.5}])
def test_the_page_refuses_a_number_that_does_not_fit(page: Page, stamp: dict[str, float]) -> None:
    whole = {"frame": 0, "sentAt": 0, "source": 0} | stamp
    refused = page.evaluate("(s) => { try { stamps.stampCells(s); } catch (e) { return e.name; } }", whole)
    assert refused == "RangeError"
