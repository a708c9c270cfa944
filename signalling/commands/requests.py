"""`signalling requests`: what people ask about their own data, and how it is decided."""

import datetime as dt
from typing import Final

import click

from signalling.commands.ids import IdGroup
from signalling.commands.opened import choice_of, in_store, print_table, refuse, with_reading, with_store_settings
from signalling.privacy.reading import Looking, Record
from signalling.privacy.requests import TEXT_AT_MOST, CameBy, Outcome, Refusal, RequestKind
from signalling.service.staff import Reviewed, Staff
from signalling.store.requests import Request
from signalling.store.store import Store

_EPOCH: Final = dt.date(1970, 1, 1)
_GONE: Final = "there is no such request, or it is decided already"
_request = click.argument("request")


@click.group(cls=IdGroup)
def requests() -> None:
    """Subject requests: received, decided within a month, told. `list` names nobody; `show` does."""


@requests.command("list")
@with_store_settings
def list_all(**flags: str | None) -> None:
    """All requests, the most urgent first."""

    async def work(store: Store, now: float) -> tuple[list[Request], int]:
        return await store.requests.all(), int(now // 86_400)

    found, today = in_store(flags, work)
    rows = [
        (one.request, one.kind.value, one.came_by.value, _date(one.due_day), _standing(one, today)) for one in found
    ]
    print_table(("request", "kind", "came by", "due", "standing"), rows)


@requests.command()
@_request
@with_reading(Record.REQUEST)
@with_store_settings
def show(request: str, looking: Looking, **flags: str | None) -> None:
    """One request: who asks, what they say, and whose data their e-mail address leads to.

    Customers, entries of lists, support threads and earlier requests with that address.
    """

    async def work(store: Store, now: float) -> tuple[Reviewed | None, int]:
        return await Staff(store).request(looking, request, now=now), int(now // 86_400)

    reviewed, today = in_store(flags, work)
    if reviewed is None:
        raise refuse("there is no such request")
    one = reviewed.request
    told = [
        ("kind", one.kind.value),
        ("came by", one.came_by.value),
        ("received", _date(one.received_day)),
        ("due", _date(one.due_day)),
        ("standing", _standing(one, today)),
        ("about", ", ".join(reviewed.about) or "nobody known"),
        ("e-mail", one.email or ""),
        ("says", one.text or ""),
        ("reason", one.reason.value if one.reason is not None else ""),
        ("answer", one.answer or ""),
    ]
    for name, value in told:
        if value:
            click.echo(f"{name:10}{value}")


@requests.command()
@_request
@click.option("--answer", default=None, help="What is said to whoever asked.")
@with_store_settings
def grant(request: str, *, answer: str | None, **flags: str | None) -> None:
    """Grant it. An erasure is done at once; where a hold keeps the data it is refused with the hold's reason."""
    _check(answer)

    async def work(store: Store, now: float) -> tuple[Outcome | None, Request | None]:
        one = await store.requests.get(request)
        if one is None:
            return None, None
        outcome = await store.requests.grant(one, answer, now=now)
        return outcome, await store.requests.get(request)

    outcome, left = in_store(flags, work)
    if outcome is None:
        raise refuse(_GONE)
    if outcome is Outcome.REFUSED and left is not None:
        raise refuse(f"refused, {left.reason or ''}: {left.answer or 'nobody known has that address'}")
    click.echo("granted" if left is None or left.kind is not RequestKind.ERASURE else "granted, and erased")
    _remind(left)


@requests.command("refuse")
@_request
@click.option("--reason", type=choice_of(Refusal), required=True)
@click.option("--answer", required=True, help="The reason in words, for whoever asked.")
@with_store_settings
def refuse_it(request: str, *, reason: str, answer: str, **flags: str | None) -> None:
    """Refuse it, with a reason and words."""
    _check(answer)

    async def work(store: Store, now: float) -> Request | None:
        one = await store.requests.get(request)
        is_done = one is not None and await store.requests.refuse(one, Refusal(reason), answer, now=now)
        return one if is_done else None

    left = in_store(flags, work)
    if left is None:
        raise refuse(_GONE)
    click.echo("refused")
    _remind(left)


@requests.command()
@_request
@with_store_settings
def told(request: str, **flags: str | None) -> None:
    """Whoever asked by the form has been written to."""

    async def work(store: Store, now: float) -> bool:
        return await store.requests.told(request, now=now)

    if not in_store(flags, work):
        raise refuse("there is no such request, or it isn't decided, or it was told already")
    click.echo("told")


def _remind(one: Request | None) -> None:
    if one is not None and one.came_by is CameBy.FORM:
        click.echo("now write to their address, then `signalling requests told`")


def _check(answer: str | None) -> None:
    if answer is not None and (len(answer) > TEXT_AT_MOST or "\0" in answer):
        raise refuse(f"an answer is text of at most {TEXT_AT_MOST} characters")


def _standing(one: Request, today: int) -> str:
    if one.decided_day is None:
        return "overdue" if one.due_day < today else "received"
    told = "told" if one.told_day is not None else "not told yet"
    return f"{one.outcome}, {told}"


def _date(day: int) -> str:
    return (_EPOCH + dt.timedelta(days=day)).isoformat()
