"""Pictures and messages from the family to a Komp, over the real store: on its screen, and gone when they must be."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from client_sim import ceremonies
from client_sim.album import Album
from client_sim.asking import AskingError
from client_sim.ends import live_ends
from client_sim.idle_screen import IdleScreen
from client_sim.komp import Komp
from client_sim.sealed.greetings import Greeting, Message, Picture, PictureHead, Removal, encode, purpose_of
from client_sim.sealed.links import How
from client_sim.sealed.post import PostPurpose
from client_sim.timeline import Step
from client_sim.welcome import Welcome
from signalling.protocol import api
from tests.golden.greetings.make import JPEG
from tests.integration.client_sim.neighbourhood import reaches, until
from tests.integration.client_sim.test_ceremonies import Somebody, Village, invited, newcomer_by_code, paired, village

pytestmark = pytest.mark.slow

__all__ = ["village"]


@dataclass
class Kitchen:
    """Where the Komp stands, with its first relative."""

    village: Village
    komp: Komp
    admin: Somebody
    screen: IdleScreen
    album: Album

    @property
    def party(self) -> str:
        return self.komp.endpoint.book.keeping.party

    @property
    def shows(self) -> list[str]:
        return [one.post for one in self.album.shown()]


@pytest.fixture
async def kitchen(village: Village) -> AsyncIterator[Kitchen]:
    komp, welcome, _, admin = await paired(village)
    album = Album(time.time)
    screen = IdleScreen(komp.endpoint, welcome._account, welcome, album)
    yield Kitchen(village, komp, admin, screen, album)
    await screen.close()
    await welcome.close()


def words(text: str = "Vi kommer på söndag") -> Message:
    return Message(10, int(time.time()) + 86_400, text)


def picture() -> Picture:
    return Picture(PictureHead(10, int(time.time()) + 86_400, "image/jpeg", "Vid sjön"), JPEG)


async def sends(author: Somebody, said: Greeting) -> str:
    """To every Komp that the author knows; the post."""
    komps = [one for one in author.endpoint.book.links if one.kind.value == "komp"]
    return await author.letters.send(purpose_of(said), encode(said), komps)


async def test_a_picture_is_on_the_screen_as_soon_as_it_was_sent_and_nowhere_else(kitchen: Kitchen) -> None:
    sent = [await sends(kitchen.admin, picture())]
    await until(lambda: kitchen.shows == sent)
    sent.append(await sends(kitchen.admin, words()))
    await until(lambda: kitchen.shows == sent)
    (first, second) = kitchen.album.shown()
    assert isinstance(first.greeting, Picture)
    assert first.greeting.octets == JPEG
    assert isinstance(second.greeting, Message)
    assert {first.name, second.name} == {"Grandchild"}
    store = kitchen.village.society.store
    for post in sent:
        assert await store.posts.taken(kitchen.komp.endpoint.identity.endpoint, post) is False  # nothing waits any more


async def test_what_its_author_takes_down_goes(kitchen: Kitchen) -> None:
    kept, sent = await sends(kitchen.admin, words()), await sends(kitchen.admin, picture())
    await until(lambda: len(kitchen.shows) == 2)
    await sends(kitchen.admin, Removal(sent))
    await until(lambda: kitchen.shows == [kept])


async def proven_relative(kitchen: Kitchen) -> Somebody:
    """Another member whose keys both ends hold, by a secret link."""
    village, admin = kitchen.village, kitchen.admin
    code = await ceremonies.expect(admin.letters, admin.endpoint.book.links[0], "Aunt", now=time.time())
    invitation = await invited(village, admin, kitchen.komp)
    _, aunt = await village.person("Aunt", invitation=invitation)
    await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    await until(lambda: len(kitchen.komp.endpoint.book.links) == 2)
    return aunt


@pytest.mark.parametrize("how", ["leaves", "is put out", "closes the profile"])
async def test_the_pictures_of_who_no_longer_belongs_to_the_komp_go_at_once(kitchen: Kitchen, how: str) -> None:
    aunt, admins = await proven_relative(kitchen), await sends(kitchen.admin, words())
    await sends(aunt, picture())
    await until(lambda: len(kitchen.shows) == 2)
    await kitchen.village.society.coordinator.hub.tick()  # what happened so far is told, and heard
    await asyncio.sleep(0.05)
    await kitchen.screen.settled.wait()
    party = aunt.endpoint.book.keeping.party
    if how == "leaves":
        await aunt.account.remove_member(kitchen.party, party)
    elif how == "is put out":
        await kitchen.admin.account.remove_member(kitchen.party, party)
    else:
        await aunt.account.close()
    await until(lambda: kitchen.shows == [admins])
    assert kitchen.album.figures.author_left == 1


async def test_a_reset_empties_the_screen(kitchen: Kitchen) -> None:
    await sends(kitchen.admin, words())
    await until(lambda: len(kitchen.shows) == 1)
    await kitchen.admin.account.reset(kitchen.party)
    await until(lambda: kitchen.shows == [])
    assert kitchen.album.figures.reset == 1


async def test_who_may_only_call_is_refused(kitchen: Kitchen) -> None:
    aunt = await proven_relative(kitchen)
    party = aunt.endpoint.book.keeping.party
    await kitchen.admin.account.change_member(kitchen.party, party, api.MemberChange(video_only=True))
    for said in (picture(), words()):
        with pytest.raises(AskingError) as refused:
            await sends(aunt, said)
        assert refused.value.code == "not_found"


async def test_an_unproven_relatives_words_wait_and_are_shown_once_somebody_vouches(kitchen: Kitchen) -> None:
    village, komp, admin = kitchen.village, kitchen.komp, kitchen.admin
    aunt = await newcomer_by_code(village, admin, komp)
    call = aunt.call(aunt.endpoint.book.links[0])
    await reaches(call, Step.RINGING)
    call.stop()
    met = next(one for one in komp.endpoint.book.links if one.name == "Aunt")
    post = await sends(village.known(aunt.endpoint), words())
    await kitchen.screen.bring_up()
    assert kitchen.shows == []
    await ceremonies.vouch(admin.letters, admin.endpoint.book.links[0], met)
    await until(lambda: kitchen.shows == [post])
    assert [one.name for one in kitchen.album.shown()] == ["Aunt"]


async def test_a_picture_that_came_while_the_komp_was_away_is_there_when_it_is_back(kitchen: Kitchen) -> None:
    village, before = kitchen.village, kitchen.komp.endpoint
    await before.stop()
    post = await sends(kitchen.admin, picture())
    komp = Komp(before.book.keeping, village.around, live_ends("KOMP"))
    known = village.known(komp.endpoint)
    welcome = Welcome(komp.endpoint, known.account, known.letters, knob=komp.knob_turned)
    screen = IdleScreen(komp.endpoint, known.account, welcome, Album(time.time))
    await komp.endpoint.start()
    village.online.append(komp.endpoint)
    await until(lambda: [one.post for one in screen.album.shown()] == [post])
    await screen.close()


async def test_what_holds_nothing_for_a_screen_is_counted_and_forgotten(kitchen: Kitchen) -> None:
    komps = list(kitchen.admin.endpoint.book.links)
    await kitchen.admin.letters.send(PostPurpose.PICTURE, b"not a greeting", komps)
    await until(lambda: kitchen.album.figures.refused == 1)
    assert kitchen.shows == []
