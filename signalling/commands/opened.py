"""How a command comes to the store: its settings as flags, one event loop, and errors as one plain line."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

import click
from rich.console import Console
from rich.table import Table

from signalling import lasting
from signalling.people.profile import ProfileError
from signalling.privacy.reading import ALLOWED, Looking, ReadingError, ReadPurpose, Record
from signalling.settings import Settings, SettingsError, read_settings
from signalling.store.faults import StoreError
from signalling.store.store import Store

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
STORE_SETTINGS = ("database_url", "master_key_file", "kms_command", "erasure_log_file")
WIDE = 200


def with_store_settings(command: F) -> F:
    """A flag for each setting that the store has."""
    for name in reversed(STORE_SETTINGS):
        about = (Settings.model_fields[name].description or "").replace("`", "")
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", default=None, help=about)(command)
    return command


def with_reading(record: Record) -> Callable[[F], F]:
    """`--operator` and `--purpose`, one of those that this record is read for; the command is given `looking`.

    Both are needed: a command that shows something personal is not done without.
    """

    def made(command: F) -> F:
        @wraps(command)
        def running(*arguments: Any, operator: str, purpose: str, **options: Any) -> Any:
            looking = told_plainly(lambda: Looking(operator, ReadPurpose(purpose)))
            return command(*arguments, looking=looking, **options)

        who = click.option(
            "--operator",
            envvar="NARVARO_OPERATOR",
            required=True,
            help="Who looks: a name of staff. Whom it is about sees that it was done, what for and when.",
        )
        what_for = click.option("--purpose", type=choice_of(sorted(ALLOWED[record])), required=True, help="What for.")
        return cast("F", who(what_for(running)))

    return made


def settings_of(flags: dict[str, str | None]) -> Settings:
    """The settings of this command. Raises ClickException."""
    try:
        chosen = read_settings({name: value for name, value in flags.items() if value is not None})
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from None
    if chosen.database_url is None:
        raise click.ClickException("NARVARO_DATABASE_URL: this command needs a database that lasts")
    return chosen


def in_store(flags: dict[str, str | None], work: Callable[[Store, float], Awaitable[T]]) -> T:
    """Do this in the store; `work` is given it and the moment. Raises ClickException."""
    chosen = settings_of(flags)

    async def opened() -> T:
        async with lasting.store(chosen) as store:
            if store is None:
                raise StoreError("this command needs a database that lasts")
            return await work(store, time.time())

    return told_plainly(lambda: asyncio.run(opened()))


def told_plainly(work: Callable[[], T]) -> T:
    """Do this; what an operator can put right is told in one line. Raises ClickException."""
    try:
        return work()
    except (StoreError, ProfileError, ReadingError) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(problem.strerror or type(problem).__name__) from None


def choice_of(words: Iterable[StrEnum]) -> click.Choice[str]:
    """One of the words of a closed list, written as they are elsewhere."""
    return click.Choice([word.value for word in words])


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table; ids are never folded."""
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=WIDE)
    console.print(table)


def refuse(rule: str) -> click.ClickException:
    """What couldn't be done, as one line."""
    return click.ClickException(rule)
