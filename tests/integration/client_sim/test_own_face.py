"""Whose face is on the screen: the caller's own picture, and none that the coordinator chose."""

import pytest

from client_sim.live_call import LiveCall
from client_sim.timeline import Step
from tests.integration.client_sim.neighbourhood import reaches, until
from tests.integration.client_sim.test_ceremonies import Village, paired, village

pytestmark = pytest.mark.slow

__all__ = ["village"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


async def rung(village: Village, *, learns: bool) -> LiveCall:
    """The Komp's end of a call from somebody who has a picture, and whose phone knows of it or not."""
    komp, _, app, somebody = await paired(village)
    await somebody.account.set_picture(PNG, "image/png")
    if learns:
        await app.learn_own_profile(somebody.account)
    call = app.call(app.endpoint.book.links[0])
    await reaches(call, Step.RINGING)
    await until(lambda: komp.call is not None)
    assert komp.call is not None
    return komp.call


async def test_a_caller_with_a_picture_is_shown_with_it_and_nothing_warns(village: Village) -> None:
    call = await rung(village, learns=True)
    assert call.caller_name == "Grandchild"
    assert not call.profile_is_false


async def test_a_picture_that_the_caller_does_not_know_of_is_not_shown_and_the_screen_warns(village: Village) -> None:
    call = await rung(village, learns=False)
    assert call.caller_name is None
    assert call.profile_is_false


async def test_a_name_or_picture_changed_on_another_phone_is_learnt_and_kept(village: Village) -> None:
    _, _, app, somebody = await paired(village)
    first = await somebody.account.set_picture(PNG, "image/png")
    await somebody.account.rename("Grandchild Ada")
    await app.learn_own_profile(somebody.account)
    assert (app.endpoint.book.keeping.name, app.endpoint.book.keeping.picture) == ("Grandchild Ada", first)
    await somebody.account.drop_picture()
    await app.learn_own_profile(somebody.account)
    assert app.endpoint.book.keeping.picture is None
