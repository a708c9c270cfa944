"""Handlers of a person's rights over their own data."""

from aiohttp import web

from signalling.access.admission import Door
from signalling.protocol.api import MyDataRequest, RequestMade
from signalling.web.answers import json_answer, octets_answer
from signalling.web.bodies import read_json
from signalling.web.front import Front
from signalling.web.signed import Signed


async def export(asked: Signed) -> web.StreamResponse:
    """All that is stored about whoever asks, with other people's part masked."""
    made = octets_answer(await asked.people.rights.export(asked.caller, now=asked.now), "application/zip")
    made.headers["Content-Disposition"] = 'attachment; filename="narvaro-export.zip"'
    return made


async def ask(asked: Signed) -> web.StreamResponse:
    """Ask for access, rectification, erasure or restriction, or object; an operator decides within a month."""
    return json_answer(await asked.people.rights.ask(asked.caller, asked.json(RequestMade), now=asked.now))


async def requests(asked: Signed) -> web.StreamResponse:
    """One's own requests, with their answers."""
    return json_answer(await asked.people.rights.requests(asked.caller, now=asked.now))


async def reads(asked: Signed) -> web.StreamResponse:
    """Which of one's own data staff have read, and what for."""
    return json_answer(await asked.people.rights.reads(asked.caller))


async def ask_by_form(front: Front, request: web.Request) -> web.StreamResponse:
    """The same by an e-mail address alone; the same answer for every address."""
    now = front.clock.now()
    front.knock(request, Door.MY_DATA, now=now)
    people = front.registry()
    return json_answer(await people.rights.ask_by_form(await read_json(request, MyDataRequest), now=now))
