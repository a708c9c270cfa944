"""Letters that wait at a hostile coordinator: brought again, to somebody else, or as what they are not.

What an administrator says to a Komp in a letter lets people in, so a letter must count once.
"""

import time
from collections.abc import Callable

import pytest

from client_sim import ceremonies
from client_sim.komp import Komp
from client_sim.sealed.links import How
from client_sim.sealed.post import PostPurpose
from client_sim.timeline import Step
from client_sim.welcome import Welcome
from signalling.protocol import api
from tests.hostile.ledger import Outcome, Proof, attack
from tests.integration.client_sim.neighbourhood import reaches, until
from tests.integration.client_sim.test_ceremonies import (
    Somebody,
    Village,
    newcomer_by_code,
    paired,
    village,
)

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
