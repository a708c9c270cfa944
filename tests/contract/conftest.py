"""The databases on which the store keeps its promises: SQLite's file, and a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres, programs, running_postgres
from tests.town import Town, town


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("Debian's postgresql is not installed")
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database that nobody has used."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/narvaro.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    async with server.database() as url:
        yield url


@pytest.fixture
async def people(database_url: str) -> AsyncIterator[Town]:
    """A town on that database."""
    async with town(database_url) as one:
        yield one
