"""P-03 and P-14 on disk: what people told is never in clear in the database's files, and an erased key opens nothing.

The files are read as bytes while the store is in use. Each scan has a control: something unsealed is found.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from signalling.people.circle import Endpoint
from signalling.people.membership import MemberRole, Side
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.faults import StoreError
from signalling.store.master import FileMaster, add_master, drop_masters
from signalling.store.tables import profiles, subject_keys
from signalling.vocabulary import PartyKind
from tests.postgres import Postgres
from tests.town import Town, town

NAME, KOMP, CUSTOMER = "Planted-Anna-7261", "Planted-Komp-9921", "Planted-Owner-1182"
PHONE, INVITED, OWNERS = "+46709182736", "+46705647382", "+4791827364"
ADDRESS, EMAIL, PAYMENT = "Planted Street 55", "planted@owner.example", "planted_cus_881"
PICTURE = b"\xff\xd8\xff" + b"planted-picture-bytes" * 50
IN_CLEAR = [one.encode() for one in (NAME, KOMP, CUSTOMER, PHONE, INVITED, OWNERS, ADDRESS, EMAIL, PAYMENT)]


@dataclass
class Disk:
    """A town, and every byte of its database's files."""

    people: Town
    read: Callable[[], bytes]
    is_sqlite: bool
    server: Postgres | None = None

    def mode(self) -> int:
        """Who may read SQLite's file."""
        return Path(self.people.store.database.engine.url.database or "").stat().st_mode

    async def flushed(self) -> bytes:
        """The files, once PostgreSQL has written its pages."""
        if self.server is not None:
            await self.server.run("CHECKPOINT")
        return self.read()


def every_byte(files: Iterable[Path]) -> bytes:
    return b"\n".join(one.read_bytes() for one in files if one.is_file())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def disk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Disk]:
    if request.param == "sqlite":
        async with town(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db") as people:
            yield Disk(people, lambda: every_byte(sorted(tmp_path.iterdir())), is_sqlite=True)
        return
    server: Postgres = request.getfixturevalue("postgres")
    async with server.database() as url, town(url) as people:
        yield Disk(people, lambda: every_byte([*server.data.rglob("*"), server.log]), is_sqlite=False, server=server)


async def planted(people: Town) -> tuple[Endpoint, str, str]:
    """Markers in everything that somebody can tell: the person, an invitation's code, a keyword."""
    store, now = people.store, people.now
    owner = CustomerData(CustomerKind.PRIVATE, CUSTOMER, OWNERS, EMAIL, ADDRESS, PAYMENT)
    customer = await store.customers.add(owner, now=now)
    komp = await store.devices.add(PartyKind.KOMP, customer, KOMP, now=now)
    assert komp is not None
    anna = await people.person(NAME, PHONE)
    await store.profiles.set_picture(anna.party, PICTURE)
    fresh = await store.invitations.create(komp[0], MemberRole.USER, Side.FAMILY, phone=INVITED, now=now)
    keyword = await store.keywords.create((await people.av1()).party, now=now)
    assert fresh is not None
    assert keyword is not None
    assert await store.invitations.phone_of(fresh.invitation.invitation, now=now) == INVITED
    return anna, fresh.code, keyword


async def test_p_03_nothing_that_people_told_is_in_clear_on_disk(disk: Disk) -> None:
    anna, code, keyword = await planted(disk.people)
    picture = (await disk.people.store.profiles.get(anna.party) or pytest.fail("no profile")).picture
    assert picture is not None
    found = await disk.flushed()
    assert anna.party.encode() in found, "the control: an id stands there in clear"
    codes = [code, keyword, code.replace("-", ""), keyword.replace("-", ""), picture]
    for marker in [*IN_CLEAR, PICTURE[:40], b"planted-picture", *(one.encode() for one in codes)]:
        assert marker not in found, "a planted marker stands in the files"
    if disk.is_sqlite:
        assert disk.mode() & 0o077 == 0


@pytest.mark.parametrize("disk", ["sqlite"], indirect=True)
async def test_p_14_what_a_closed_profile_held_is_gone_from_sqlites_files(disk: Disk) -> None:
    """PostgreSQL keeps old pages for a while; there the next rotation of the master key ends them, as below."""
    anna, _, _ = await planted(disk.people)
    async with disk.people.store.database.reading() as connection:
        mine = subject_keys.c.subject == envelope.person(anna.party)
        wrapped = (await connection.execute(select(subject_keys.c.wrapped).where(mine))).scalar_one()
        row = (await connection.execute(select(profiles).where(profiles.c.party == anna.party))).one()
    before = await disk.flushed()
    assert wrapped in before
    assert row.sealed_name in before
    assert await disk.people.store.profiles.close(anna.party, now=disk.people.now)
    after = await disk.flushed()
    for marker in (wrapped, row.sealed_name, row.sealed_phone, row.phone_index):
        assert marker not in after
    disk.people.clock.advance(601)
    await disk.people.store.sweep(now=disk.people.now)
    assert anna.party.encode() not in await disk.flushed()


async def test_p_14_a_key_from_an_old_page_opens_nothing_once_the_master_key_is_rotated(
    database_url: str, tmp_path: Path
) -> None:
    """As from a backup, or from a page that PostgreSQL has not written over yet."""
    file = tmp_path / "master.key"
    add_master(file)
    master = FileMaster(file)
    async with town(database_url, master) as people:
        anna = await people.person(NAME, PHONE)
        bo = await people.person("Bo")
        subject = envelope.person(anna.party)
        async with people.store.database.reading() as connection:
            mine = subject_keys.c.subject == subject
            old = (await connection.execute(select(subject_keys).where(mine))).one()
        assert await people.store.profiles.close(anna.party, now=people.now)
        assert len(await master.unwrap(old.master, old.wrapped, subject)) == 32
        add_master(file)
        rewrapped, in_use = await people.store.rewrap()
        assert rewrapped >= 3
        assert in_use == {"2"}
        assert drop_masters(file, kept=in_use) == 1
        for one in (master, FileMaster(file)):
            with pytest.raises(StoreError):
                await one.unwrap(old.master, old.wrapped, subject)
        assert (await people.store.profiles.get(bo.party) or pytest.fail("lost")).name == "Bo"
    async with town(database_url, FileMaster(file)) as people:
        assert (await people.store.profiles.get(bo.party) or pytest.fail("lost")).name == "Bo"
        assert await people.store.profiles.by_phone(PHONE) is None
