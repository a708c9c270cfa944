"""The pages of an export, for people: the same as its JSON, in words of their own language. Fetches nothing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final, Protocol

from signalling.privacy import export_words as words
from signalling.privacy import wording
from signalling.privacy.authorities import Authority
from signalling.privacy.declaring import Declaration
from signalling.privacy.notice import Controller
from signalling.privacy.wording import Words

_EPOCH: Final = dt.date(1970, 1, 1)
_MOMENTS: Final = frozenset({"expires_at", "statement_not_after"})
_MINUTES: Final = frozenset({"minute"})
_READS: Final = frozenset({"record", "purpose"})
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "th{text-align:start;font-weight:400;padding-inline-end:1rem;vertical-align:top}td{overflow-wrap:anywhere}"
    "img{max-width:12rem}table{margin-block:1rem}"
)


Say = Callable[..., str]
"""A saying in the page's language, escaped."""


class Told(Protocol):
    """What one table has of the person."""

    @property
    def table(self) -> str: ...
    @property
    def rows(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def declared(self) -> Declaration: ...


def page(language: str, parts: Sequence[Told], controller: Controller, authority: Authority, day: str) -> bytes:
    """One page. What people wrote is escaped."""

    def say(saying: Words, **values: str) -> str:
        text: str = getattr(saying, language)
        return escape(text.format(**values))

    scope = f"<p>{say(words.SCOPE)}</p>" if any(part.table == "profiles" for part in parts) else ""
    told = "\n".join(_section(part, say) for part in parts if part.rows)
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Närvaro · {say(words.TITLE)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{say(words.TITLE)}</h1>
<p>{say(words.MADE, day=day)}</p>
<p>{say(wording.CONTROLLER, name=controller.name, contact=controller.contact)}
{say(wording.POLICY, date=controller.policy_date, version=controller.policy_version)}</p>
<p>{say(words.COMPLAIN, name=authority.name, site=authority.site)}</p>
<p>{say(words.MASKED)}</p>
{scope}
{told}
</body>
</html>
""".encode()


def _section(part: Told, say: Say) -> str:
    activity = part.declared.activity
    tables = "\n".join(_row(part.table, row, say) for row in part.rows)
    title = wording.ACTIVITIES.get(activity.key) or words.SECTIONS[activity.key]
    kept = wording.KEPT.get(part.declared.kept) or words.UNTIL[part.declared.kept]
    return f"""<h2>{say(title)}</h2>
<p>{say(words.SOURCE)}: {say(words.SOURCES[part.table])}. {say(wording.BASIS)}: {say(wording.BASES[activity.basis])}.
{say(words.KEPT)}: {say(kept)}.</p>
{tables}"""


def _row(table: str, row: Mapping[str, Any], say: Say) -> str:
    cells = "\n".join(
        f'<tr><th scope="row">{say(_named(table, name))}</th><td>{_cell(table, name, value, say)}</td></tr>'
        for name, value in row.items()
        if value is not None
    )
    return f"<table>\n{cells}\n</table>"


def _named(table: str, column: str) -> Words:
    return words.OF_A_TABLE.get((table, column)) or words.COLUMNS[column]


def _cell(table: str, name: str, value: Any, say: Say) -> str:
    if isinstance(value, bool):
        return say(words.YES if value else words.NO)
    if isinstance(value, int) and (name == "day" or name.endswith("_day")):
        return (_EPOCH + dt.timedelta(days=value)).isoformat()
    if isinstance(value, int) and name in _MOMENTS | _MINUTES:
        seconds = value * 60 if name in _MINUTES else value
        return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if table == "staff_reads" and name in _READS:
        return say(words.VALUES[value])
    if (table, name) == ("pictures", "content"):
        return f'<img src="{escape(str(value))}" alt="">'
    return escape(str(value)).replace("\n", "<br>")
