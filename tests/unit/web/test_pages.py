"""Static pages: what is served, and that nothing else is."""

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from signalling.web.pages import TYPES, Pages

OURS = Path(__file__).parents[3] / "signalling" / "pages"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index.html", "family.html", "sdk/link.js", "sdk/index.html", ".secret.js", ".git/x.js", "notes.txt"):
        file = tmp_path / "pages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "outside.js").write_text("outside")
    return tmp_path / "pages"


def test_pages_have_plain_addresses_and_files_their_own(folder: Path) -> None:
    assert set(Pages(folder).paths) == {"/", "/family", "/sdk/link.js", "/sdk"}


@pytest.mark.parametrize(
    "path",
    [
        "/sdk/",
        "/.secret.js",
        "/.git/x.js",
        "/notes.txt",
        "/../outside.js",
        "/sdk/../../outside.js",
        "/%2e%2e/outside.js",
        "//outside.js",
        "/index.html",
        "",
    ],
)
def test_nothing_is_listed_and_nothing_else_is_served(folder: Path, path: str) -> None:
    assert Pages(folder).get(path) is None


def test_a_client_that_has_a_page_does_not_get_it_again(folder: Path) -> None:
    page = Pages(folder).get("/family")
    assert page is not None
    first = page.response(make_mocked_request("GET", "/family"))
    assert (first.status, first.body) == (200, b"family.html")
    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    again = page.response(make_mocked_request("GET", "/family", headers={"If-None-Match": first.headers["ETag"]}))
    assert (again.status, again.body) == (304, None)
    assert again.headers["ETag"] == first.headers["ETag"]
    changed = page.response(make_mocked_request("GET", "/family", headers={"If-None-Match": '"other"'}))
    assert changed.status == 200


def test_without_a_folder_there_are_no_pages() -> None:
    assert Pages().paths == ()


def test_every_file_of_ours_is_served_with_a_type() -> None:
    served = Pages(OURS)
    assert {"/", "/family", "/komp", "/av1", "/vendor/qr.js", "/vendor/qr/decode.js"} <= set(served.paths)
    ours = [file for file in OURS.rglob("*") if file.is_file() and "vendor" not in file.parts]
    unserved = [file.name for file in ours if file.suffix not in TYPES]
    assert unserved == []
