"""What calls show, for those who see, hear or press otherwise: each stop of the tours, in each language."""

import pytest
from playwright.async_api import Page

from tests.e2e import tour
from tests.e2e.classroom import Classroom
from tests.e2e.eyes_and_hands import LANGUAGES, axe_finds, is_covered, moves, speak, sticks_out, tab_misses

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


class Critic:
    """Goes along, and keeps what it finds."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    async def look(self, page: Page, name: str, view: str) -> None:
        """A `tour.Look`. In English everything, in the others what may be longer."""
        found = [*await axe_finds(page), *await moves(page), *await is_covered(page)]
        for language in LANGUAGES:
            await speak(page, language)
            found += [f"{language}: {one}" for one in await sticks_out(page)]
        await speak(page, "en")
        self.faults += [f"{name}, {view}: {one}" for one in found]

    async def press(self, page: Page, name: str, view: str) -> None:
        """A `tour.Look` at what keys reach. The Komp's keys are its knob."""
        self.faults += [f"{name}, {view}: Tab misses {one}" for one in await tab_misses(page)]

    async def both(self, page: Page, name: str, view: str) -> None:
        """A `tour.Look`."""
        await self.look(page, name, view)
        await self.press(page, name, view)

    def is_content(self) -> None:
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))


async def test_a_call_to_a_komp_is_for_everybody(page: Page) -> None:
    critic = Critic()
    async with tour.house() as there:
        await tour.through_family(page, there, critic.both)
        await tour.through_rooms(page, there, critic.both)
    critic.is_content()


async def test_a_komp_is_for_everybody(page: Page) -> None:
    critic = Critic()
    await tour.through_komp(page, "nb", critic.look)
    await tour.to_the_knob(page, "nb", critic.look)
    critic.is_content()


async def test_a_robot_in_a_browser_is_for_everybody(page: Page) -> None:
    critic = Critic()
    await tour.through_robot(page, "sv", critic.both)
    critic.is_content()


async def test_a_visit_to_class_is_for_everybody(page: Page, room: Classroom) -> None:
    critic = Critic()
    await tour.through_class(page, room, critic.both)
    critic.is_content()
