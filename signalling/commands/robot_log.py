"""`signalling av1-log`: the log of robots, for one of four purposes and nobody but the operator (P-19, P-22)."""

import csv
import sys

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, refuse, with_reading, with_store_settings
from signalling.people.robot_log import LogPurpose, hours_of
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.robot_log import date_of
from signalling.store.store import Store


@click.group("av1-log", cls=IdGroup)
def av1_log() -> None:
    """The AV1 log: buckets by robot and day, and never whose session it was."""


@av1_log.command()
@click.option("--device", default=None, help="One AV1 only; support always is of one.")
@with_reading(Record.AV1_LOG)
@with_store_settings
def export(device: str | None, looking: Looking, **flags: str | None) -> None:
    """Print it as CSV, each row with the purpose; for invoicing the summed minutes, and no row of the log.

    The robots' customers see that it was done.
    """
    chosen = LogPurpose(looking.purpose)
    if chosen is LogPurpose.SUPPORT and device is None:
        raise refuse("support looks at one robot: --device says which")
    out = csv.writer(sys.stdout, lineterminator="\n")

    async def log(store: Store, now: float) -> None:
        out.writerow(("purpose", "device", "date", "hours_utc", "field", "bucket", "times"))
        async for row in Staff(store).robot_log(looking, device, now=now):
            where = (row.device, date_of(row.day), hours_of(row.band))
            out.writerow((chosen.value, *map(str, where), row.field.value, row.bucket, row.times))

    async def sums(store: Store, now: float) -> None:
        out.writerow(("purpose", "device", "customer", "month", "minutes"))
        for one in await Staff(store).sums(looking, device, now=now):
            out.writerow((chosen.value, str(one.device), one.customer, one.month, one.minutes))

    in_store(flags, sums if chosen is LogPurpose.INVOICING else log)
