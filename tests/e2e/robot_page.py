"""An AV1 that is a browser page, and who is around it: a school's coordinator with a store, headless students."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from playwright.async_api import Page, expect

from client_sim import aiortc_settings, ceremonies
from client_sim.asking import Asking
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.household import Member, make_household
from client_sim.identity import Identity
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.links import LinkRecord, Who
from client_sim.sealed.pairing_code import PairingCode, pairing_link
from client_sim.settling import Newcomer
from client_sim.student import StudentApp
from client_sim.timeline import Step
from signalling.protocol import PartyKind, PresenceState
from signalling.protocol import messages as wire

ROBOT = "Robot 7"
WATCH = """() => {
  const robot = document.getElementById("robot");
  globalThis.seen = [];
  const note = () => seen.push({ at: performance.now(), ...robot.dataset });
  new MutationObserver(note).observe(robot, { attributes: true });
  note();
}"""
"""Notes everything that the drawing shows, and when."""


@dataclass(repr=False)
class School:
    """A coordinator that knows one robot, whose browser is the test's page."""

    coordinator: Coordinator
    around: Surroundings
    customer: str = ""
    party: str = ""
    _apps: list[StudentApp] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What the robot's browser is started with each morning."""
        return f"{self.coordinator.origin}/av1?lang=en"

    async def set_up_code(self) -> str:
        """What the operator prints for a new robot."""
        self.customer = await self.coordinator.operate("customers", "add", "--name", "The school")
        said = await self.coordinator.operate(
            "devices", "add", "--kind", "av1", "--customer", self.customer, "--name", ROBOT
        )
        self.party = said.split()[1]
        return said.rpartition(" ")[2]

    async def moves_in(self, page: Page) -> None:
        """The robot's browser is set up, and looks for a code."""
        await page.goto(f"{self.address}#enrol={await self.set_up_code()}")
        await expect(page.locator("#heading")).to_have_text("Hold the code before the camera")

    async def student(self) -> StudentApp:
        """A headless app that came in by a new keyword, online."""
        said = await self.coordinator.operate("keywords", "new", "--device", self.party)
        identity = Identity()
        newcomer = Newcomer(identity, Asking(identity, origin=self.around.origin, http=self.around.http))
        came = await newcomer.account.use_keyword(said.removeprefix("keyword "))
        app = StudentApp(newcomer.keeping(came.party, "Student"), self.around, live_ends("STUDENT"))
        self._apps.append(app)
        await app.endpoint.start()
        return app

    async def pairs(self, app: StudentApp, page: Page) -> LinkRecord:
        """The robot's camera sees the app's code; the test hands the page what a camera would read."""
        code = ceremonies.code_to_show(app.endpoint, PartyKind.PERSON)
        showing = asyncio.create_task(shows(app, code, self.party))
        await page.evaluate("(text) => { globalThis.BarcodeDetector.text = text; }", pairing_link(self.address, code))
        await expect(page.locator("#heading")).to_have_text("The robot knows its student now")
        met = await showing
        app.endpoint.send(wire.PresenceWatch([met.endpoint]))
        await page.evaluate("globalThis.BarcodeDetector.text = null")
        return met

    async def close(self) -> None:
        await asyncio.gather(*(app.endpoint.stop() for app in self._apps))


async def shows(app: StudentApp, code: PairingCode, robot: str) -> LinkRecord:
    """The app waits until the robot has read its code."""
    return await ceremonies.show_code(app.endpoint, code, Who(robot, ROBOT, PartyKind.AV1))


CAMERA = """
  globalThis.BarcodeDetector = class {
    static text = null;
    static getSupportedFormats = async () => ["qr_code"];
    detect = async () => (BarcodeDetector.text === null ? [] : [{ rawValue: BarcodeDetector.text }]);
  };
  globalThis.sending = [];
  const replaceTrack = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = function (track) {
    sending.push({ at: performance.now(), isTrack: track !== null });
    return replaceTrack.call(this, track);
  };
"""
"""A browser that reads QR by itself, as a phone's does; and what is given to its senders, and when."""


@asynccontextmanager
async def school() -> AsyncIterator[School]:
    """A coordinator with a store; the robot moves in when a test has it do so."""
    aiortc_settings.apply(loopback_only=True)
    try:
        async with running_coordinator() as coordinator, aiohttp.ClientSession() as http:
            made = School(coordinator, Surroundings(coordinator.origin, http))
            try:
                yield made
            finally:
                await made.close()
    finally:
        aiortc_settings.apply()


@asynccontextmanager
async def with_a_private_link() -> AsyncIterator[tuple[str, StudentApp, StudentApp]]:
    """A coordinator that keeps no people: the robot's address, and two apps that a seed file lets in."""
    members = (
        Member(ROBOT, PartyKind.AV1),
        *(Member(name, PartyKind.PERSON, (ROBOT,)) for name in ("First", "Second")),
    )
    household = make_household(members)
    aiortc_settings.apply(loopback_only=True)
    try:
        async with running_coordinator(household.seed) as coordinator, aiohttp.ClientSession() as http:
            around = Surroundings(coordinator.origin, http)
            apps = [StudentApp(household.links[one], around, live_ends("STUDENT")) for one in ("First", "Second")]
            for app in apps:
                await app.endpoint.start()
            try:
                yield f"{coordinator.origin}/av1?lang=en#link={fragment(household.links[ROBOT])}", apps[0], apps[1]
            finally:
                await asyncio.gather(*(app.endpoint.stop() for app in apps))
    finally:
        aiortc_settings.apply()


def robot_of(app: StudentApp) -> LinkRecord:
    """The robot that this app knows."""
    return app.endpoint.book.links[0]


async def in_class(there: School, page: Page) -> tuple[StudentApp, LiveCall]:
    """From a fresh browser to a student who sees the classroom."""
    await page.add_init_script(CAMERA)
    await there.moves_in(page)
    app = await there.student()
    await there.pairs(app, page)
    return app, await enters(app)


async def enters(app: StudentApp) -> LiveCall:
    """The student comes in."""
    call = app.call(robot_of(app))
    await reaches(call, Step.FIRST_FRAME)
    await until(lambda: app.hand.robot is not None)
    return call


async def reaches(call: LiveCall, *steps: Step, seconds: float = 15.0) -> Any:
    async with asyncio.timeout(seconds):
        return await call.reached(*steps)


async def sees(app: StudentApp, state: PresenceState, *, seconds: float = 10.0) -> None:
    """Wait until the robot is so to its student."""
    async with asyncio.timeout(seconds):
        await app.endpoint.sees(robot_of(app).endpoint, state)


async def until(holds: Any, *, seconds: float = 5.0) -> None:
    """Wait until a predicate holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.02)


async def seen(page: Page) -> list[dict[str, Any]]:
    """Everything that the drawing has shown since `WATCH`, by the page's own clock."""
    found: list[dict[str, Any]] = json.loads(await page.evaluate("JSON.stringify(seen)"))
    return found


async def clock(page: Page) -> float:
    """The page's own, in milliseconds."""
    return float(await page.evaluate("performance.now()"))
