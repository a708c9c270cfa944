"""Questions and answers: hands between what is asked over HTTP, the rules of threads, and the store.

Whoever has a thread's reference reads it, writes to it and erases it. Nothing else is asked or joined to it.
"""

from typing import Final

from signalling.people.lists import ListError, checked_email
from signalling.people.support import KEPT_DAYS, MESSAGES_AT_MOST, SupportError, checked_text
from signalling.privacy.consent import Consent, ConsentKind
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.lists import (
    Question,
    SaidMessage,
    SupportThread,
    ThreadMessage,
    ThreadOpened,
    ThreadReference,
)
from signalling.service.lists import needed
from signalling.service.nothing import found, or_nothing
from signalling.service.rights import own_read
from signalling.store import envelope
from signalling.store.store import Store


class Support:
    """Opens, reads, continues and erases threads."""

    def __init__(self, store: Store, *, policy_version: str) -> None:
        self._store: Final = store
        self._policy_version = policy_version

    async def ask(self, asked: Question, *, now: float) -> ThreadOpened:
        """A new thread. Raises ProtocolError `consent_needed` for an address without one, or `bad_message`."""
        text, address = _text(asked.text), self._address(asked, now=now)
        return ThreadOpened(await self._store.support.open(text, address=address, now=now), KEPT_DAYS)

    async def read(self, asked: ThreadReference, *, now: float) -> SupportThread:
        """All of it. Raises ProtocolError `not_found`."""
        thread = found(await self._store.support.read(asked.reference, now=now))
        said = [SaidMessage(one.by.value, one.day, one.text) for one in thread.messages]
        reads = await self._store.reads.of(envelope.thread(thread.thread))
        return SupportThread(said, [own_read(one) for one in reads], thread.email)

    async def write(self, asked: ThreadMessage, *, now: float) -> None:
        """One more message. Raises ProtocolError `not_found`, `too_large` where it is full, or `bad_message`."""
        if not found(await self._store.support.ask(asked.reference, _text(asked.text), now=now)):
            raise ProtocolError(ErrorCode.TOO_LARGE, f"A thread holds at most {MESSAGES_AT_MOST} messages.")

    async def erase(self, asked: ThreadReference, *, now: float) -> None:
        """Gone at once. Raises ProtocolError `not_found`."""
        or_nothing(await self._store.support.erase(asked.reference, now=now))

    def _address(self, asked: Question, *, now: float) -> tuple[str, Consent] | None:
        if asked.email is None:
            if asked.consent is not None:
                raise ProtocolError(ErrorCode.BAD_MESSAGE, "A consent is to an address, and comes with it.")
            return None
        email = _email(asked.email)
        return email, needed(ConsentKind.SUPPORT_EMAIL, asked.consent, policy_version=self._policy_version, now=now)


def _text(text: str) -> str:
    try:
        return checked_text(text)
    except SupportError as problem:
        rule = str(problem)
    raise _refused(rule)


def _email(text: str) -> str:
    try:
        return checked_email(text)
    except ListError as problem:
        rule = str(problem)
    raise _refused(rule)


def _refused(rule: str) -> ProtocolError:
    return ProtocolError(ErrorCode.BAD_MESSAGE, f"{rule[0].upper()}{rule[1:]}.")
