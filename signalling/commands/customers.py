"""`signalling customers`: who owns devices and pays."""

import click

from signalling.commands.opened import choice_of, in_store, print_table, refuse, with_store_settings
from signalling.privacy.holds import HoldReason
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.store import Store


@click.group()
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
@with_store_settings
def list_all(**flags: str | None) -> None:
    """All customers, with how many devices each has."""

    async def work(store: Store, _now: float) -> list[tuple[str, CustomerData, int]]:
        owners = [device.customer for device in await store.devices.all()]
        return [(one, data, owners.count(one)) for one, data in (await store.customers.all()).items()]

    rows = [(one, data.kind.value, data.name, str(count)) for one, data, count in in_store(flags, work)]
    print_table(("customer", "kind", "name", "devices"), rows)


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

    async def work(store: Store, _now: float) -> bool:
        return await store.customers.remove(customer)

    if not in_store(flags, work):
        raise refuse("there is no such customer, or it still has a device")
    click.echo("erased")
