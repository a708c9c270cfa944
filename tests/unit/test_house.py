"""Rules of the house that import-linter has no words for: who may seal, and who may touch media."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGREEMENT = {
    "x25519",
    "X25519PrivateKey",
    "X25519PublicKey",
    "x448",
    "X448PrivateKey",
    "X448PublicKey",
    "ECDH",
}
AEAD = {
    "aead", "AESCCM", "AESGCM", "AESGCMSIV", "AESOCB3", "AESSIV", "ChaCha20Poly1305",
    "ciphers", "Cipher", "fernet", "Fernet", "MultiFernet",
}  # fmt: skip
MEDIA = {"aiortc", "aioice", "av", "pylibsrtp"}
SEALERS = ("signalling/store/", "signalling/state/")


def names_in(source: str) -> set[str]:
    """Every name, attribute and part of an imported module's name that a source file uses."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.Import(names=aliases):
                names.update(part for alias in aliases for part in alias.name.split("."))
            case ast.ImportFrom(module=module, names=aliases):
                names.update((module or "").split("."))
                names.update(alias.name for alias in aliases)
            case ast.Constant(value=str(text)) if len(text) < 100:  # import_module("…") and getattr(…, "…")
                names.update(text.split("."))
    return names


def coordinator_sources() -> Iterator[tuple[str, set[str]]]:
    for path in sorted((ROOT / "signalling").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), names_in(path.read_text(encoding="utf-8"))


def test_no_module_of_the_coordinator_can_agree_on_a_key() -> None:
    assert [path for path, names in coordinator_sources() if names & AGREEMENT] == []


def test_only_the_store_and_the_state_can_seal() -> None:
    assert [path for path, names in coordinator_sources() if names & AEAD and not path.startswith(SEALERS)] == []


def test_the_coordinator_names_no_media_library() -> None:
    assert [path for path, names in coordinator_sources() if names & MEDIA] == []


@pytest.mark.parametrize(
    ("source", "forbidden"),
    [
        ("from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey as K", AGREEMENT),
        ("from cryptography.hazmat.primitives.asymmetric import x25519", AGREEMENT),
        ("import cryptography.hazmat.primitives.asymmetric.ec as e\ne.ECDH()", AGREEMENT),
        ("from cryptography.hazmat.primitives.ciphers.aead import AESGCM", AEAD),
        ("from importlib import import_module\nimport_module('cryptography.fernet')", AEAD),
        ("def late():\n    from aiortc.sdp import SessionDescription", MEDIA),
    ],
)
def test_a_forbidden_part_is_found_however_it_is_brought_in(source: str, forbidden: set[str]) -> None:
    assert names_in(source) & forbidden


def test_every_package_is_typed_for_those_who_import_it() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    assert packages
    assert [package for package in packages if not (ROOT / package / "py.typed").is_file()] == []


def test_locked_versions_name_no_machine_and_no_host() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / lock).read_text().splitlines()
        assert any("--hash=sha256:" in line for line in lines)
        assert [line for line in lines if "/" in line or " @ " in line or line.startswith("-")] == []


def test_a_file_is_one_idea() -> None:
    """Past 400 lines a file is two ideas."""
    sources = [
        path for folder in ("signalling", "relay", "client_sim", "tests") for path in (ROOT / folder).rglob("*.py")
    ]
    assert sources
    too_long = {
        p.relative_to(ROOT).as_posix() for p in sources if len(p.read_text(encoding="utf-8").splitlines()) > 400
    }
    assert too_long == set()
