"""SMS for one machine: the text is printed where the coordinator was started, for whoever sits there.

The embedded default. It is never used beside a real sender: whoever reads the terminal could be anybody.
"""

from collections.abc import Callable

from signalling.sms.port import Text


class TerminalSms:
    """`signalling.sms.port.Sms` that sends nothing anywhere."""

    def __init__(self, say: Callable[[str], object]) -> None:
        """`say` prints one line on stdout."""
        self._say = say

    async def send(self, text: Text) -> None:
        self._say(f"SMS to {text.number}: {text.body}")

    async def close(self) -> None:
        """There is nothing to let go."""
