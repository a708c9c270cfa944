"""What has changed, for live sockets on every node: a short list of parties, kept for ten minutes."""

from signalling.people.circle import Changes


class History:
    """Reads and prunes the list of changes. Repositories write it in the transaction that changes something."""

    async def after(self, after: int) -> Changes:
        """As `Circle.changes`."""
        raise NotImplementedError

    async def prune(self, *, now: float) -> int:
        """Drop what every node has heard; how many rows."""
        raise NotImplementedError
