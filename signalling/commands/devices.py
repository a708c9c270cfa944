"""`signalling devices`: Komps and AV1s, from the day they are registered until they are returned."""

from collections.abc import Awaitable, Callable

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, print_table, refuse, with_reading, with_store_settings
from signalling.people.device import DeviceMove, DeviceStatus
from signalling.people.robot_log import Usage
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.devices import Device
from signalling.store.robot_log import date_of
from signalling.store.store import Store
from signalling.vocabulary import PartyId, PartyKind

DEVICE_KINDS = (PartyKind.KOMP, PartyKind.AV1)


@click.group(cls=IdGroup)
def devices() -> None:
    """Komps and AV1s."""


@devices.command()
@click.option("--kind", type=click.Choice([kind.value for kind in DEVICE_KINDS]), required=True)
@click.option("--customer", required=True, help="The id of who owns it.")
@click.option("--name", required=True, help="What its people see.")
@with_store_settings
def add(kind: str, customer: str, name: str, **flags: str | None) -> None:
    """Register a device; prints its id, and the provisioning token that it enrols with once."""

    async def work(store: Store, now: float) -> tuple[PartyId, str] | None:
        return await store.devices.add(PartyKind(kind), customer, name, now=now)

    made = in_store(flags, work)
    if made is None:
        raise refuse("there is no such customer")
    click.echo(f"device {made[0]}")
    click.echo(f"provisioning token {made[1]}")


@devices.command("list")
@click.option("--customer", default=None, help="Only those of this customer.")
@with_reading(Record.DEVICES)
@with_store_settings
def list_all(customer: str | None, looking: Looking, **flags: str | None) -> None:
    """All devices, with their status and how many members each has. Their customers see that it was done."""

    async def work(store: Store, now: float) -> list[tuple[Device, int]]:
        found = await Staff(store).devices(looking, customer, now=now)
        return [(one, len(await store.memberships.of_komp(one.party))) for one in found]

    rows = [
        (str(one.party), one.kind.value, one.customer, one.status.value, str(members), one.name)
        for one, members in in_store(flags, work)
    ]
    print_table(("device", "kind", "customer", "status", "members", "name"), rows)


@devices.command()
@click.option("--customer", default=None, help="Only those of this customer.")
@with_reading(Record.USAGE)
@with_store_settings
def usage(customer: str | None, looking: Looking, **flags: str | None) -> None:
    """What a customer may see of its AV1s: status, the day of the last use, and summed minutes by month."""

    async def work(store: Store, now: float) -> tuple[list[Device], list[Usage]]:
        return await Staff(store).usage(looking, customer, now=now)

    found, used = in_store(flags, work)
    rows = []
    for one in found:
        if one.kind is PartyKind.AV1:
            mine = [use for use in used if (use.device, use.customer) == (one.party, one.customer)]
            last = str(date_of(max(use.last_day for use in mine))) if mine else "never"
            about = (str(one.party), one.status.value, last)
            rows += [(*about, use.month, str(use.minutes)) for use in mine] or [(*about, "", "0")]
    print_table(("device", "status", "last used", "month", "minutes"), rows)


def _moving(name: str, move: DeviceMove, about: str) -> None:
    """A command that moves one device from a status to another."""

    @devices.command(name, help=about)
    @click.argument("device")
    @with_store_settings
    def command(device: str, **flags: str | None) -> None:
        async def work(store: Store, now: float) -> DeviceStatus | None:
            return await store.devices.move(PartyId(device), move, now=now)

        _print_status(in_store(flags, work))


_moving("suspend", DeviceMove.SUSPEND, "The subscription rests: calls to it are refused, and say so.")
_moving("resume", DeviceMove.RESUME, "The subscription goes on.")
_moving("block", DeviceMove.BLOCK, "A recording was attempted: calls are refused until it is unblocked.")


@devices.command()
@click.argument("device")
@with_reading(Record.UNBLOCKING)
@with_store_settings
def unblock(device: str, looking: Looking, **flags: str | None) -> None:
    """Let a blocked device take calls again. Its customer sees that it was done, what for and when."""

    async def work(store: Store, now: float) -> DeviceStatus | None:
        return await Staff(store).unblock(looking, device, now=now)

    _print_status(in_store(flags, work))


@devices.command()
@click.argument("device")
@with_store_settings
def restart(device: str, **flags: str | None) -> None:
    """Have it start anew within a second, if it is online; what goes on through it ends."""

    async def work(store: Store, now: float) -> bool:
        return await store.devices.restart(PartyId(device), now=now)

    if not in_store(flags, work):
        raise refuse("there is no such device in use")
    click.echo("told")


@devices.command()
@click.argument("device")
@with_store_settings
def token(device: str, **flags: str | None) -> None:
    """Another provisioning token for a device that keeps its people."""

    async def work(store: Store, now: float) -> str | None:
        return await store.devices.new_token(PartyId(device), now=now)

    _print_token(in_store(flags, work))


@devices.command()
@click.argument("device")
@click.confirmation_option("--yes", prompt="It forgets all its people. Go on?")
@with_store_settings
def reset(device: str, **flags: str | None) -> None:
    """Forget everybody: members, invitations, posts, keys. Prints the next provisioning token."""
    _print_token(in_store(flags, _forgetting(device, DeviceMove.RESET, None)))


@devices.command("return")
@click.argument("device")
@click.confirmation_option("--yes", prompt="It forgets all its people. Go on?")
@with_store_settings
def take_back(device: str, **flags: str | None) -> None:
    """Forget everybody; it is out of use until it is handed over or reset."""
    if in_store(flags, _forgetting(device, DeviceMove.RETURN, None)) is None:
        raise refuse("there is no such device")
    click.echo(DeviceStatus.RETURNED.value)


@devices.command("hand-over")
@click.argument("device")
@click.option("--customer", required=True, help="The id of who owns it from now on.")
@click.confirmation_option("--yes", prompt="It forgets all its people. Go on?")
@with_store_settings
def hand_over(device: str, customer: str, **flags: str | None) -> None:
    """Forget everybody; it is another customer's now. Prints the next provisioning token."""
    _print_token(in_store(flags, _forgetting(device, DeviceMove.HAND_OVER, customer)))


def _forgetting(device: str, move: DeviceMove, customer: str | None) -> Callable[[Store, float], Awaitable[str | None]]:
    async def work(store: Store, now: float) -> str | None:
        return await store.devices.reset(PartyId(device), move=move, customer=customer, now=now)

    return work


def _print_status(status: DeviceStatus | None) -> None:
    if status is None:
        raise refuse("there is no such device, or its status does not allow it")
    click.echo(status.value)


def _print_token(made: str | None) -> None:
    if made is None:
        raise refuse("there is no such device or customer, or its status does not allow it")
    click.echo(f"provisioning token {made}")
