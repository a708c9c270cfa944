"""Pictures and messages (P-03, P-14, P-15): sealed on their way, nowhere once taken, and gone from the Komp in time.

Real endpoints seal and open them over a store in a file, which is looked through byte by byte.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client_sim.album import Album
from client_sim.asking import AskingError
from client_sim.idle_screen import IdleScreen
from client_sim.komp import Komp
from client_sim.manner import Surroundings
from client_sim.residue import scan_files
from client_sim.sealed.greetings import Message, Picture, PictureHead
from client_sim.welcome import Welcome
from signalling.protocol.proof import base64url
from tests.clock import ManualClock
from tests.golden.greetings.make import JPEG
from tests.integration.client_sim.neighbourhood import until
from tests.integration.client_sim.test_ceremonies import Somebody, Village, invited, paired
from tests.integration.client_sim.test_pictures import sends
from tests.policy.test_accounts import files_in
from tests.protocol.society import living

CAPTION, WORDS = "Midsommar vid sjön", "Vi kommer på söndag"


@dataclass
class Kitchen:
    """A Komp that is away, its administrator, and where the coordinator's files are."""

    village: Village
    komp: Komp
    welcome: Welcome
    author: Somebody
    files: Path

    def comes_back(self) -> IdleScreen:
        """The Komp fetches what waits."""
        return IdleScreen(self.komp.endpoint, self.welcome._account, self.welcome, Album(time.time))

    def found(self, **markers: bytes) -> set[str]:
        """Which of these stand in a file of the coordinator's."""
        return {one.marker for one in scan_files(files_in(self.files), markers)}


@pytest.fixture
async def kitchen(tmp_path: Path) -> AsyncIterator[Kitchen]:
    database = f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"
    async with living(clock=ManualClock(time.time()), database=database) as society:
        village = Village(society, Surroundings(society.origin, society.http))
        komp, welcome, _, author = await paired(village)
        try:
            yield Kitchen(village, komp, welcome, author, tmp_path)
        finally:
            await welcome.close()
            await asyncio.gather(*(endpoint.stop() for endpoint in village.online))


def picture() -> Picture:
    return Picture(PictureHead(10, int(time.time()) + 86_400, "image/jpeg", CAPTION), JPEG)


def words() -> Message:
    return Message(10, int(time.time()) + 86_400, WORDS)


async def test_p_03_pictures_and_messages_are_sealed_while_they_wait_and_nowhere_once_taken(kitchen: Kitchen) -> None:
    sent = [await sends(kitchen.author, picture()), await sends(kitchen.author, words())]
    box = await kitchen.welcome._letters._box.box(sent[0])
    clear = {"caption": CAPTION.encode(), "words": WORDS.encode(), "picture": JPEG}
    sealed = {"picture's post": sent[0].encode(), "message's post": sent[1].encode(), "box": box[40:72]}
    assert kitchen.found(**clear, **sealed) == set(sealed), "the scan can find what is there"
    screen = kitchen.comes_back()
    await until(lambda: {one.post for one in screen.album.shown()} == set(sent))
    await screen.settled.wait()
    assert kitchen.found(**clear, **sealed) == set()
    assert CAPTION not in kitchen.village.society.log.getvalue()
    await screen.close()


async def test_p_03_nobody_but_the_reader_is_given_the_box(kitchen: Kitchen) -> None:
    sent = await sends(kitchen.author, picture())
    _, stranger = await kitchen.village.person("Stranger")
    _, member = await kitchen.village.person(
        "Aunt", invitation=await invited(kitchen.village, kitchen.author, kitchen.komp)
    )
    for who in (stranger, member, kitchen.author):
        assert await who.letters._box.waiting() == []
        with pytest.raises(AskingError) as refused:
            await who.letters._box.box(sent)
        assert refused.value.code == "not_found"


async def test_p_14_a_closed_profile_leaves_no_picture_on_the_way_or_on_the_komp(kitchen: Kitchen) -> None:
    shown = await sends(kitchen.author, words())
    screen = kitchen.comes_back()
    await until(lambda: [one.post for one in screen.album.shown()] == [shown])
    await screen.settled.wait()
    waits = await sends(kitchen.author, picture())
    await kitchen.author.account.close()
    await until(lambda: screen.album.shown() == [])
    await screen.settled.wait()
    assert kitchen.found(shown=shown.encode(), waits=waits.encode()) == set()
    await screen.close()


async def test_p_15_a_reset_leaves_no_picture_on_the_way_or_on_the_komp(kitchen: Kitchen) -> None:
    shown = await sends(kitchen.author, words())
    screen = kitchen.comes_back()
    await until(lambda: [one.post for one in screen.album.shown()] == [shown])
    waits = await sends(kitchen.author, picture())
    await kitchen.author.account.reset(kitchen.komp.endpoint.book.keeping.party)
    await until(lambda: screen.album.shown() == [])
    assert kitchen.found(shown=shown.encode(), waits=waits.encode(), words=WORDS.encode()) == set()
    await screen.close()


def test_p_03_words_of_a_family_are_no_text_of_any_log_line() -> None:
    assert (repr(picture()), repr(words())) == ("Picture(…)", "Message(…)")
    assert base64url(JPEG)[:8] not in repr(picture())
