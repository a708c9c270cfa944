"""The protocol reference is what a stranger writes a client from: it may not say anything but what the code does."""

import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.protocol import errors, reference
from signalling.protocol.messages import ClientMessage, ServerMessage, members
from signalling.protocol.proof import endpoint_id, from_base64url, token_request_bytes
from signalling.vocabulary import DECLINE_REASONS, HANGUP_REASONS, EndReason, PresenceState

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "protocol.md"


def test_its_tables_are_those_of_the_types() -> None:
    page = PAGE.read_text()
    assert reference.filled(page) == page, "run `make docs`"


def test_it_names_every_message_and_every_reason() -> None:
    page = PAGE.read_text()
    tags = {str(one.__struct_config__.tag) for one in (*members(ClientMessage), *members(ServerMessage))}
    missing = [name for name in (*tags, *EndReason, *PresenceState) if f"`{name}`" not in page]
    assert not missing


def test_its_lists_of_reasons_are_those_that_the_server_takes() -> None:
    page = " ".join(PAGE.read_text().split())
    decline = re.search(r"Reasons to decline: (.*?)\.", page)
    hang_up = re.search(r"Reasons to hang up: (.*?)\.", page)
    assert decline is not None
    assert hang_up is not None
    assert set(re.findall(r"`(\w+)`", decline[1])) == set(DECLINE_REASONS)
    assert set(re.findall(r"`(\w+)`", hang_up[1])) == set(HANGUP_REASONS)


def test_its_example_of_a_signature_verifies() -> None:
    key = from_base64url(reference.EXAMPLE_KEY)
    assert endpoint_id(key) == reference.EXAMPLE_ENDPOINT
    signature = from_base64url(reference.EXAMPLE_SIGNATURE)
    Ed25519PublicKey.from_public_bytes(key).verify(signature, token_request_bytes(**reference.EXAMPLE))


def test_every_code_has_its_rule_and_every_close_its_meaning() -> None:
    assert set(errors.RULES) == set(errors.ErrorCode) == set(errors.REMEDIES)
    assert set(errors.CLOSE_MEANING) == set(errors.CloseCode)
