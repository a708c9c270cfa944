"""What a school's firewall must let through, as a page to hand to its IT department: hosts, ports, what for.

All of it goes outwards; nothing inbound is ever needed. In English, Swedish and Norwegian, as text or as HTML that
loads nothing from anywhere.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from html import escape
from typing import Final

import msgspec

from relay.ice import IceUrl, Transport
from relay.region import RANGES, Region

TWILIO: Final = ".twilio.com"


class Language(StrEnum):
    """In which the page is written."""

    EN = "en"
    SV = "sv"
    NB = "nb"


class _Words(msgspec.Struct, frozen=True):
    title: str
    lead: str
    columns: tuple[str, str, str, str]
    signalling: str
    media: dict[Transport, str]
    own_address: str
    least: str
    tls: str
    proxy: str


WORDS: Final = {
    Language.EN: _Words(
        title="What the firewall must let through for video calls",
        lead="All connections go outwards from the devices. Nothing inbound is needed.",
        columns=("host", "port", "protocol", "what for"),
        signalling="call set-up (WebSocket over HTTPS)",
        media={
            Transport.UDP: "sound and picture, best quality",
            Transport.TCP: "sound and picture where UDP is not possible",
            Transport.TLS: "sound and picture where only TLS is possible",
        },
        own_address="finding the network's own address",
        least="At the least: the rows with TLS and HTTPS. Pictures are smoother with UDP.",
        tls="TLS to these hosts must not be opened (no TLS inspection): it carries sound and picture, not web pages.",
        proxy="These hosts must be reachable without a proxy and without a sign-in page.",
    ),
    Language.SV: _Words(
        title="Det här måste brandväggen släppa igenom för videosamtal",
        lead="Alla förbindelser går utåt från enheterna. Ingenting inkommande behövs.",
        columns=("värd", "port", "protokoll", "till vad"),
        signalling="uppkoppling av samtal (WebSocket över HTTPS)",
        media={
            Transport.UDP: "ljud och bild, bästa kvalitet",
            Transport.TCP: "ljud och bild där UDP inte går",
            Transport.TLS: "ljud och bild där bara TLS går",
        },
        own_address="att hitta nätets egen adress",
        least="Minst: raderna med TLS och HTTPS. Bilden blir jämnare med UDP.",
        tls="TLS till dessa värdar får inte öppnas (ingen TLS-inspektion): där går ljud och bild, inte webbsidor.",
        proxy="Dessa värdar måste nås utan proxy och utan inloggningssida.",
    ),
    Language.NB: _Words(
        title="Dette må brannmuren slippe gjennom for videosamtaler",
        lead="Alle forbindelser går utover fra enhetene. Ingenting innkommende trengs.",
        columns=("vert", "port", "protokoll", "til hva"),
        signalling="oppkobling av samtaler (WebSocket over HTTPS)",
        media={
            Transport.UDP: "lyd og bilde, best kvalitet",
            Transport.TCP: "lyd og bilde der UDP ikke går",
            Transport.TLS: "lyd og bilde der bare TLS går",
        },
        own_address="å finne nettets egen adresse",
        least="Minst: radene med TLS og HTTPS. Bildet blir jevnere med UDP.",
        tls="TLS til disse vertene må ikke åpnes (ingen TLS-inspeksjon): der går lyd og bilde, ikke nettsider.",
        proxy="Disse vertene må kunne nås uten proxy og uten innloggingsside.",
    ),
}


class Row(msgspec.Struct, frozen=True, order=True):
    """One thing to let through."""

    host: str
    port: int
    protocol: str
    purpose: str


def rows(urls: Iterable[IceUrl], *, coordinator: tuple[str, int] | None, language: Language) -> list[Row]:
    """Everything to let through, each once. `coordinator` is its host and port."""
    words = WORDS[language]
    found = [Row(*coordinator, "TCP (HTTPS)", words.signalling)] if coordinator is not None else []
    wanted = list(urls)
    relays = {(url.host, url.port) for url in wanted if url.is_turn and url.transport is Transport.UDP}
    for url in wanted:
        protocol = {Transport.UDP: "UDP", Transport.TCP: "TCP", Transport.TLS: "TCP (TLS)"}[url.transport]
        if url.is_turn:
            found.append(Row(url.host, url.port, protocol, words.media[url.transport]))
        elif (url.host, url.port) not in relays:
            found.append(Row(url.host, url.port, protocol, words.own_address))
    return [*dict.fromkeys(found)]


def ranges(listed: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """The published address ranges of the hosts that are Twilio's, by region."""
    regions = {row.host.partition(".")[0] for row in listed if row.host.endswith(TWILIO)}
    return {region: tuple(map(str, RANGES[Region(region)])) for region in sorted(regions) if region in set(RANGES)}


def as_text(listed: Sequence[Row], language: Language) -> str:
    """The page for a letter."""
    words = WORDS[language]
    cells = [words.columns, *((row.host, str(row.port), row.protocol, row.purpose) for row in listed)]
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    networks = [f"{region}: {', '.join(some)}" for region, some in ranges(listed).items()]
    return "\n".join([words.title, "", words.lead, "", *lines, "", *networks, words.least, words.tls, words.proxy, ""])


def as_html(listed: Sequence[Row], language: Language) -> str:
    """The page for a browser or a printer; it has no script and asks nobody for anything."""
    words = WORDS[language]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in words.columns)
    body = "".join(
        f"<tr><td>{escape(row.host)}</td><td>{row.port}</td><td>{row.protocol}</td><td>{escape(row.purpose)}</td></tr>\n"
        for row in listed
    )
    networks = "".join(f"<p>{region}: {', '.join(some)}</p>\n" for region, some in ranges(listed).items())
    notes = "".join(f"<p>{escape(text)}</p>\n" for text in (words.least, words.tls, words.proxy))
    return f"""<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{escape(words.title)}</title>
<style>
  body {{ font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}
  table {{ border-collapse: collapse; }}
  th, td {{ border: 1px solid #767676; padding: .3rem .7rem; text-align: left; }}
</style>
<h1>{escape(words.title)}</h1>
<p>{escape(words.lead)}</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}</tbody>
</table>
{networks}{notes}</html>
"""
