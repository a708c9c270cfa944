"""What the pages use of other people's is what was decided on, byte for byte, with its licence."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "signalling" / "pages" / "vendor"


def test_every_vendored_file_is_the_one_that_was_decided_on() -> None:
    decided = (ROOT / "docs" / "decisions" / "dependencies.md").read_text()
    scripts = sorted(one for one in VENDOR.rglob("*.js") if one.name != "index.js")
    assert scripts != []
    for script in scripts:
        assert f"vendor/{script.relative_to(VENDOR)}" in decided
        assert hashlib.sha256(script.read_bytes()).hexdigest() in decided
        assert script.with_suffix(".LICENSE").exists()
