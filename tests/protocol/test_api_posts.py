"""Posts over HTTP: sealed octets that wait for their readers, seven days at most."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from signalling.people.post import WAITS_SECONDS
from signalling.protocol.api import POST_BYTES, POST_HEAD_BYTES
from signalling.protocol.proof import base64url
from signalling.store.tables import posts
from tests.protocol.house import until
from tests.protocol.society import Answer, App, Society, living

pytestmark = pytest.mark.slow

BOX = secrets.token_bytes(4096)


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


def head(*readers: App, **changes: Any) -> dict[str, Any]:
    """What stands before the box."""
    named = [{"endpoint": one.endpoint, "key": 3, "wrap": base64url(b"w" * 112)} for one in readers]
    post = base64url(secrets.token_bytes(16))
    return {"post": post, "purpose": "message", "author_key": 2, "readers": named, **changes}


def octets(said: Any, box: bytes = BOX) -> bytes:
    text = json.dumps(said).encode()
    return len(text).to_bytes(4, "big") + text + box


async def put(society: Society, author: App, data: bytes) -> Answer:
    return await society.ask(author, "POST", "/v1/posts", data=data, content_type="application/octet-stream")


async def test_a_post_waits_for_its_readers_and_is_gone_when_all_have_it(society: Society) -> None:
    komp, _, uncle, aunt = await society.family("Uncle", "Aunt")
    said = head(komp, aunt)
    assert (await put(society, uncle, octets(said))).body == {"post": said["post"]}
    path = f"/v1/posts/{said['post']}"
    for reader in (komp, aunt):
        (told,) = (await society.ask(reader, "GET", "/v1/posts")).body["posts"]
        assert told == {
            "post": said["post"],
            "purpose": "message",
            "author": uncle.endpoint,
            "author_key": 2,
            "key": 3,
            "wrap": said["readers"][0]["wrap"],
            "bytes": len(BOX),
            "day": int(society.clock.now() // 86_400),
        }
        got = await society.ask(reader, "GET", path)
        assert (got.raw, got.content_type) == (BOX, "application/octet-stream")
        assert (await society.ask(reader, "DELETE", path)).status == 204
        assert (await society.ask(reader, "GET", "/v1/posts")).body == {"posts": []}
    for reader in (komp, aunt, uncle):
        assert (await society.ask(reader, "GET", path)).code == "not_found"


async def test_a_post_is_for_its_readers_alone(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    said = head(komp)
    await put(society, uncle, octets(said))
    for other in (uncle, admin, await society.person("Stranger")):
        assert (await society.ask(other, "GET", "/v1/posts")).body == {"posts": []}
        for method in ("GET", "DELETE"):
            assert (await society.ask(other, method, f"/v1/posts/{said['post']}")).code == "not_found"


async def test_readers_are_those_whom_the_author_may_write_to(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    other, *_ = await society.family()
    quiet = await society.person("Quiet", invitation=await society.invitation(admin, komp, video_only=True))
    stranger = await society.person("Stranger")
    for author, readers in (
        (uncle, (other,)),
        (uncle, (komp, stranger)),
        (stranger, (komp,)),
        (quiet, (komp,)),
    ):
        answer = await put(society, author, octets(head(*readers)))
        assert (answer.status, answer.code) == (404, "not_found")
    assert (await put(society, quiet, octets(head(komp, purpose="missed-call")))).status == 200
    assert (await society.ask(komp, "GET", "/v1/posts")).body["posts"][0]["purpose"] == "missed-call"


async def test_a_post_waits_seven_days(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    said = head(komp)
    await put(society, uncle, octets(said))
    society.clock.advance(WAITS_SECONDS - 1)
    assert (await society.ask(komp, "GET", f"/v1/posts/{said['post']}")).status == 200
    society.clock.advance(1)
    assert (await society.ask(komp, "GET", f"/v1/posts/{said['post']}")).code == "not_found"
    assert (await society.ask(komp, "GET", "/v1/posts")).body == {"posts": []}


async def test_the_same_post_again_is_one_post(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    data = octets(head(komp))
    assert [(await put(society, uncle, data)).status for _ in range(2)] == [200, 200]
    assert len((await society.ask(komp, "GET", "/v1/posts")).body["posts"]) == 1


async def test_a_large_picture_fits_and_a_larger_one_does_not(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    box = bytes(4 * 1024 * 1024 + 16 * 1024 + 16)
    said = head(komp, purpose="picture")
    assert (await put(society, uncle, octets(said, box))).status == 200
    assert (await society.ask(komp, "GET", f"/v1/posts/{said['post']}")).raw == box
    answer = await put(society, uncle, bytes(POST_BYTES + 1))
    assert (answer.status, answer.code) == (413, "too_large")


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"\x00\x00\x00\x00" + BOX,
        b"\xff\xff\xff\xff" + BOX,
        (POST_HEAD_BYTES + 1).to_bytes(4, "big") + bytes(POST_HEAD_BYTES + 100),
        octets({"secret-words": 1}),
        octets([]),
        (5000).to_bytes(4, "big") + b"[" * 5000 + BOX,
        (2).to_bytes(4, "big") + b"\xff\xfe" + BOX,
    ],
    ids=["short", "no head", "head past the end", "long head", "other fields", "a list", "deep", "no text"],
)
async def test_what_is_no_post_is_refused_without_being_repeated(society: Society, data: bytes) -> None:
    answer = await put(society, await society.person(), data)
    assert (answer.status, answer.code) == (400, "bad_message")
    assert b"secret" not in answer.raw


async def test_a_head_has_its_fields_and_no_other_and_names_each_reader_once(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    wrong: list[dict[str, Any]] = [
        {"title": "secret-words"},
        {"purpose": "advert"},
        {"readers": []},
        {"readers": head(komp, komp)["readers"]},
        {"author_key": -1},
        {"post": "short"},
    ]
    for changes in wrong:
        answer = await put(society, uncle, octets({**head(komp), **changes}))
        assert (answer.status, answer.code) == (400, "bad_message")
    for box in (b"", b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"):
        assert (await put(society, uncle, octets(head(komp), box))).code == "bad_message"


async def test_without_a_token_that_holds_a_large_body_is_not_even_read(society: Society) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", society.coordinator.port)
    writer.write(b"POST /v1/posts HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
    async with asyncio.timeout(3):
        answer = await reader.readuntil(b"\r\n")
    writer.close()
    await writer.wait_closed()
    assert answer == b"HTTP/1.1 401 Unauthorized\r\n"


async def test_one_endpoint_sends_one_large_body_at_a_time(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    gate, data = asyncio.Event(), octets(head(komp))

    async def slowly() -> AsyncIterator[bytes]:
        yield data[:100]
        await gate.wait()
        yield data[100:]

    headers = await society.proof(uncle, "POST", "/v1/posts", data)
    first = asyncio.create_task(society.send("POST", "/v1/posts", data=slowly(), headers=headers))
    await until(lambda: society.coordinator._front.large_bodies)
    refused = await put(society, uncle, data)
    assert (refused.status, refused.code) == (503, "unavailable")
    gate.set()
    assert (await first).status == 200
    assert (await put(society, uncle, data)).status == 200


async def test_a_post_that_nobody_fetched_is_erased_by_the_server_itself(society: Society) -> None:
    komp, _, uncle = await society.family("Uncle")
    await put(society, uncle, octets(head(komp)))
    society.clock.advance(WAITS_SECONDS + 1)
    assert society.coordinator._housekeeping is not None
    await society.coordinator._housekeeping.sweep()
    async with society.store.database.reading() as connection:
        left = (await connection.execute(select(func.count()).select_from(posts))).scalar_one()
    assert left == 0
