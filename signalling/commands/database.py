"""`signalling store`, and the commands of the master key."""

import asyncio
from pathlib import Path

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, refuse, settings_of, told_plainly, with_store_settings
from signalling.store.master import add_master, drop_masters
from signalling.store.store import Store, lose_log, upgrade_store


@click.group(cls=IdGroup)
def store() -> None:
    """The database of people, devices and posts that wait."""


@store.command()
@with_store_settings
def upgrade(**flags: str | None) -> None:
    """Bring the database to this version's tables. Stop older nodes first."""
    url = settings_of(flags).database_url
    if url is not None:
        told_plainly(lambda: asyncio.run(upgrade_store(url)))
    click.echo("the database is at this version's tables")


@store.command()
@with_store_settings
def sweep(**flags: str | None) -> None:
    """Erase what has had its time; a running server does so by itself."""

    async def work(opened: Store, now: float) -> int:
        return await opened.sweep(now=now)

    click.echo(f"{in_store(flags, work)} rows erased")


@store.command("lost-log")
@with_store_settings
@click.confirmation_option(prompt="No backup made until now may be restored any more. Go on?")
def lost_log(**flags: str | None) -> None:
    """The log of erasures is lost: go on with a new one. Destroy the backups, or they bring back who was erased."""
    url = settings_of(flags).database_url
    if url is not None:
        told_plainly(lambda: asyncio.run(lose_log(url)))
    click.echo("the database begins a new log of erasures; destroy the backups made until now")


@click.command("new-master")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="NARVARO_MASTER_KEY_FILE",
    required=True,
    help="The file with the master keys; made if it isn't there.",
)
def new_master(file: Path) -> None:
    """Make the master key, or one more version of it that wraps from now on.

    Running servers notice. Then `rotate-master` wraps everything anew.
    """
    click.echo(f"version {told_plainly(lambda: add_master(file))} wraps from now on")


@click.command("rotate-master")
@click.option("--forget", is_flag=True, help="Then drop the versions from the file that wrap nothing any more.")
@with_store_settings
def rotate_master(*, forget: bool, **flags: str | None) -> None:
    """Wrap every key in the database under the newest master key; contents stay as they are.

    With --forget what was erased before can't be opened any more by anybody, not from a backup either.
    """
    file = settings_of(flags).master_key_file

    async def work(opened: Store, _now: float) -> tuple[int, set[str]]:
        return await opened.rewrap()

    wrapped, in_use = in_store(flags, work)
    click.echo(f"{wrapped} keys wrapped anew")
    if not forget:
        return
    if file is None:
        raise refuse("NARVARO_MASTER_KEY_FILE: there is no file to drop versions from")
    click.echo(f"{told_plainly(lambda: drop_masters(file, kept=in_use))} versions dropped")
