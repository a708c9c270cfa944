"""The golden transcripts, which Python and JavaScript share."""

import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[2] / "golden" / "noise"


def read(name: str) -> Any:
    """One transcript."""
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


PATTERNS: list[dict[str, Any]] = read("patterns.json")
CALLS: list[dict[str, Any]] = read("calls.json")
PADDINGS: dict[str, list[dict[str, str]]] = read("paddings.json")
STATEMENT: dict[str, Any] = read("statement.json")
PAIRING: dict[str, Any] = read("pairing.json")
POST: dict[str, Any] = read("post.json")
LINKS: dict[str, Any] = read("links.json")
SAFETY_NUMBER: dict[str, Any] = read("safety_number.json")
DEVICE_LIST: dict[str, Any] = read("device_list.json")
PAIRING_CODE: dict[str, Any] = read("pairing_code.json")
