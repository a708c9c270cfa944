"""Letters that wait at a hostile coordinator: brought again, to somebody else, or as what they are not.

What an administrator says to a Komp in a letter lets people in, so a letter must count once.
"""

import time
from collections.abc import Callable

import msgspec
import pytest

from client_sim import ceremonies
from client_sim.album import Album
from client_sim.identity import Identity
from client_sim.komp import Komp
from client_sim.sealed.greetings import Removal, encode
from client_sim.sealed.keyring import new_ring, state_key
from client_sim.sealed.links import How, Who, verify_by_pairing
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, seal_post
from client_sim.sealed.statements import bytes_of
from client_sim.timeline import Step
from client_sim.welcome import Welcome
from signalling.protocol import PartyKind, api
from signalling.protocol.messages import EndpointKeys, KeyStatement
from signalling.protocol.proof import base64url
from tests.hostile.ledger import Outcome, Proof, attack
from tests.integration.client_sim.neighbourhood import reaches, until
from tests.integration.client_sim.test_ceremonies import (
    Somebody,
    Village,
    newcomer_by_code,
    paired,
    village,
)
from tests.integration.client_sim.test_pictures import sends, words

pytestmark = pytest.mark.slow

__all__ = ["village"]

Change = Callable[[api.WaitingPost], api.WaitingPost]


class Recorder:
    """The coordinator's shelf in the attacker's hands: it forgets nothing, and hands out what it likes."""

    def __init__(self, somebody: Welcome) -> None:
        self._box = somebody._letters._box
        self.kept: list[tuple[api.WaitingPost, bytes]] = []
        self.adds = True
        somebody._letters._box = self  # type: ignore[assignment]

    async def waiting(self) -> list[api.WaitingPost]:
        for told in await self._box.waiting() if self.adds else []:
            if told.post not in {one.post for one, _ in self.kept}:
                self.kept.append((told, await self._box.box(told.post)))
        return [told for told, _ in self.kept]

    async def box(self, post: str) -> bytes:
        return next(box for told, box in self.kept if told.post == post)

    async def taken(self, post: str) -> None:
        """So it is told; it keeps it all the same."""


async def vouched_for(village: Village) -> tuple[Komp, Welcome, Recorder, str]:
    """A newcomer for whom an administrator vouched, over letters that the attacker keeps."""
    komp, welcome, app, admin = await paired(village)
    recorder = Recorder(welcome)
    aunt = await newcomer_by_code(village, admin, komp)
    call = aunt.call(aunt.endpoint.book.links[0])
    await reaches(call, Step.RINGING)
    call.stop()
    met = next(one for one in komp.endpoint.book.links if one.name == "Aunt")
    await ceremonies.vouch(admin.letters, app.endpoint.book.links[0], met)
    await welcome.read_letters()
    record = komp.endpoint.book.link(met.endpoint)
    assert record is not None
    assert record.how is How.VOUCHED
    return komp, welcome, recorder, met.endpoint


@attack("brings a voucher again for somebody who was put out", Outcome.NOTHING, proof=Proof.OWN)
async def test_who_was_put_out_does_not_come_back_by_an_old_voucher(village: Village) -> None:
    komp, welcome, recorder, newcomer = await vouched_for(village)
    komp.endpoint.book.drop(newcomer)
    assert await recorder.waiting()
    assert await welcome.read_letters() == []
    assert komp.endpoint.book.link(newcomer) is None


@attack("brings the letter with a secret link's secret again after it was used", Outcome.NOTHING, proof=Proof.OWN)
async def test_a_used_secret_is_waited_for_no_more(village: Village) -> None:
    komp, welcome, app, admin = await paired(village)
    recorder = Recorder(welcome)
    code = await ceremonies.expect(admin.letters, app.endpoint.book.links[0], "Aunt", now=time.time())
    aunt = await somebody_invited(village, admin, komp)
    await welcome.read_letters()
    await ceremonies.read_code(aunt.endpoint, code, how=How.SECRET_LINK, seconds=10)
    await until(lambda: not welcome._waiting)
    assert await recorder.waiting()
    await welcome.read_letters()
    assert not welcome._waiting
    await welcome.close()


async def somebody_invited(village: Village, admin: Somebody, komp: Komp) -> Somebody:
    asked = api.InvitationRequest(role="user", side="family")
    made = await admin.account.invite(komp.endpoint.book.keeping.party, asked)
    _, somebody = await village.person("Aunt", invitation=made.code)
    return somebody


@pytest.mark.parametrize("field", ["purpose", "post", "author_key"])
@attack("passes a letter off as another one", Outcome.NOTHING, proof=Proof.OWN)
async def test_a_letter_opens_as_what_it_is_alone(village: Village, field: str) -> None:
    komp, welcome, app, admin = await paired(village)
    recorder = Recorder(welcome)
    await admin.letters.send(PostPurpose.MESSAGE, b'{"t":"vouch"}', list(app.endpoint.book.links))
    await recorder.waiting()
    (told, box), others = recorder.kept[0], {"purpose": PostPurpose.VOUCHING, "post": "x" * 22, "author_key": 7}
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    recorder.adds = False
    recorder.kept = [(api.WaitingPost(**{**fields, field: others[field]}), box)]
    assert await welcome.read_letters() == []
    assert len(komp.endpoint.book.links) == 1


@attack("brings a picture again that its sender had taken down", Outcome.NOTHING, proof=Proof.OWN)
async def test_what_was_taken_down_is_not_shown_again(village: Village) -> None:
    _, welcome, _, admin = await paired(village)
    recorder, album = Recorder(welcome), Album(time.time)
    sent = await sends(admin, words())
    await fetched(welcome, album)
    assert [one.post for one in album.shown()] == [sent]
    await sends(admin, Removal(sent))
    await fetched(welcome, album)
    assert await recorder.waiting()
    welcome._endpoint.book._keeping = msgspec.structs.replace(welcome._endpoint.book.keeping, read=())  # long ago
    await fetched(welcome, album)
    assert album.shown() == []


@attack("puts a phone of its own under a relative's name, and words into its mouth", Outcome.NOTHING, proof=Proof.OWN)
async def test_words_of_a_phone_that_nobody_proved_are_not_shown(village: Village) -> None:
    komp, welcome, app, _ = await paired(village)
    recorder, album = Recorder(welcome), Album(time.time)
    attacker, ring = Identity(), new_ring(now=time.time())
    keys = msgspec.structs.asdict(state_key(ring, attacker.key))
    relative = app.endpoint.book.keeping.party
    found = EndpointKeys(attacker.endpoint, relative, attacker.public_text, KeyStatement(**keys))
    book = komp.endpoint.book
    assert book.meet(found, "Grandchild")
    reader = Reader(book.identity.endpoint, bytes_of(book.statement().key), book.serial)
    binding = PostBinding(PostPurpose.MESSAGE, base64url(bytes(16)), attacker.endpoint, ring.current.serial)
    sealed = seal_post(encode(words()), binding, own=ring.current.key, readers=[reader])
    told = api.WaitingPost(
        binding.post, "message", attacker.endpoint, 1, reader.serial, base64url(sealed.wraps[0]), bytes=1, day=1
    )
    recorder.adds, recorder.kept = False, [(told, sealed.box)]
    await fetched(welcome, album)
    assert album.shown() == []
    who = Who(relative, "Grandchild", PartyKind.PERSON)
    book.put(verify_by_pairing(who, Introduction(attacker.public_text, state_key(ring, attacker.key)), How.QR))
    await fetched(welcome, album)
    assert len(album.shown()) == 1, "proven, the same letter is shown: nothing else kept it out"


async def fetched(welcome: Welcome, album: Album) -> None:
    """The Komp reads what waits, and keeps what is for its screen."""
    for letter in await welcome.read_letters():
        album.take(letter)
