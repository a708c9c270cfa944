"""skeleton"""

from typing import Protocol


class Master(Protocol):
    """Wraps the keys of subjects. A file by default, a key management service by a command."""

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        """The version that wrapped it, and the wrapped key. Raises StoreError."""

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        """The key again. Raises StoreError."""
