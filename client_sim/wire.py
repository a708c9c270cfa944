"""Wires between hosts with delay, jitter, loss and a bandwidth, carried by a thread of this process.

The kernel's own `netem` is missing where this runs, so frames go between two TAP devices by hand: some 8,000 packets a
second. Both directions of a wire are alike. Linux and root.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import threading
import time
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Final, Self

from client_sim.netns import Namespace, ip

TUNSETIFF: Final = 0x400454CA
TAP_WITHOUT_HEADER: Final = 0x1002
FRAME_BYTES: Final = 65_536
LONGEST_WAIT_SECONDS: Final = 0.2
ARP: Final = b"\x08\x06"


@dataclass(frozen=True)
class Weather:
    """What a wire does to a frame, each way."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Up to so much more, at random; frames keep their order."""
    loss: float = 0.0
    """The part of frames that never arrive, from 0 to 1."""
    kbit_per_second: float | None = None


class _Side:
    """One direction: from where frames come, where they go, and when the wire is free again."""

    def __init__(self, source: int, sink: int, weather: Weather) -> None:
        self.source = source
        self.sink = sink
        self._weather = weather
        self._free_at = 0.0
        self._last_at = 0.0

    def arrives_at(self, frame: bytes, now: float, draw: random.Random) -> float | None:
        """When a frame comes out at the other end; None if it is lost. Address resolution is never lost."""
        weather = self._weather
        if draw.random() < weather.loss and frame[12:14] != ARP:
            return None
        if weather.kbit_per_second is not None:
            self._free_at = max(now, self._free_at) + len(frame) * 8 / (weather.kbit_per_second * 1000)
        else:
            self._free_at = now
        late = (weather.delay_ms + draw.random() * weather.jitter_ms) / 1000
        self._last_at = max(self._free_at + late, self._last_at)
        return self._last_at


class Wires:
    """All wires of a network. Lay them, then use it as a context manager: they carry until the block ends."""

    def __init__(self, seed: int = 0) -> None:
        self._draw = random.Random(seed)  # the same losses in each run
        self._sides: dict[int, _Side] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="wires", daemon=True)

    def lay(self, one: tuple[Namespace, str, str], other: tuple[Namespace, str, str], weather: Weather) -> None:
        """A wire between two hosts; each end is a host, a device's name and an address (CIDR)."""
        here, there = (_tap(*end) for end in (one, other))
        self._sides[here] = _Side(here, there, weather)
        self._sides[there] = _Side(there, here, weather)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        for descriptor in self._sides:
            os.close(descriptor)

    def _carry(self) -> None:
        under_way: list[tuple[float, int, int, bytes]] = []
        numbers = count()
        poll = select.epoll()
        for descriptor in self._sides:
            poll.register(descriptor, select.EPOLLIN)
        while not self._stopping.is_set():
            until = under_way[0][0] - time.monotonic() if under_way else LONGEST_WAIT_SECONDS
            for descriptor, _ in poll.poll(max(0.0, min(until, LONGEST_WAIT_SECONDS))):
                self._read(self._sides[descriptor], under_way, numbers)
            while under_way and under_way[0][0] <= time.monotonic():
                _, _, sink, frame = heapq.heappop(under_way)
                _write(sink, frame)
        poll.close()

    def _read(self, side: _Side, under_way: list[tuple[float, int, int, bytes]], numbers: "count[int]") -> None:
        for _ in range(64):
            try:
                frame = os.read(side.source, FRAME_BYTES)
            except OSError:  # nothing more, or the host is gone
                return
            at = side.arrives_at(frame, time.monotonic(), self._draw)
            if at is not None:
                heapq.heappush(under_way, (at, next(numbers), side.sink, frame))


def _write(sink: int, frame: bytes) -> None:
    try:
        os.write(sink, frame)
    except OSError:  # a queue that is full drops, as any wire does
        return


def _tap(host: Namespace, device: str, cidr: str) -> int:
    with host.entered():
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), TAP_WITHOUT_HEADER))
    host.address(cidr, device)
    ip("-n", host.name, "link", "set", device, "up")
    return descriptor
