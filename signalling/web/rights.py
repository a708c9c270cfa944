"""Handlers of a person's rights over their own data."""

from aiohttp import web

from signalling.web.answers import octets_answer
from signalling.web.signed import Signed


async def export(asked: Signed) -> web.StreamResponse:
    """All that is stored about whoever asks, with other people's part masked."""
    made = octets_answer(await asked.people.rights.export(asked.caller, now=asked.now), "application/zip")
    made.headers["Content-Disposition"] = 'attachment; filename="narvaro-export.zip"'
    return made
