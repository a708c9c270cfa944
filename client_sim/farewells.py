"""The last words of calls, kept until the coordinator has heard them: ends may stop without it, and tell it later."""

import asyncio
from typing import Final

from client_sim.socket import Socket
from signalling.protocol import messages as wire
from signalling.protocol.errors import ErrorCode

TRY_AGAIN: Final = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TOO_MANY, ErrorCode.DRAINING})
TRY_AGAIN_SECONDS: Final = 1.0


class Farewells:
    """One endpoint's. `unknown_call` and `ended` are as good as a yes."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._kept: dict[tuple[str, type[wire.Request]], wire.Request] = {}

    def say(self, message: wire.Request) -> None:
        """Say it now, or after the next `ready`."""
        self._kept[_key(message)] = message
        self._send(message)

    def say_again(self) -> None:
        """There is a new session."""
        for message in list(self._kept.values()):
            self._send(message)

    def _send(self, message: wire.Request) -> None:
        self._socket.ask(message, lambda answer: self._answered(message, answer))

    def _answered(self, message: wire.Request, answer: wire.Ok | wire.Error) -> None:
        if isinstance(answer, wire.Error) and answer.code in TRY_AGAIN:
            seconds = answer.retry_after_ms / 1000 if answer.retry_after_ms else TRY_AGAIN_SECONDS
            asyncio.get_running_loop().call_later(seconds, self._send, message)
        else:
            self._kept.pop(_key(message), None)


def _key(message: wire.Request) -> tuple[str, type[wire.Request]]:
    return getattr(message, "call", ""), type(message)
