"""Sealed values open under their subject's key, in their own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.store.database import MEMORY, Database, checked_url
from signalling.store.envelope import TEXT_BYTES, Envelope, Place, SubjectKey, person
from signalling.store.faults import StoreError
from signalling.store.master import MemoryMaster
from signalling.store.store import open_store

PLACE = Place("profiles", "sealed_name", "A" * 22)
printable = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=100)


@given(text=printable)
def test_a_sealed_text_opens_again(text: str) -> None:
    key = SubjectKey(bytes(32))
    sealed = key.seal_text(PLACE, text)
    assert key.open_text(PLACE, sealed) == text
    assert key.seal_text(PLACE, text) != sealed


def test_the_length_of_a_name_does_not_show() -> None:
    key = SubjectKey(bytes(32))
    assert len({len(key.seal_text(PLACE, "x" * length)) for length in range(TEXT_BYTES + 1)}) == 1


@pytest.mark.parametrize(
    "other",
    [
        Place("profiles", "sealed_name", "B" * 22),
        Place("profiles", "sealed_phone", "A" * 22),
        Place("customers", "sealed_name", "A" * 22),
        Place("profilessealed_name", "", "A" * 22),
    ],
)
def test_a_sealed_value_opens_in_its_own_place_only(other: Place) -> None:
    key = SubjectKey(bytes(32))
    sealed = key.seal_text(PLACE, "Anna")
    with pytest.raises(StoreError):
        key.open_text(other, sealed)
    with pytest.raises(StoreError):
        SubjectKey(b"x" * 32).open_text(PLACE, sealed)
    with pytest.raises(StoreError):
        key.open_text(PLACE, sealed[:-1] + bytes([sealed[-1] ^ 1]))


async def test_hashes_are_of_one_purpose_and_of_one_store() -> None:
    async with open_store(MEMORY, MemoryMaster()) as one, open_store(MEMORY, MemoryMaster()) as other:
        assert one.keys.hashed("invitation", "ABC") == one.keys.hashed("invitation", "ABC")
        assert one.keys.hashed("invitation", "ABC") != one.keys.hashed("keyword", "ABC")
        assert one.keys.hashed("invitation", "ABC") != other.keys.hashed("invitation", "ABC")
        assert one.keys.phone_index("+4670") != other.keys.phone_index("+4670")
        assert one.keys.phone_index("+4670") != one.keys.picture_index("+4670")


class CountingMaster(MemoryMaster):
    """Counts how often it is asked."""

    asked = 0

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        self.asked += 1
        return await super().unwrap(version, wrapped, subject)


async def test_a_key_is_unwrapped_once_and_forgotten_with_its_subject() -> None:
    master = CountingMaster()
    async with open_store(MEMORY, master) as store, store.database.changing() as work:
        await store.keys.new(work.connection, person("A"))
        store.keys.forget(person("A"))
        for _ in range(3):
            assert await store.keys.key(work.connection, person("A")) is not None
        assert master.asked == 1
        assert await store.keys.rewrap(work.connection) == 0
        await store.keys.erase(work.connection, [person("A")])
        assert await store.keys.key(work.connection, person("A")) is None
        assert master.asked == 1


async def test_an_envelope_of_another_master_opens_nothing() -> None:
    database = Database(MEMORY)
    async with open_store(MEMORY, MemoryMaster()) as store, store.database.reading() as connection:
        with pytest.raises(StoreError, match="doesn't unwrap"):
            await Envelope(MemoryMaster({"memory": bytes(32)})).begin(connection)
    await database.close()


@pytest.mark.parametrize("url", ["", "narvaro.db", "sqlite:///x", "postgresql://x", "mysql+aiomysql://secret@host/x"])
def test_a_database_of_another_kind_is_refused_without_its_url(url: str) -> None:
    with pytest.raises(StoreError, match="begins with") as refused:
        checked_url(url)
    assert "secret" not in str(refused.value)
