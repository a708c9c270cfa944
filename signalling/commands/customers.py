"""`signalling customers`: who owns devices and pays."""

import dataclasses
from typing import Any

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import choice_of, in_store, print_table, refuse, with_reading, with_store_settings
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.store import Store


@click.group(cls=IdGroup)
def customers() -> None:
    """Customers: who owns devices and pays."""


@customers.command()
@click.option("--kind", type=choice_of(CustomerKind), default=CustomerKind.PRIVATE.value, show_default=True)
@click.option("--name", prompt=True, help="Asked for if it isn't given, so that it stands in no shell's history.")
@click.option("--phone", default=None)
@click.option("--email", default=None)
@click.option("--address", default=None, help="Where devices are delivered to.")
@click.option("--payment-reference", default=None, help="The payment provider's; never card data.")
@click.option("--dpa-version", default=None, help="Version of the data-processing agreement that was signed.")
@with_store_settings
def add(
    *,
    kind: str,
    name: str,
    phone: str | None,
    email: str | None,
    address: str | None,
    payment_reference: str | None,
    dpa_version: str | None,
    **flags: str | None,
) -> None:
    """Register a customer; prints its id."""
    data = CustomerData(CustomerKind(kind), name, phone, email, address, payment_reference, dpa_version)

    async def work(store: Store, now: float) -> str:
        return await store.customers.add(data, now=now)

    click.echo(in_store(flags, work))


@customers.command("list")
@with_reading(Record.CUSTOMER)
@with_store_settings
def list_all(looking: Looking, **flags: str | None) -> None:
    """All customers, with how many devices each has. Each of them sees that it was done."""

    async def work(store: Store, now: float) -> list[tuple[str, CustomerData, int]]:
        owners = list((await store.devices.owners()).values())
        found = await Staff(store).customers(looking, now=now)
        return [(one, data, owners.count(one)) for one, data in found.items()]

    rows = [(one, data.kind.value, data.name, str(count)) for one, data, count in in_store(flags, work)]
    print_table(("customer", "kind", "name", "devices"), rows)


@customers.command()
@click.argument("customer")
@with_reading(Record.CUSTOMER)
@with_store_settings
def show(customer: str, looking: Looking, **flags: str | None) -> None:
    """All that is known of one customer."""

    async def work(store: Store, now: float) -> CustomerData | None:
        return await Staff(store).customer(looking, customer, now=now)

    found = in_store(flags, work)
    if found is None:
        raise refuse("there is no such customer")
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if value is not None:
            click.echo(f"{field.name.replace('_', ' '):19}{value}")


@customers.command()
@click.argument("customer")
@click.option("--name", default=None)
@click.option("--phone", default=None)
@click.option("--email", default=None)
@click.option("--address", default=None)
@click.option("--payment-reference", default=None)
@click.option("--dpa-version", default=None)
@with_store_settings
def correct(customer: str, **options: str | None) -> None:
    """Put right what is given, and leave the rest; an empty text takes a field away. Shows nothing."""
    fields = ("name", "phone", "email", "address", "payment_reference", "dpa_version")
    given = {name: value for name in fields if (value := options.pop(name)) is not None}
    if given.get("name") == "" or not given:
        raise refuse("say what to put right; a name can't be taken away")

    async def work(store: Store, _now: float) -> bool:
        known = await store.customers.get(customer)
        changed: dict[str, Any] = {name: value or None for name, value in given.items()}
        return known is not None and await store.customers.correct(customer, dataclasses.replace(known, **changed))

    if not in_store(options, work):
        raise refuse("there is no such customer")
    click.echo("corrected")


@customers.command()
@click.argument("customer")
@with_store_settings
def end(customer: str, **flags: str | None) -> None:
    """End the agreement: erase the customer, its devices, and all that these know of people."""

    async def work(store: Store, now: float) -> frozenset[HoldReason] | None:
        return await store.agreements.end(customer, now=now)

    reasons = in_store(flags, work)
    if reasons is None:
        raise refuse("there is no such customer")
    if reasons:
        raise refuse(f"kept, and erased once that is over: {', '.join(sorted(reasons))}")
    click.echo("erased")


@customers.command()
@click.argument("customer")
@with_store_settings
def remove(customer: str, **flags: str | None) -> None:
    """Erase a customer that has no device any more."""

    async def work(store: Store, now: float) -> bool:
        return await store.customers.remove(customer, now=now)

    if not in_store(flags, work):
        raise refuse("there is no such customer, or it still has a device")
    click.echo("erased")
