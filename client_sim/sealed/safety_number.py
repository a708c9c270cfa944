"""Safety numbers: six digits that two people read to each other in a call on a link that was only introduced.

The caller commits to a nonce, the callee reveals its own, the caller reveals. The digits hang on both nonces and on the
identities as each end believes them. A coordinator in the middle must choose its nonce before it sees one, so it has
one chance in a million; without the commitment it would try nonces until the digits match. One object is one attempt.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from typing import Final

from client_sim.sealed.contents import SafetyCommit, SafetyNonce, SafetyReason, SafetyStop
from client_sim.sealed.noise import length_prefixed
from signalling.protocol import PROTOCOL, CallId, Role
from signalling.protocol.proof import base64url, from_base64url

NONCE_BYTES: Final = 32
DIGITS: Final = 6
ATTEMPTS_A_DAY: Final = 3
_DAY_SECONDS: Final = 86_400
_PURPOSE: Final = "safety-number"

SafetyContent = SafetyCommit | SafetyNonce | SafetyStop


class SafetyNumberError(ValueError):
    """No digits come of this attempt, which is said aloud at both ends. `reason` goes into a `safety_stop`."""

    def __init__(self, rule: str, reason: SafetyReason) -> None:
        super().__init__(rule)
        self.reason = reason


class Step(StrEnum):
    """How far an attempt has come at one end. Nothing leaves `stopped`."""

    FRESH = "fresh"
    COMMITTED = "committed"
    REVEALED = "revealed"
    SHOWN = "shown"
    STOPPED = "stopped"


_STEPS: Final[Mapping[tuple[Role, Step, type[SafetyContent]], Step]] = {
    (Role.CALLER, Step.COMMITTED, SafetyNonce): Step.SHOWN,
    (Role.CALLEE, Step.FRESH, SafetyCommit): Step.REVEALED,
    (Role.CALLEE, Step.REVEALED, SafetyNonce): Step.SHOWN,
}
"""What may be heard, and what it leads to. `safety_stop` leads to `stopped` from everywhere, and so does all else."""


@dataclass(frozen=True, slots=True, repr=False)
class SafetyBinding:
    """The call, and the identity keys (raw) as this end believes them."""

    call: CallId
    caller: bytes
    callee: bytes


class SafetyNumber:
    """One attempt at one end. The caller's begins with `begin`, the callee's with the commitment that it takes.

    Whoever begins or is begun with counts the attempt first (`counted`). `random` is for tests.
    """

    def __init__(
        self, binding: SafetyBinding, role: Role, *, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._binding = binding
        self._role = role
        self._nonce = base64url(random(NONCE_BYTES))
        self._commitment = ""
        self.step = Step.FRESH
        self.number: str | None = None
        """The six digits, while they may be shown."""
        self.stopped: SafetyReason | None = None
        """Why there will be none."""

    def begin(self) -> SafetyCommit:
        """The caller: what to say first."""
        if self._role is not Role.CALLER or self.step is not Step.FRESH:
            raise RuntimeError("the caller begins, and once")
        self.step = Step.COMMITTED
        return SafetyCommit(commitment(self._binding, self._nonce))

    def take(self, content: SafetyContent) -> SafetyNonce | None:
        """What the other end said; gives what to answer. Raises SafetyNumberError, and then stands still for good."""
        if isinstance(content, SafetyStop):
            self._stop(content.reason)
            return None
        step = _STEPS.get((self._role, self.step, type(content)))
        if step is None:
            raise self._stop(SafetyReason.ORDER)
        if isinstance(content, SafetyCommit):
            self._commitment = content.commitment
        else:
            self._show(content.nonce)
        answers = self.step in (Step.FRESH, Step.COMMITTED)
        self.step = step
        return SafetyNonce(self._nonce) if answers else None

    def _show(self, nonce: str) -> None:
        if not _is_spelled_right(nonce):
            raise self._stop(SafetyReason.COMMITMENT)
        if self._role is Role.CALLER:
            self.number = digits(self._binding, self._nonce, nonce)
            return
        if not compare_digest(commitment(self._binding, nonce), self._commitment):
            raise self._stop(SafetyReason.COMMITMENT)
        self.number = digits(self._binding, nonce, self._nonce)

    def _stop(self, reason: SafetyReason) -> SafetyNumberError:
        self.step, self.number = Step.STOPPED, None
        self.stopped = self.stopped or reason
        return SafetyNumberError(_RULES[reason], reason)


_RULES: Final = {
    SafetyReason.ORDER: "a safety number goes commitment, nonce, nonce",
    SafetyReason.COMMITMENT: "the nonce is not the one that was committed to",
    SafetyReason.ATTEMPTS: "a link has three attempts a day",
}


def counted(attempts: tuple[int, ...], *, now: float) -> tuple[int, ...]:
    """The attempts of the last 24 hours with one made `now` (Unix seconds), to be kept in the link record.

    Raises SafetyNumberError where there were three. A clock that went back frees none.
    """
    recent = tuple(one for one in attempts if one > now - _DAY_SECONDS)
    if len(recent) >= ATTEMPTS_A_DAY:
        raise SafetyNumberError(_RULES[SafetyReason.ATTEMPTS], SafetyReason.ATTEMPTS)
    return (*recent, int(now))


def commitment(binding: SafetyBinding, nonce: str) -> str:
    """What the caller can't take back: 32 bytes, base64url. `nonce` is base64url too."""
    return base64url(_hash(binding, Role.CALLER, *_identities(binding), nonce))


def digits(binding: SafetyBinding, callers: str, callees: str) -> str:
    """The number of two nonces: uniform, since 256 bits leave a bias of less than one in 2**236."""
    number = int.from_bytes(_hash(binding, *_identities(binding), callers, callees), "big") % 10**DIGITS
    return f"{number:0{DIGITS}}"


def _identities(binding: SafetyBinding) -> tuple[str, str]:
    return base64url(binding.caller), base64url(binding.callee)


def _hash(binding: SafetyBinding, *fields: str) -> bytes:
    return hashlib.sha256(length_prefixed(PROTOCOL, _PURPOSE, binding.call, *fields)).digest()


def _is_spelled_right(nonce: str) -> bool:
    try:
        raw = from_base64url(nonce)
    except ValueError:
        return False
    return len(raw) == NONCE_BYTES and base64url(raw) == nonce
