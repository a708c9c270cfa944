"""What can go wrong with the store itself. No message carries a value, a statement or a database's own words.

Unknown, forbidden and not linked are no faults: those are None or False.
"""

from typing import Final

from signalling.privacy.holds import HoldReason


class StoreError(Exception):
    """The store can't do its work: the database or the master key. Says which, never what was being written."""


class ConflictError(StoreError):
    """A row that must be one of its kind is there already, or what it refers to is gone."""


class HeldError(StoreError):
    """Not erased now: a hold keeps it, for these reasons. It is due, and goes when they are lifted."""

    def __init__(self, reasons: frozenset[HoldReason]) -> None:
        super().__init__("a hold keeps it")
        self.reasons: Final = reasons


class AgreementError(StoreError):
    """An organisation has no data-processing agreement, and the operator requires one (P-25)."""

    def __init__(self) -> None:
        super().__init__("an organisation needs its data-processing agreement: --dpa-version says which was signed")
