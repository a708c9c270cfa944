"""What the commands do, with a terminal in front of it: place a call, be a device, keep a house."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import aiohttp
from rich.console import Console
from rich.status import Status
from rich.text import Text

from client_sim import house as homes
from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.av1 import Av1
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.house import House, open_house
from client_sim.idle_screen import showing
from client_sim.komp import Komp
from client_sim.link import find_link, fragment
from client_sim.live_call import LiveCall
from client_sim.manner import Observer, Surroundings
from client_sim.origin import normal_origin
from client_sim.report import CallReport
from client_sim.scenarios.one_call import live_through
from client_sim.sealed.keeping import Keeping, write_keeping
from client_sim.sealed.links import LinkRecord
from client_sim.student import StudentApp
from client_sim.terminal import CallPrinter, device_lines, print_verdict
from signalling.protocol import PartyKind

DeviceMaker = Callable[[Surroundings, Observer], Komp | Av1]


async def call_at_home(console: Console, house: House, kind: str, seconds: float) -> CallReport:
    """Call a device of this house from an app of this house."""
    printer = CallPrinter(console)
    if kind == PartyKind.AV1:
        student = await house.student_app(observe=printer.marked)
        contact = student.endpoint.book.links[0]
        return await _place(console, printer, contact, lambda: student.call(contact), seconds)
    family = await house.family_app(observe=printer.marked)
    contact = next(one for one in family.endpoint.book.links if one.kind is PartyKind.KOMP)
    return await _place(console, printer, contact, lambda: family.call(contact), seconds)


async def call_elsewhere(
    console: Console, keeping: Keeping, kind: str, seconds: float, *, origin: str, always_relay: bool
) -> CallReport:
    """Call a device that is online with a coordinator elsewhere. Raises ConnectionError and LinkError."""
    contact = find_link(keeping, kind)
    printer = CallPrinter(console)
    async with aiohttp.ClientSession() as http:
        around = Surroundings(normal_origin(origin), http, always_relay=always_relay)
        app: FamilyApp | StudentApp
        if contact.kind is PartyKind.AV1:
            app = StudentApp(keeping, around, live_ends("STUDENT"), observe=printer.marked)
        else:
            app = FamilyApp(keeping, around, live_ends("FAMILY"), observe=printer.marked)
        try:
            await app.endpoint.start()
            if isinstance(app, FamilyApp):
                asking = Asking(app.endpoint.identity, origin=around.origin, http=http)
                await app.learn_own_profile(Account(asking))
            return await _place(console, printer, contact, lambda: app.call(contact), seconds)
        finally:
            await app.endpoint.stop()


async def be_device(console: Console, name: str, origin: str, make: DeviceMaker) -> NoReturn:
    """Be online until cancelled; say what happens. Raises ConnectionError where the coordinator shuts it out."""
    async with aiohttp.ClientSession() as http:
        around = Surroundings(normal_origin(origin), http)
        device = make(around, device_lines(console, name, _wall_clock))
        try:
            await device.endpoint.start()
            console.print(f"{name} online at {normal_origin(origin)}. Ctrl-C turns it off.")
            async with _between_calls(console, device, around):
                raise ConnectionError(await device.endpoint.turned_away())
        finally:
            await device.endpoint.stop()


async def keep_house(console: Console, *, port: int, countdown_seconds: float) -> None:
    """Coordinator and devices until cancelled; say where to click, and what the devices do."""
    lines = {
        PartyKind.KOMP: device_lines(console, "Komp", _wall_clock),
        PartyKind.AV1: device_lines(console, "AV1", _wall_clock),
    }
    with tempfile.TemporaryDirectory(prefix="narvaro-links-") as folder:
        async with open_house(
            port=port,
            countdown_seconds=countdown_seconds,
            observe_komp=lines[PartyKind.KOMP],
            observe_av1=lines[PartyKind.AV1],
        ) as house:
            _welcome(console, house, Path(folder))
            try:
                async with _between_calls(console, house.komp, house.around):
                    await asyncio.Event().wait()
            finally:
                console.print("closing the house …")


@asynccontextmanager
async def _between_calls(console: Console, device: Komp | Av1, around: Surroundings) -> AsyncIterator[None]:
    """A Komp shows pictures and messages; at the end it says how many came and went."""
    if not isinstance(device, Komp):
        yield
        return
    async with showing(device, around) as album:
        try:
            yield
        finally:
            if told := str(album.figures):
                console.print(f"pictures and messages: {told}")


async def _place(
    console: Console, printer: CallPrinter, contact: LinkRecord, place: Callable[[], LiveCall], seconds: float
) -> CallReport:
    console.print(Text(f"calling {contact.name}", "bold"))
    with console.status("calling") as status:
        showing = asyncio.create_task(_show_present(status, printer), name="status")
        try:
            call = place()
            report = await live_through(
                call,
                to=contact.kind.value,
                seconds=seconds,
                each_second=lambda since: printer.figures(since, call.ends.figures()),
            )
        finally:
            showing.cancel()
    print_verdict(console, report)
    return report


async def _show_present(status: Status, printer: CallPrinter) -> None:
    while True:
        status.update(printer.present(time.monotonic()))
        await asyncio.sleep(0.2)


def _welcome(console: Console, house: House, folder: Path) -> None:
    """Everything that somebody needs to make the first call."""
    origin = house.coordinator.origin
    links = house.household.links
    for name, file in ((homes.TERMINAL, "family.json"), (homes.STUDENT, "student.json")):
        write_keeping(folder / file, links[name])

    def say(text: str = "", style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    say("The house is open.", "bold green")
    say(f"  coordinator  {origin}")
    say(f"  Komp         {homes.KOMP}, online, takes calls after {house.komp.countdown_seconds:.0f} s")
    say(f"  AV1          {homes.AV1}, online")
    say()
    say("Call the Komp from a browser, as a relative who is already linked:", "bold")
    say(f"  {origin}/family#link={fragment(links[homes.BROWSER])}", "cyan")
    say()
    say("Or from another terminal:", "bold")
    say(f"  client-sim call --to komp --origin {origin} --link {folder / 'family.json'}")
    say(f"  client-sim call --to av1 --origin {origin} --link {folder / 'student.json'}")
    say()
    say("Ctrl-C closes the house; nothing of it is kept.")
    say()


def _wall_clock() -> str:
    return time.strftime("%H:%M:%S")
