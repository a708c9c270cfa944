"""The run: calls side by side, a look while they live, all ended, a look one second after; chapter by chapter.

It owns the order and the clock. What may be found stands in `promises`, what it means in `judgement`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from inspect import cleandoc
from typing import Any, Final

from client_sim.audit import scripted, sealed
from client_sim.audit.findings import Chapter, Way
from client_sim.audit.judgement import Faults, Look, judge_after, judge_during
from client_sim.audit.promises import Kind, Planted
from client_sim.audit.scripted import ScriptedCall, both_online
from client_sim.audit.sealed import SealedCall, reaches, sealed_call
from client_sim.audit.stage import Stage
from client_sim.live_call import LiveCall
from client_sim.timeline import Step

AFTER_SECONDS: Final = 1.0
"""The promise: erased within a second of the end."""
SCRIPTED_TITLE: Final = "Scripted calls, everything in them unsealed"
SEALED_TITLE: Final = "Real calls, sealed and relayed"
KILLED_TITLE: Final = "kill -9 of the coordinator, and its return"
STOPPED_TITLE: Final = "The coordinator is told to stop"

Tell = Callable[[str], None]
"""Told what goes on, in a few words."""


def ways_of(stories: Mapping[str, Callable[..., Any]], *, is_sealed: bool) -> list[Way]:
    """These stories as ways, by name and docstring."""
    sort = "sealed" if is_sealed else "scripted"
    return [Way(f"{name} ({sort})", cleandoc(story.__doc__ or ""), is_sealed) for name, story in stories.items()]


class Chapters:
    """Lives through one chapter after the other on one stage, and keeps what it saw."""

    def __init__(self, stage: Stage, tell: Tell = lambda _: None) -> None:
        self.stage = stage
        self.done: list[Chapter] = []
        self._tell = tell

    @property
    def _planted(self) -> Planted:
        return self.stage.planted

    async def scripted(self, stories: Mapping[str, scripted.Story]) -> Chapter:
        """Scripted calls, all at once."""
        chapter = Chapter(SCRIPTED_TITLE, ways_of(stories, is_sealed=False))
        async with AsyncExitStack() as stack:
            calls = [await self._scripted_stage(stack, way) for way in chapter.ways]
            await self._live(chapter, [story(call) for story, call in zip(stories.values(), calls, strict=True)])
        return chapter

    async def sealed(self, stories: Mapping[str, sealed.Story]) -> Chapter:
        """Real calls, all at once."""
        chapter = Chapter(SEALED_TITLE, ways_of(stories, is_sealed=True))
        async with AsyncExitStack() as stack:
            calls = [await self._sealed_stage(stack, way) for way in chapter.ways]
            await self._live(chapter, [story(call) for story, call in zip(stories.values(), calls, strict=True)])
        return chapter

    async def server_killed(self, ways: Sequence[Way]) -> Chapter:
        """A scripted and perhaps a real call; the server is killed under them, comes back, and they are hung up."""
        chapter = Chapter(KILLED_TITLE, ways)
        async with AsyncExitStack() as stack:
            stories = []
            for way in ways:
                if way.sealed:
                    stories.append(self._over_a_kill(await self._sealed_stage(stack, way), chapter))
                else:
                    stories.append(_over_a_kill_scripted(await self._scripted_stage(stack, way)))
            await self._live(chapter, stories, between=lambda before: self._kill_and_return(chapter, before))
        return chapter

    async def server_stopped(self, ways: Sequence[Way]) -> Chapter:
        """Calls that ring or talk while the server is told to stop. What it leaves are files."""
        chapter = Chapter(STOPPED_TITLE, ways)
        async with AsyncExitStack() as stack:
            stories = [
                _until_drained(await self._sealed_stage(stack, way))
                if way.sealed
                else _until_drained_scripted(await self._scripted_stage(stack, way))
                for way in ways
            ]
            await self._live(chapter, stories, ends=self.stage.ask_to_stop)
        return chapter

    # ------------------------------------------------------------------------------------------------------ inside

    async def _scripted_stage(self, stack: AsyncExitStack, way: Way) -> ScriptedCall:
        caller, komp = self.stage.pair(way.name)
        origin, http = self.stage.coordinator.origin, self.stage.http
        return await stack.enter_async_context(
            both_online(way.name, caller, komp, origin=origin, http=http, planted=self._planted)
        )

    async def _sealed_stage(self, stack: AsyncExitStack, way: Way) -> SealedCall:
        caller, komp = self.stage.pair(way.name)
        return await stack.enter_async_context(
            sealed_call(way.name, caller, komp, around=self.stage.around, planted=self._planted)
        )

    async def _live(
        self,
        chapter: Chapter,
        stories: Sequence[AsyncIterator[None]],
        *,
        between: Callable[[Look], Any] | None = None,
        ends: Callable[[], Any] | None = None,
    ) -> None:
        self._tell(f"{chapter.title}: {len(stories)} calls begin")
        before = await self.stage.sites.look(self._planted)
        await asyncio.gather(*(anext(story) for story in stories))
        self._tell(f"{chapter.title}: a look while they live")
        chapter.during = await self.stage.sites.look(self._planted)
        relays = self._open_relays()
        if between is not None:
            await between(before)
        self._tell(f"{chapter.title}: they end")
        await asyncio.gather(*(_to_its_end(story) for story in stories), *([ends()] if ends else []))
        ended = time.monotonic()
        await asyncio.sleep(AFTER_SECONDS)
        chapter.after_seconds = time.monotonic() - ended
        self._tell(f"{chapter.title}: a look one second after")
        chapter.after = await self.stage.sites.look(self._planted)
        chapter.relays = (relays, self._open_relays()) if self.stage.coturn else None
        chapter.faults = _judged(chapter, before)
        self.done.append(chapter)

    def _open_relays(self) -> int:
        return self.stage.coturn.open_relays() if self.stage.coturn else 0

    async def _kill_and_return(self, chapter: Chapter, before: Look) -> None:
        await self.stage.kill()
        await asyncio.sleep(AFTER_SECONDS)
        look = await self.stage.sites.look(self._planted)
        while_dead = judge_after(look, before)
        chapter.notes.append(
            f"While the server was dead its files were looked at too: {len(while_dead.finds) or 'nothing'} found."
        )
        chapter.faults = replace(chapter.faults, finds=while_dead.finds)
        await self.stage.return_()

    async def _over_a_kill(self, call: SealedCall, chapter: Chapter) -> AsyncIterator[None]:
        komp, mine = await call.talk()
        rung = komp.call
        assert rung is not None
        yield
        await asyncio.gather(*(_is_back(one) for one in (mine, rung)))
        chapter.notes.append("The real call's pictures went on while the server was away.")
        mine.stop()
        await reaches(rung, Step.ENDED)


async def _is_back(call: LiveCall) -> None:
    await reaches(call, Step.RECONNECTED)


async def _over_a_kill_scripted(call: ScriptedCall) -> AsyncIterator[None]:
    """The server is killed under the call and comes back; both ends name the call, and it is hung up."""
    await call.talk()
    yield
    ends = ((call.caller, call.komp, "caller"), (call.komp, call.caller, "callee"))
    for end, peer, role in ends:
        await end.come({"call": call.call, "peer": peer.endpoint, "role": role, "phase": "accepted"})
        call.planted.add(call.way, Kind.TOKEN, "second token", end.token)
    await call.caller.say(t="call.hangup", call=call.call, id="over")
    await call.ended()


async def _until_drained(call: SealedCall) -> AsyncIterator[None]:
    """It rings when the server is told to stop."""
    _, mine = await call.talk(sealed.LONG_SECONDS)
    yield
    await reaches(mine, Step.ENDED)


async def _until_drained_scripted(call: ScriptedCall) -> AsyncIterator[None]:
    """It talks when the server is told to stop; the ends let go with the socket."""
    await call.talk()
    yield
    with suppress(ConnectionError):
        await call.ended()


async def _to_its_end(story: AsyncIterator[None]) -> None:
    with suppress(StopAsyncIteration):
        await anext(story)


def _judged(chapter: Chapter, before: Look) -> Faults:
    """Both looks: of calls that live only their own places, of those that have ended nothing."""
    assert chapter.during is not None
    assert chapter.after is not None
    mine = {way.name for way in chapter.ways}
    living = [one for one in chapter.during.seen if one.marker.way in mine]
    ended = [one for one in chapter.during.seen if one.marker.way not in mine]
    sought = [one for one in chapter.during.sought if one.way in mine]
    during = judge_during(replace(chapter.during, seen=living), sought)
    earlier = judge_after(replace(chapter.during, seen=ended), before)
    after = judge_after(chapter.after, before)
    return Faults([*chapter.faults.finds, *during.finds, *earlier.finds, *after.finds], after.declared, during.missing)
