"""The browser's seal of a call is the headless one's: the same bytes and refusals, also when asked all at once."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from signalling.protocol import Role
from tests.unit.sealed.golden import CALLS
from tests.unit.sealed.scene import BINDING, key, public, seed, small_order_agreements

IN_THE_BROWSER = {
    "call": BINDING.call,
    "caller": BINDING.caller,
    "callee": BINDING.callee,
    "callerKey": BINDING.caller_key,
    "calleeKey": BINDING.callee_key,
    "handshake": BINDING.handshake,
}
OTHERWISE = {
    "call": "x" * 22,
    "caller": "x" * 22,
    "callee": "x" * 22,
    "callerKey": 5,
    "calleeKey": 8,
    "handshake": 1,
}
TOLD = {"binding": IN_THE_BROWSER, "alice": seed("alice").hex(), "bob": seed("bob").hex()}

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call["initiator"])
def test_the_browser_seals_a_call_to_the_written_boxes(page: Page, call: dict[str, Any]) -> None:
    binding = call["binding"]
    binding = {**binding, "callerKey": binding["caller_key"], "calleeKey": binding["callee_key"]}
    expected: list[dict[str, str]] = []
    for one in [call["first"], call["second"], *call["boxes"]]:
        data = {"data": one["data"]} if "data" in one else {}
        expected += [data | {"box": one["box"]}, {"content": one["content"]}]
    assert page.evaluate("([binding, call]) => on.sayCall(binding, call)", [binding, call]) == {
        "prologue": call["prologue"],
        "said": expected,
    }


class BrowsersEnd:
    """The browser's end of a call, with the methods of a headless one."""

    def __init__(self, page: Page, role: Role) -> None:
        self._page = page
        page.evaluate("async ([told, role]) => { globalThis.end = (await on.twoEnds(told))[role]; }", [TOLD, role])

    def says(self, method: str, *given: Any) -> str:
        """What it seals around a text, as box."""
        say = "async ([method, given]) => end[method](...given.slice(0, -1), on.bytes(given.at(-1)))"
        return str(self._page.evaluate(say, [method, given]))

    def hears(self, method: str, *given: Any) -> str:
        """The text of a box."""
        return str(
            self._page.evaluate("async ([method, given]) => on.text(await end[method](...given))", [method, given])
        )


@pytest.mark.parametrize("browser_calls", [True, False])
def test_a_browser_and_a_headless_end_understand_each_other(page: Page, browser_calls: bool) -> None:
    mine, theirs = ("bob", "alice") if browser_calls else ("alice", "bob")
    role = Role.CALLEE if browser_calls else Role.CALLER
    here, there = NoiseSeal(BINDING, role, CallKeys(key(mine), public(key(theirs)))), BrowsersEnd(page, role.other)
    if browser_calls:
        assert here.read_first(there.says("writeFirst", "ring")) == b"ring"
        assert there.hears("readSecond", here.write_second(b"join")) == "join"
    else:
        assert there.hears("readFirst", here.write_first(b"ring")) == "ring"
        assert here.read_second(there.says("writeSecond", "join")) == b"join"
    for seq, content in enumerate(["{}", json.dumps({"t": "offer", "sdp": "v=0\r\n" * 700}), "å" * 3000]):
        assert here.open(seq, there.says("seal", seq, content)).decode() == content
        assert there.hears("open", seq, here.seal(seq, content.encode())) == content


def test_nothing_tampered_opens_in_the_browser_and_nothing_moves(page: Page) -> None:
    told = page.evaluate(
        """async ([told, bits]) => {
          const { twoEnds, bytes, text, refusal, flipped } = on;
          const refusals = [];
          const { caller, callee } = await twoEnds(told);
          const attack = async (box, open) => {
            const length = on.encoding.fromBase64url(box).length;
            for (const bit of bits) refusals.push(await refusal(() => open(flipped(box, bit % (8 * length)))));
            return text(await open(box));
          };
          const opened = [
            await attack(await caller.writeFirst(bytes("ring")), (box) => callee.readFirst(box)),
            await attack(await callee.writeSecond(bytes("join")), (box) => caller.readSecond(box)),
            await attack(await caller.seal(0, bytes("here")), (box) => callee.open(0, box)),
            await attack(await callee.seal(0, bytes("answer")), (box) => caller.open(0, box)),
          ];
          const next = await caller.seal(1, bytes("next"));
          for (const seq of [0, 2, -1, 2 ** 32, NaN, 1.5]) refusals.push(await refusal(() => callee.open(seq, next)));
          refusals.push(await refusal(() => caller.open(1, next)));
          return { refusals: [...new Set(refusals)], opened, next: text(await callee.open(1, next)) };
        }""",
        [TOLD, [*range(0, 1408, 11), 255, 256, 1407]],
    )
    assert told == {"refusals": ["BoxError"], "opened": ["ring", "join", "here", "answer"], "next": "next"}


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_browsers_ring_opens_only_where_both_believe_the_same_of_the_call(page: Page, field: str) -> None:
    told = page.evaluate(
        """async ([told, otherwise]) => {
          const { caller } = await on.twoEnds(told);
          const { callee } = await on.twoEnds({ ...told, binding: otherwise });
          const ring = await caller.writeFirst(on.bytes("{}"));
          return on.refusal(() => callee.readFirst(ring));
        }""",
        [TOLD, IN_THE_BROWSER | {field: OTHERWISE[field]}],
    )
    assert told == "BoxError"


def test_a_number_is_sealed_once_in_the_browser_however_it_is_asked(page: Page) -> None:
    told = page.evaluate(
        """async (told) => {
          const { caller, callee } = await on.joinedEnds(told);
          const [long, short] = [on.bytes("long ".repeat(3000)), on.bytes("{}")];
          const asked = [caller.seal(0, long), caller.seal(0, short), caller.seal(1, short), caller.seal(7, long)];
          const how = await on.outcomes(asked);
          const opened = [await callee.open(0, await asked[0]), await callee.open(1, await asked[2])];
          const tooLong = await on.refusal(() => caller.seal(2, new Uint8Array(16385)));
          const after = await callee.open(2, await caller.seal(2, short));
          return { outcomes: how, opened: [...opened, after].map((content) => content.length), tooLong };
        }""",
        TOLD,
    )
    assert told == {
        "outcomes": ["fulfilled", "TypeError", "fulfilled", "TypeError"],
        "opened": [15000, 2, 2],
        "tooLong": "PaddingError",
    }


def test_a_join_that_comes_twice_at_once_starts_the_numbers_once(page: Page) -> None:
    told = page.evaluate(
        """async (told) => {
          const { caller, callee } = await on.twoEnds(told);
          await callee.readFirst(await caller.writeFirst(on.bytes("{}")));
          const join = await callee.writeSecond(on.bytes("{}"));
          const seal = () => caller.seal(0, on.bytes("{}"));
          return on.outcomes([caller.readSecond(join), seal(), caller.readSecond(join), seal()]);
        }""",
        TOLD,
    )
    assert told == ["fulfilled", "fulfilled", "BoxError", "TypeError"]


def test_each_end_in_the_browser_speaks_in_its_turn_only(page: Page) -> None:
    told = page.evaluate(
        """async (told) => {
          const { caller, callee } = await on.twoEnds(told);
          const box = (length) => on.encoding.base64url(new Uint8Array(length));
          return on.outcomes([
            callee.writeFirst(on.bytes("{}")),
            caller.readFirst(box(176)),
            caller.seal(0, on.bytes("{}")),
            callee.open(0, box(144)),
          ]);
        }""",
        TOLD,
    )
    assert told == ["TypeError", "TypeError", "TypeError", "BoxError"]


def test_a_key_of_small_order_is_rung_nowhere_by_the_browser(page: Page) -> None:
    points = [point.hex() for point in sorted(small_order_agreements())]
    told = page.evaluate(
        """async ([{ binding, alice }, points]) => {
          const own = await on.keyPair(alice);
          const ring = (peer) => new on.callSeal.NoiseSeal(binding, "caller", { own, peer }).writeFirst(on.bytes("{}"));
          return on.outcomes(points.map((point) => ring(on.unhex(point))));
        }""",
        [TOLD, points],
    )
    assert told == ["BoxError"] * len(points)


@pytest.mark.parametrize("text", ["AB", "A", "", "AA==", "A A", "AA\n", "åäö"])
def test_a_box_has_one_spelling_in_the_browser_too(page: Page, text: str) -> None:
    assert page.evaluate("(text) => on.refusal(() => on.callSeal.boxBytes(text))", text) == "BoxError"
