"""How a database comes to this version's tables, step by step, and how one learns where it stands."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER: Final = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Bring the database behind this connection to the newest tables, in the connection's transaction."""
    command.upgrade(_config(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether it stands where this version's tables are."""
    head = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
