"""What browsers are served can be compared with a release: the list, and the command that hashes what really comes."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from signalling.cli import main
from signalling.commands.pages import FOLDER
from signalling.web.pages import Pages
from tests.protocol.house import House, running


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as one:
        yield one


async def told(*words: str) -> Result:
    """What the command prints, beside a server in this loop."""
    return await asyncio.to_thread(CliRunner().invoke, main, ["pages", *words])


async def test_the_list_has_the_hashes_of_everything_that_is_served(house: House) -> None:
    async with house.http.get(f"{house.url}/v1/pages") as answer:
        listing = await answer.json()
    assert listing["made"] == ["/my-data", "/privacy"]
    assert {one["path"] for one in listing["pages"]} == set(Pages(FOLDER).paths)
    for one in listing["pages"]:
        async with house.http.get(house.url + one["path"]) as answer:
            body = await answer.read()
        assert (answer.status, len(body)) == (200, one["bytes"])
        assert hashlib.sha256(body).hexdigest() == one["sha256"]
        assert "sha384-" + b64encode(hashlib.sha384(body).digest()).decode() == one["integrity"]
    printed = (await told()).output
    assert printed.splitlines() == [f"{one['sha256']}  {one['path']}" for one in listing["pages"]]
    assert (await told("--digest")).output.strip() == listing["digest"]
    assert hashlib.sha256(printed.encode()).hexdigest() == listing["digest"]


async def test_a_coordinator_that_serves_this_release_passes(house: House) -> None:
    compared = await told("--compare", house.url)
    assert (compared.exit_code, compared.output.count("fail")) == (0, 0)
    assert compared.output.startswith("pass")


Serve = Callable[[str, bytes], bytes | None]


@asynccontextmanager
async def a_coordinator_that(
    serves: Serve, *, tells: str = '{"release": "1", "digest": "", "pages": [], "made": []}'
) -> AsyncIterator[str]:
    """One that says of itself what it likes, and serves something else of some files."""
    pages = Pages(FOLDER)

    async def page(request: web.Request) -> web.Response:
        found = pages.get(request.path)
        body = tells.encode() if request.path == "/v1/pages" else found and serves(request.path, found.body)
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/{page:.*}", page)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


SEAL = "/sdk/seal.js"
EXTRA = '{"path": "/sdk/listen.js", "bytes": 1, "sha256": "", "integrity": ""}'
LYING = {
    "one script is another": (
        lambda path, body: body + b" " if path == SEAL else body,
        '{"release": "1", "digest": "", "pages": [], "made": []}',
        "fail  /sdk/seal.js is another",
    ),
    "one isn't there": (
        lambda path, body: None if path == SEAL else body,
        '{"release": "1", "digest": "", "pages": [], "made": []}',
        "fail  /sdk/seal.js is not served",
    ),
    "one is of no release": (
        lambda _, body: body,
        f'{{"release": "1", "digest": "", "pages": [{EXTRA}], "made": []}}',
        "fail  /sdk/listen.js is of no such release",
    ),
}


@pytest.mark.parametrize("how", LYING)
async def test_a_coordinator_that_serves_something_else_is_found_out(how: str) -> None:
    serves, tells, said = LYING[how]
    async with a_coordinator_that(serves, tells=tells) as origin:
        compared = await told("--compare", origin)
    assert compared.exit_code == 1
    assert [line for line in compared.output.splitlines() if not line.startswith("note")] == [said]


@pytest.mark.parametrize("origin", ["file:///etc", "http://127.0.0.1:1"])
async def test_what_is_no_coordinator_is_one_line_and_an_error(origin: str) -> None:
    compared = await told("--compare", origin)
    assert (compared.exit_code, compared.output.count("\n")) == (1, 1)
    assert compared.output.startswith("Error: ")
