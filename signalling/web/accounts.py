"""Handlers of accounts: coming in, and what an endpoint asks about its own party."""

from aiohttp import web

from signalling.access.admission import Door
from signalling.people.profile import picture_type
from signalling.protocol.api import CodeRequest, Enrolment, KeywordUse, NameChange, Registration
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.web.answers import json_answer, no_answer, octets_answer
from signalling.web.bodies import read_json
from signalling.web.front import Front
from signalling.web.route import PICTURE
from signalling.web.signed import Signed

# ---------------------------------------------------------------- coming in


async def ask_code(front: Front, request: web.Request) -> web.StreamResponse:
    """A one-time code by SMS; the same answer for every number."""
    now = front.clock.now()
    front.knock(request, Door.CODE, now=now)
    people = front.registry()
    return json_answer(people.accounts.ask_code(await read_json(request, CodeRequest), now=now))


async def register(front: Front, request: web.Request) -> web.StreamResponse:
    """A person's app comes in, by the code that was sent to its number."""
    now = front.clock.now()
    front.knock(request, Door.NEWCOMER, now=now)
    people = front.registry()
    return json_answer(await people.accounts.register(await read_json(request, Registration), now=now))


async def enrol(front: Front, request: web.Request) -> web.StreamResponse:
    """A device comes in, by its provisioning token."""
    now = front.clock.now()
    front.knock(request, Door.NEWCOMER, now=now)
    people = front.registry()
    return json_answer(await people.accounts.enrol(await read_json(request, Enrolment), now=now))


async def use_keyword(front: Front, request: web.Request) -> web.StreamResponse:
    """A student's app comes in, by a keyword and nothing else."""
    now = front.clock.now()
    front.knock(request, Door.NEWCOMER, now=now)
    people = front.registry()
    return json_answer(await people.accounts.use_keyword(await read_json(request, KeywordUse), now=now))


# ---------------------------------------------------------------- oneself


async def me(asked: Signed) -> web.StreamResponse:
    """All that is known of whoever asks."""
    return json_answer(await asked.people.accounts.me(asked.caller))


async def rename(asked: Signed) -> web.StreamResponse:
    """Another name for one's own profile."""
    await asked.people.accounts.rename(asked.caller, asked.json(NameChange))
    return no_answer()


async def set_picture(asked: Signed) -> web.StreamResponse:
    """Another picture for one's own profile: JPEG, PNG or WebP."""
    said = asked.request.content_type
    if said not in PICTURE.content_types:
        raise ProtocolError(ErrorCode.UNSUPPORTED, "A picture is JPEG, PNG or WebP, and says so.")
    return json_answer(await asked.people.accounts.set_picture(asked.caller, asked.body, said))


async def drop_picture(asked: Signed) -> web.StreamResponse:
    """No picture on one's own profile any more."""
    await asked.people.accounts.drop_picture(asked.caller)
    return no_answer()


async def close(asked: Signed) -> web.StreamResponse:
    """Erase one's own profile and all that belongs to it."""
    await asked.people.accounts.close(asked.caller, now=asked.now)
    made = no_answer()
    made.force_close()  # aiohttp holds a request, with its token, until the next on the same connection
    return made


async def revoke(asked: Signed) -> web.StreamResponse:
    """One of one's own endpoints, a lost phone, is taken no more."""
    await asked.people.accounts.revoke(asked.caller, asked.named("endpoint"), now=asked.now)
    return no_answer()


async def picture(asked: Signed) -> web.StreamResponse:
    """The picture of somebody whom one may see now."""
    found = await asked.people.accounts.picture(asked.caller, asked.named("picture"))
    return octets_answer(found, picture_type(found))
