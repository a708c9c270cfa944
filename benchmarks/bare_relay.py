"""What the coordinator is measured against: the least aiohttp servers that carry JSON text between two named sockets.

They check nobody, keep no call, set no deadline and erase nothing. `tuned` is as fast as aiohttp's public API goes: it
decodes the envelope alone, copies the rest, and never waits for a reader. `usual` is how such a server is mostly
written. Never to be run for anybody: whoever connects may take any name.

    client  {"name": "<22 characters>"}           server  {"ready":true}
    client  {"to": "<name>", "data": <JSON>}      peer    {"from":"<name>","data":<JSON>}
"""

import asyncio
import gc
import json
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec
import uvloop
from aiohttp import WSMsgType, web

FRAME_BYTES: Final = 32 * 1024
SEND_QUEUE_BYTES: Final = 1024 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{22}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Envelope(msgspec.Struct, gc=False):
    to: str
    data: msgspec.Raw


class _Hello(msgspec.Struct):
    name: str


def text_frame(payload: bytes) -> bytes:
    """One unmasked text frame of at most 65,535 bytes (RFC 6455 §5.2)."""
    size = len(payload)
    header = b"\x81" + (bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2, "big"))
    return header + payload


def tuned() -> Handler:
    """Public API only: one receive loop, a typed envelope, ready frames to the transport."""
    sockets: dict[str, asyncio.WriteTransport] = {}
    decode = msgspec.json.Decoder(_Envelope).decode
    decode_hello = msgspec.json.Decoder(_Hello).decode

    async def relay(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(compress=False, decode_text=False, max_msg_size=FRAME_BYTES)
        await ws.prepare(request)
        transport = cast("asyncio.WriteTransport", request.transport)
        first = await ws.receive()
        name = decode_hello(first.data).name if first.type is WSMsgType.TEXT else ""
        if not _NAME.fullmatch(name):
            await ws.close()
            return ws
        sockets[name] = transport
        transport.write(text_frame(b'{"ready":true}'))
        prefix = f'{{"from":"{name}","data":'.encode()
        try:
            while True:
                message = await ws.receive()
                if message.type is not WSMsgType.TEXT:
                    break
                _forward(sockets, prefix, decode(message.data))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            await ws.close()
        finally:
            if sockets.get(name) is transport:
                del sockets[name]
        return ws

    return relay


def _forward(sockets: dict[str, asyncio.WriteTransport], prefix: bytes, envelope: _Envelope) -> None:
    peer = sockets.get(envelope.to)
    if peer is None or peer.is_closing():
        return
    data = bytes(envelope.data)
    if not data.isascii():
        data.decode()  # a text frame must be UTF-8, or the receiver's browser closes
    peer.write(text_frame(prefix + data + b"}"))
    if peer.get_write_buffer_size() > SEND_QUEUE_BYTES:
        peer.abort()


def usual() -> Handler:
    """As most people write it: `json`, `async for`, `await send_str`."""
    sockets: dict[str, web.WebSocketResponse] = {}

    async def relay(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        name = (await ws.receive_json())["name"]
        sockets[name] = ws
        await ws.send_json({"ready": True})
        try:
            async for message in ws:
                said = json.loads(message.data)
                peer = sockets.get(said["to"])
                if peer is not None:
                    await peer.send_str(json.dumps({"from": name, "data": said["data"]}))
        finally:
            sockets.pop(name, None)
        return ws

    return relay


async def serve(handler: Handler) -> None:
    """Listen on a free loopback port, say which on standard output, and run until cancelled."""
    app = web.Application()
    app.router.add_get("/relay", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    _, port = runner.addresses[0][:2]
    print(port, flush=True)
    await asyncio.Event().wait()


def main(style: str) -> None:
    """`tuned` runs on uvloop with a frozen heap; `usual` as `web.run_app` would."""
    if style == "tuned":
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 1000)
        uvloop.run(serve(tuned()))
    else:
        asyncio.run(serve(usual()))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tuned")
