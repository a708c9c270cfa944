"""What the tests of headless endpoints share: media stay on 127.0.0.1, and every pair is closed."""

from collections.abc import AsyncIterator, Callable

import pytest

from client_sim.endpoint import prepare_process
from tests.integration.client_sim.pair import Pair


@pytest.fixture(autouse=True)
def _on_loopback() -> None:
    prepare_process(loopback_only=True)


@pytest.fixture
async def pair_up() -> AsyncIterator[Callable[..., Pair]]:
    """Make pairs of peers; they are closed at the end."""
    made: list[Pair] = []

    def make(*args: object, **settings: object) -> Pair:
        made.append(Pair(*args, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for pair in made:
        await pair.close()
