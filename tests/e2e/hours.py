"""What hour it is where a page is, so that no page lives through a midnight, or is dark because the run is at night."""

from datetime import UTC, datetime
from typing import Final

NOON: Final = 12
NIGHT: Final = 23


def zone_at(hour: int) -> str:
    """A time zone in which that hour has just begun: the test runs at any hour."""
    west = (datetime.now(UTC).hour - hour) % 24
    return f"Etc/GMT+{west}" if west <= 12 else f"Etc/GMT-{24 - west}"
