"""A browser and a headless end show the same six digits, and stop for the same reasons."""

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.contents import SafetyCommit, SafetyNonce, SafetyReason, SafetyStop
from client_sim.sealed.safety_number import SafetyBinding, SafetyContent, SafetyNumber, digits
from signalling.protocol import Role
from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import SAFETY_NUMBER
from tests.unit.sealed.people import DAY, NOW
from tests.unit.sealed.scene import BINDING, identity, public, seed
from tests.unit.sealed.test_safety_number import CALL, ORDERS, answer

pytestmark = pytest.mark.browser

BEGIN = """([call, caller, callee, role, nonce]) => {
  const fill = nonce ? [(bytes) => bytes.set(on.unhex(nonce))] : [];
  const binding = { call, caller: on.unhex(caller), callee: on.unhex(callee) };
  globalThis.end = new on.safetyNumber.SafetyNumber(binding, role, ...fill);
}"""
TAKE = "(content) => end.take(content)"
REFUSE = "(content) => end.take(content).then(() => null, (problem) => problem.reason ?? problem.constructor.name)"
STANDS = "() => ({ step: end.step, number: end.number, stopped: end.stopped })"


def begin(page: Page, role: Role, *, binding: SafetyBinding = CALL, nonce: str | None = None) -> None:
    page.evaluate(BEGIN, [binding.call, binding.caller.hex(), binding.callee.hex(), role, nonce])


def plain(content: SafetyContent) -> Any:
    return msgspec.to_builtins(content)


def test_the_browser_says_the_written_exchange(page: Page) -> None:
    told = page.evaluate(
        """async ({ call, identities, nonces, said }) => {
          const binding = { call, caller: on.unhex(identities.caller), callee: on.unhex(identities.callee) };
          const end = (role) =>
            new on.safetyNumber.SafetyNumber(binding, role, (bytes) => bytes.set(on.unhex(nonces[role])));
          const [caller, callee] = [end("caller"), end("callee")];
          const again = [await caller.begin(), await callee.take(said[0]), await caller.take(said[1])];
          await callee.take(said[2]);
          return { said: again, numbers: [caller.number, callee.number] };
        }""",
        SAFETY_NUMBER,
    )
    assert told == {"said": SAFETY_NUMBER["said"], "numbers": [SAFETY_NUMBER["number"]] * 2}


@pytest.mark.parametrize("browsers", Role)
def test_a_browser_and_a_headless_end_show_the_same_digits(page: Page, browsers: Role) -> None:
    begin(page, browsers)
    here = SafetyNumber(CALL, browsers.other)
    if browsers is Role.CALLER:
        first = msgspec.convert(page.evaluate("() => end.begin()"), SafetyCommit)
        last = page.evaluate(TAKE, plain(answer(here, first)))
        assert here.take(msgspec.convert(last, SafetyNonce)) is None
    else:
        second = msgspec.convert(page.evaluate(TAKE, plain(here.begin())), SafetyNonce)
        assert page.evaluate(TAKE, plain(answer(here, second))) is None
    assert here.number is not None
    assert page.evaluate(STANDS) == {"step": "shown", "number": here.number, "stopped": None}


def test_the_digits_are_the_same_for_many_nonces(page: Page) -> None:
    pairs = [[base64url(seed(f"a{n}")), base64url(seed(f"b{n}"))] for n in range(300)]
    told = page.evaluate(
        """([call, caller, callee, pairs]) => {
          const binding = { call, caller: on.unhex(caller), callee: on.unhex(callee) };
          return Promise.all(pairs.map(([one, other]) => on.safetyNumber.digits(binding, one, other)));
        }""",
        [CALL.call, CALL.caller.hex(), CALL.callee.hex(), pairs],
    )
    assert told == [digits(CALL, *pair) for pair in pairs]
    assert any(number.startswith("0") for number in told)


def test_a_browser_stops_at_a_nonce_that_was_not_committed_to(page: Page) -> None:
    begin(page, Role.CALLEE)
    page.evaluate(TAKE, plain(SafetyNumber(CALL, Role.CALLER).begin()))
    assert page.evaluate(REFUSE, plain(SafetyNonce(base64url(seed("another"))))) == "commitment"
    assert page.evaluate(STANDS) == {"step": "stopped", "number": None, "stopped": "commitment"}


def test_a_browser_stops_where_the_other_end_believes_something_else(page: Page) -> None:
    begin(page, Role.CALLEE, binding=SafetyBinding(BINDING.call, public(identity("mallory")), CALL.callee))
    caller = SafetyNumber(CALL, Role.CALLER)
    second = msgspec.convert(page.evaluate(TAKE, plain(caller.begin())), SafetyNonce)
    assert page.evaluate(REFUSE, plain(answer(caller, second))) == "commitment"


def test_what_the_browser_showed_is_taken_back_when_the_other_end_stops(page: Page) -> None:
    begin(page, Role.CALLER)
    callee = SafetyNumber(CALL, Role.CALLEE)
    page.evaluate(TAKE, plain(answer(callee, msgspec.convert(page.evaluate("() => end.begin()"), SafetyCommit))))
    assert page.evaluate(STANDS)["step"] == "shown"
    assert page.evaluate(TAKE, plain(SafetyStop(SafetyReason.COMMITMENT))) is None
    assert page.evaluate(STANDS) == {"step": "stopped", "number": None, "stopped": "commitment"}


@pytest.mark.parametrize("name", ORDERS)
def test_another_order_stops_the_browser(page: Page, name: str) -> None:
    role, said = ORDERS[name]
    begin(page, role)
    if role is Role.CALLER:
        page.evaluate("() => end.begin()")
    told = [page.evaluate(REFUSE, plain(content)) for content in said]
    assert told == [None] * (len(said) - 1) + ["order"]
    assert page.evaluate(STANDS) == {"step": "stopped", "number": None, "stopped": "order"}


def test_what_comes_at_once_is_taken_in_turn(page: Page) -> None:
    begin(page, Role.CALLER)
    nonce = plain(SafetyNonce(base64url(seed("n"))))
    told = page.evaluate("(nonce) => on.outcomes([end.begin(), end.begin(), end.take(nonce), end.take(nonce)])", nonce)
    assert told == ["fulfilled", "TypeError", "fulfilled", "SafetyNumberError"]


def test_a_link_has_three_attempts_a_day_in_the_browser(page: Page) -> None:
    told = page.evaluate(
        """([now, day]) => {
          const { counted } = on.safetyNumber;
          const three = counted(counted(counted([], now + 0.5), now + 60), now + 120);
          const refused = (now) => {
            try { counted(three, now); return null; } catch (problem) { return problem.reason; }
          };
          const refusals = [refused(now + day - 1), refused(now - 300 * day)];
          return { three, refused: refusals, next: counted(three, now + day) };
        }""",
        [NOW, DAY],
    )
    assert told == {
        "three": [NOW, NOW + 60, NOW + 120],
        "refused": ["attempts", "attempts"],
        "next": [NOW + 60, NOW + 120, NOW + DAY],
    }


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        ({"t": "safety_commit", "commitment": "c" * 43}, True),
        ({"t": "safety_nonce", "nonce": "n" * 43, "later": 1}, True),
        ({"t": "safety_stop", "reason": "attempts"}, True),
        ({"t": "safety_commit", "commitment": "c" * 42}, False),
        ({"t": "safety_commit"}, False),
        ({"t": "safety_nonce", "nonce": "n" * 42 + "="}, False),
        ({"t": "safety_nonce", "nonce": ["n" * 43]}, False),
        ({"t": "safety_stop", "reason": "whim"}, False),
    ],
)
def test_the_browser_knows_the_contents_and_their_limits(page: Page, content: dict[str, Any], taken: bool) -> None:
    told = page.evaluate(
        """(content) => {
          const { decodeContent, encodeContent } = on.contents;
          return on.refusal(() => decodeContent(encodeContent(content)));
        }""",
        content,
    )
    assert told == (None if taken else "ContentRefused")
