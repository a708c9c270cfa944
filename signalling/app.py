"""The only place where the coordinator is put together, started and stopped."""

import asyncio
import gc
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import shuffle
from typing import Any, Final

import uvloop

from signalling import lasting, relays
from signalling.access.admission import Admission
from signalling.access.codes import Codes
from signalling.access.entry import HelloCheck, TokenDesk, verifier_of
from signalling.access.identity import admit
from signalling.access.nonces import Nonces
from signalling.access.numbers import Numbers
from signalling.access.origins import Origins
from signalling.access.register import RegisterCheck
from signalling.access.requests import RequestCheck
from signalling.access.texts import TextBudget, TextLimits
from signalling.access.tokens import SigningKey, TokenIssuer
from signalling.observe import foreign, hardening
from signalling.observe.clock import Clock, SystemClock
from signalling.observe.events import Event
from signalling.observe.figures import Figures
from signalling.observe.log import Log, Place
from signalling.people.circle import Circle
from signalling.privacy import form_page, notice
from signalling.privacy.export import Answering
from signalling.processing import controller, register
from signalling.protocol.errors import CloseCode
from signalling.service.accounts import Accounts
from signalling.service.housekeeping import Housekeeping
from signalling.service.hub import Hub
from signalling.service.komps import Komps
from signalling.service.lists import Lists
from signalling.service.people import People
from signalling.service.posts import Posts
from signalling.service.receipts import Receipts
from signalling.service.rights import Rights
from signalling.service.robot_log import RobotLog
from signalling.service.support import Support
from signalling.settings import Settings
from signalling.sms.outbox import Outbox
from signalling.sms.port import Sms
from signalling.sms.terminal import TerminalSms
from signalling.sms.twilio import TwilioAccount, TwilioSms, read_key_file
from signalling.state.ledger import MemoryLedger
from signalling.state.local import local_state
from signalling.store.circle import StoreCircle
from signalling.store.seed import SeedCircle, read_seed
from signalling.store.store import Store
from signalling.vocabulary import EndpointId
from signalling.web.front import Front
from signalling.web.leftovers import keep_wiped
from signalling.web.listener import Listener, bind, tls_context
from signalling.web.metrics import metrics_application
from signalling.web.pages import Pages
from signalling.web.proxies import Proxies
from signalling.web.routes import application
from signalling.web.socket import Desk
from signalling.web.wheel import Wheel

PAGES: Final = Path(__file__).parent / "pages"
_CLOSED_AT_ONCE: Final = 100
"""Sockets closed before the next pause, so that their clients don't all come back in one moment."""


class Coordinator:
    """One coordinator: made from settings, started once, stopped once."""

    def __init__(
        self,
        settings: Settings,
        *,
        log: Log,
        clock: Clock | None = None,
        figures: Figures | None = None,
        store: Store | None = None,
        sms: Sms | None = None,
    ) -> None:
        """Without a store the circle is the seed file's and there are no accounts; without `sms` texts go to stdout."""
        privacy_page = notice.page(controller(settings), register(settings))  # before anything is opened
        self._settings = settings
        self._log = log
        self._clock = clock or SystemClock()
        self.figures: Final = figures or Figures()
        self._bound = bind(settings.host, settings.port)
        self._metrics_bound = bind(settings.metrics_host, settings.metrics_port)
        self.port: Final[int] = self._bound.getsockname()[1]
        self.metrics_port: Final[int] = self._metrics_bound.getsockname()[1]
        self.origin: Final = settings.public_origin(self.port)
        self.hub: Hub
        self._front: Front
        self._pages = Pages(PAGES, {"/privacy": privacy_page, "/my-data": form_page.page(controller(settings))})
        self._outbox = Outbox(sms or TerminalSms(partial(print, flush=True)), told=self._text_told)
        self.receipts: Final = Receipts(
            signing_key_of(settings.receipt_key_file).private,
            store.receipts if store is not None else MemoryLedger(),
            node=settings.node,
            remains=relays.remains(settings),
            clock=self._clock,
            figures=self.figures,
            log=log,
            head_seconds=settings.receipt_head_seconds,
        )
        self._overdue = 0
        self._housekeeping = (
            Housekeeping(store, self._clock, told=self._task_failed, overdue=self._requests_overdue)
            if store is not None
            else None
        )
        self.robots: Final = RobotLog(store.robot_log if store is not None else None)
        people = StoreCircle(store, self._clock) if store is not None else circle(settings)
        self._relays = relays.Relays(settings, clock=self._clock, log=log, figures=self.figures)
        self._assemble(signing_key(settings), people, store)
        self._tasks: list[asyncio.Task[None]] = []
        self._listeners: list[Listener] = []

    def _assemble(self, key: SigningKey, people: Circle, store: Store | None) -> None:
        settings, clock = self._settings, self._clock
        origins = Origins(self.origin, settings.allowed_origins)
        verifier = verifier_of(key, audience=self.origin)
        self.hub = Hub(
            state=local_state(),
            circle=people,
            clock=clock,
            mint_ice=self._relays.mint,
            end_relays=self._relays.end,
            count_relayed=self._relays.count,
            relay_cap_seconds=settings.relay_cap_minutes * 60,
            tokens=lambda token: verifier.verify(token, now=clock.now()),
            figures=self.figures,
            log=self._log,
            heartbeat_seconds=settings.heartbeat_seconds,
            receipt=self.receipts.issue,
            robots=self.robots,
        )
        self._relays.on_fall = self.hub.ice.renew_all
        nonces = Nonces()
        wheel = Wheel(turn_seconds=settings.heartbeat_seconds)
        self._front = Front(
            origins=origins,
            admission=Admission(per_minute=settings.knocks_per_minute),
            newcomers=Admission(per_minute=settings.newcomers_per_minute),
            pace=Admission(per_minute=settings.requests_per_minute),
            requests=RequestCheck(verifier, origins),
            circle=people,
            people=self._people(store, RegisterCheck(nonces, origins)) if store is not None else None,
            receipts=self.receipts,
            proxies=Proxies(settings.trusted_proxies),
            nonces=nonces,
            token_desk=TokenDesk(
                TokenIssuer(key, audience=self.origin), nonces, origins, partial(_identity_key, people)
            ),
            desk=Desk(
                hub=self.hub,
                hello_check=HelloCheck(verifier, origins),
                clock=clock,
                figures=self.figures,
                log=self._log,
                wheel=wheel,
                hello_seconds=settings.hello_seconds,
            ),
            pages=self._pages,
            clock=clock,
            figures=self.figures,
            log=self._log,
            max_sockets=settings.max_sockets,
            send_queue_bytes=settings.send_queue_bytes,
            relays=lambda: self._relays.standing,
        )

    def _people(self, store: Store, newcomers: RegisterCheck) -> People:
        settings = self._settings
        numbers = Numbers(settings.sms_countries)
        budget = TextBudget(TextLimits(settings.sms_per_number, settings.sms_per_range, settings.sms_per_day))
        return People(
            accounts=Accounts(store, codes=Codes(numbers, budget), newcomers=newcomers, outbox=self._outbox),
            komps=Komps(store, numbers=numbers, budget=budget, outbox=self._outbox, origin=self.origin),
            posts=Posts(store, told=self.hub.links.post_kept),
            rights=Rights(store, Answering(controller(settings), register(settings))),
            lists=Lists(store, policy_version=settings.policy_version),
            support=Support(store, policy_version=settings.policy_version),
        )

    def _text_told(self, problem: BaseException | None) -> None:
        self.figures.text_sent(went=problem is None)
        if problem is not None:
            self._log.write(Event.SMS_FAILED, place=Place(problem))

    def _task_failed(self, problem: BaseException) -> None:
        self._log.write(Event.TASK_FAILED, place=Place(problem))

    def _requests_overdue(self, count: int) -> None:
        if count > self._overdue:
            self._log.write(Event.REQUESTS_OVERDUE, requests=count)
        self._overdue = count
        self.figures.requests_overdue(count)

    @property
    def url(self) -> str:
        """Where it listens."""
        host = self._settings.host
        return f"{self._settings.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._front.connections)

    async def start(self) -> None:
        """Listen, and begin to keep deadlines. Raises OSError, ssl.SSLError or ValueError."""
        settings = self._settings
        tls = tls_context(settings.tls_cert, settings.tls_key) if settings.tls_cert and settings.tls_key else None
        self._listeners = [
            Listener(application(self._front), self._bound, tls),
            Listener(metrics_application(self.figures), self._metrics_bound),
        ]
        if self._housekeeping is not None:
            await self._housekeeping.sweep()  # a database that was restored has more that is over: first of all
        await self._relays.start()
        await self.hub.start()
        self._outbox.start()
        self._tasks = [
            asyncio.create_task(self._front.desk.wheel.run(), name="wheel"),
            asyncio.create_task(self.receipts.run(), name="receipts"),
            asyncio.create_task(keep_wiped(), name="leftovers"),
        ]
        if self._housekeeping is not None:
            self._tasks.append(asyncio.create_task(self._housekeeping.run(), name="housekeeping"))
            self._tasks.append(asyncio.create_task(self.robots.run(self._task_failed), name="robot log"))
        for listener in self._listeners:
            await listener.start()

    async def stop(self) -> None:
        """Drain, close every socket, and end, within `drain_seconds` and a moment."""
        began = self._clock.now()
        self._front.is_draining = True
        self._log.write(Event.DRAINING, sockets=self.sockets)
        try:
            async with asyncio.timeout(self._settings.drain_seconds):
                await self.hub.drain()
                await self._close_all()
        except TimeoutError:
            for connection in list(self._front.connections):
                connection.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listener in self._listeners:
            await listener.stop()
        await self._outbox.stop()
        await self.hub.stop()
        await self.receipts.tick()
        await self.robots.close(self._task_failed, self._clock.now())
        await self._relays.stop()
        self._log.write(Event.STOPPED, seconds=self._clock.now() - began)

    async def _close_all(self) -> None:
        """Close all sockets with 1001, in half of the time there is at most, and wait until they are gone."""
        open_now = list(self._front.connections)
        shuffle(open_now)
        pause = min(0.05, self._settings.drain_seconds / 2 * _CLOSED_AT_ONCE / max(1, len(open_now)))
        for number, connection in enumerate(open_now, start=1):
            connection.close(CloseCode.GOING_AWAY)
            if number % _CLOSED_AT_ONCE == 0:
                await asyncio.sleep(pause)
        for connection in open_now:
            await connection.gone()


# ---------------------------------------------------------------- what the settings name


def signing_key(settings: Settings) -> SigningKey:
    """The key that signs tokens: from its file, which is made if it isn't there. Raises OSError or ValueError."""
    return signing_key_of(settings.signing_key_file)


def signing_key_of(path: Path | None) -> SigningKey:
    """The key in that file, which is made if it isn't there; without a file a fresh one. Raises OSError, ValueError."""
    if path is None:
        return SigningKey.fresh()
    if not path.exists():
        key = SigningKey.fresh()
        key.write(path)
        return key
    return SigningKey.from_pem(path.read_bytes())


def circle(settings: Settings) -> SeedCircle:
    """The people and devices of the seed file. Raises OSError or SeedError."""
    if settings.seed_file is None:
        return SeedCircle()
    return read_seed(settings.seed_file.read_bytes(), _admitted)


def sms(settings: Settings, clock: Clock, say: Callable[[str], object]) -> Sms:
    """What sends SMS: Twilio, or the terminal (`say` prints a line there). Raises OSError or ValueError."""
    account, key_file, sender = settings.sms_twilio_account, settings.sms_twilio_key_file, settings.sms_sender
    if account is None or key_file is None or sender is None:
        return TerminalSms(say)
    return TwilioSms(TwilioAccount(account, *read_key_file(key_file), sender), clock=clock)


def _admitted(text: str) -> tuple[EndpointId, bytes]:
    key = admit(text)
    return key.endpoint, key.identity_key


async def _identity_key(people: Circle, endpoint: str) -> bytes | None:
    known = await people.endpoint(endpoint)
    return known.identity if known is not None else None


# ---------------------------------------------------------------- the process


def run(settings: Settings, announce: Callable[[str], object]) -> None:
    """Be a coordinator until SIGTERM or SIGINT. `announce` is given the line that says where it listens."""
    uvloop.run(_serve(settings, announce))


async def _serve(settings: Settings, announce: Callable[[str], object]) -> None:
    clock = SystemClock()
    log = Log(clock, settings.log_format)
    foreign.listen(log)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_failed, log))
    hardening.allow_many_files()
    async with lasting.store(settings) as store:
        coordinator = Coordinator(
            settings,
            log=log,
            clock=clock,
            figures=Figures(process=True),
            store=store,
            sms=sms(settings, clock, announce),
        )
        await _serve_until_told(coordinator, settings, log, announce)


async def _serve_until_told(
    coordinator: Coordinator, settings: Settings, log: Log, announce: Callable[[str], object]
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _once(loop, number, stop))
    await coordinator.start()
    log.write(Event.METRICS_SERVING, port=coordinator.metrics_port)
    log.write(
        Event.SERVING,
        port=coordinator.port,
        tls=settings.tls_cert is not None,
        wiping=hardening.is_wiping_here(),
        dumpable=not hardening.forbid_dumps(),
        locked=settings.lock_memory,
    )
    announce(f"listening on {coordinator.url}")
    # What there is now stays: it need not be looked through again, and rare, large collections suit many sockets.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    await stop.wait()
    await coordinator.stop()


def _once(loop: asyncio.AbstractEventLoop, number: signal.Signals, stop: asyncio.Event) -> Callable[[], None]:
    """The first signal stops gently; the same one again does what the system does by itself."""

    def stopping() -> None:
        loop.remove_signal_handler(number)
        stop.set()

    return stopping


def _failed(log: Log, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    problem = context.get("exception")
    log.write(Event.TASK_FAILED, place=Place(problem) if isinstance(problem, BaseException) else None)
