"""Networks as homes and schools have them: two hosts behind gateways, a coordinator and a relay on the other side.

Everything is real but the distance: NATs and firewalls are the kernel's, coturn and the coordinator run as shipped, and
the two ends are programs of their own. Nothing leaves the namespaces. Linux and root; from a checkout, for coturn's
start script.

           home ── gateway ──wire── core ──wire── gateway ── home
           caller  NAT, rules       coordinator   NAT, rules  Komp
                                    and coturn
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from socket import create_connection
from typing import Any, Final

import msgspec

from client_sim.authority import Certificate, certify
from client_sim.household import make_household
from client_sim.netns import Namespace
from client_sim.wire import Weather, Wires

CALLS, TURN = "calls.lab.example", "turn.lab.example"
CALLS_ADDRESS, TURN_ADDRESS = "11.0.0.20", "11.0.0.10"
"""They look public, so that coturn relays between them; nobody is there, as a namespace has no way out."""
COTURN: Final = Path(__file__).resolve().parents[1] / "deploy" / "coturn" / "start"
START_SECONDS: Final = 20.0
CALL_SECONDS: Final = 60.0


class NetworkError(RuntimeError):
    """The network could not be made; the message says what is lacking."""


class Gate(StrEnum):
    """A program on a gateway that gets in the way; the words are those of `client_sim.gateways`."""

    PORTAL = "portal"
    INTERCEPTOR = "interceptor"
    PROXY = "proxy"


class Fault(StrEnum):
    """What is wrong with the relay; the network itself is in order."""

    NOT_OFFERED = "not_offered"
    """The coordinator knows of none."""
    OTHER_SECRET = "other_secret"  # noqa: S105 - the name of a fault
    """It doesn't take what the coordinator mints."""
    UNTRUSTED = "untrusted"
    """Nobody vouches for its certificate."""


GATE_PORT: Final = 3128
"""Where a gate listens on its gateway."""


class Nat(StrEnum):
    """How a gateway maps ports."""

    CONE = "cone"
    """The same port for everybody, and only those who were written to may write back."""
    SYMMETRIC = "symmetric"
    """Another port for each: no end can tell the other one where it is."""


@dataclass(frozen=True)
class Access:
    """How one end reaches the world."""

    nat: Nat = Nat.CONE
    udp: bool = True
    only_tcp: tuple[int, ...] | None = None
    """The TCP ports that get out, or all."""
    weather: Weather = field(default_factory=Weather)
    gate: Gate | None = None
    caught: tuple[int, ...] = ()
    """The TCP ports that the gate answers in everybody's place."""

    def rules(self) -> str:
        """The gateway's nftables rules. A packet from outside that nobody asked for is dropped before it can take a
        port: otherwise a punch that comes early spoils the mapping."""
        allowed = "" if self.udp else "meta l4proto udp drop; "
        if self.only_tcp is not None:
            ports = ", ".join(map(str, self.only_tcp))
            allowed += f"iifname lan0 meta l4proto tcp tcp dport != {{ {ports} }} drop; "
        caught = ""
        if self.caught:
            ports = ", ".join(map(str, self.caught))
            caught = (
                "chain caught { type nat hook prerouting priority -100; "
                f"iifname lan0 tcp dport {{ {ports} }} redirect to :{GATE_PORT}; }}"
            )
        randomly = " fully-random" if self.nat is Nat.SYMMETRIC else ""
        return f"""
        table inet gateway {{
          {caught}
          chain out {{ type nat hook postrouting priority 100; oifname wan0 masquerade{randomly}; }}
          chain through {{ type filter hook forward priority 0;
            {allowed}iifname wan0 ct state established,related accept; iifname wan0 drop; }}
          chain in {{ type filter hook input priority 0; iifname wan0 ct state new drop; }}
        }}"""


@dataclass(frozen=True)
class Profile:
    """A pair of accesses, and what is to be expected of them."""

    caller: Access
    callee: Access = field(default_factory=Access)
    fault: Fault | None = None


def _narrow(gate: Gate | None = None, *caught: int, gets_out: int = 8443) -> Profile:
    """Nothing gets out but one port; a gate may be in the way."""
    weather = Weather(delay_ms=5)
    return Profile(Access(Nat.SYMMETRIC, False, (gets_out,), weather, gate, caught), HOME)


HOME: Final = Access(weather=Weather(delay_ms=5))
PROFILES: Final[Mapping[str, Profile]] = {
    "home": Profile(HOME, HOME),
    "symmetric": Profile(Access(Nat.SYMMETRIC, weather=Weather(delay_ms=5)), HOME),
    "school": Profile(Access(udp=False, weather=Weather(delay_ms=5)), HOME),
    "tls443": Profile(Access(udp=False, only_tcp=(443,), weather=Weather(delay_ms=5)), HOME),
    "schools": Profile(
        Access(udp=False, only_tcp=(443,), weather=Weather(delay_ms=5)), Access(Nat.SYMMETRIC, udp=False)
    ),
    "far": Profile(Access(weather=Weather(delay_ms=25, loss=0.025)), Access(weather=Weather(delay_ms=25, loss=0.025))),
    "narrow": Profile(Access(weather=Weather(delay_ms=20, jitter_ms=10, kbit_per_second=1500)), HOME),
    "closed": _narrow(),
    "portal": _narrow(Gate.PORTAL, 80),
    "inspected": _narrow(Gate.INTERCEPTOR, 443),
    "proxied": _narrow(Gate.PROXY),
    "unrelayed": Profile(Access(Nat.SYMMETRIC, weather=Weather(delay_ms=5)), HOME, Fault.NOT_OFFERED),
    "refused": Profile(Access(Nat.SYMMETRIC, weather=Weather(delay_ms=5)), HOME, Fault.OTHER_SECRET),
    "untrusted": Profile(Access(udp=False, only_tcp=(443,), weather=Weather(delay_ms=5)), HOME, Fault.UNTRUSTED),
    "walled": _narrow(Gate.PORTAL, 80, 443, gets_out=443),
}
"""`far`: 100 ms from end to end and back, about 5 % lost each way. From `closed` to `proxied` only the coordinator
can be reached, and somebody may be in the way of the rest; in `walled` a portal has everything. From `unrelayed` to
`untrusted` it is the relay that lets down a network that needs one."""


@dataclass
class Lab:
    """A network that stands."""

    caller: Namespace
    callee: Namespace
    core: Namespace
    folder: Path
    environment: dict[str, str]
    origin: str
    callers: dict[str, str] = field(default_factory=dict)
    """What the caller's machine says of its network."""

    def check(self) -> list[dict[str, Any]]:
        """What `relay check` finds from the caller's host."""
        command = [_program("relay"), "check", "--json", "--servers", str(self.folder / "servers.json")]
        done = self.caller.run(command, env=self.environment | self.callers)
        if not done.stdout:
            raise NetworkError(done.stderr.strip())
        return list(json.loads(done.stdout))

    def call(self, *, seconds: float = 2.0, arguments: tuple[str, ...] = ()) -> dict[str, Any]:
        """One call from the caller to the Komp: its report, as `client-sim call --json` writes it."""
        report = self.folder / f"{secrets.token_hex(4)}.json"
        command = [_program("client-sim"), "call", "--to", "komp", "--origin", self.origin, "--seconds", str(seconds)]
        command += ["--link", str(self.folder / "caller.json"), "--json", str(report), *arguments]
        done = self.caller.run(command, env=self.environment | self.callers, timeout_seconds=CALL_SECONDS + seconds)
        if not report.exists():
            raise NetworkError((done.stderr or done.stdout).strip()[-500:].removeprefix("Error: "))
        return dict(json.loads(report.read_text()))


@contextmanager
def network(profile: Profile) -> Iterator[Lab]:
    """A network of that kind with a Komp online in it, until the block ends. Raises NetworkError."""
    if not COTURN.exists():
        raise NetworkError("networks are made from a checkout: deploy/coturn/start isn't here")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="narvaro-lab-")))
        hosts = {
            name: stack.enter_context(Namespace(name)) for name in ("core", "gate-a", "home-a", "gate-b", "home-b")
        }
        core = hosts["core"]
        wires = Wires()
        _forward(core)
        for address in (CALLS_ADDRESS, TURN_ADDRESS):
            core.address(f"{address}/32")
        for side, number, access in (("a", 1, profile.caller), ("b", 2, profile.callee)):
            wan = (
                (core, f"wan{number}", f"11.0.{number}.1/30"),
                (hosts[f"gate-{side}"], "wan0", f"11.0.{number}.2/30"),
            )
            wires.lay(*wan, access.weather)
            _house(hosts[f"gate-{side}"], hosts[f"home-{side}"], number, access)
        stack.enter_context(wires)
        certificate = certify(folder, CALLS, TURN)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SSL_CERT_FILE": str(certificate.ca),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        }
        lab = Lab(hosts["home-a"], hosts["home-b"], core, folder, environment, f"https://{CALLS}")
        if profile.caller.only_tcp is not None and 443 not in profile.caller.only_tcp:
            lab.origin = f"https://{CALLS}:8443"
        _start(lab, certificate, profile.fault)
        for side, access in (("a", profile.caller), ("b", profile.callee)):
            if access.gate is not None:
                _start_gate(lab, hosts[f"gate-{side}"], access.gate)
        if profile.caller.gate is Gate.PROXY:
            lab.callers["HTTPS_PROXY"] = f"http://192.168.1.1:{GATE_PORT}"
        yield lab


def _house(gateway: Namespace, home: Namespace, number: int, access: Access) -> None:
    gateway.link(home, f"192.168.{number}.1/24", f"192.168.{number}.2/24", device="lan0")
    gateway.route("default", f"11.0.{number}.1")
    home.route("default", f"192.168.{number}.1")
    for host in (gateway, home):
        host.hosts({CALLS: CALLS_ADDRESS, TURN: TURN_ADDRESS})
    _forward(gateway)
    gateway.filter(access.rules())


def _start_gate(lab: Lab, gateway: Namespace, gate: Gate) -> None:
    """An interceptor's authority is known to nobody: it is the school's own, and not installed."""
    command = [sys.executable, "-m", "client_sim.gateways", gate.value, "--port", str(GATE_PORT)]
    if gate is Gate.INTERCEPTOR:
        folder = lab.folder / "school"
        folder.mkdir()
        own = certify(folder, "school.lab.example", keep_ca_key=True)
        command += ["--ca", str(own.ca), "--ca-key", str(own.ca_key), "--to", f"{TURN}:443"]
    log = lab.folder / f"{gateway.name}.log"
    with log.open("wb") as output:
        gateway.start(command, env=lab.environment, output=output.fileno())
    _until(lambda: b"ready" in log.read_bytes(), "the gateway's program did not start")


def _forward(host: Namespace) -> None:
    host.run(["sysctl", "-q", "-w", "net.ipv4.ip_forward=1"])


def _start(lab: Lab, certificate: Certificate, fault: Fault | None) -> None:
    household = make_household()
    (lab.folder / "seed.json").write_bytes(household.seed)
    for file, name in (("caller", "Grandchild"), ("komp", "Grandmother's Komp")):
        (lab.folder / f"{file}.json").write_bytes(msgspec.json.encode(household.links[name]))
    secret = secrets.token_hex(32)
    (lab.folder / "turn-secret").write_text(secret)
    _start_coturn(lab, _nobodys(lab) if fault is Fault.UNTRUSTED else certificate)
    if fault is Fault.OTHER_SECRET:
        (lab.folder / "turn-secret").write_text(secrets.token_hex(32))
    urls = "" if fault is Fault.NOT_OFFERED else _urls()
    _start_coordinator(lab, certificate, urls)
    _hand_out_servers(lab, urls)
    komp = [_program("client-sim"), "komp", "--origin", lab.origin, "--link", str(lab.folder / "komp.json")]
    log = (lab.folder / "komp.log").open("wb")
    lab.callee.start([*komp, "--countdown", "3"], env=lab.environment, output=log.fileno())
    _until(lambda: b"online" in (lab.folder / "komp.log").read_bytes(), "the Komp did not come online")
    log.close()


def _nobodys(lab: Lab) -> Certificate:
    folder = lab.folder / "nobody"
    folder.mkdir()
    return certify(folder, TURN)


def _start_coturn(lab: Lab, certificate: Certificate) -> None:
    run = lab.folder / "turn"
    run.mkdir()
    settings = {
        "TURN_REALM": TURN,
        "TURN_SECRET_FILE": str(lab.folder / "turn-secret"),
        "TURN_ADDRESS": TURN_ADDRESS,
        "TURN_TLS_PORT": "443",
        "TURN_CERT": str(certificate.cert),
        "TURN_KEY": str(certificate.key),
        "TURN_RUN": str(run),
    }
    lab.core.start([str(COTURN)], env=lab.environment | settings, output=subprocess.DEVNULL)
    _until(lambda: _answers(lab.core, (TURN_ADDRESS, 3478)), "coturn did not start")


def _urls() -> str:
    return f"turn:{TURN}:3478?transport=udp,turn:{TURN}:3478?transport=tcp,turns:{TURN}:443?transport=tcp"


def _start_coordinator(lab: Lab, certificate: Certificate, urls: str) -> None:
    port = lab.origin.rpartition(":")[2] if lab.origin.count(":") > 1 else "443"
    settings = {
        "HOST": CALLS_ADDRESS,
        "PORT": port,
        "METRICS_PORT": "0",
        "ORIGIN": lab.origin,
        "SEED_FILE": str(lab.folder / "seed.json"),
        "TLS_CERT": str(certificate.cert),
        "TLS_KEY": str(certificate.key),
        "RELAY_PROBE_SECONDS": "0",
        "WIPE_MEMORY": "0",
    }
    if urls:
        settings |= {"TURN_URLS": urls, "TURN_SECRET_FILE": str(lab.folder / "turn-secret")}
    environment = lab.environment | {f"NARVARO_{name}": value for name, value in settings.items()}
    log = (lab.folder / "coordinator.log").open("wb")
    lab.core.start([_program("signalling"), "serve"], env=environment, output=log.fileno())
    _until(lambda: _answers(lab.core, (CALLS_ADDRESS, int(port))), "the coordinator did not start")
    log.close()


def _hand_out_servers(lab: Lab, urls: str) -> None:
    if not urls:
        (lab.folder / "servers.json").write_text("[]")
        return
    command = [_program("relay"), "credentials", "--urls", urls, "--secret-file", str(lab.folder / "turn-secret")]
    minted = lab.core.run([*command, "--lifetime-seconds", "600"], env=lab.environment)
    (lab.folder / "servers.json").write_text(minted.stdout)


def _answers(host: Namespace, address: tuple[str, int]) -> bool:
    with host.entered(), contextlib.suppress(OSError), create_connection(address, 0.2):
        return True
    return False


def _until(holds: Any, otherwise: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise NetworkError(otherwise)
        time.sleep(0.05)


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
