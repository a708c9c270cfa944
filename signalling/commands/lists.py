"""`signalling lists`: the waiting list and the newsletter, taken out to be written to, and who wants off them."""

import json

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import choice_of, in_store, print_table, refuse, with_reading, with_store_settings
from signalling.people.lists import ListKind
from signalling.privacy.consent import Consent
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.lists import Exported
from signalling.store.store import Store

_kind = click.argument("kind", type=choice_of(ListKind))


@click.group(cls=IdGroup)
def lists() -> None:
    """The waiting list and the newsletter. The coordinator sends no mail; whoever does, writes from an export."""


@lists.command()
@_kind
@click.option("--confirm", is_flag=True, help="Yes, print everybody's address.")
@with_reading(Record.LIST_ENTRY)
@with_store_settings
def export(kind: str, *, confirm: bool, looking: Looking, **flags: str | None) -> None:
    """A line of JSON for each entry, with the token that withdraws it: every mail has to carry that.

    Export anew before each mailing, and erase the export after it: an older one has addresses that were withdrawn.
    """
    if not confirm:
        raise refuse("this prints everybody's address; --confirm says that it shall")

    async def work(store: Store, now: float) -> list[Exported]:
        return await Staff(store).listed(looking, ListKind(kind), now=now)

    for one in in_store(flags, work):
        country = {"country": one.entry.country} if one.entry.country is not None else {}
        told = {"email": one.entry.email, **country, "wording": one.wording, "given_day": one.given_day}
        click.echo(json.dumps({**told, "withdrawal_token": one.token}, ensure_ascii=False))


@lists.command()
@_kind
@click.option("--email", prompt=True, help="Asked for if it isn't given, so that it stands in no shell's history.")
@with_store_settings
def remove(kind: str, email: str, **flags: str | None) -> None:
    """Take an address off, for somebody who asked by another way."""

    async def work(store: Store, now: float) -> bool:
        return await store.lists.remove(ListKind(kind), email.strip(), now=now)

    if not in_store(flags, work):
        raise refuse("that address is not on this list")
    click.echo("erased")


@lists.command()
@with_store_settings
def consents(**flags: str | None) -> None:
    """The ledger of consents: to what, which words, from which day to which. It names nobody."""

    async def work(store: Store, _now: float) -> list[Consent]:
        return await store.consents.all()

    rows = [
        (one.kind.value, one.wording, one.digest.hex(), one.policy_version, str(one.given_day), _day(one.withdrawn_day))
        for one in in_store(flags, work)
    ]
    print_table(("consent", "wording", "hash", "policy", "given day", "ended day"), rows)


def _day(day: int | None) -> str:
    return str(day) if day is not None else ""
