"""`signalling keywords`: what links one app with one AV1."""

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import in_store, refuse, with_store_settings
from signalling.people.keyword import KeywordState
from signalling.store.store import Store


@click.group(cls=IdGroup)
def keywords() -> None:
    """Keywords that link an app with an AV1."""


@keywords.command()
@click.option("--device", required=True, help="The id of an AV1.")
@with_store_settings
def new(device: str, **flags: str | None) -> None:
    """Make a keyword, for one app and seven days; the app that was linked is cut off at once."""

    async def work(store: Store, now: float) -> str | None:
        return await store.keywords.create(device, now=now)

    made = in_store(flags, work)
    if made is None:
        raise refuse("there is no such AV1")
    click.echo(f"keyword {made}")


@keywords.command()
@click.option("--device", required=True, help="The id of an AV1.")
@with_store_settings
def state(device: str, **flags: str | None) -> None:
    """Tell what has become of the newest one: new, used or expired."""

    async def work(store: Store, now: float) -> KeywordState | None:
        return await store.keywords.state(device, now=now)

    found = in_store(flags, work)
    click.echo(found.value if found is not None else "none")
