"""Handlers of circles and Komps: contacts, invitations, members, reset."""

from aiohttp import web

from signalling.protocol.api import InvitationRequest, InvitationUse, MemberChange
from signalling.web.answers import json_answer, no_answer
from signalling.web.signed import Signed


async def circle(asked: Signed) -> web.StreamResponse:
    """Everybody that one is linked with now, with the keys of their endpoints."""
    return json_answer(await asked.people.komps.circle(asked.caller))


async def invite(asked: Signed) -> web.StreamResponse:
    """An invitation to a Komp; with a number it goes there by SMS and its code is not given back."""
    shape = asked.json(InvitationRequest)
    return json_answer(await asked.people.komps.invite(asked.caller, asked.named("komp"), shape, now=asked.now))


async def open_invitations(asked: Signed) -> web.StreamResponse:
    """Invitations to a Komp that wait to be used."""
    return json_answer(await asked.people.komps.open_invitations(asked.caller, asked.named("komp"), now=asked.now))


async def withdraw(asked: Signed) -> web.StreamResponse:
    """Make an invitation unusable."""
    await asked.people.komps.withdraw(asked.caller, asked.named("invitation"), now=asked.now)
    return no_answer()


async def join(asked: Signed) -> web.StreamResponse:
    """Become a member of a Komp by an invitation's code."""
    return json_answer(await asked.people.komps.join(asked.caller, asked.json(InvitationUse), now=asked.now))


async def members(asked: Signed) -> web.StreamResponse:
    """The members of one's own side of a Komp."""
    return json_answer(await asked.people.komps.members(asked.caller, asked.named("komp")))


async def member(asked: Signed) -> web.StreamResponse:
    """One of them."""
    return json_answer(await asked.people.komps.member(asked.caller, asked.named("komp"), asked.named("party")))


async def change(asked: Signed) -> web.StreamResponse:
    """Give a member another role, as administrator of that side."""
    komp, party, shape = asked.named("komp"), asked.named("party"), asked.json(MemberChange)
    return json_answer(await asked.people.komps.change(asked.caller, komp, party, shape, now=asked.now))


async def remove(asked: Signed) -> web.StreamResponse:
    """End a membership at once: one's own, or another's as administrator of that side."""
    await asked.people.komps.remove(asked.caller, asked.named("komp"), asked.named("party"), now=asked.now)
    return no_answer()


async def reset(asked: Signed) -> web.StreamResponse:
    """Have the Komp forget everybody, as administrator."""
    await asked.people.komps.reset(asked.caller, asked.named("komp"), now=asked.now)
    return no_answer()
