"""Calls that live at the same time: begun, looked at while they live, ended, and looked at one second after each end.

It owns the clock and the order of looks. What may be found stands in `promises`, what it means in `judgement`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from client_sim.audit.findings import Chapter
from client_sim.audit.judgement import AuditError, Faults, Look, Seen, judge_after, judge_during
from client_sim.audit.stage import Stage

AFTER_SECONDS: Final = 1.0
"""The promise: erased within a second of the end."""
GATHER_SECONDS: Final = 0.1
"""So long the look waits for others that ended at about the same moment."""
SHORTEST_RING_MS: Final = 4_000
LONGEST_RING_MS: Final = 30_000

Stories = Mapping[str, AsyncIterator[None]]
"""By the names of their ways."""


class Together:
    """One round of calls. The chapters share its looks; each gets the faults of its own ways."""

    def __init__(
        self, stage: Stage, chapters: Sequence[Chapter], stories: Stories, tell: Callable[[str], None]
    ) -> None:
        self._stage = stage
        self._chapters = chapters
        self._stories = stories
        self._tell = tell
        self._before = Look([], [], 0, 0, 0.0)
        self._faults: list[Faults] = []
        self._ended: dict[str, float] = {}
        self._looked: dict[str, float] = {}

    @property
    def title(self) -> str:
        """Of all its chapters."""
        return "; ".join(chapter.title for chapter in self._chapters)

    async def live(
        self,
        *,
        between: Callable[[], Awaitable[None]] | None = None,
        ending: Callable[[], Awaitable[None]] | None = None,
    ) -> Sequence[Seen]:
        """Live through it; give what is left as declared. `between` comes before the ends, `ending` beside them."""
        self._tell(f"{self.title}: {len(self._stories)} calls begin")
        self._before = await self._look()
        await self._begin()
        self._tell(f"{self.title}: a look while they live")
        during = await self._look()
        relays = self._open_relays()
        self._judge(during, over=set(), all_must_show=True)
        if between is not None:
            await between()
        self._tell(f"{self.title}: they end, and each is looked at one second after")
        last, _ = await asyncio.gather(self._end_and_look(), ending() if ending else asyncio.sleep(0))
        for chapter in self._chapters:
            chapter.during, chapter.after = during, last
            chapter.after_seconds = {way.name: self._looked[way.name] for way in chapter.ways}
            chapter.relays = (relays, self._open_relays()) if self._stage.coturn else None
        self._hand_out()
        return self._faults[-1].declared

    async def _begin(self) -> None:
        """Those that only time ends come last, and ring as long as this machine needs to look at them."""
        began = time.monotonic()
        late = {way.name for chapter in self._chapters for way in chapter.ways if way.by_itself}
        await asyncio.gather(*(self._go_on(name) for name in self._stories if name not in late))
        self._stage.pace.ring_ms = min(LONGEST_RING_MS, SHORTEST_RING_MS + int((time.monotonic() - began) * 1000))
        await asyncio.gather(*(self._go_on(name) for name in self._stories if name in late))

    async def look_meanwhile(self) -> Faults:
        """A look at what there is of calls that are over; of these calls nothing may be there either."""
        faults = judge_after(await self._look(), self._before)
        self._faults.append(faults)
        return faults

    async def _end_and_look(self) -> Look:
        ending = [asyncio.create_task(self._end(name)) for name in self._stories]
        look = self._before
        try:
            while len(self._looked) < len(self._stories):
                waiting = [at for name, at in self._ended.items() if name not in self._looked]
                if not waiting:
                    running = [one for one in ending if not one.done()]
                    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for one in done:
                        one.result()
                    continue
                await asyncio.sleep(max(0.0, min(waiting) + AFTER_SECONDS + GATHER_SECONDS - time.monotonic()))
                now = time.monotonic()
                over = {name: now - at for name, at in self._ended.items() if now - at >= AFTER_SECONDS}
                look = await self._look()
                self._judge(look, over=set(over))
                self._looked |= {name: seconds for name, seconds in over.items() if name not in self._looked}
        finally:
            for one in ending:
                one.cancel()
        return look

    async def _end(self, name: str) -> None:
        with suppress(StopAsyncIteration):
            await self._go_on(name)
        self._ended[name] = time.monotonic()

    async def _go_on(self, name: str) -> None:
        """The next half of that story. Raises AuditError where its call goes wrong: then nothing is known."""
        try:
            await anext(self._stories[name])
        except (TimeoutError, ConnectionError):
            raise AuditError(f"{name}: that call did not go as calls go; the machine may be too busy") from None

    def _judge(self, look: Look, *, over: set[str], all_must_show: bool = False) -> None:
        """Of calls that live, only their own places; of those that are over, nothing."""
        living = self._stories.keys() - over
        alive = judge_during(
            replace(look, seen=[one for one in look.seen if one.marker.way in living]),
            [one for one in look.sought if one.way in living] if all_must_show else [],
        )
        dead = judge_after(replace(look, seen=[one for one in look.seen if one.marker.way not in living]), self._before)
        self._faults.append(Faults([*alive.finds, *dead.finds], dead.declared, alive.missing))

    def _hand_out(self) -> None:
        """Each chapter its own; what was left of earlier ones goes to the first."""
        first, *others = self._chapters
        finds = [one for each in self._faults for one in each.finds]
        earlier = {one.marker.way for one in finds} - {way.name for chapter in others for way in chapter.ways}
        for chapter in self._chapters:
            ways = {way.name for way in chapter.ways}
            chapter.faults = Faults(
                _once(one for one in finds if one.marker.way in (ways if chapter is not first else ways | earlier)),
                (),
                [one for each in self._faults for one in each.missing if one.way in ways],
            )

    def _open_relays(self) -> int:
        return self._stage.coturn.open_relays() if self._stage.coturn else 0

    async def _look(self) -> Look:
        return await self._stage.sites.look(self._stage.planted)


def _once(seen: Iterable[Seen]) -> list[Seen]:
    """Each find once, in the most copies that were seen of it."""
    most: dict[tuple[str, str, str], Seen] = {}
    for one in seen:
        key = (one.marker.key, one.form, one.where)
        if key not in most or most[key].copies < one.copies:
            most[key] = one
    return list(most.values())
