"""A call that finds no way, in a browser: it ends early, says why where that is sure, and is not given up too soon."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from client_sim.authority import certify
from relay.cause import Cause
from relay.credentials import turn_credential
from relay.ice import Transport
from tests.coturn import running_coturn
from tests.e2e.site import Coordinator, Site
from tests.e2e.test_relayed_family_call import ONLY_RELAYED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.coturn,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]
ADDRESS: Final = "127.83.79.21"
NOBODY: Final = "127.83.79.22"
HOPE_MS: Final = 6_000
GIVEN_UP_MS: Final = 8_500
HELD_MS: Final = 8_000
"""Longer than any hope."""

ONE_CALL: Final = """async ([servers, heldMs]) => {
  const { CallMedia } = await import("/sdk/callmedia.js");
  const { Certificates } = await import("/sdk/certificates.js");
  const { Timeline } = await import("/sdk/timeline.js");
  const { Sending } = await import("/sdk/sending.js");
  const certificates = new Certificates();
  const local = navigator.mediaDevices.getUserMedia({ audio: true });
  const ends = {}, endsSaid = [];
  let accepted = 0;
  const told = await new Promise((over) => {
    setTimeout(() => over({ outcome: "neither", cause: null }), 20_000);
    const make = (role, other) => {
      const after = (outcome) => over({ outcome, ms: performance.now() - accepted, cause: ends.caller.cause });
      const say = (content) => {
        if (content.t === "end_of_candidates") endsSaid.push(Math.round(performance.now() - accepted));
        const isHeld = content.t === "candidates" || content.t === "end_of_candidates";
        setTimeout(() => ends[other].take(content), isHeld ? heldMs : 0);
      };
      const events = {
        say, connected: () => after("connected"), failed: () => after("failed"), lost() {}, unverified() {}, bye() {},
      };
      ends[role] = new CallMedia({
        call: "c", role, media: "audio", verified: true, events, local, socket: { send() {}, prove() {} },
        timeline: new Timeline(), certificates, sending: new Sending(),
      });
    };
    make("callee", "caller");
    make("caller", "callee");
    accepted = performance.now();
    for (const end of Object.values(ends)) end.useIceServers(servers), end.accept();
  });
  const stream = await local;
  for (const end of Object.values(ends)) end.retire();
  return { ...told, endsSaid, isKept: stream.active };
}"""


def servers(*urls: str, word: str = "wrong") -> list[dict[str, Any]]:
    return [{"urls": list(urls), "username": f"{int(time.time() + 600)}:tag12345", "credential": word}]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcomes(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Any]]:
    """What became of calls that ran side by side: those of one page may meet at a relay alone, the other's anywhere."""
    directory = tmp_path_factory.mktemp("hopeless")
    certificate = certify(directory, ADDRESS)
    with running_coturn(directory, address=ADDRESS, certificate=certificate) as coturn:
        udp, tcp, tls = (coturn.url(one) for one in (Transport.UDP, Transport.TCP, Transport.TLS))
        username = f"{int(time.time() + 600)}:tag12345"
        right = {"username": username, "credential": turn_credential(coturn.secret, username)}
        shut = coturn.url().replace(str(coturn.port), "40009")
        calls = {
            "refused": servers(udp, tcp),
            "UDP shut": servers(shut, tcp),
            "away": servers(f"turn:{NOBODY}:40009", f"turn:{NOBODY}:40009?transport=tcp", f"turns:{NOBODY}:40009"),
            "untrusted": [{"urls": [tls], **right}],
            "no relay": [],
        }
        context = await browser.new_context()
        async with Site(Coordinator(bytes(32))) as origin:
            relayed, free = await context.new_page(), await context.new_page()
            await relayed.add_init_script(ONLY_RELAYED)
            for page in (relayed, free):
                await page.goto(origin)
            hopeless = f"(calls) => Promise.all(calls.map((servers) => ({ONE_CALL})([servers, 0])))"
            ended, late = await asyncio.gather(
                relayed.evaluate(hopeless, list(calls.values())), free.evaluate(ONE_CALL, [[], HELD_MS])
            )
            yield dict(zip(calls, ended, strict=True)) | {"late": late}
        await context.close()


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("refused", "turn_auth_failed"),
        ("UDP shut", "udp_blocked, turn_auth_failed"),
        ("away", "turn_unreachable"),
        ("untrusted", None),
        ("no relay", None),
    ],
)
async def test_a_call_without_a_way_ends_six_seconds_after_the_accept_with_its_cause_where_that_is_sure(
    outcomes: dict[str, Any], name: str, cause: str | None
) -> None:
    ended = outcomes[name]
    assert (ended["outcome"], ended["cause"]) == ("failed", cause)
    assert HOPE_MS <= ended["ms"] < GIVEN_UP_MS
    print(f"{name}: given up {ended['ms']:.0f} ms after the accept, told {ended['endsSaid']}")


CAUSES: Final = """async (asked) => {
  const { causesOf } = await import("/sdk/relays.js");
  return asked.map((one) => causesOf(one.map(([host, transport, code]) => ({ host, transport, code }))));
}"""
SURE: Final[list[tuple[str | None, list[tuple[str, str, int | None]]]]] = [
    (None, []),
    (None, [("a", "udp", 401), ("b", "tcp", 0)]),
    ("turn_auth_failed", [("a", "udp", 401), ("a", "tls", 701)]),
    ("turn_auth_failed", [("a", "tcp", 401), ("a", "tls", 701)]),
    ("turn_refused", [("a", "udp", 486)]),
    ("turn_unreachable", [("a", "udp", 701)]),
    ("turn_unreachable", [("a", "udp", 701), ("a", "tcp", 701)]),
    ("udp_blocked, turn_refused", [("a", "udp", 701), ("a", "tls", 508)]),
    ("turn_unreachable, turn_auth_failed", [("a", "udp", 701), ("b", "tcp", 401)]),
    (None, [("a", "udp", 701), ("a", "tls", 701)]),
    (None, [("a", "tls", 701)]),
    (None, [("a", "udp", None), ("a", "tcp", None)]),
]
"""What relays answered (0: an allocation, 701: nothing, none: it isn't told) and what is sure by that."""


async def test_only_what_is_sure_becomes_a_cause(page: Page, origin: str) -> None:
    await page.goto(origin)
    assert await page.evaluate(CAUSES, [asked for _, asked in SURE]) == [cause for cause, _ in SURE]


SAID: Final = """async (causes) => {
  const { causeWords, CATALOGUES } = await import("/words/causes.js");
  const { endedWords } = await import("/student/words.js");
  const said = (cause) => Object.keys(CATALOGUES).map((language) => causeWords(language, cause));
  const students = causes.map((cause) => endedWords({ reason: "ice_failed", cause }));
  return [causes.map(said), said("a_later_one"), said(null), students];
}"""


async def test_every_cause_that_a_browser_can_name_is_one_of_ours_and_has_words_in_every_language(
    page: Page, origin: str
) -> None:
    named = sorted({one for cause, _ in SURE if cause is not None for one in cause.split(", ")})
    assert set(named) <= {one.value for one in Cause}
    await page.goto(f"{origin}/?lang=en")
    spoken, later, nothing, students = await page.evaluate(SAID, [*named, "udp_blocked, turn_auth_failed"])
    assert all(said["why"] and said["todo"] for languages in spoken for said in languages)
    assert later == nothing == [None] * 3
    assert [one["said"] for one in students] == [languages[0]["why"] for languages in spoken]
    both = (
        "No way was found for sound and picture: this network blocks UDP and the relay refused this call’s credentials."
    )
    assert students[-1]["said"] == both


async def test_a_call_is_not_given_up_while_the_other_end_may_still_tell_an_address(outcomes: dict[str, Any]) -> None:
    assert outcomes["late"]["outcome"] == "connected"
    assert outcomes["late"]["ms"] > HOPE_MS
