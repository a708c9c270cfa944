"""The browser's agreement keys change and are forgotten as the headless ones, and none can be taken out."""

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.keyring import ROTATION_SECONDS, key_of, new_ring, rotate, state_key
from client_sim.sealed.statements import KeyStatement, verify_statement
from tests.unit.sealed.people import DAY, NOW
from tests.unit.sealed.scene import identity, public, seed

pytestmark = pytest.mark.browser

OPENS = """async ([made, turns, asked]) => {
  const { newRing, rotate, keyOf } = on.keyring;
  let ring = await newRing(made);
  const serials = [];
  for (const now of turns) {
    ring = await rotate(ring, now);
    serials.push([ring.current.serial, ring.previous?.serial ?? null, ring.current.made_at]);
  }
  return { serials, opens: asked.map(([serial, now]) => keyOf(ring, serial, now) !== null) };
}"""


@pytest.mark.parametrize(
    "turns",
    [
        [NOW, NOW + 30 * DAY - 1],
        [NOW + 30 * DAY],
        [NOW + 30 * DAY, NOW + 60 * DAY],
        [NOW + 200.5 * DAY],
        [NOW + 30 * DAY, NOW + 10 * DAY, 0],
    ],
    ids=["young", "due", "twice", "long away", "a clock that went back"],
)
def test_the_browser_turns_its_keys_when_the_headless_end_does(page: Page, turns: list[float]) -> None:
    asked = [(serial, now) for serial in range(5) for now in (0, NOW + 60 * DAY, NOW + 60 * DAY + 1, NOW + 231 * DAY)]
    ring, serials = new_ring(now=NOW), []
    for now in turns:
        ring = rotate(ring, now=now)
        serials.append([ring.current.serial, ring.previous.serial if ring.previous else None, ring.current.made_at])
    opens = [key_of(ring, serial, now=now) is not None for serial, now in asked]
    assert page.evaluate(OPENS, [NOW, turns, asked]) == {"serials": serials, "opens": opens}


def test_each_serial_gives_its_own_key_and_nothing_due_is_the_same_ring(page: Page) -> None:
    told = page.evaluate(
        """async ([now, month]) => {
          const { newRing, rotate, keyOf } = on.keyring;
          const first = await newRing(now);
          const second = await rotate(first, now + month);
          return [
            keyOf(second, 1, now) === first.current.pair,
            keyOf(second, 2, now) === second.current.pair,
            first.current.pair === second.current.pair,
            (await rotate(second, now + month)) === second,
          ];
        }""",
        [NOW, ROTATION_SECONDS],
    )
    assert told == [True, True, False, True]


def test_the_browsers_statement_of_its_key_is_good_at_a_headless_end(page: Page) -> None:
    told = page.evaluate(
        """async ([seed, now]) => {
          const ring = await on.keyring.newRing(now);
          const own = await on.identities.Identity.fromSeed(on.unhex(seed));
          return { statement: await on.keyring.stateKey(ring, own), key: on.hex(ring.current.pair.publicKey) };
        }""",
        [seed("alice").hex(), NOW + 0.5],
    )
    statement = msgspec.convert(told["statement"], KeyStatement)
    assert verify_statement(statement, public(identity("alice"))).hex() == told["key"]
    headless = state_key(new_ring(now=NOW + 0.5), identity("alice"))
    assert (statement.serial, statement.not_after) == (headless.serial, headless.not_after)


def test_no_key_of_a_ring_can_be_taken_out_and_a_loose_one_is_refused(page: Page) -> None:
    told = page.evaluate(
        """async ([seed, now]) => {
          const { newRing, ringFrom } = on.keyring;
          const ring = await newRing(now);
          const loose = await on.keyPair(seed, true);
          const signer = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
          const { current } = ring;
          const kept = (changes) => ringFrom({ current: { ...current, ...changes }, previous: null });
          return {
            taken: await on.refusal(() => crypto.subtle.exportKey("pkcs8", current.pair.privateKey)),
            outcomes: await on.outcomes([
              newRing(now, async () => loose),
              (async () => kept({ pair: loose }))(),
              (async () => kept({ pair: { ...current.pair, privateKey: signer.privateKey } }))(),
              (async () => kept({ pair: { ...current.pair, publicKey: new Uint8Array(32) } }))(),
              (async () => kept({ serial: "1" }))(),
              (async () => kept({ made_at: -1 }))(),
              (async () => ringFrom({ current, previous: current }))(),
              (async () => ringFrom(null))(),
              (async () => ringFrom(ring))(),
            ]),
          };
        }""",
        [seed("loose").hex(), NOW],
    )
    assert told == {
        "taken": "DOMException",
        "outcomes": ["KeyRingError"] * 3 + ["KeyRefused"] + ["KeyRingError"] * 4 + ["fulfilled"],
    }
