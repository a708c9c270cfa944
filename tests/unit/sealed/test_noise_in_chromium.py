"""The browser's Noise says the golden handshakes byte for byte, with keys that nothing can take out of it."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.unit.sealed.golden import PATTERNS
from tests.unit.sealed.scene import flipped, seed, small_order_agreements

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("transcript", PATTERNS, ids=lambda transcript: transcript["protocol_name"])
def test_the_browser_says_the_written_handshake(page: Page, transcript: dict[str, Any]) -> None:
    assert page.evaluate("(transcript) => on.sayPattern(transcript)", transcript) == {
        "protocol_name": transcript["protocol_name"],
        "messages": transcript["messages"],
        "hashes": [transcript["handshake_hash"]] * 2,
        "transport": transcript["transport"],
    }


def test_private_keys_cant_be_taken_out_of_the_browser(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const { noise, refusal } = on;
          const { privateKey } = await noise.newKeyPair();
          const take = (format) => refusal(() => crypto.subtle.exportKey(format, privateKey));
          return { extractable: privateKey.extractable, taken: await Promise.all(["pkcs8", "jwk", "raw"].map(take)) };
        }"""
    )
    assert told == {"extractable": False, "taken": ["DOMException"] * 3}


def test_a_private_key_that_could_be_taken_out_is_not_used(page: Page) -> None:
    told = page.evaluate(
        """async (seeds) => {
          const begin = async (extractable) => on.noise.beginHandshake(on.noise.PATTERNS.KK, {
            initiator: true,
            prologue: new Uint8Array(),
            s: await on.keyPair(seeds[0], extractable),
            rs: (await on.keyPair(seeds[1])).publicKey,
          });
          return [await on.refusal(() => begin(true)), await on.refusal(() => begin(false))];
        }""",
        [seed("alice").hex(), seed("bob").hex()],
    )
    assert told == ["TypeError", None]


def test_a_key_of_small_order_agrees_with_nobody_in_the_browser(page: Page) -> None:
    points = [point.hex() for point in sorted(small_order_agreements())]
    told = page.evaluate(
        """async ([seed, points]) => {
          const { privateKey } = await on.keyPair(seed);
          return Promise.all(points.map((point) => on.refusal(() => on.noise.agreed(privateKey, on.unhex(point)))));
        }""",
        [seed("alice").hex(), points],
    )
    assert told == ["NoiseError"] * len(points)


def test_another_pre_shared_key_or_prologue_opens_nothing_in_the_browser(page: Page) -> None:
    told = page.evaluate(
        """async ([psk, others]) => {
          const { noise, unhex, refusal } = on;
          const begin = (initiator, psk, prologue = "00") =>
            noise.beginHandshake(noise.PATTERNS.NNPSK0, { initiator, prologue: unhex(prologue), psk: unhex(psk) });
          const { message } = await (await begin(true, psk)).writeMessage(new Uint8Array(5));
          const read = async (...heard) => (await begin(false, ...heard)).readMessage(message);
          const refused = await Promise.all(others.map((other) => refusal(() => read(other))));
          refused.push(await refusal(() => read(psk, "01")));
          return { opened: (await read(psk)).payload.length, refused: [...new Set(refused)] };
        }""",
        [seed("psk").hex(), [flipped(seed("psk"), bit).hex() for bit in range(0, 256, 5)]],
    )
    assert told == {"opened": 5, "refused": ["NoiseError"]}


def test_a_number_that_javascript_cant_count_to_opens_nothing(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const cipher = await on.noise.CipherState.of(new Uint8Array(32));
          const numbers = [-1, 1.5, NaN, 2 ** 53];
          const open = (n) => on.refusal(() => cipher.decryptAt(n, new Uint8Array(), new Uint8Array(16)));
          return Promise.all(numbers.map(open));
        }"""
    )
    assert told == ["NoiseError"] * 4
