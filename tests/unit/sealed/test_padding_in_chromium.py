"""The browser pads and inflates as the headless end does, and a bomb is stopped there too."""

import json
import zlib

import pytest
from playwright.sync_api import Page

from client_sim.sealed.padding import SIZES, pad, unpad
from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import PADDINGS
from tests.unit.sealed.scene import seed

pytestmark = pytest.mark.browser


def test_the_browser_opens_and_refuses_the_written_paddings(page: Page) -> None:
    told = page.evaluate(
        """async ({ opens, refused }) => {
          const { padding, unhex, hex, refusal } = on;
          const opened = await Promise.all(opens.map(({ padded }) => padding.unpad(unhex(padded))));
          const digests = await Promise.all(opened.map((content) => crypto.subtle.digest("SHA-256", content)));
          return {
            contents: digests.map((digest) => hex(new Uint8Array(digest))),
            refusals: await Promise.all(refused.map(({ padded }) => refusal(() => padding.unpad(unhex(padded))))),
            sizes: [...padding.SIZES],
          };
        }""",
        PADDINGS,
    )
    assert told["contents"] == [one["content_sha256"] for one in PADDINGS["opens"]]
    assert told["refusals"] == ["PaddingError"] * len(PADDINGS["refused"])
    assert told["sizes"] == list(SIZES)


@pytest.mark.parametrize(
    "content",
    ["", "{}", "a" * 16384, json.dumps({"sdp": base64url(seed("x") * 200)}), "å" * 500],
    ids=["nothing", "little", "the most", "much", "utf-8"],
)
def test_what_either_end_pads_the_other_reads(page: Page, content: str) -> None:
    told = page.evaluate(
        """async ([content, theirs]) => {
          const { padding, bytes, text, hex, unhex } = on;
          return { padded: hex(await padding.pad(bytes(content))), theirs: text(await padding.unpad(unhex(theirs))) };
        }""",
        [content, pad(content.encode()).hex()],
    )
    assert told["theirs"] == content
    assert unpad(bytes.fromhex(told["padded"])).decode() == content


def test_the_browser_never_pads_to_the_same_bytes(page: Page) -> None:
    padded = page.evaluate(
        "async () => Promise.all(Array.from({ length: 8 }, async () => on.hex(await on.padding.pad(on.bytes('{}')))))"
    )
    assert len(set(padded)) == 8
    assert {len(bytes.fromhex(one)) for one in padded} == {128}


def test_the_browser_refuses_what_no_box_holds(page: Page) -> None:
    told = page.evaluate(
        """() => Promise.all([
          on.refusal(() => on.padding.pad(new Uint8Array(16385))),
          on.refusal(() => on.padding.pad(crypto.getRandomValues(new Uint8Array(16384)))),
        ])"""
    )
    assert told == ["PaddingError", "PaddingError"]


def test_a_bomb_is_refused_in_the_browser_while_it_inflates(page: Page) -> None:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = squeezer.compress(bytes(12 * 1024 * 1024)) + squeezer.flush()
    padded = (b"\1" + len(bomb).to_bytes(2, "big") + bomb).ljust(16384, b"\0")
    told = page.evaluate("(bomb) => on.defuse(bomb)", padded.hex())
    assert told["refusal"] == "PaddingError"
    assert 0 < told["fed"] <= 768
