"""The HTTP API's references are what the code makes, and what a real server says fits them."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from signalling.access.identity import signature_holds
from signalling.cli import main
from signalling.people.device import DeviceStatus
from signalling.people.membership import MemberRole, Side
from signalling.people.post import BOX_BYTES, READERS_AT_MOST
from signalling.people.profile import NAME_CHARACTERS, PICTURE_BYTES
from signalling.protocol import api
from signalling.protocol.proof import from_base64url, register_bytes, request_bytes
from signalling.protocol.reference import EXAMPLE_KEY
from signalling.vocabulary import PartyKind
from signalling.web import tables
from signalling.web.openapi import openapi
from signalling.web.policy import Policy
from signalling.web.routes import ROUTES
from tests.clock import ManualClock
from tests.protocol.society import Society, living

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGES = ("openapi.json", "api.md", "http.md")


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


def test_the_written_pages_are_in_step_with_the_code(tmp_path: Path) -> None:
    for page in PAGES:
        (tmp_path / page).write_text((REFERENCE / page).read_text(encoding="utf-8"), encoding="utf-8")
    CliRunner().invoke(main, ["api", "--write", str(tmp_path)], catch_exceptions=False)
    for page in PAGES:
        assert (tmp_path / page).read_text(encoding="utf-8") == (REFERENCE / page).read_text(encoding="utf-8")


async def test_a_server_tells_its_own_api(society: Society) -> None:
    told = await society.send("GET", "/v1/openapi.json")
    assert told.raw.decode() == (REFERENCE / "openapi.json").read_text(encoding="utf-8")


def test_every_reference_inside_the_document_leads_somewhere() -> None:
    document = openapi(ROUTES)
    for reference in set(re.findall(r'"(#/[^"]*)"', json.dumps(document))):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_what_stands_before_the_box_of_a_post_is_told_field_by_field() -> None:
    document = openapi(ROUTES)
    octets = document["paths"]["/v1/posts"]["post"]["requestBody"]["content"]["application/octet-stream"]["schema"]
    told = jsonschema.Draft202012Validator({**octets["x-head"], "components": document["components"]})
    reader = api.PostReader("r" * 22, 7, "w" * 150)
    head = msgspec.to_builtins(api.PostHead("p" * 22, "message", 2, [reader]))
    assert told.is_valid(head)
    assert not told.is_valid(head | {"readers": []})
    assert "#### PostHead\n" in (REFERENCE / "api.md").read_text(encoding="utf-8")


def test_the_document_says_of_every_route_who_may_use_it() -> None:
    paths = openapi(ROUTES)["paths"]
    for route in ROUTES:
        if route.path.startswith("/v1/") and route.method != "OPTIONS":
            told = paths[route.path][route.method.lower()]
            assert told["x-policy"] == route.policy
            assert bool(told["security"]) is (route.policy is Policy.ENDPOINT)
    identifiers = [one["operationId"] for item in paths.values() for one in item.values() if "operationId" in one]
    assert len(identifiers) == len(set(identifiers))


def test_closed_lists_and_limits_are_the_ones_that_the_rules_go_by() -> None:
    assert set(api.MemberRole.__args__) == set(MemberRole)  # type: ignore[attr-defined]
    assert set(api.Side.__args__) == set(Side)  # type: ignore[attr-defined]
    assert set(api.DeviceStatus.__args__) == set(DeviceStatus)  # type: ignore[attr-defined]
    assert api.PICTURE_BYTES == PICTURE_BYTES
    assert api.READERS == READERS_AT_MOST
    assert api.POST_BYTES >= 4 + BOX_BYTES
    schema = openapi(ROUTES)["components"]["schemas"]["NameChange"]["properties"]["name"]
    assert schema["maxLength"] == NAME_CHARACTERS


def test_the_examples_signatures_are_made_over_the_bytes_that_are_shown() -> None:
    key = from_base64url(EXAMPLE_KEY)
    assert signature_holds(key, tables.EXAMPLE_REQUEST_SIGNATURE, request_bytes(**tables.EXAMPLE_REQUEST))
    assert signature_holds(key, tables.EXAMPLE_REGISTRATION_SIGNATURE, register_bytes(**tables.EXAMPLE_REGISTRATION))


def test_the_example_can_be_followed_by_hand() -> None:
    """The page alone is enough: purpose, zero byte, lengths, digests."""
    page = (REFERENCE / "api.md").read_text(encoding="utf-8")
    shown = [
        bytes.fromhex(line.removeprefix("signed bytes ")) for line in page.splitlines() if line[:12] == "signed bytes"
    ]
    assert b"".join(shown) == register_bytes(**tables.EXAMPLE_REGISTRATION) + request_bytes(**tables.EXAMPLE_REQUEST)


async def test_what_a_real_server_says_fits_the_document(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    robot = await society.device(PartyKind.AV1, "Robot")
    app = await society.student(robot)
    schemas = openapi(ROUTES)["components"]["schemas"]
    documents = {"components": {"schemas": schemas}}
    asked = [
        ("Me", await society.ask(uncle, "GET", "/v1/me")),
        ("Me", await society.ask(app, "GET", "/v1/me")),
        ("Contacts", await society.ask(uncle, "GET", "/v1/circle")),
        ("Contacts", await society.ask(komp, "GET", "/v1/circle")),
        ("Contacts", await society.ask(app, "GET", "/v1/circle")),
        ("Contacts", await society.ask(robot, "GET", "/v1/circle")),
        ("Members", await society.ask(admin, "GET", f"/v1/komps/{komp.party}/members")),
        ("WaitingPosts", await society.ask(komp, "GET", "/v1/posts")),
        ("Failure", await society.ask(komp, "GET", f"/v1/posts/{'P' * 22}")),
        ("Failure", await society.send("GET", "/v1/me")),
        ("CodeSent", await society.post("/v1/register/code", {"phone": society.fresh_phone()})),
    ]
    for name, answer in asked:
        jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", **documents}).validate(answer.body)


async def test_the_references_client_does_as_it_says() -> None:
    """Run as it stands on the page, by somebody who has nothing else of ours."""
    (script,) = re.findall(r"```python\n(.*?)```", (REFERENCE / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    async with living(clock=ManualClock(time.time())) as society:
        komp, admin = await society.family()
        phone, invitation = society.fresh_phone(), await society.invitation(admin, komp)
        loop = asyncio.get_running_loop()

        def answers(question: str) -> str:
            if question == "code: ":
                asyncio.run_coroutine_threadsafe(society.texts_sent(), loop).result()
            return {"phone: ": phone, "code: ": society.mailman.texts[-1].body, "invitation: ": invitation}[question]

        names: dict[str, Any] = {"input": answers}
        await asyncio.to_thread(exec, script.replace("http://localhost:8080", society.origin), names)
        assert names["profile"] == {"name": "Astrid", "phone": phone}
        assert names["komp"] == komp.party
        assert {one["name"] for one in names["contacts"]} == {"Admin", "Grandmother's Komp"}
