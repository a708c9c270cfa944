"""Whether a robot takes visits: its button, and the block after somebody tried to record through it.

A robot may hear of an attempt while no coordinator is there. Then it blocks itself, and says so until a coordinator has
heard it; from then on the coordinator's word counts, and nothing that is done to the robot itself lifts the block.
"""

from dataclasses import dataclass
from enum import StrEnum

from signalling.protocol import EndReason


class Block(StrEnum):
    """Where a block stands."""

    NONE = "none"
    UNTOLD = "untold"
    """The robot's own, and no coordinator has heard of it yet."""
    TOLD = "told"
    """The coordinator's from now on."""


@dataclass(slots=True)
class Standing:
    """One robot's."""

    is_on: bool = True
    block: Block = Block.NONE

    @property
    def is_blocked(self) -> bool:
        """Whether it waits for somebody authorised."""
        return self.block is not Block.NONE

    def turns_away(self) -> EndReason | None:
        """Why it takes nobody now, or None."""
        if self.is_blocked:
            return EndReason.DECLINED
        return None if self.is_on else EndReason.POWER_OFF

    def recorded(self) -> None:
        """Somebody tried to record."""
        if self.block is Block.NONE:
            self.block = Block.UNTOLD

    def heard(self) -> None:
        """The coordinator has heard that it is blocked."""
        if self.block is Block.UNTOLD:
            self.block = Block.TOLD

    def told(self, *, blocked: bool) -> None:
        """How it stands by the coordinator's word. Of a block that it hasn't heard of it can say nothing."""
        if blocked:
            self.block = Block.TOLD
        elif self.block is Block.TOLD:
            self.block = Block.NONE
