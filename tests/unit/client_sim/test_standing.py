"""Button and block of a robot: who may set them, and what lifts a block."""

from client_sim.standing import Block, Standing
from signalling.protocol import EndReason


def test_a_robot_that_is_on_takes_visits_and_one_that_is_off_says_why_not() -> None:
    assert Standing().turns_away() is None
    assert Standing(is_on=False).turns_away() is EndReason.POWER_OFF


def test_after_a_recording_neither_button_nor_restart_lets_anybody_in() -> None:
    standing = Standing()
    standing.recorded()
    for is_on in (False, True):
        standing.is_on = is_on
        assert standing.turns_away() is EndReason.DECLINED
    assert Standing(block=standing.block).is_blocked


def block(standing: Standing) -> Block:
    return standing.block


def test_a_coordinator_that_has_not_heard_of_the_block_cannot_lift_it() -> None:
    standing = Standing()
    standing.recorded()
    standing.told(blocked=False)
    assert block(standing) is Block.UNTOLD
    standing.heard()
    assert block(standing) is Block.TOLD
    standing.told(blocked=False)
    assert not standing.is_blocked


def test_a_coordinators_own_block_is_its_own_to_lift() -> None:
    standing = Standing()
    standing.heard()
    assert not standing.is_blocked
    standing.told(blocked=True)
    standing.recorded()
    assert block(standing) is Block.TOLD
    standing.told(blocked=False)
    assert standing.turns_away() is None
