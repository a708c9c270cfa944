"""`signalling holds`: what must be kept although it is due, with its reason."""

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import choice_of, in_store, print_table, refuse, with_reading, with_store_settings
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.store import Store

_subject = click.argument("subject")
_reason = click.option("--reason", type=choice_of(HoldReason), required=True)


@click.group(cls=IdGroup)
def holds() -> None:
    """Holds: an outstanding sum, a legal claim, an authority's order. A subject is customer:ID or person:ID."""


@holds.command()
@_subject
@_reason
@with_store_settings
def place(subject: str, reason: str, **flags: str | None) -> None:
    """Keep a customer or a person for that reason."""

    async def work(store: Store, now: float) -> bool:
        return await store.holds.place(subject, HoldReason(reason), now=now)

    if not in_store(flags, work):
        raise refuse("there is no such customer or person")
    click.echo("held")


@holds.command()
@_subject
@_reason
@with_store_settings
def lift(subject: str, reason: str, **flags: str | None) -> None:
    """That reason is gone; what was due meanwhile goes with the next retention run."""

    async def work(store: Store, _now: float) -> bool:
        return await store.holds.lift(subject, HoldReason(reason))

    if not in_store(flags, work):
        raise refuse("there is no such hold")
    click.echo("lifted")


@holds.command("list")
@with_reading(Record.HOLDS)
@with_store_settings
def list_all(looking: Looking, **flags: str | None) -> None:
    """All holds, and whether an erasure waits for them. Whom they are of sees that it was done."""

    async def work(store: Store, now: float) -> tuple[list[tuple[str, HoldReason, int]], list[str]]:
        return await Staff(store).holds(looking, now=now)

    held, due = in_store(flags, work)
    rows = [(subject, reason.value, str(day), "yes" if subject in due else "no") for subject, reason, day in held]
    print_table(("subject", "reason", "since day", "erasure waits"), rows)
