"""The outbox: texts go out beside the request that caused them, and a moment later, so that its answer tells nothing.

Nothing is written down: what waits when the process ends is not sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import uniform
from typing import Final

from signalling.sms.port import Sms, SmsError, Text

WAITING_AT_MOST: Final = 500
AT_ONCE: Final = 4
PAUSE_SECONDS: Final = (0.05, 0.5)
"""Before each text, drawn anew: the work of sending it falls on nobody's answer that could be timed."""


async def a_moment() -> None:
    """The pause before a text."""
    await asyncio.sleep(uniform(*PAUSE_SECONDS))


_Queue = asyncio.Queue[Text | None]


class Outbox:
    """Hands texts to the sender, a few at once."""

    def __init__(
        self,
        sms: Sms,
        *,
        told: Callable[[BaseException | None], object],
        pause: Callable[[], Awaitable[None]] = a_moment,
    ) -> None:
        """`told` hears of each text whether it went: None, or why not."""
        self._sms = sms
        self._pause = pause
        self._told = told
        self._waiting: _Queue = asyncio.Queue(WAITING_AT_MOST)
        self._nowhere: _Queue = asyncio.Queue(WAITING_AT_MOST)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to send."""
        queues = [self._waiting, self._nowhere] * AT_ONCE
        self._tasks = [asyncio.create_task(self._run(queue), name="outbox") for queue in queues]

    async def stop(self) -> None:
        """Send no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sms.close()

    async def idle(self) -> None:
        """Wait until nothing waits and nothing is on its way."""
        await self._waiting.join()

    def put(self, text: Text | None) -> bool:
        """Take a text. False when too many wait: then it is not sent.

        Nothing to send takes the same steps, on a way of its own: it takes no text's place.
        """
        queue = self._waiting if text is not None else self._nowhere
        try:
            queue.put_nowait(text)
        except asyncio.QueueFull:
            if text is not None:
                self._told(SmsError("too many texts wait"))
            return text is None
        return True

    async def _run(self, queue: _Queue) -> None:
        while True:
            text = await queue.get()
            await self._pause()
            if text is not None:
                await self._send(text)
            queue.task_done()
            del text  # a number isn't held while the next text is waited for

    async def _send(self, text: Text) -> None:
        try:
            await self._sms.send(text)
        except SmsError as problem:
            self._told(problem)
        except Exception as problem:  # noqa: BLE001 - the root of a text: the next one must go
            self._told(problem)
        else:
            self._told(None)
