"""Posts between browsers and headless endpoints: the same bytes, for their readers alone, and nobody else's words."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from playwright.sync_api import Page

from client_sim.sealed.noise import CipherState
from client_sim.sealed.post import (
    POST_BYTES,
    PostBinding,
    PostPurpose,
    Reader,
    SealedPost,
    _content_data,
    _padded,
    open_post,
    seal_post,
)
from signalling.protocol import EndpointId
from tests.unit.sealed.golden import POST
from tests.unit.sealed.scene import flipped, key, public, seed, small_order_agreements
from tests.unit.sealed.test_post import BINDING, KOMP, PHONE, WORDS, sealed

pytestmark = pytest.mark.browser

OPEN = """async ([box, wrap, binding, told]) => on.text(await on.post.openPost(
  on.unhex(box), on.unhex(wrap), on.inTheBrowser(binding),
  { own: await on.keyPair(told.own), reader: told.reader, serial: told.serial, author: on.unhex(told.author) },
))"""
REFUSE = f"async (given) => on.refusal(() => ({OPEN})(given))"


def reading(post: SealedPost, *, binding: PostBinding = BINDING, **changes: Any) -> list[Any]:
    """The Komp's reading of a post."""
    told = {"own": seed("komp").hex(), "reader": KOMP, "serial": 5, "author": public(key("author")).hex()} | changes
    return [post.box.hex(), post.wraps[0].hex(), asdict(binding), told]


def test_the_browser_seals_and_opens_the_written_post(page: Page) -> None:
    assert page.evaluate("(transcript) => on.sayPost(transcript)", POST) == {
        "box": POST["box"],
        "wraps": [one["wrap"] for one in POST["readers"]],
        "contents": [POST["content"]] * len(POST["readers"]),
    }


def test_a_browser_reads_what_a_headless_author_wrote(page: Page) -> None:
    assert page.evaluate(OPEN, reading(sealed())) == WORDS.decode()


@pytest.mark.parametrize("length", [0, 1, 124, 125, 16380, 16381, 40_000])
def test_every_reader_reads_what_a_browser_wrote(page: Page, length: int) -> None:
    told = page.evaluate(
        """async ([length, binding, own, readers]) => {
          const keys = await Promise.all(readers.map(async (one) => ({ ...one, key: on.unhex(one.key) })));
          const how = { own: await on.keyPair(own), readers: keys };
          const { box, wraps } = await on.post.sealPost(new Uint8Array(length).fill(7), on.inTheBrowser(binding), how);
          return { box: on.hex(box), wraps: wraps.map(on.hex) };
        }""",
        [
            length,
            asdict(BINDING),
            seed("author").hex(),
            [
                {"endpoint": KOMP, "key": public(key("komp")).hex(), "serial": 5},
                {"endpoint": PHONE, "key": public(key("phone")).hex(), "serial": 1},
            ],
        ],
    )
    box, wraps = bytes.fromhex(told["box"]), [bytes.fromhex(one) for one in told["wraps"]]
    for wrap, who, endpoint, serial in ((wraps[0], "komp", KOMP, 5), (wraps[1], "phone", PHONE, 1)):
        read = open_post(box, wrap, BINDING, own=key(who), reader=endpoint, serial=serial, author=public(key("author")))
        assert read == b"\7" * length
    assert len(box) == len(sealed(b"\7" * length).box)


@pytest.mark.parametrize(
    "changes",
    [
        {"own": seed("phone").hex()},
        {"reader": PHONE},
        {"serial": 6},
        {"author": public(key("mallory")).hex()},
        {"binding": replace(BINDING, purpose=PostPurpose.WIFI)},
        {"binding": replace(BINDING, post="B" * 22)},
        {"binding": replace(BINDING, author=EndpointId("mallory".ljust(22, "A")))},
        {"binding": replace(BINDING, author_key=3)},
    ],
    ids=str,
)
def test_a_post_opens_in_the_browser_for_its_reader_as_its_authors_only(page: Page, changes: dict[str, Any]) -> None:
    assert page.evaluate(REFUSE, reading(sealed(), **changes)) == "PostError"


def test_no_bit_of_a_post_can_be_turned_on_its_way_to_a_browser(page: Page) -> None:
    post = sealed()
    forged = [SealedPost(flipped(post.box, bit), post.wraps) for bit in range(0, 8 * len(post.box), 89)]
    forged += [SealedPost(post.box, (flipped(post.wraps[0], bit),)) for bit in range(0, 8 * 112, 41)]
    forged += [SealedPost(b"", post.wraps), SealedPost(post.box, (b"",)), SealedPost(post.box, (post.wraps[0][:-1],))]
    refusals = [page.evaluate(REFUSE, reading(one)) for one in forged]
    assert set(refusals) == {"PostError"}


def test_a_reader_cannot_put_other_words_under_the_authors_name(page: Page) -> None:
    """Each reader knows the content's key; the wrap names the sealed content beside it."""
    content_key = seed("content key")
    post = seal_post(
        WORDS, BINDING, own=key("author"), readers=[Reader(KOMP, public(key("komp")), 5)], random=lambda _: content_key
    )
    assert page.evaluate(OPEN, reading(post)) == WORDS.decode()
    others = CipherState(content_key).encrypt_with_ad(_content_data(BINDING), _padded(b"other words"))
    assert page.evaluate(REFUSE, reading(SealedPost(others, post.wraps))) == "PostError"


def test_the_browser_writes_no_post_to_a_key_of_small_order_or_for_an_unknown_purpose(page: Page) -> None:
    told = page.evaluate(
        """async ([binding, own, points]) => {
          const pair = await on.keyPair(own);
          const to = (told, key) => on.post.sealPost(on.bytes("{}"), told, {
            own: pair, readers: [{ endpoint: "A".repeat(22), serial: 1, key: on.unhex(key) }] });
          const known = on.inTheBrowser(binding);
          return {
            points: await on.outcomes(points.map((point) => to(known, point))),
            purpose: await on.refusal(() => to({ ...known, purpose: "gossip" }, points[0])),
          };
        }""",
        [asdict(BINDING), seed("author").hex(), sorted(point.hex() for point in small_order_agreements())],
    )
    assert set(told["points"]) == {"PostError"}
    assert told["purpose"] == "PostError"


def test_a_picture_of_four_mebibytes_is_the_most(page: Page) -> None:
    told = page.evaluate(
        """async ([binding, own, most]) => {
          const pair = await on.keyPair(own);
          const reader = { endpoint: "A".repeat(22), serial: 1, key: pair.publicKey };
          const seal = (length) => on.post.sealPost(new Uint8Array(length), on.inTheBrowser(binding), {
            own: pair, readers: [reader] });
          const { box, wraps } = await seal(most);
          const how = { own: pair, reader: reader.endpoint, serial: 1, author: pair.publicKey };
          const read = await on.post.openPost(box, wraps[0], on.inTheBrowser(binding), how);
          return { read: read.length, refusal: await on.refusal(() => seal(most + 1)) };
        }""",
        [asdict(BINDING), seed("author").hex(), POST_BYTES],
    )
    assert told == {"read": POST_BYTES, "refusal": "PostError"}


def test_a_private_key_that_can_be_taken_out_neither_writes_nor_reads_a_post(page: Page) -> None:
    post = seal_post(WORDS, BINDING, own=key("author"), readers=[Reader(KOMP, public(key("komp")), 5)])
    told = page.evaluate(
        """async ([box, wrap, binding, loose]) => {
          const own = await on.keyPair(loose, true);
          const how = { own, reader: "A".repeat(22), serial: 1, author: own.publicKey };
          const readers = [{ endpoint: how.reader, serial: 1, key: own.publicKey }];
          const told = on.inTheBrowser(binding);
          return on.outcomes([
            on.post.openPost(on.unhex(box), on.unhex(wrap), told, how),
            on.post.sealPost(on.bytes("{}"), told, { own, readers }),
          ]);
        }""",
        [post.box.hex(), post.wraps[0].hex(), asdict(BINDING), seed("author").hex()],
    )
    assert told == ["TypeError", "TypeError"]
