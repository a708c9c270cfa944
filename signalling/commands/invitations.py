"""`signalling invitations`: how the first member of a Komp, or of its staff, comes in without turning the knob."""

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import choice_of, in_store, refuse, with_store_settings
from signalling.people.membership import MemberRole, Side
from signalling.store.invitations import FreshInvitation
from signalling.store.store import Store


@click.group(cls=IdGroup)
def invitations() -> None:
    """Invitations to Komps."""


@invitations.command()
@click.option("--device", required=True, help="The id of a Komp.")
@click.option("--role", type=choice_of(MemberRole), default=MemberRole.USER.value, show_default=True)
@click.option("--side", type=choice_of(Side), default=Side.FAMILY.value, show_default=True)
@click.option("--video-only", is_flag=True, help="May place calls, may not post pictures or messages.")
@with_store_settings
def new(device: str, role: str, side: str, *, video_only: bool, **flags: str | None) -> None:
    """Make an invitation, for one person and seven days; prints its code. Nothing is sent."""

    async def work(store: Store, now: float) -> FreshInvitation | None:
        return await store.invitations.create(device, MemberRole(role), Side(side), video_only=video_only, now=now)

    made = in_store(flags, work)
    if made is None:
        raise refuse("there is no such Komp, or too many of its invitations are open")
    click.echo(f"invitation {made.code}")
