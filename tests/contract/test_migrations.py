"""The migrations lead to the tables that the code uses, and the store refuses any other."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from signalling.store.database import Database
from signalling.store.faults import StoreError
from signalling.store.master import MemoryMaster
from signalling.store.store import open_store, upgrade_store
from signalling.store.tables import METADATA


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, METADATA))


async def test_models_and_migrations_agree(database_url: str) -> None:
    await upgrade_store(database_url)
    database = Database(database_url)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_database_of_another_version_is_refused_until_it_is_upgraded(database_url: str) -> None:
    with pytest.raises(StoreError, match="store upgrade"):
        async with open_store(database_url, MemoryMaster()):
            pass
    await upgrade_store(database_url)
    await upgrade_store(database_url)
    master = MemoryMaster()
    async with open_store(database_url, master) as store:
        assert await store.devices.all() == []
    with pytest.raises(StoreError, match="master key"):
        async with open_store(database_url, MemoryMaster({"memory": bytes(32)})):
            pass


async def test_a_fault_of_the_database_says_nothing_of_what_was_written(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(StoreError) as fault:
        async with database.changing() as work:
            await work.connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Grandmother"})
    assert "Grandmother" not in str(fault.value)
    assert fault.value.__suppress_context__
    await database.close()
