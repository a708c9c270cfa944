"""A house whose server is walked."""

import pytest

from tests.simulation.house import House


@pytest.fixture
async def house() -> House:
    """Everybody is online, and nobody calls."""
    house = House()
    await house.connect()
    return house
