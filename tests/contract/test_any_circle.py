"""P-12 over random circles, through the real store: A sees B's profile if and only if they share a Komp now.

The model is a dict and nothing else; it knows neither the rules' functions nor the database.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from signalling.people.circle import Endpoint
from signalling.people.device import DeviceMove
from signalling.people.membership import MemberRole, Membership, Side
from tests.town import Town, post_to

PEOPLE, KOMPS = 4, 2
person = st.integers(0, PEOPLE - 1)
komp = st.integers(0, KOMPS - 1)
role, side = st.sampled_from(MemberRole), st.sampled_from(Side)
standing = st.tuples(role, side, st.booleans())
beginning = st.tuples(*[st.one_of(st.none(), standing, standing)] * (PEOPLE * KOMPS))
"""Who is what on which Komp before the first step: most are somewhere."""
step = st.one_of(
    st.tuples(st.just("join"), person, komp, role, side, st.booleans()),
    st.tuples(st.just("remove"), person, komp),
    st.tuples(st.just("change"), person, komp, role, side, st.booleans()),
    st.tuples(st.just("reset"), komp),
    st.tuples(st.just("suspend"), komp),
    st.tuples(st.just("revoke"), person),
    st.tuples(st.just("close"), person),
)


@dataclass
class Model:
    """Who is a member of what; and who is there at all."""

    members: dict[tuple[int, int], tuple[MemberRole, Side, bool]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)

    def together(self, a: int, b: int) -> list[tuple[MemberRole, bool]]:
        """What A is in each Komp where B is on the same side."""
        return [
            (mine[0], mine[2])
            for (who, where), mine in self.members.items()
            if who == a and (theirs := self.members.get((b, where))) is not None and theirs[1] is mine[1]
        ]

    def sees(self, a: int, b: int) -> bool:
        return b not in self.gone and (a == b or bool(self.together(a, b)))

    def rings(self, a: int, b: int) -> bool:
        return a != b and a not in self.lost and any(r is not MemberRole.RESTRICTED for r, _ in self.together(a, b))

    def posts(self, a: int, b: int) -> bool:
        return (
            a != b
            and not {a, b} & self.lost
            and any(r is not MemberRole.RESTRICTED and not v for r, v in self.together(a, b))
        )

    def admins(self, where: int, on: Side) -> int:
        return sum(1 for (_, k), (r, s, _) in self.members.items() if k == where and s is on and r is MemberRole.ADMIN)


class World:
    """The same in the store."""

    def __init__(self, town: Town, people: list[Endpoint], komps: list[Endpoint]) -> None:
        self.town, self.people, self.komps, self.model = town, people, komps, Model()

    async def take(self, one: tuple[Any, ...]) -> None:
        """One step, in the model and in the store."""
        await getattr(self, f"_{one[0]}")(*one[1:])

    async def _join(self, who: int, where: int, role: MemberRole, side: Side, video_only: bool) -> None:
        member = Membership(self.komps[where].party, self.people[who].party, role, side, video_only)
        joined = await self.town.store.memberships.add(member, now=self.town.now)
        assert joined is (who not in self.model.gone)
        if joined:
            self.model.members.setdefault((who, where), (role, side, video_only))

    async def _remove(self, who: int, where: int) -> None:
        there = self.model.members.pop((who, where), None)
        removed = await self.town.store.memberships.remove(
            self.komps[where].party, self.people[who].party, now=self.town.now
        )
        assert removed is (there is not None)

    async def _change(self, who: int, where: int, role: MemberRole, side: Side, video_only: bool) -> None:
        there = self.model.members.get((who, where))
        changed = await self.town.store.memberships.change(
            self.komps[where].party,
            self.people[who].party,
            role=role,
            side=side,
            video_only=video_only,
            now=self.town.now,
        )
        steps_down = there is not None and there[0] is MemberRole.ADMIN and (role, side) != (there[0], there[1])
        last = steps_down and there is not None and self.model.admins(where, there[1]) == 1
        assert changed is (there is not None and not last)
        if changed:
            self.model.members[who, where] = (role, side, video_only)

    async def _reset(self, where: int) -> None:
        assert await self.town.store.devices.reset(self.komps[where].party, now=self.town.now) is not None
        left = {who for who, k in self.model.members if k == where}
        self.model.members = {key: one for key, one in self.model.members.items() if key[1] != where}
        self.model.gone |= left - {who for who, _ in self.model.members}
        self.model.lost |= self.model.gone

    async def _suspend(self, where: int) -> None:
        await self.town.store.devices.move(self.komps[where].party, DeviceMove.SUSPEND, now=self.town.now)

    async def _revoke(self, who: int) -> None:
        await self.town.store.endpoints.revoke(self.people[who].party, self.people[who].endpoint, now=self.town.now)
        self.model.lost.add(who)

    async def _close(self, who: int) -> None:
        closed = await self.town.store.profiles.close(self.people[who].party, now=self.town.now)
        assert closed is (who not in self.model.gone)
        self.model.gone.add(who)
        self.model.lost.add(who)
        self.model.members = {key: one for key, one in self.model.members.items() if key[0] != who}

    async def agrees(self) -> None:
        """The store answers as the model does, for everybody and everybody else."""
        store, circle, model = self.town.store, self.town.circle, self.model
        for a, one in enumerate(self.people):
            circle_of_a = {contact.party for contact in await store.contacts.of(one.party)}
            for b, other in enumerate(self.people):
                seen = await store.profiles.seen_by(one.party, other.party)
                assert (seen is not None) is model.sees(a, b)
                assert seen is None or (seen.name, seen.phone) == (f"Person {b}", None)
                assert (other.party in circle_of_a) is (a != b and model.sees(a, b))
                assert await circle.may_ring(one, other.party) is model.rings(a, b)
                living = not {a, b} & model.lost
                assert await circle.may_see(one, other.endpoint) is (living and model.sees(a, b))
            for k, device in enumerate(self.komps):
                is_member = (a, k) in model.members
                assert (device.party in circle_of_a) is is_member
                assert await circle.may_ring(one, device.party) is (is_member and a not in model.lost)
                shown = await circle.shown_to(one, device.party)
                assert (shown is not None) is (is_member and a not in model.lost)

    async def posts_agree(self) -> None:
        for a, one in enumerate(self.people):
            for b, other in enumerate(self.people):
                if a != b:
                    put = await self.town.store.posts.put(one, post_to(other), now=self.town.now)
                    assert put is self.model.posts(a, b)


@pytest.mark.slow
@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the steps are few; making them fewer takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(begun=beginning, steps=st.lists(step, max_size=6))
async def test_p_12_a_profile_is_seen_by_who_shares_a_komp_now_and_by_nobody_else(
    people: Town, begun: tuple[Any, ...], steps: list[tuple[Any, ...]]
) -> None:
    world = World(
        people,
        [await people.person(f"Person {number}") for number in range(PEOPLE)],
        [await people.komp() for _ in range(KOMPS)],
    )
    for place, what in enumerate(begun):
        if what is not None:
            await world.take(("join", place % PEOPLE, place // PEOPLE, *what))
    await world.agrees()
    for one in steps:
        await world.take(one)
        await world.agrees()
    await world.posts_agree()
