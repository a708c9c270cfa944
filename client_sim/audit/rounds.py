"""The rounds of a run: calls at a server that lives, at one that is killed and comes back, at one that has to stop.

How a round goes stands in `together`; this says which calls meet which server.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from inspect import cleandoc
from typing import Any, Final

from client_sim.audit import scripted_ways, sealed
from client_sim.audit.findings import Chapter, Way
from client_sim.audit.judgement import Seen
from client_sim.audit.promises import Kind, Place
from client_sim.audit.scripted import ScriptedCall, both_online
from client_sim.audit.sealed import SealedCall, reaches, sealed_call
from client_sim.audit.stage import Stage
from client_sim.audit.together import AFTER_SECONDS, Together
from client_sim.live_call import LiveCall
from client_sim.timeline import Step

SCRIPTED_TITLE: Final = "Scripted calls, everything in them unsealed"
SEALED_TITLE: Final = "Real calls, sealed and relayed"
KILLED_TITLE: Final = "kill -9 of the coordinator, and its return"
CRASHED_TITLE: Final = "The coordinator crashes"
STOPPED_TITLE: Final = "The coordinator is told to stop"

Tell = Callable[[str], None]
"""Told what goes on, in a few words."""


def ways_of(stories: Mapping[str, Callable[..., Any]], *, is_sealed: bool) -> list[Way]:
    """These stories as ways, by name and docstring."""
    sort = "sealed" if is_sealed else "scripted"
    return [
        Way(
            f"{name} ({sort})",
            cleandoc(story.__doc__ or ""),
            is_sealed,
            by_itself=story in (*scripted_ways.ENDS_BY_ITSELF, sealed.ENDS_BY_ITSELF),
        )
        for name, story in stories.items()
    ]


class Rounds:
    """Lives through one round after the other on one stage. `declared` is what the last look still saw, as declared."""

    def __init__(self, stage: Stage, tell: Tell = lambda _: None) -> None:
        self.stage = stage
        self.declared: Sequence[Seen] = ()
        self._tell = tell

    async def calls(
        self, scripted_stories: Mapping[str, scripted_ways.Story], sealed_stories: Mapping[str, sealed.Story]
    ) -> list[Chapter]:
        """Scripted and real calls, all at once."""
        open_ones = Chapter(SCRIPTED_TITLE, ways_of(scripted_stories, is_sealed=False))
        real_ones = Chapter(SEALED_TITLE, ways_of(sealed_stories, is_sealed=True))
        async with AsyncExitStack() as stack:
            stories: dict[str, AsyncIterator[None]] = {}
            for way, real in zip(real_ones.ways, sealed_stories.values(), strict=True):
                stories[way.name] = real(await self._sealed(stack, way))
            for way, told in zip(open_ones.ways, scripted_stories.values(), strict=True):
                stories[way.name] = told(await self._scripted(stack, way))
            chapters = [one for one in (open_ones, real_ones) if one.ways]
            self.declared = await Together(self.stage, chapters, stories, self._tell).live()
        return chapters

    async def server_killed(self, ways: Sequence[Way]) -> list[Chapter]:
        """A scripted and perhaps a real call; the server is killed under them, comes back, and they are hung up."""
        chapter = Chapter(KILLED_TITLE, ways)
        async with AsyncExitStack() as stack:
            stories = {
                way.name: _over_a_kill(await self._sealed(stack, way), chapter)
                if way.sealed
                else _over_a_kill_scripted(await self._scripted(stack, way))
                for way in ways
            }
            together = Together(self.stage, [chapter], stories, self._tell)

            async def kill_and_return() -> None:
                await self.stage.kill()
                await asyncio.sleep(AFTER_SECONDS)
                found = len((await together.look_meanwhile()).finds)
                chapter.notes.append(f"While the server was dead its files were looked at: {found or 'nothing'} found.")
                await self.stage.return_()

            self.declared = await together.live(between=kill_and_return)
        return [chapter]

    async def server_stopped(self, ways: Sequence[Way]) -> list[Chapter]:
        """Calls that ring or talk while the server is told to stop. What it leaves are files."""
        chapter = Chapter(STOPPED_TITLE, ways)
        gone = asyncio.Event()
        async with AsyncExitStack() as stack:
            stories = {
                way.name: _until_drained(await self._sealed(stack, way), gone)
                if way.sealed
                else _until_stopped(await self._scripted(stack, way), gone)
                for way in ways
            }

            async def stop() -> None:
                await self.stage.ask_to_stop()
                gone.set()

            self.declared = await Together(self.stage, [chapter], stories, self._tell).live(ending=stop)
        return [chapter]

    async def server_crashed(self, ways: Sequence[Way]) -> list[Chapter]:
        """Calls that live while the server, started anew if it was stopped, aborts. It could leave a core file."""
        if Place.COORDINATOR not in self.stage.sites.processes.values():
            await self.stage.return_()
        chapter = Chapter(CRASHED_TITLE, ways)
        gone = asyncio.Event()
        async with AsyncExitStack() as stack:
            stories = {way.name: _until_stopped(await self._scripted(stack, way), gone) for way in ways}

            async def crash() -> None:
                await self.stage.kill(signal.SIGABRT)
                gone.set()

            self.declared = await Together(self.stage, [chapter], stories, self._tell).live(ending=crash)
        return [chapter]

    async def _scripted(self, stack: AsyncExitStack, way: Way) -> ScriptedCall:
        caller, komp = self.stage.pair(way.name)
        origin, http, planted = self.stage.coordinator.origin, self.stage.http, self.stage.planted
        return await stack.enter_async_context(
            both_online(way.name, caller, komp, origin=origin, http=http, planted=planted, pace=self.stage.pace)
        )

    async def _sealed(self, stack: AsyncExitStack, way: Way) -> SealedCall:
        caller, komp = self.stage.pair(way.name)
        return await stack.enter_async_context(
            sealed_call(
                way.name, caller, komp, around=self.stage.around, planted=self.stage.planted, pace=self.stage.pace
            )
        )


async def _over_a_kill(call: SealedCall, chapter: Chapter) -> AsyncIterator[None]:
    """The server is killed under the call and comes back; pictures go on, and it is hung up."""
    komp, mine = await call.talk()
    rung = komp.call
    assert rung is not None
    seen = _pictures(mine)
    yield
    await asyncio.gather(*(reaches(one, Step.RECONNECTED) for one in (mine, rung)))
    more = _pictures(mine) - seen
    chapter.notes.append(f"The real call went on without a server: {more} pictures came before both ends were back.")
    mine.stop()
    await reaches(rung, Step.ENDED)


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


async def _until_drained(call: SealedCall, gone: asyncio.Event) -> AsyncIterator[None]:
    """It rings when the server is told to stop."""
    _, mine = await call.talk(sealed.LONG_SECONDS)
    yield
    await reaches(mine, Step.ENDED)
    await gone.wait()


async def _until_stopped(call: ScriptedCall, gone: asyncio.Event) -> AsyncIterator[None]:
    """It talks when the server stops or crashes; the ends let go with the socket."""
    await call.talk()
    yield
    with suppress(ConnectionError):
        await call.ended()
    await gone.wait()


def _pictures(call: LiveCall) -> int:
    video = call.ends.figures().video
    return video.frames if video is not None else 0
