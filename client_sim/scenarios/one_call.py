"""One call: ring, wait for the picture, look for a while, hang up, wait until it is erased."""

import asyncio
from collections.abc import Callable
from typing import Final

from client_sim.live_call import LiveCall
from client_sim.report import CallReport
from client_sim.timeline import Step
from signalling.protocol import EndReason

ACCEPT_SECONDS: Final = 65.0
"""No call rings longer."""
PICTURE_SECONDS: Final = 25.0
"""A call that does not connect ends by itself before."""
KEYS_SECONDS: Final = 5.0
GONE_SECONDS: Final = 10.0


async def live_through(
    call: LiveCall, *, to: str, seconds: float, each_second: Callable[[float], None] = lambda _: None
) -> CallReport:
    """What came of `call`, which was just placed. It looks for `seconds` after the first picture and hangs up.

    `each_second` hears how long it has been looking. Cancelled, it hangs up before it goes. Where the callee has a
    newer key than the caller knew, the report is of the call that took this one's place.
    """
    try:
        call = await _with_the_right_key(call)
        failure = await _until_picture(call) or await _look(call, seconds, each_second)
    finally:
        call.stop(EndReason.HANGUP)
    failure = await _until_gone(call) or failure
    return CallReport(
        to=to,
        timeline=call.timeline,
        figures=call.ends.figures(),
        picture=call.ends.picture_png(),
        failure=failure,
    )


async def _with_the_right_key(call: LiveCall) -> LiveCall:
    await _within(ACCEPT_SECONDS, call, Step.RINGING, Step.ACCEPTED)
    if call.reason is not EndReason.STALE_KEY:
        return call
    try:
        async with asyncio.timeout(KEYS_SECONDS):
            return await call.successor
    except TimeoutError:
        return call


async def _until_picture(call: LiveCall) -> str | None:
    accepted = await _within(ACCEPT_SECONDS, call, Step.ACCEPTED)
    if accepted is not Step.ACCEPTED:
        return _why(call, "nobody answered")
    seen = await _within(PICTURE_SECONDS, call, Step.FIRST_FRAME)
    return None if seen is Step.FIRST_FRAME else _why(call, "no picture came")


async def _look(call: LiveCall, seconds: float, each_second: Callable[[float], None]) -> str | None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while (looked := loop.time() - begun) < seconds:
        pause = min(1.0, seconds - looked)
        if await _within(pause, call) is Step.ENDED:
            return _why(call, "it ended early")
        each_second(loop.time() - begun)
    return None


async def _until_gone(call: LiveCall) -> str | None:
    try:
        async with asyncio.timeout(GONE_SECONDS):
            await call.gone.wait()
    except TimeoutError:
        return "its connections did not close"
    return None if call.timeline.has(Step.ERASED) else "nobody said that it was erased"


async def _within(seconds: float, call: LiveCall, *steps: Step) -> Step | None:
    """Which of these came, or the end; None when the time was over first."""
    try:
        async with asyncio.timeout(seconds):
            return (await call.reached(*steps, Step.ENDED)).step
    except TimeoutError:
        return None


def _why(call: LiveCall, otherwise: str) -> str:
    ended = call.timeline.first(Step.ENDED)
    if ended is None:
        return otherwise
    if ended.refused is not None:
        return f"refused: {ended.refused}"
    return f"ended: {ended.reason}" if ended.reason is not None else "taken by another endpoint"
