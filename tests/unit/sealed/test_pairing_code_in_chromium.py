"""The browser writes and reads the pairing codes that headless endpoints do."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import PAIRING_CODE
from tests.unit.sealed.test_pairing_code import BROKEN, CODE, SHAPE

pytestmark = pytest.mark.browser


def fragment(shape: Any) -> str:
    return f"#pair={base64url(json.dumps(shape).encode())}"


def test_the_golden_code_is_read_and_written_byte_for_byte(page: Page) -> None:
    golden = PAIRING_CODE
    told = page.evaluate(
        """(fragment) => {
          const code = on.pairingCode.pairingCodeFrom(fragment);
          const { secret, identity, party, kind, name } = code;
          const { base64url } = on.encoding;
          const shape = { secret: base64url(secret), identity: base64url(identity), party, kind, name };
          return { code: shape, written: on.pairingCode.pairingFragment(code) };
        }""",
        "#" + golden["link"].partition("#")[2],
    )
    assert told == {"code": golden["code"], "written": "#" + golden["link"].partition("#")[2]}


def test_a_code_that_breaks_a_rule_is_refused_without_repeating_it(page: Page) -> None:
    fragments = [fragment(SHAPE | change) for change in BROKEN]
    said = page.evaluate(
        """(fragments) => fragments.map((one) => {
          try {
            return on.pairingCode.pairingCodeFrom(one) && "taken";
          } catch (problem) {
            return `${problem.constructor.name}: ${problem.message}`;
          }
        })""",
        [*fragments, "#pair=", "#pair=e30", "#pair=nonsense!"],
    )
    assert {one.partition(":")[0] for one in said} == {"PairingCodeRefused"}
    assert not any(CODE.secret in one for one in said)


def test_a_fragment_without_a_code_holds_none(page: Page) -> None:
    assert page.evaluate("['', '#', '#link=e30'].map((one) => on.pairingCode.pairingCodeFrom(one))") == [None] * 3
