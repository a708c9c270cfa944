"""Network namespaces: hosts with addresses of their own that reach each other and nothing else.

Linux, root and iproute2. Everything made here is taken away on leaving, whatever the test did: the processes started
inside by their ids, then the namespaces (their interfaces go with them). Names are unique to the run.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

CLONE_NEWNET: Final = 0x40000000
STOP_SECONDS: Final = 5.0
_libc: Final = ctypes.CDLL(None, use_errno=True)


def ip(*words: str) -> str:
    """Run iproute2's `ip`; what it complains of becomes the error."""
    done = subprocess.run(("ip", *words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    """One host: its own interfaces, routes and ports, only loopback at first. Use it as a context manager.

    >>> with Namespace("relay") as relay, Namespace("home") as home:
    ...     relay.link(home, "203.0.113.1/30", "203.0.113.2/30")
    ...     server = relay.start(["turnserver", "-n"])
    """

    def __init__(self, label: str) -> None:
        self.name: Final = f"nv-{label[:8]}-{secrets.token_hex(4)}"
        self._files: Final = Path("/etc/netns") / self.name
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        if os.geteuid() != 0:
            raise PermissionError("network namespaces need root; leave these tests out with: -m 'not root'")
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            stop(process)
        with contextlib.suppress(OSError):  # left in the middle of its making
            ip("netns", "delete", self.name)
        shutil.rmtree(self._files, ignore_errors=True)

    def address(self, cidr: str, device: str = "lo") -> None:
        """Give a device an address, usable at once (no duplicate address detection)."""
        ip("-n", self.name, "addr", "add", cidr, "dev", device, *(["nodad"] if ":" in cidr else []))

    def link(self, other: "Namespace", here: str, there: str, *, device: str | None = None) -> None:
        """A wire between two hosts, with an address (CIDR) at either end. `device` names this end of it."""
        ends = (device or f"v{secrets.token_hex(4)}", f"v{secrets.token_hex(4)}")
        ip("link", "add", ends[0], "netns", self.name, "type", "veth", "peer", "name", ends[1], "netns", other.name)
        for namespace, end, cidr in ((self, ends[0], here), (other, ends[1], there)):
            namespace.address(cidr, end)
            ip("-n", namespace.name, "link", "set", end, "up")

    def route(self, destination: str, via: str) -> None:
        """Send what is for `destination` (CIDR or `default`) by way of `via`."""
        ip("-n", self.name, "route", "add", destination, "via", via)

    def hosts(self, addresses: Mapping[str, str]) -> None:
        """Names that programs inside resolve, and no others. Not for sockets of this process (`entered`)."""
        self._files.mkdir(parents=True, exist_ok=True)
        lines = [f"{address} {name}" for name, address in {"localhost": "127.0.0.1", **addresses}.items()]
        (self._files / "hosts").write_text("\n".join(lines) + "\n")
        (self._files / "resolv.conf").write_text("")

    def filter(self, rules: str) -> None:
        """Load an nftables rule set (`table inet x { … }`) into this host."""
        command = ("ip", "netns", "exec", self.name, "nft", "-f", "-")
        subprocess.run(command, input=rules.encode(), check=True, timeout=10)

    def start(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, output: Any = None
    ) -> subprocess.Popen[bytes]:
        """Start a program inside, in a session of its own; it ends with the namespace. `output` takes both streams."""
        process = subprocess.Popen(
            ("ip", "netns", "exec", self.name, *argv),
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def run(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, timeout_seconds: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program inside to its end and hand back what it said."""
        command = ("ip", "netns", "exec", self.name, *argv)
        return subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens in the block belong to this host, for all their life.

        Awaiting in the block is fine as long as no other task opens sockets meanwhile, and no name needs resolving:
        the resolver's threads live where they were started.
        """
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        inside = os.open(f"/var/run/netns/{self.name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _set_network(inside)
            yield
        finally:
            _set_network(outside)
            os.close(inside)
            os.close(outside)


def _set_network(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:  # os.setns came with Python 3.12
        raise OSError(ctypes.get_errno(), "setns")


def stop(process: subprocess.Popen[bytes]) -> int:
    """End a program that was started in a session of its own, with all that it started; its exit code."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(STOP_SECONDS)
    return process.wait()
