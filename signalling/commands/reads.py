"""`signalling reads`: which of whose data staff have read, for whoever answers for staff."""

import datetime as dt
from typing import Final

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, print_table, with_reading, with_store_settings
from signalling.privacy.reading import Looking, Read, Record
from signalling.service.staff import Staff
from signalling.store.store import Store

_MINUTE_SECONDS: Final = 60


@click.group(cls=IdGroup)
def reads() -> None:
    """Staff's reads: a line for each, kept for a year with whom it is about."""


@reads.command("list")
@click.argument("subject")
@with_reading(Record.READS)
@with_store_settings
def list_all(subject: str, looking: Looking, **flags: str | None) -> None:
    """Who read what of a subject, what for and when: person:ID, customer:ID, request:ID, thread:ID or listed:ID."""

    async def work(store: Store, now: float) -> list[Read]:
        return await Staff(store).reads(looking, subject, now=now)

    rows = [(_time(one.minute), one.record.value, one.purpose.value, one.operator) for one in in_store(flags, work)]
    print_table(("when (UTC)", "what", "what for", "who"), rows)


def _time(minute: int) -> str:
    return dt.datetime.fromtimestamp(minute * _MINUTE_SECONDS, dt.UTC).strftime("%Y-%m-%d %H:%M")
