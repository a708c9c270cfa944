"""A link file: an endpoint's own keys, and the people and devices it knows, looked up by a word a person would use.

The web page reads the same JSON from its address's fragment, which no browser sends to a server. It holds private keys:
its text must never reach a server or a log.
"""

import msgspec

from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import LinkRecord
from signalling.protocol.proof import base64url


class LinkError(ValueError):
    """That word names nobody, or several; the message says whom the link file knows."""


def find_link(keeping: Keeping, word: str) -> LinkRecord:
    """The record whose kind, name or party is `word`. Raises LinkError unless it is one."""
    named = word.casefold()
    found = [one for one in keeping.links if named in (one.kind.value, one.name.casefold())]
    found = found or [one for one in keeping.links if one.party == word]
    if len(found) != 1:
        known = ", ".join(f"{one.name} ({one.kind.value})" for one in keeping.links) or "nobody"
        raise LinkError(f"that names {len(found)} contacts; this link file knows {known}")
    return found[0]


def fragment(keeping: Keeping) -> str:
    """What stands behind `#link=` in a page's address: base64url of the JSON."""
    return base64url(msgspec.json.encode(keeping))
