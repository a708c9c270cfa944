"""The privacy page, the Article 30 record and the register of processors: P-05, P-39 to P-42, P-44, P-47, P-48."""

import dataclasses
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from relay.region import Region
from signalling import processing
from signalling.access.numbers import EEA_COUNTRIES
from signalling.cli import main
from signalling.privacy import article30, notice, processors, wording
from signalling.privacy.activities import ACTIVITIES
from signalling.privacy.authorities import AUTHORITIES, authority_of
from signalling.privacy.processors import Processor, Use, faults, read_register, shipped
from signalling.settings import Settings
from tests.protocol.house import House, running

ROOT = Path(__file__).parents[2]
CONTROLLER = notice.Controller("Example AB <script>", "privacy@example.org", "2026-01-02", "7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as one:
        yield one


class Sections(HTMLParser):
    """The text of each language's section."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self.language = dict(attrs)["lang"] or ""

    def handle_data(self, data: str) -> None:
        self.texts[self.language] = self.texts.get(self.language, "") + data


def sections(page: bytes) -> dict[str, str]:
    parser = Sections()
    parser.feed(page.decode())
    return {language: text for language, text in parser.texts.items() if language}


async def test_p_05_the_page_names_the_controller_and_how_to_write_to_it(house: House) -> None:
    async with house.http.get(f"{house.url}/privacy") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        told = sections(await answer.read())
    assert set(told) == set(wording.LANGUAGES)
    for text in told.values():
        assert "No Isolation AS" in text
        assert "contact@noisolation.com" in text


async def test_p_48_the_page_is_dated_and_versioned(house: House) -> None:
    async with house.http.get(f"{house.url}/privacy") as answer:
        for text in sections(await answer.read()).values():
            assert text.count("2018-05-25") == 2


async def test_p_49_the_page_asks_nobody_else_and_sets_no_cookie(house: House) -> None:
    async with house.http.get(f"{house.url}/privacy") as answer:
        text, headers = await answer.text(), answer.headers
    assert "Set-Cookie" not in headers
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", text) == []
    assert "<script" not in text
    assert "style=" not in text


def test_p_05_another_operator_is_named_instead_and_can_put_nothing_in() -> None:
    page = notice.page(CONTROLLER, shipped("SE"))
    for text in sections(page).values():
        assert "Example AB <script>" in text
        assert "noisolation" not in text
        assert "2026-01-02" in text
    assert b"<script" not in page


def test_the_page_tells_of_every_activity_about_somebody_in_every_language() -> None:
    personal = {one.key for one in ACTIVITIES if one.is_personal}
    assert set(wording.ACTIVITIES) == personal
    assert {one.kept for one in ACTIVITIES if one.is_personal} <= set(wording.KEPT)
    told = sections(notice.page(CONTROLLER, shipped("SE")))
    for language, text in told.items():
        for key in personal:
            assert getattr(wording.ACTIVITIES[key], language) in text
    everything = [
        *wording.ACTIVITIES.values(),
        *wording.KEPT.values(),
        *(one for one in vars(wording).values() if isinstance(one, wording.Words)),
    ]
    assert all(words.sv and words.nb and words.en for words in everything)


BASES = {
    "sv": "Rättslig grund: avtal, 6.1 b",
    "nb": "Rettslig grunnlag: avtale, 6 nr. 1 b",
    "en": "Legal basis: contract",
}
RIGHTS = {
    "sv": ("begränsa", "invända", "kopia", "återkallar", "rättsligt krav"),
    "nb": ("begrense", "protestere", "kopi", "trekker", "rettslig krav"),
    "en": ("limit", "object", "copy", "withdraw", "legal claim"),
}


def test_p_05_p_38_the_page_says_on_what_grounds_each_right_and_what_may_be_kept() -> None:
    """GDPR article 13: the ground beside each purpose, every right, and that a hold or a backup may keep something."""
    for language, text in sections(notice.page(CONTROLLER, shipped("SE"))).items():
        told = re.sub(r"<[^>]+>", " ", text)
        assert BASES[language] in told
        assert all(word in told for word in RIGHTS[language])
        assert getattr(wording.BACKUPS_ALONE, language) in told
    kept = dataclasses.replace(CONTROLLER, backup_days=21)
    for language, text in sections(notice.page(kept, shipped("SE"))).items():
        assert getattr(wording.BACKUPS, language).format(days="21") in text
        assert getattr(wording.BACKUPS_ALONE, language) not in text


def test_p_38_the_page_tells_of_erasing_a_backup_again_only_where_there_is_a_log(tmp_path: Path) -> None:
    assert processing.controller(Settings()).backup_days is None
    logged = Settings(erasure_log_file=tmp_path / "erasures.log", backup_days=21)
    assert processing.controller(logged).backup_days == 21


def test_p_40_what_a_processor_carries_is_said_in_every_language() -> None:
    """The register is written in English, and read by people who may not read it."""
    carried = {one for row in shipped("SE") for one in row.personal}
    assert carried <= set(wording.CARRIED), "a row as shipped has words in each language"
    for language, text in sections(notice.page(CONTROLLER, shipped("SE"))).items():
        for one in carried:
            assert getattr(wording.CARRIED[one], language) in text
            assert language == "en" or one not in text


def test_p_40_an_operators_own_words_for_what_is_carried_stand_as_they_were_written() -> None:
    rows = [Processor("mail", "sends mail", "NO", ("e-mail address", "<b>avatar</b>"))]
    told = sections(notice.page(CONTROLLER, rows))
    assert "e-postadress, <b>avatar</b>" in told["sv"]
    assert "e-postadresse, <b>avatar</b>" in told["nb"]
    assert "e-mail address, <b>avatar</b>" in told["en"]


def test_no_sentence_says_that_a_receipt_proves_absence() -> None:
    assert "inte att ingenting finns kvar" in wording.CALLS_TEXT.sv
    assert "ikke at ingenting er igjen" in wording.CALLS_TEXT.nb
    assert "not that nothing is left" in wording.CALLS_TEXT.en


def test_p_39_every_country_of_the_eea_has_its_authority_on_the_page() -> None:
    assert set(AUTHORITIES) >= processors.EEA
    assert EEA_COUNTRIES - {"AX"} == processors.EEA
    assert authority_of("SE").name == "Integritetsskyddsmyndigheten"
    assert authority_of("US") == AUTHORITIES["NO"]
    for text in sections(notice.page(CONTROLLER, shipped("SE"))).values():
        assert all(one.name in text and one.site in text for one in AUTHORITIES.values())


def test_the_written_article_30_record_is_what_the_code_makes(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["privacy", "article-30", "--shipped", "--write", str(tmp_path / "a.md")], catch_exceptions=False
    )
    assert done.exit_code == 0
    assert (tmp_path / "a.md").read_text() == (ROOT / "docs" / "reference" / "article-30.md").read_text()


# --------------------------------------------------- processors and regions

OURS = shipped("DE")


def test_p_40_as_shipped_nothing_personal_leaves_the_eea() -> None:
    assert faults(OURS, []) == []
    assert {row.name for row in OURS if row.region not in processors.EEA} == {"twilio-tokens"}
    assert not next(row for row in OURS if row.name == "twilio-tokens").personal


@pytest.mark.parametrize("region", ["US", "GB", "CH"])
def test_p_40_a_coordinator_outside_the_eea_does_not_start(tmp_path: Path, region: str) -> None:
    with pytest.raises(ValueError, match="outside the EEA"):
        processing.register(Settings(region=region))
    done = CliRunner().invoke(main, ["check", "--region", region])
    assert "fail  processors and their regions: processor hosting: outside the EEA" in done.output


def test_p_41_a_row_outside_the_eea_may_carry_nothing_personal(tmp_path: Path) -> None:
    def told(*rows: dict[str, Any]) -> list[str]:
        return faults(read_register(json.dumps(rows).encode()), [])

    row = {"name": "mail", "role": "sends mail", "region": "US", "personal": []}
    assert told(row) == []
    assert told({**row, "personal": ["e-mail address"]}) != []
    assert told({**row, "personal": ["e-mail address"], "region": "NO"}) == []
    assert told(row, row) == ["processors: a name stands once in the register"]


@pytest.mark.parametrize(
    "document",
    [
        b"{}", b"nonsense", b'[{"name": "x", "role": "y", "region": "DE"}]',
        b'[{"name": "x", "role": "y", "region": "Germany", "personal": []}]',
        b'[{"name": "x", "role": "y", "region": "DE", "personal": [], "personnal": ["name"]}]',
    ],
)  # fmt: skip
def test_p_41_a_register_that_leaves_something_open_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="a register of processors is"):
        read_register(document)


def relay_at(host: str, tmp_path: Path) -> Settings:
    secret = tmp_path / "secret"
    secret.write_text("s" * 32)
    return Settings(turn_urls=(f"turn:{host}:3478",), turn_secret_file=secret)


@pytest.mark.parametrize("host", ["global.turn.example.com", "stun.l.google.com", "global.stun.twilio.com"])
def test_p_42_a_relay_that_may_be_anywhere_is_refused_unless_a_row_names_it(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="NARVARO_TURN_URLS: a host is in no row"):
        processing.register(relay_at(host, tmp_path))
    named = Processor("relay", "relays", "DE", ("addresses",), (host,))
    assert faults([named], [Use("NARVARO_TURN_URLS", "relay", host)]) == []


def test_p_42_a_relay_anywhere_in_the_world_takes_a_setting_of_its_own_and_stands_in_the_record(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 32)
    twilio: dict[str, Any] = {"twilio_account_sid": "AC" + "0" * 32, "twilio_secret_file": secret}
    assert {row.region for row in processing.register(Settings(**twilio)) if row.name == "twilio-relays"} == {"IE"}
    with pytest.raises(ValidationError, match="TWILIO_ALLOW_GLOBAL"):
        Settings(twilio_region=Region.GLOBAL, **twilio)
    outside = shipped("DE", relays="US")
    assert faults(outside, []) == ["processor twilio-relays: outside the EEA only what carries no personal data may be"]
    rows = processing.register(Settings(twilio_region=Region.GLOBAL, twilio_allow_global=True, **twilio))
    assert "| transfers outside the EEA | twilio-relays (US) |" in article30.markdown(CONTROLLER, rows)


def test_p_42_our_own_relay_starts(tmp_path: Path) -> None:
    assert processing.register(relay_at("turn.example.eu", tmp_path)) == OURS


async def test_p_47_a_host_that_no_row_names_stops_the_start(tmp_path: Path) -> None:
    rows = [{"name": "relay", "role": "relays", "region": "SE", "personal": ["addresses"], "hosts": ["*.example.eu"]}]
    file = tmp_path / "processors.json"
    file.write_text(json.dumps(rows))
    secret = tmp_path / "secret"
    secret.write_text("s" * 32)
    turn = {"processors_file": file, "turn_secret_file": secret}
    async with running(tmp_path, turn_urls="turn:turn.example.eu:3478", **turn):
        pass
    for elsewhere in ("turn:turn.example.org:3478", "turn:example.eu.evil.org:3478", "turn:exampleseu:3478"):
        with pytest.raises(ValueError, match="a host is in no row"):
            async with running(tmp_path, turn_urls=elsewhere, **turn):
                pass


def test_p_44_an_sms_carrier_that_is_not_registered_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "processors.json"
    file.write_text(json.dumps([{"name": "relay", "role": "relays", "region": "SE", "personal": []}]))
    key = tmp_path / "key"
    key.write_text("SK\nsecret")
    twilio: dict[str, Any] = {
        "sms_twilio_account": "AC" + "0" * 32,
        "sms_twilio_key_file": key,
        "sms_sender": "Example",
    }
    with pytest.raises(
        ValueError, match="NARVARO_SMS_TWILIO_ACCOUNT: no row of the register is named twilio-messaging"
    ):
        processing.register(Settings(processors_file=file, **twilio))
    assert processing.register(Settings(**twilio)) == OURS


def test_p_47_a_region_is_a_country(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(region="Europe")
