"""What the settings name that lasts: the database, and the master key that its subjects' keys are wrapped by.

It opens what is there. It makes a file only for an SQLite database that isn't there either: a master key that is made
where a database exists could open nothing of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from signalling.settings import Settings
from signalling.store.database import MEMORY, checked_url
from signalling.store.envelope import Master
from signalling.store.faults import StoreError
from signalling.store.master import CommandMaster, FileMaster, MemoryMaster, SucceedingMaster, add_master
from signalling.store.store import Store, is_ready, open_store


@asynccontextmanager
async def store(settings: Settings) -> AsyncIterator[Store | None]:
    """The store of these settings until the block ends; None where a seed file stands for it.

    An SQLite database is brought to this version's tables; PostgreSQL has to be (`signalling store upgrade`), as other
    nodes may still use it. Raises StoreError.
    """
    if settings.database_url is None and settings.seed_file is not None:
        yield None
        return
    url = settings.database_url or MEMORY
    async with open_store(
        url,
        master(settings),
        upgrade=_file_of(url) is not None,
        erasure_log=settings.erasure_log_file,
        backup_days=settings.backup_days,
        av1_log_days=settings.av1_log_days,
        dpa_required=settings.dpa_required,
    ) as opened:
        yield opened


def master(settings: Settings) -> Master:
    """The master key of these settings. Raises StoreError."""
    if settings.database_url is None:
        return MemoryMaster()
    path = settings.master_key_file
    if settings.kms_command is not None:
        kms = CommandMaster.parse(settings.kms_command)
        return kms if path is None else SucceedingMaster(kms, FileMaster(path))
    if path is None:
        raise StoreError("a database needs MASTER_KEY_FILE or KMS_COMMAND")
    file = _file_of(settings.database_url)
    if not path.exists() and file is not None and not file.exists():
        add_master(path)
    return FileMaster(path)


async def tried(settings: Settings) -> None:
    """Reach the database and unwrap a key of it, and change nothing. Raises StoreError."""
    if settings.database_url is None:
        return
    file = _file_of(settings.database_url)
    if file is not None and not file.exists():
        if not file.parent.is_dir():
            raise StoreError("the folder for the database isn't there")
        return
    if not await is_ready(settings.database_url, master(settings)):
        raise StoreError("the database isn't at this version's tables: signalling store upgrade")


def database_host(settings: Settings) -> str | None:
    """The host that the database is on; None for a file, or where there is none."""
    if settings.database_url is None or _file_of(settings.database_url) is not None:
        return None
    host = checked_url(settings.database_url).host
    return "localhost" if host is None else host  # a socket's folder stands in the query


def _file_of(url: str) -> Path | None:
    """The file of an SQLite database."""
    parsed = checked_url(url)
    is_file = parsed.drivername.startswith("sqlite") and parsed.database not in {None, "", ":memory:"}
    return Path(str(parsed.database)) if is_file else None
