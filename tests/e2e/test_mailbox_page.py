"""The browser's mailbox and the headless one are the same mailbox: written stories, and stories drawn by chance."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from client_sim.mailbox import Letter, Mailbox
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, Role
from tests.unit.client_sim.plain import PlainSeal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mailbox.json").read_text(encoding="utf-8"))
COUNTS = ["sent", "resent", "delivered", "repeated", "refused", "foreign", "acknowledgements"]

RUN = """async (stories) => {
  const modules = await Promise.all(["mailbox", "seal", "encoding"].map((name) => import(`/sdk/${name}.js`)));
  const [{ Mailbox }, { BoxError }, { base64url, fromBase64url }] = modules;
  /** A double that seals nothing, as `tests.unit.client_sim.plain` is. */
  const plain = {
    seal: async (seq, content) => base64url(content),
    async open(seq, box) {
      const content = fromBase64url(box);
      if (content[0] !== 0x7b) throw new BoxError("The box doesn't open.");
      return content;
    },
  };
  const told = [];
  for (const story of stories) told.push(await run(story));
  return told;

  async function run(steps) {
    const mailbox = new Mailbox(plain);
    const bytes = (text) => new TextEncoder().encode(text);
    const text = (bytes) => new TextDecoder().decode(bytes);
    const results = [];
    for (const step of steps) {
      if (step.do === "put") results.push({ letters: await mailbox.put(bytes(step.content), step.now) });
      if (step.do === "take") {
        const { contents, send } = await mailbox.take(step.letter, step.now);
        results.push({ contents: contents.map(text), letters: send });
      }
      if (step.do === "due") results.push({ letters: mailbox.due(step.now) });
      if (step.do === "returned") results.push({ letters: mailbox.returned(step.now) });
      if (step.do === "next") results.push({ at: mailbox.nextDue });
    }
    return { results, counts: mailbox.counts, unacknowledged: mailbox.unacknowledged, received: mailbox.received };
  }
}"""


def headless(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The same steps in Python. Times are whole milliseconds, which seconds hold exactly enough."""
    seal = PlainSeal(Binding(CallId("c"), EndpointId("a"), EndpointId("b"), 1, 1, 0), Role.CALLER)
    seal.read_second("e30")
    mailbox = Mailbox(seal)
    results: list[dict[str, Any]] = []
    for step in steps:
        now = step.get("now", 0)
        match step["do"]:
            case "put":
                results.append({"letters": plain(mailbox.put(step["content"].encode(), now=now / 1000))})
            case "take":
                contents, letters = mailbox.take(Letter(**step["letter"]), now=now / 1000)
                results.append({"contents": [text.decode() for text in contents], "letters": plain(letters)})
            case "due":
                # A millisecond's thousandth more: 1.1 - 1.0 is a little less than a tenth.
                results.append({"letters": plain(mailbox.due(now=now / 1000 + 1e-6))})
            case "returned":
                results.append({"letters": plain(mailbox.returned(now=now / 1000))})
            case "next":
                due = mailbox.next_due()
                results.append({"at": None if due is None else round(due * 1000)})
            case word:
                raise ValueError(word)
    counts = {name: getattr(mailbox.counts, name) for name in COUNTS}
    return {
        "results": results,
        "counts": counts,
        "unacknowledged": mailbox.unacknowledged,
        "received": mailbox.received,
    }


def plain(letters: list[Letter]) -> list[dict[str, Any]]:
    fields = [{"handshake": one.handshake, "ack": one.ack, "seq": one.seq, "box": one.box} for one in letters]
    return [{name: value for name, value in one.items() if value is not None} for one in fields]


def expected(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: step[name] for name in ("contents", "letters", "at") if name in step} for step in steps]


def chance_story(chance: random.Random, length: int) -> list[dict[str, Any]]:
    """Anything that a network, a clock and a hostile coordinator can do to one end."""
    steps: list[dict[str, Any]] = []
    now = 0
    for number in range(length):
        now += chance.choice([0, 1, 40, 100, 900, 2100])
        match chance.choice(["put", "put", "take", "take", "take", "ack", "due", "returned", "next"]):
            case "put":
                steps.append({"do": "put", "now": now, "content": json.dumps({"n": number})})
            case "take":
                box = chance.choice(["e30", "eyJuIjoxfQ", "eyJuIjoyfQ", "AAAA"])
                seq = max(0, len(steps) // 4 + chance.randint(-6, 6) + chance.choice([0, 0, 0, 70]))
                handshake = chance.choice([0, 0, 0, 0, 1])
                letter = {"handshake": handshake, "ack": chance.randint(0, number), "seq": seq, "box": box}
                steps.append({"do": "take", "now": now, "letter": letter})
            case "ack":
                steps.append({"do": "take", "now": now, "letter": {"handshake": 0, "ack": chance.randint(0, number)}})
            case word:
                steps.append({"do": word, "now": now})
    return steps


async def test_both_mailboxes_keep_to_the_written_stories(page: Page, origin: str) -> None:
    await page.goto(origin)
    in_browser = await page.evaluate(RUN, [story["steps"] for story in GOLDEN])
    for story, told in zip(GOLDEN, in_browser, strict=True):
        assert headless(story["steps"])["results"] == expected(story["steps"]), story["story"]
        assert told["results"] == expected(story["steps"]), story["story"]


async def test_both_mailboxes_do_the_same_in_whatever_comes(page: Page, origin: str) -> None:
    await page.goto(origin)
    stories = [chance_story(random.Random(random.getrandbits(64)), 120) for _ in range(40)]
    assert await page.evaluate(RUN, stories) == [headless(steps) for steps in stories]


async def test_a_window_full_of_boxes_holds_the_rest_back_until_they_are_acknowledged(page: Page, origin: str) -> None:
    await page.goto(origin)
    steps: list[dict[str, Any]] = [{"do": "put", "now": 0, "content": "{}"} for _ in range(70)]
    steps += [{"do": "take", "now": 5, "letter": {"handshake": 0, "ack": 4}}, {"do": "returned", "now": 6}]
    (told,) = await page.evaluate(RUN, [steps])
    assert told == headless(steps)
    assert [len(one["letters"]) for one in told["results"]] == [1] * 64 + [0] * 6 + [4, 64]
