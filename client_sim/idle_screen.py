"""A Komp's idle screen: it fetches what waits for it, and keeps its album in step with its circle.

It asks whenever the coordinator says that something waits or that the circle is another, and once in each session. The
coordinator forgets a picture as soon as it was taken here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from client_sim.account import Account
from client_sim.album import Album
from client_sim.asking import Asking, AskingError
from client_sim.endpoint import Endpoint
from client_sim.komp import Komp
from client_sim.letters import Letters
from client_sim.manner import Surroundings
from client_sim.post_box import PostBox
from client_sim.sealed.greetings import GREETING_PURPOSES
from client_sim.socket import Away
from client_sim.welcome import Welcome


class IdleScreen:
    """One Komp's. From its making on it follows the endpoint's news; `close` it with the Komp."""

    def __init__(self, endpoint: Endpoint, account: Account, welcome: Welcome, album: Album) -> None:
        self._endpoint = endpoint
        self._account = account
        self._welcome = welcome
        self.album = album
        self._wanted = asyncio.Event()
        self.settled = asyncio.Event()
        """Set while everything that was heard of has been done."""
        self._following = asyncio.create_task(self._follow(), name="idle screen")
        endpoint.news = self._hear
        self._hear()

    async def bring_up(self) -> None:
        """Read what waits, and put away what is of nobody in the circle. Raises AskingError."""
        for letter in await self._welcome.read_letters():
            if letter.purpose in GREETING_PURPOSES:
                self.album.take(letter)
        self.album.keep_only({one.party for one in await self._account.circle()})

    async def close(self) -> None:
        """Follow no more."""
        self._following.cancel()
        await asyncio.wait([self._following])

    def _hear(self) -> None:
        self.settled.clear()
        self._wanted.set()

    async def _follow(self) -> None:
        while self._endpoint.away not in {Away.REVOKED, Away.NOT_AUTHENTICATED}:
            await self._wanted.wait()
            self._wanted.clear()
            with suppress(AskingError):  # unreachable: the next session brings news again
                await self.bring_up()
            if not self._wanted.is_set():
                self.settled.set()
        self.album.clear()  # reset, or replaced: whoever had it forgets everybody


@asynccontextmanager
async def showing(komp: Komp, around: Surroundings) -> AsyncIterator[Album]:
    """What a Komp that is online shows between calls, until the end."""
    endpoint = komp.endpoint
    asking = Asking(endpoint.identity, origin=around.origin, http=around.http)
    account = Account(asking)
    letters = Letters(endpoint.book, PostBox(asking), learn_keys=endpoint.learn_keys)
    welcome = Welcome(endpoint, account, letters, knob=komp.knob_turned)
    screen = IdleScreen(endpoint, account, welcome, Album(around.wall))
    try:
        yield screen.album
    finally:
        await screen.close()
        await welcome.close()
