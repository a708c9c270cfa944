"""No session comes: who is asked why, and who is left in peace."""

import asyncio

import pytest

from client_sim import unreachable
from client_sim.unreachable import session_within, why_unreachable
from relay.probe import Cause


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The origins that a question was about; the answer is always a portal."""
    origins: list[str] = []

    async def why(origin: str) -> Cause | None:
        origins.append(origin)
        return Cause.CAPTIVE_PORTAL

    monkeypatch.setattr(unreachable, "why_unreachable", why)
    monkeypatch.setattr(unreachable, "PATIENCE_SECONDS", 0.01)
    return origins


async def test_where_no_session_comes_the_cause_is_told_without_waiting_for_the_rest(asked: list[str]) -> None:
    async with asyncio.timeout(2):
        assert await session_within(asyncio.Event(), "https://calls.example", 60) is Cause.CAPTIVE_PORTAL
    assert asked == ["https://calls.example"]


async def test_where_a_session_is_there_nothing_is_asked(asked: list[str]) -> None:
    session = asyncio.Event()
    session.set()

    assert await session_within(session, "https://calls.example", 60) is None
    assert asked == []


async def test_a_coordinator_without_tls_is_nobodys_network_to_blame() -> None:
    assert await why_unreachable("http://localhost:8080") is None
