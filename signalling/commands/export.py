"""`signalling export`: all that is stored about a customer, or about whoever asked by e-mail, as a ZIP to hand over.

A person with the app takes theirs out in the app; no command writes a profile to a file.
"""

import os
from pathlib import Path

import click

from signalling import processing
from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, refuse, settings_of, told_plainly, with_reading, with_store_settings
from signalling.commands.words import plainly
from signalling.privacy.export import Answering, Held
from signalling.privacy.reading import Looking, Record
from signalling.service.rights import answered
from signalling.service.staff import Staff
from signalling.store.store import Store

_out = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A file that isn't there yet, made for its owner alone. Erase it once it is handed over.",
)


@click.group(cls=IdGroup)
def export() -> None:
    """All that is stored about somebody, as a ZIP: a manifest, pages in three languages, JSON of each table."""


@export.command()
@click.argument("customer")
@_out
@with_reading(Record.EXPORT)
@with_store_settings
def customer(customer: str, *, out: Path, looking: Looking, **flags: str | None) -> None:
    """A customer's record, devices, sums, books, threads and invitations of staff's; no member's profile."""

    async def work(store: Store, now: float) -> bytes | None:
        held = await Staff(store).all_of_customer(looking, customer, now=now)
        return answered(held, _answering(flags), phone=_phone(held), now=now) if held is not None else None

    _written(in_store(flags, work), out, "there is no such customer")


@export.command()
@click.argument("request")
@_out
@with_reading(Record.EXPORT)
@with_store_settings
def request(request: str, *, out: Path, looking: Looking, **flags: str | None) -> None:
    """All that the address leads to from which a request came: the answer to a request for access.

    An address proves nothing by itself: write to it before you hand anything over.
    """

    async def work(store: Store, now: float) -> bytes | None:
        held = await Staff(store).all_of_request(looking, request, now=now)
        return answered(held, _answering(flags), phone=_phone(held), now=now) if held is not None else None

    _written(in_store(flags, work), out, "there is no such request by e-mail; with the app they fetch their data there")


def _answering(flags: dict[str, str | None]) -> Answering:
    chosen = settings_of(flags)
    try:
        return Answering(processing.controller(chosen), processing.register(chosen))
    except (OSError, ValueError) as problem:
        raise click.ClickException(plainly(problem)) from None


def _phone(held: Held) -> str | None:
    """The first number that a customer's record has: its country's authority is named."""
    numbers = (row["sealed_phone"] for row in held.rows.get("customers", ()))
    return next((number for number in numbers if number), None)


def _written(content: bytes | None, out: Path, otherwise: str) -> None:
    if content is None:
        raise refuse(otherwise)

    def write() -> None:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    told_plainly(write)
    click.echo(f"{len(content)} bytes written")
