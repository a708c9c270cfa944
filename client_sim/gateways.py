"""Networks that get in the way, made for real: programs that run on the gateway of a school, in a namespace of its own.

For `client_sim.network` and tests; never to be run on a machine that anybody uses.

    python -m client_sim.gateways interceptor --port P --ca CA.pem --ca-key KEY.pem --to HOST:PORT [--http-only]
    python -m client_sim.gateways portal --port P [--status 302] [--location URL]
    python -m client_sim.gateways proxy --port P

The interceptor answers TLS for whatever name is asked with a certificate of its own making, and passes on what is
inside or, with --http-only, takes it for HTTP. The portal sends every HTTP request to its own page,
or answers otherwise. The proxy knows CONNECT.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

PORTAL: Final = "http://login.school.example/"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Forger:
    """Makes certificates under an authority of the school's for whatever name is asked."""

    def __init__(self, ca: Path, key: Path) -> None:
        self._ca = x509.load_pem_x509_certificate(ca.read_bytes())
        self._ca_key = load_pem_private_key(key.read_bytes(), None)
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._made: dict[str, ssl.SSLContext] = {}

    def context(self, default: str) -> ssl.SSLContext:
        """A server's context that changes its certificate with the name asked for; `default` where none is."""

        def asked(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            connection.context = self._for(name or default)

        context = self._for(default)
        context.sni_callback = asked
        return context

    def _for(self, name: str) -> ssl.SSLContext:
        if name not in self._made:
            self._made[name] = self._forged(name)
        return self._made[name]

    def _forged(self, name: str) -> ssl.SSLContext:
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:60])]))
            .issuer_name(self._ca.subject)
            .public_key(self._leaf_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([_subject(name)]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca.public_key()),  # type: ignore[arg-type]
                critical=False,
            )
            .sign(self._ca_key, hashes.SHA256())  # type: ignore[arg-type]
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            file.write(
                self._leaf_key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _subject(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


async def _passed_on(
    address: tuple[str, int], tls: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    anything = ssl.create_default_context()
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    there_reader, there_writer = await asyncio.open_connection(*address, ssl=anything if tls else None)
    await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _bad_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def _portal(status: int, location: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    where = f"Location: {location}\r\n" if location else ""
    writer.write(f"HTTP/1.1 {status} Well\r\n{where}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    writer.close()


async def _connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, authority, *_ = head.split()
    if method != "CONNECT":
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        return
    host, _, port = authority.rpartition(":")
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await _passed_on((host, int(port)), False, reader, writer)


def _serving(serve: Serve) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await serve(reader, writer)

    return one


async def main() -> None:
    """Be one of them until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["interceptor", "portal", "proxy"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", type=Path)
    parser.add_argument("--ca-key", type=Path)
    parser.add_argument("--to", default="")
    parser.add_argument("--http-only", action="store_true")
    parser.add_argument("--status", type=int, default=302)
    parser.add_argument("--location", default=PORTAL)
    chosen = parser.parse_args()
    tls = None
    serve: Serve = _bad_request
    if chosen.what == "portal":
        serve = partial(_portal, chosen.status, chosen.location)
    elif chosen.what == "proxy":
        serve = _connect
    if chosen.what == "interceptor":
        host, _, port = chosen.to.rpartition(":")
        tls = Forger(chosen.ca, chosen.ca_key).context(host)
        if not chosen.http_only:
            serve = partial(_passed_on, (host, int(port)), True)
    server = await asyncio.start_server(_serving(serve), "0.0.0.0", chosen.port, ssl=tls)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
