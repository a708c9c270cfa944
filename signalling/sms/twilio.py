"""SMS through Twilio Messaging, by the SDK's async client, in Ireland (IE1). Each is deleted there once delivered.

The SDK logs addresses and parameters and keeps its last request and answer: the log is silenced, the copies are
cleared. Its errors quote the number, so none of them is a cause of ours.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import encode_basic_auth, hdrs
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from signalling.observe.clock import Clock
from signalling.sms.port import SmsError, Text

SEND_SECONDS: Final = 15.0
"""For one text, all tries together."""
PAUSES_SECONDS: Final = (1.0, 3.0)
"""Before the second and third try, where Twilio asked for patience."""
VALID_SECONDS: Final = 600
"""A text that Twilio could not hand on by then is not sent any more: its code is dead."""
TIDY_SECONDS: Final = 60.0
WITHOUT_RECEIPT_SECONDS: Final = 3600
"""Some carriers never tell that a text arrived: it counts as delivered after that."""
REMEMBERED_AT_MOST: Final = 10_000
_REGION: Final = "ie1"
_EDGE: Final = "dublin"
_PATIENCE: Final = frozenset({429, 20429})
_DONE: Final = frozenset({"delivered", "undelivered", "failed", "canceled", "read"})
_GONE: Final = 404
_NO_ENVIRONMENT: Final = {"TWILIO": "is configured by our own settings alone"}


class KeyFileError(ValueError):
    """The key file isn't one."""


@dataclass(frozen=True, slots=True, repr=False)
class TwilioAccount:
    """Which account sends, by which key, as whom."""

    account: str
    """Account SID, `AC…`."""
    key: str
    """API key SID, `SK…`, of region IE1."""
    secret: str
    sender: str
    """A number of the account (E.164), a name of at most 11 letters, or a messaging service (`MG…`)."""


def read_key_file(path: Path) -> tuple[str, str]:
    """API key SID and secret: two lines of a file. Raises OSError or KeyFileError."""
    lines = path.read_text(encoding="ascii", errors="replace").split()
    if len(lines) != 2 or not lines[0].startswith("SK"):
        raise KeyFileError("a Twilio key file has two lines: the SID of an API key (SK…) and its secret")
    return lines[0], lines[1]


class _Forgetful(AsyncTwilioHttpClient):  # type: ignore[misc] # the SDK has no types
    """The SDK's HTTP client, without its memory of the last request and answer."""

    async def request(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **options: Any,
    ) -> Response:
        """As the SDK's. The credentials go in as a header: the class that it has for them is on its way out."""
        headers = dict(headers or {})
        if auth is not None:
            headers[hdrs.AUTHORIZATION] = encode_basic_auth(*auth)
        try:
            return await super().request(method, url, headers=headers, **options)
        finally:
            self._test_only_last_request = None
            self._test_only_last_response = None


class TwilioSms:
    """`signalling.sms.port.Sms` over Twilio."""

    def __init__(
        self,
        account: TwilioAccount,
        *,
        clock: Clock,
        address: str | None = None,
        pause: Callable[[float], Any] = asyncio.sleep,
    ) -> None:
        """`address` is where Twilio is, for tests; `pause` waits so many seconds."""
        logging.getLogger("twilio").setLevel(logging.WARNING)
        self._account = account
        self._clock = clock
        self._address = address
        self._pause = pause
        self._client: Client | None = None
        self._sent: deque[tuple[str, float]] = deque(maxlen=REMEMBERED_AT_MOST)
        self._tidying: asyncio.Task[None] | None = None

    async def send(self, text: Text) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                identifier = await self._created(text)
        except TimeoutError:
            identifier = None
        if identifier is None:
            raise SmsError("Twilio didn't take the text in time")
        self._sent.append((identifier, self._clock.now()))
        if self._tidying is None:
            self._tidying = asyncio.create_task(self._tidy_for_ever(), name="twilio")

    async def tidy(self) -> None:
        """Delete at Twilio what was delivered, or never will be."""
        for _ in range(len(self._sent)):
            identifier, sent_at = self._sent.popleft()
            if not await self._deleted(identifier, sent_at):
                self._sent.append((identifier, sent_at))

    @property
    def undeleted(self) -> int:
        """How many texts are still to be deleted at Twilio."""
        return len(self._sent)

    async def close(self) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.gather(self._tidying, return_exceptions=True)
        if self._client is not None:
            await self._client.http_client.close()

    async def _created(self, text: Text) -> str | None:
        """The message's SID; None where Twilio wants more patience than there is. Raises SmsError."""
        sender = self._account.sender
        by = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        for pause in (*PAUSES_SECONDS, None):
            status = 0
            try:
                made = await self._messages().create_async(
                    to=text.number, body=text.body, validity_period=VALID_SECONDS, **by
                )
            except TwilioRestException as refusal:
                status = refusal.code if refusal.code in _PATIENCE else refusal.status
            except (TwilioException, aiohttp.ClientError, OSError, ValueError):
                status = -1
            else:
                return str(made.sid)
            if status not in _PATIENCE:
                raise SmsError("Twilio refused the text, or can't be reached")
            if pause is not None:
                await self._pause(pause)
        return None

    async def _deleted(self, identifier: str, sent_at: float) -> bool:
        """Whether Twilio has it no more. It keeps what is still on its way."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                found = await self._messages()(identifier).fetch_async()
                has_waited = self._clock.now() - sent_at >= WITHOUT_RECEIPT_SECONDS
                return (found.status in _DONE or has_waited) and bool(await found.delete_async())
        except TwilioRestException as refusal:
            return bool(refusal.status == _GONE)
        except (TwilioException, aiohttp.ClientError, OSError, ValueError):
            return False

    async def _tidy_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            await self.tidy()

    def _messages(self) -> Any:
        if self._client is None:
            account = self._account
            self._client = Client(
                account.key,
                account.secret,
                account.account,
                region=_REGION if self._address is None else None,
                edge=_EDGE if self._address is None else None,
                http_client=_Forgetful(),
                environment=_NO_ENVIRONMENT,
            )
            if self._address is not None:
                self._client.api.base_url = self._address
        return self._client.messages
