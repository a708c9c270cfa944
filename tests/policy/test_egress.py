"""P-23, P-47: whom a running coordinator talks to while calls, texts and relays' credentials go through it.

It has a host of its own. The kernel notes each connection that this host begins, and each packet to somewhere new; all
that it finds outside are stand-ins for the processors of the register, by their real names.
"""

import asyncio
import contextlib
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web

from client_sim.audit.promises import Planted
from client_sim.audit.scripted import Pace, ScriptedCall, ScriptedEnd
from client_sim.authority import Certificate, certify
from client_sim.house import KOMP, TERMINAL
from client_sim.household import Household, make_household
from client_sim.identity import Identity
from client_sim.netns import Namespace, stop
from signalling.people.circle import Endpoint
from signalling.privacy.processors import shipped
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.master import FileMaster, add_master
from signalling.store.store import open_store
from signalling.vocabulary import PartyKind
from tests.moving import MEMBERS
from tests.twilio import PATH, SECRET, SID, FakeTwilio
from tests.unit.sms.carrier import ACCOUNT, Carrier

pytestmark = [pytest.mark.root, pytest.mark.slow]

SERVER, OUTSIDE = "198.51.100.1", "198.51.100.2"
PORT: Final = 8080
ORIGIN: Final = f"http://{SERVER}:{PORT}"
TOKENS, MESSAGES, RELAY = "api.twilio.com", "api.dublin.ie1.twilio.com", "turn.example.eu"
DECLARED: Final = {
    TOKENS: "203.0.113.10",
    MESSAGES: "203.0.113.11",
    RELAY: "203.0.113.20",
    "ie1.turn.twilio.com": "52.215.127.8",
    "ie1.stun.twilio.com": "3.249.63.129",
}
RESOLVER, NOBODYS, TELEMETRY = "192.0.2.53", "192.0.2.99", "telemetry.example.org"
PAIRS: Final = 6
CALLS_EACH: Final = 20
TEXTS: Final = 40
COUNTERS: Final = """
table inet egress {
  set begun { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 4096; }
  set begun6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 4096; }
  counter other { }
  chain out {
    type filter hook output priority 0;
    ct direction reply accept
    meta l4proto { tcp, udp } ip version 4 add @begun { ip daddr . meta l4proto . th dport }
    meta l4proto { tcp, udp } ip6 version 6 add @begun6 { ip6 daddr . meta l4proto . th dport }
    meta l4proto != { tcp, udp, icmp, icmpv6 } counter name other
    icmp type echo-request counter name other
  }
}
"""
CHATTY: Final = f"""
import socket, sys, threading
def home():
    try: socket.create_connection(("{TELEMETRY}", 443), 1)
    except OSError: pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one: one.sendto(b"a figure", ("{NOBODYS}", 8125))
threading.Thread(target=home, daemon=True).start()
sys.argv[0] = "signalling"
from signalling.cli import main
main()
"""
"""A coordinator of which a library phones home: the control."""


@dataclass
class Measured:
    """What went through, and whom the coordinator's host began to talk to: address, protocol, port."""

    begun: set[tuple[str, str, int]] = field(default_factory=set)
    others: int = 0
    calls: int = 0
    texts: int = 0
    tokens: int = 0
    seconds: float = 0.0
    log: str = ""

    @property
    def addresses(self) -> set[str]:
        return {address for address, _, _ in self.begun}


async def settled(folder: Path) -> list[Household]:
    """Pairs of a Komp and a relative, in a database."""
    add_master(folder / "master.key")
    made = []
    url = f"sqlite+aiosqlite:///{folder}/narvaro.db"
    async with open_store(url, FileMaster(folder / "master.key"), upgrade=True) as store:
        now = time.time()
        customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "The household"), now=now)
        for number in range(PAIRS):
            identities = {one.name: Identity() for one in MEMBERS}
            screen, relative = identities[KOMP], identities[TERMINAL]
            added = await store.devices.add(PartyKind.KOMP, customer, KOMP, now=now)
            assert added is not None
            await store.devices.enrol(added[1], endpoint=screen.endpoint, identity=screen.public, now=now)
            person = await store.profiles.create(
                TERMINAL, f"+4670174{number:04}", endpoint=relative.endpoint, identity=relative.public, now=now
            )
            assert person is not None
            device = Endpoint(screen.endpoint, screen.public, added[0], PartyKind.KOMP)
            assert await store.memberships.admit(device, relative.endpoint, now=now)
            parties = {KOMP: str(added[0]), TERMINAL: str(person)}
            made.append(make_household(MEMBERS, identities=identities, parties=parties))
    return made


def settings(folder: Path) -> dict[str, str]:
    """As an operator sets it: the shipped register, Twilio for texts and relays, and a relay of one's own."""
    (folder / "sms-key").write_text(f"{ACCOUNT.key}\n{ACCOUNT.secret}\n")
    (folder / "twilio-secret").write_text(SECRET)
    (folder / "turn-secret").write_text("s" * 32)
    return {
        "NARVARO_HOST": SERVER,
        "NARVARO_PORT": str(PORT),
        "NARVARO_METRICS_PORT": "0",
        "NARVARO_ORIGIN": ORIGIN,
        "NARVARO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/narvaro.db",
        "NARVARO_MASTER_KEY_FILE": str(folder / "master.key"),
        "NARVARO_TURN_URLS": f"turn:{RELAY}:3478",
        "NARVARO_TURN_SECRET_FILE": str(folder / "turn-secret"),
        "NARVARO_TWILIO_ACCOUNT_SID": SID,
        "NARVARO_TWILIO_SECRET_FILE": str(folder / "twilio-secret"),
        "NARVARO_SMS_TWILIO_ACCOUNT": ACCOUNT.account,
        "NARVARO_SMS_TWILIO_KEY_FILE": str(folder / "sms-key"),
        "NARVARO_SMS_SENDER": ACCOUNT.sender,
        "NARVARO_RELAY_PROBE_SECONDS": "1",
        "NARVARO_DRAIN_SECONDS": "1",
        "NARVARO_KNOCKS_PER_MINUTE": "10000",
        "NARVARO_NEWCOMERS_PER_MINUTE": "10000",
        "NARVARO_WIPE_MEMORY": "0",
    }


@contextlib.contextmanager
def hosts() -> Iterator[tuple[Namespace, Namespace]]:
    """The coordinator's host, on which everything that leaves is noted, and all the rest of the world."""
    with Namespace("server") as server, Namespace("outside") as outside:
        server.link(outside, f"{SERVER}/30", f"{OUTSIDE}/30")
        server.route("default", OUTSIDE)
        for address in DECLARED.values():
            outside.address(f"{address}/32")
        server.hosts(DECLARED)
        Path("/etc/netns", server.name, "resolv.conf").write_text(f"nameserver {RESOLVER}\noptions timeout:1\n")
        server.filter(COUNTERS)
        yield server, outside


def measured(folder: Path, command: Sequence[str]) -> Measured:
    """Run it under load, and look."""
    people = asyncio.run(settled(folder))
    certificate = certify(folder, TOKENS, MESSAGES)
    log, began = folder / "log", time.monotonic()
    with hosts() as (server, outside), log.open("wb") as output:
        env = {name: value for name, value in os.environ.items() if not name.startswith("NARVARO_")}
        env |= {**settings(folder), "SSL_CERT_FILE": str(certificate.ca)}
        with outside.entered():
            seen = asyncio.run(loaded(people, certificate, lambda: server.start(command, env=env, output=output)))
        listed = json.loads(server.run(["nft", "-j", "list", "table", "inet", "egress"]).stdout)["nftables"]
    for one in listed:
        for element in one.get("set", {}).get("elem", []):
            address, protocol, port = (
                element.get("elem", element).get("val") if "elem" in element else element["concat"]
            )
            seen.begun.add((address, protocol, int(port)))
        seen.others += one.get("counter", {}).get("packets", 0)
    seen.log, seen.seconds = log.read_text(), time.monotonic() - began
    return seen


async def loaded(people: list[Household], certificate: Certificate, start: Any) -> Measured:
    """Stand-ins answer, and calls and texts go through the coordinator side by side."""
    seen, carrier, twilio = Measured(), Carrier(), FakeTwilio()
    twilio.gate.set()
    apps = {TOKENS: web.Application(), MESSAGES: web.Application()}
    apps[TOKENS].router.add_post(PATH, twilio._answer)
    messages = f"/2010-04-01/Accounts/{ACCOUNT.account}/Messages"
    apps[MESSAGES].router.add_post(f"{messages}.json", carrier.create)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    runners = []
    for name, app in apps.items():
        runners.append(runner := web.AppRunner(app, access_log=None, shutdown_timeout=0.1))
        await runner.setup()
        await web.TCPSite(runner, DECLARED[name], 443, ssl_context=context).start()
    process = start()
    try:
        async with aiohttp.ClientSession() as http:
            await until_it_answers(http, process)
            counts = await asyncio.gather(*(calls(one, http) for one in people), texts(http))
            async with asyncio.timeout(20):
                while len(carrier.taken) < TEXTS:  # noqa: ASYNC110 - another process sends them
                    await asyncio.sleep(0.05)
    finally:
        stop(process)
        for runner in runners:
            await runner.cleanup()
    seen.calls, seen.texts, seen.tokens = sum(counts[:-1]), len(carrier.taken), len(twilio.asked)
    return seen


async def until_it_answers(http: aiohttp.ClientSession, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "it ended by itself; see its log"
        with contextlib.suppress(aiohttp.ClientError):
            async with http.get(f"{ORIGIN}/readyz") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.1)
    raise AssertionError("it does not answer; see its log")


async def calls(household: Household, http: aiohttp.ClientSession) -> int:
    """One pair calls again and again; how many calls went through from ring to end."""
    ends = [ScriptedEnd(household.links[name], ORIGIN, http) for name in (TERMINAL, KOMP)]
    for end in ends:
        await end.come()
    for _ in range(CALLS_EACH):
        call = ScriptedCall("egress", ends[0], ends[1], Planted(), Pace())
        await call.talk()
        await call.caller.say(t="call.hangup", call=call.call, reason="hangup", id="over")
        for end in ends:
            await end.hear("call.erased")
    for end in ends:
        await end.go()
    return CALLS_EACH


async def texts(http: aiohttp.ClientSession) -> int:
    """One-time codes for numbers in ranges of their own."""
    for number in range(TEXTS):
        async with http.post(f"{ORIGIN}/v1/register/code", json={"phone": f"+47406{number % 10}{number:04}"}) as answer:
            assert answer.status == 200, await answer.text()
    return TEXTS


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """The coordinator as it ships."""
    command = [str(Path(sys.executable).with_name("signalling")), "serve"]
    return measured(tmp_path_factory.mktemp("quiet"), command)


def test_p_23_p_47_under_load_a_coordinator_talks_to_the_registers_hosts_and_to_nobody_else(quiet: Measured) -> None:
    assert (quiet.calls, quiet.texts) == (PAIRS * CALLS_EACH, TEXTS)
    assert quiet.tokens >= 1
    assert quiet.begun, "it did talk to somebody"
    assert {DECLARED[TOKENS], DECLARED[MESSAGES], DECLARED[RELAY]} <= quiet.addresses
    assert quiet.addresses <= set(DECLARED.values())
    assert quiet.others == 0


def test_p_23_nobody_is_asked_for_a_name(quiet: Measured) -> None:
    assert not [one for one in quiet.begun if one[2] == 53]


def test_p_23_what_is_declared_there_is_in_the_register_as_shipped() -> None:
    rows = shipped("DE")
    for name in (TOKENS, MESSAGES, RELAY):
        assert [row.name for row in rows if row.covers(name)], name
    assert "twilio-relays" in {row.name for row in rows}


def test_p_23_the_control_a_coordinator_that_phones_home_is_caught(tmp_path: Path) -> None:
    seen = measured(tmp_path, [sys.executable, "-c", CHATTY, "serve"])
    assert seen.calls == PAIRS * CALLS_EACH
    foreign = {one for one in seen.begun if one[0] not in DECLARED.values()}
    assert (RESOLVER, "udp", 53) in foreign, "the name that it looked for"
    assert (NOBODYS, "udp", 8125) in foreign, "the figure that it sent"
