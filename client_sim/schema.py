"""JSON Schema of what two ends say to each other and the coordinator never sees: `python -m client_sim.schema FOLDER`.

The twin of protocol.schema.json for what stands inside boxes, posts, fragments and data channels. It is made from the
types that refuse what breaks them; a test holds the written one against it. Nothing of a running endpoint uses it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from client_sim.control.words import Said
from client_sim.sealed.contents import AnyContent
from client_sim.sealed.device_list import DeviceList
from client_sim.sealed.greetings import Message, PictureHead, Removal
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.missed_call import MissedCall
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.pairing_code import PairingCode
from client_sim.sealed.statements import KeyStatement
from client_sim.sealed.vouching import Vouching

Json = dict[str, Any]

NAME: Final = "contents.schema.json"
KINDS: Final[dict[str, tuple[Any, str]]] = {
    "content": (AnyContent, "Inside a box of a call (protocol.md §5.2, sealing.md §7)."),
    "word": (Said, "On a data channel of a call (control.md, protocol.md §5.3 and §5.5)."),
    "greeting": (PictureHead | Message | Removal, "The head of a post for a Komp's screen (protocol.md §10)."),
    "missed-call": (MissedCall, "A post of that purpose (protocol.md §5.4)."),
    "vouching": (Vouching, "A post of that purpose (protocol.md §12)."),
    "device-list": (DeviceList, "A post of that purpose (protocol.md §11, sealing.md §8)."),
    "introduction": (Introduction, "Each end's own in a pairing (sealing.md §5)."),
    "pairing-code": (PairingCode, "Behind #pair= (sealing.md §5)."),
    "statement": (KeyStatement, "An endpoint's word for its agreement key (sealing.md §2)."),
    "link-file": (Keeping, "What an endpoint keeps (client-sim.md)."),
}
"""What there is, by the name under `$defs`, and where the pages say it in words."""


def document() -> Json:
    """The schema: `$defs/content` and so on, by `KINDS`, and the objects that they are made of."""
    kinds, definitions = msgspec.json.schema_components(
        [kind for kind, _ in KINDS.values()], ref_template="#/$defs/{name}"
    )
    for schema in definitions.values():
        if "description" in schema:
            schema["description"] = re.sub(r"\s+", " ", schema["description"]).strip()
    named = {
        name: {"description": about, **kind} for (name, (_, about)), kind in zip(KINDS.items(), kinds, strict=True)
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What two ends of Närvaro say to each other",
        "description": "Take one of $defs by what you have. Whoever reads ignores fields that it doesn't know.",
        "$defs": {**named, **dict(sorted(definitions.items()))},
    }


def written() -> str:
    """The document as it stands in the reference."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) / NAME).write_text(written(), encoding="utf-8")
