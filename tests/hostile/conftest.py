"""What attacks share: media stay on 127.0.0.1, and every attack is judged by its own row when it is over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from client_sim.endpoint import prepare_process
from client_sim.household import make_household
from tests.hostile.ears import Ears
from tests.hostile.stage import Stage, hostile


@pytest.fixture(autouse=True)
def _on_loopback() -> None:
    prepare_process(loopback_only=True)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    """Counts what arrives at every endpoint and at the coordinator."""
    ears = Ears()
    ears.listen(monkeypatch)
    return ears


@asynccontextmanager
async def judged(request: pytest.FixtureRequest, folder: Path, ears: Ears) -> AsyncIterator[Stage]:
    """The stage of one attack, judged when the test has said all it has to say; or of none, and honest."""
    row = getattr(request.function, "attack", None)
    async with hostile((row.household if row else make_household)(), folder, ears) as stage:
        yield stage
        if row is not None:
            await stage.judge(row)


@pytest.fixture
async def stage(request: pytest.FixtureRequest, tmp_path: Path, ears: Ears) -> AsyncIterator[Stage]:
    """See `judged`."""
    async with judged(request, tmp_path, ears) as stage:
        yield stage
