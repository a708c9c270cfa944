"""`signalling support`: how staff read and answer questions until there is an Admin tool."""

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, print_table, refuse, with_reading, with_store_settings
from signalling.people.support import SupportError, checked_text
from signalling.privacy.reading import Looking, Record
from signalling.service.staff import Staff
from signalling.store.store import Store
from signalling.store.support import Thread, Waiting

_thread = click.argument("thread")
_NONE = "there is no such thread"


@click.group(cls=IdGroup)
def support() -> None:
    """Support threads. Nobody is named in them unless they chose to be; answers are read with the asker's reference."""


@support.command("list")
@with_store_settings
def list_all(**flags: str | None) -> None:
    """All threads, the one that has waited longest first; nothing of what they say."""

    async def work(store: Store, now: float) -> list[Waiting]:
        return await store.support.all(now=now)

    rows = [
        (one.thread, str(one.last_day), str(one.messages), one.by.value, _yes(one.has_email), one.customer or "")
        for one in in_store(flags, work)
    ]
    print_table(("thread", "last day", "messages", "last by", "address", "customer"), rows)


@support.command()
@_thread
@with_reading(Record.THREAD)
@with_store_settings
def show(thread: str, looking: Looking, **flags: str | None) -> None:
    """What was asked and answered, and the address if one was left."""

    async def work(store: Store, now: float) -> Thread | None:
        return await Staff(store).thread(looking, thread, now=now)

    found = in_store(flags, work)
    if found is None:
        raise refuse(_NONE)
    if found.email is not None:
        click.echo(f"address {found.email}\n")
    for one in found.messages:
        click.echo(f"{one.by.value}, day {one.day}\n{_plain(one.text)}\n")


@support.command()
@_thread
@click.option("--text", prompt=True)
@with_store_settings
def answer(thread: str, text: str, **flags: str | None) -> None:
    """Add an answer. No mail is sent: the asker reads it here, or you write to the address."""
    bare = _checked(text)

    async def work(store: Store, now: float) -> bool | None:
        return await store.support.answer(thread, bare, now=now)

    done = in_store(flags, work)
    if done is None:
        raise refuse(_NONE)
    if not done:
        raise refuse("the thread is full")
    click.echo("answered")


@support.command()
@_thread
@click.option("--customer", required=True, help="Whose question it is.")
@with_store_settings
def tie(thread: str, customer: str, **flags: str | None) -> None:
    """Keep a thread as long as that customer is one; it is erased with the customer."""

    async def work(store: Store, now: float) -> bool:
        return await store.support.tie(thread, customer, now=now)

    if not in_store(flags, work):
        raise refuse("there is no such thread, or no such customer")
    click.echo("tied")


@support.command()
@_thread
@with_store_settings
def erase(thread: str, **flags: str | None) -> None:
    """Erase a thread at once, for somebody who asked by another way."""

    async def work(store: Store, now: float) -> bool:
        return await store.support.remove(thread, now=now)

    if not in_store(flags, work):
        raise refuse(_NONE)
    click.echo("erased")


def _checked(text: str) -> str:
    try:
        return checked_text(text)
    except SupportError as problem:
        raise refuse(str(problem)) from None


def _plain(text: str) -> str:
    """A stranger's text on a terminal: only what can be printed."""
    return "".join(one if one.isprintable() or one == "\n" else " " for one in text)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
