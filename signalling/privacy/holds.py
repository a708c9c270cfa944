"""Why something is kept although its time has come: a closed list of reasons, none of them a person's name."""

from enum import StrEnum


class HoldReason(StrEnum):
    """What keeps a person's or customer's data (P-09). Told to whoever asks for the erasure."""

    OUTSTANDING_SUM = "outstanding_sum"
    LEGAL_CLAIM = "legal_claim"
    AUTHORITY = "authority"
    """An authority ordered it by law."""
