"""The page for a school's IT department: what must get out, in their words, and nothing that is loaded."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay.allow_list import WORDS, Language, as_html, as_text, ranges, rows
from relay.cli import main
from relay.ice import IceUrl

COTURN = ("turn:turn.example.org", "turn:turn.example.org?transport=tcp", "turns:turn.example.org:443")
TWILIO = ("stun:ie1.stun.twilio.com", "turns:ie1.turn.twilio.com:443")
URLS = [IceUrl.parse(url) for url in ("stun:turn.example.org", *COTURN, *COTURN, *TWILIO)]
CALLS = ("calls.example.org", 443)


def test_everything_that_must_get_out_stands_there_once() -> None:
    listed = rows(URLS, coordinator=CALLS, language=Language.EN)

    assert [(row.host, row.port, row.protocol) for row in listed] == [
        ("calls.example.org", 443, "TCP (HTTPS)"),
        ("turn.example.org", 3478, "UDP"),
        ("turn.example.org", 3478, "TCP"),
        ("turn.example.org", 443, "TCP (TLS)"),
        ("ie1.stun.twilio.com", 3478, "UDP"),
        ("ie1.turn.twilio.com", 443, "TCP (TLS)"),
    ]


def test_twilios_addresses_go_along_for_those_who_filter_by_address() -> None:
    listed = rows(URLS, coordinator=None, language=Language.EN)

    assert ranges(listed) == {
        "ie1": ("52.215.253.0/26", "54.171.127.192/26", "52.215.127.0/24", "3.249.63.128/25"),
    }
    assert "52.215.253.0/26" in as_text(listed, Language.EN)
    assert ranges(rows(URLS[:4], coordinator=CALLS, language=Language.EN)) == {}


@pytest.mark.parametrize("language", list(Language))
def test_the_page_is_whole_in_every_language_and_asks_nobody_for_anything(language: Language) -> None:
    listed = rows(URLS, coordinator=CALLS, language=language)
    text, html = as_text(listed, language), as_html(listed, language)

    words = WORDS[language]
    for said in (words.title, words.lead, words.signalling, words.least, words.tls, words.proxy, *words.media.values()):
        assert said in text
    for row in listed:
        assert f"<td>{row.host}</td><td>{row.port}</td>" in html
    assert f'<html lang="{language}">' in html
    assert not re.search(r"<script|src=|href=|url\(", html)


def test_what_is_in_a_name_stays_text() -> None:
    listed = rows([], coordinator=("<b>", 443), language=Language.EN)

    assert "<b>" not in as_html(listed, Language.EN)


def test_the_command_prints_it_and_tries_nothing(tmp_path: Path) -> None:
    servers = tmp_path / "servers.json"
    servers.write_text(json.dumps([{"urls": list(COTURN), "username": "name", "credential": "secret-word"}]))
    command = ["check", "--servers", str(servers), "--coordinator", "https://calls.example.org"]

    text = CliRunner().invoke(main, [*command, "--allow-list"])
    html = CliRunner().invoke(main, [*command, "--allow-list", "--html", "--language", "sv"])

    assert (text.exit_code, html.exit_code) == (0, 0), text.output
    assert re.search(r"turn\.example\.org +443 +TCP \(TLS\)", text.output)
    assert re.search(r"calls\.example\.org +443 +TCP \(HTTPS\)", text.output)
    assert WORDS[Language.SV].title in html.output
    assert "secret-word" not in text.output + html.output
