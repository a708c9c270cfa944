"""Static pages, read once into memory, each with its type and ETag. No path of a URL ever becomes a path on disk.

What is served can be compared with what was released: each file's hashes are told.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import ETag, web

TYPES: Final = MappingProxyType(
    {
        ".css": "text/css",
        ".html": "text/html",
        ".ico": "image/x-icon",
        ".js": "text/javascript",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".webmanifest": "application/manifest+json",
        ".woff2": "font/woff2",
    }
)
_TEXT: Final = frozenset({".css", ".html", ".js", ".json", ".svg", ".webmanifest"})


@dataclass(frozen=True, slots=True)
class Page:
    """One file as it is served."""

    body: bytes
    content_type: str
    charset: str | None
    etag: str

    def response(self, request: web.Request) -> web.Response:
        """The file, or 304 where the client has it already."""
        response = web.Response(headers={"Cache-Control": "no-cache"})
        response.etag = ETag(self.etag)
        known = request.if_none_match or ()
        if any(one.value in (self.etag, "*") for one in known):
            response.set_status(304)
            return response
        response.body = self.body
        response.content_type = self.content_type
        response.charset = self.charset
        return response


class PageHash(msgspec.Struct, frozen=True):
    """One file that is the same wherever this release is served."""

    path: str
    bytes: int
    sha256: str
    """Hexadecimal."""
    integrity: str
    """SHA-384 as `integrity` attributes have it (W3C SRI)."""


class PageHashes(msgspec.Struct, frozen=True):
    """What this coordinator says that it serves. Whoever doubts it hashes what comes (`signalling pages --compare`)."""

    release: str
    digest: str
    """SHA-256 of the list that `signalling pages` prints: one value to compare."""
    pages: tuple[PageHash, ...]
    made: tuple[str, ...]
    """Paths of pages that are made from this operator's settings, and of no release."""


class Pages:
    """The pages under one folder. `index.html` stands for its folder, `family.html` for `/family`."""

    def __init__(self, folder: Path | None = None, made: Mapping[str, bytes] | None = None) -> None:
        """`made` are pages of HTML by their address that are no files."""
        self.made: Final = tuple(sorted(made or ()))
        """Paths of those that are no files."""
        self._pages: dict[str, Page] = {
            address: _page_of(body, "text/html", "utf-8") for address, body in (made or {}).items()
        }
        for file in sorted(folder.rglob("*")) if folder is not None else ():
            parts = file.relative_to(folder).parts if folder is not None else ()
            if file.is_file() and file.suffix in TYPES and not any(part.startswith(".") for part in parts):
                self._pages[_address("/".join(parts))] = _page(file)

    def get(self, path: str) -> Page | None:
        """The page at that path of a URL."""
        return self._pages.get(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that there is a page at."""
        return tuple(self._pages)

    def hashes(self) -> tuple[PageHash, ...]:
        """Of every file, in the order of their paths."""
        return tuple(_hashed(path, page.body) for path, page in sorted(self._pages.items()) if path not in self.made)


def listed(hashes: Iterable[PageHash]) -> str:
    """A line for each: SHA-256 and path."""
    return "".join(f"{one.sha256}  {one.path}\n" for one in hashes)


def digest_of(hashes: Iterable[PageHash]) -> str:
    """SHA-256 of that list."""
    return hashlib.sha256(listed(hashes).encode()).hexdigest()


def _hashed(path: str, body: bytes) -> PageHash:
    integrity = "sha384-" + b64encode(hashlib.sha384(body).digest()).decode()
    return PageHash(path, len(body), hashlib.sha256(body).hexdigest(), integrity)


def _address(name: str) -> str:
    if name == "index.html" or name.endswith("/index.html"):
        return "/" + name.removesuffix("index.html").rstrip("/")
    return "/" + name.removesuffix(".html")


def _page(file: Path) -> Page:
    return _page_of(file.read_bytes(), TYPES[file.suffix], "utf-8" if file.suffix in _TEXT else None)


def _page_of(body: bytes, content_type: str, charset: str | None) -> Page:
    return Page(body=body, content_type=content_type, charset=charset, etag=hashlib.sha256(body).hexdigest()[:32])
