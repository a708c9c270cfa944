"""Handlers of lists and support threads: for people without an account. What opens something stands in the body."""

from aiohttp import web

from signalling.access.admission import Door
from signalling.protocol import lists as bodies
from signalling.service.lists import wordings
from signalling.web.answers import json_answer, no_answer
from signalling.web.bodies import read_json
from signalling.web.front import Front

# ---------------------------------------------------------------- lists


async def consents(front: Front, request: web.Request) -> web.StreamResponse:
    """What is agreed to, in which words: the current wordings, for whoever shows them."""
    front.knock(request, Door.THREAD, now=front.clock.now())
    return json_answer(wordings())


async def wait(front: Front, request: web.Request) -> web.StreamResponse:
    """Onto the waiting list, by consent; the same answer for an address that is on it."""
    now = front.clock.now()
    front.knock(request, Door.LIST, now=now)
    people = front.registry()
    await people.lists.wait(await read_json(request, bodies.WaitingEntry), now=now)
    return no_answer()


async def subscribe(front: Front, request: web.Request) -> web.StreamResponse:
    """Onto the newsletter's list, by consent; the same answer for an address that is on it."""
    now = front.clock.now()
    front.knock(request, Door.LIST, now=now)
    people = front.registry()
    await people.lists.subscribe(await read_json(request, bodies.NewsletterEntry), now=now)
    return no_answer()


async def withdraw(front: Front, request: web.Request) -> web.StreamResponse:
    """Off the list that the token is of, at once; doing it again is no fault."""
    now = front.clock.now()
    front.knock(request, Door.THREAD, now=now)
    people = front.registry()
    await people.lists.withdraw(await read_json(request, bodies.Withdrawal), now=now)
    return no_answer()


# ---------------------------------------------------------------- support


async def ask(front: Front, request: web.Request) -> web.StreamResponse:
    """A new support thread, without any personal data unless somebody chooses to leave an address."""
    now = front.clock.now()
    front.knock(request, Door.SUPPORT, now=now)
    people = front.registry()
    return json_answer(await people.support.ask(await read_json(request, bodies.Question), now=now))


async def read(front: Front, request: web.Request) -> web.StreamResponse:
    """The thread of that reference."""
    now = front.clock.now()
    front.knock(request, Door.THREAD, now=now)
    people = front.registry()
    return json_answer(await people.support.read(await read_json(request, bodies.ThreadReference), now=now))


async def write(front: Front, request: web.Request) -> web.StreamResponse:
    """One more message in the thread of that reference."""
    now = front.clock.now()
    front.knock(request, Door.SUPPORT, now=now)
    people = front.registry()
    await people.support.write(await read_json(request, bodies.ThreadMessage), now=now)
    return no_answer()


async def erase(front: Front, request: web.Request) -> web.StreamResponse:
    """Erase the thread of that reference at once, with the address if there is one."""
    now = front.clock.now()
    front.knock(request, Door.THREAD, now=now)
    people = front.registry()
    await people.support.erase(await read_json(request, bodies.ThreadReference), now=now)
    return no_answer()
