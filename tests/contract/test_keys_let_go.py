"""P-14, P-30, P-32: a key that was unwrapped leaves memory with its subject, whoever erased that, on both databases."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from signalling.people.lists import ListKind, checked_entry
from signalling.people.membership import MemberRole, Side
from signalling.privacy.consent import WORDINGS, ConsentKind, consent_to
from signalling.store import envelope
from signalling.store.master import MemoryMaster
from signalling.store.store import Store, open_store
from tests.town import NOW, Town

EMAIL: Final = "anna@example.org"


async def _thread(people: Town) -> tuple[str, Any]:
    await people.store.support.open("Why?", now=NOW)
    (one,) = await people.store.support.all(now=NOW)
    return envelope.thread(one.thread), lambda other: other.support.remove(one.thread, now=NOW)


async def _entry(people: Town) -> tuple[str, Any]:
    ground = consent_to(
        ConsentKind.NEWSLETTER, WORDINGS[ConsentKind.NEWSLETTER].version, policy_version="1", day=int(NOW // 86_400)
    )
    assert ground is not None
    await people.store.lists.add(checked_entry(ListKind.NEWSLETTER, EMAIL, None), ground)
    (name,) = await people.store.lists.names(ListKind.NEWSLETTER)
    return envelope.listed(name), lambda other: other.lists.remove(ListKind.NEWSLETTER, EMAIL, now=NOW)


async def _customer(people: Town) -> tuple[str, Any]:
    customer = await people.customer()
    return envelope.customer(customer), lambda other: other.customers.remove(customer, now=NOW)


async def _invitation(people: Town) -> tuple[str, Any]:
    komp = await people.komp()
    made = await people.store.invitations.create(
        komp.party, MemberRole.USER, Side.FAMILY, phone="+46701234567", now=NOW
    )
    assert made is not None
    name = made.invitation.invitation
    return envelope.invitation(name), lambda other: other.invitations.cancel(name, now=NOW)


async def _person(people: Town) -> tuple[str, Any]:
    person = await people.person("Anna")
    return envelope.person(person.party), lambda other: other.profiles.close(person.party, now=NOW)


Planting = Callable[[Town], Awaitable[tuple[str, Callable[[Store], Awaitable[object]]]]]


@pytest.mark.parametrize("planting", [_thread, _entry, _customer, _invitation, _person])
async def test_p_14_p_30_p_32_a_key_leaves_memory_when_another_process_erases_its_subject(
    database_url: str, planting: Planting
) -> None:
    master = MemoryMaster()
    async with open_store(database_url, master, upgrade=True) as here, open_store(database_url, master) as beside:
        subject, erase = await planting(Town(here))
        last = (await here.history.after(0)).last
        assert subject in here.keys._remembered, "the control"
        assert await erase(beside)
        assert (await here.history.after(last)).last > last, "an erasure is heard of on every node within a second"
        assert subject not in here.keys._remembered


async def test_p_14_a_key_that_was_read_while_it_was_erased_leaves_memory_with_the_next_run(people: Town) -> None:
    person = await people.person("Anna")
    subject, keys = envelope.person(person.party), people.store.keys
    read = keys._remembered[subject]
    assert await people.store.profiles.close(person.party, now=people.now)
    keys._remembered[subject] = read  # a reader that had the row before it went
    await people.store.retention.run(now=people.now)
    assert subject not in keys._remembered
    assert {envelope.INDEX, envelope.PEPPER} <= set(keys._remembered)
