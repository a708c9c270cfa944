"""The privacy page: made from the data map, in three languages, for whoever runs this. It can't say what isn't so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from signalling.privacy import wording
from signalling.privacy.activities import ACTIVITIES
from signalling.privacy.authorities import AUTHORITIES
from signalling.privacy.processors import Processor
from signalling.privacy.wording import LANGUAGES, Words


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for it, and by which policy (P-05, P-48)."""

    name: str
    contact: str
    policy_date: str
    policy_version: str
    av1_log_days: int = 90
    """How long the AV1 log is kept here."""
    backup_days: int | None = None
    """How long a backup may be put back and is erased again then; None: no log of erasures is kept."""


def page(controller: Controller, register: Sequence[Processor]) -> bytes:
    """The page as HTML. Nothing of it comes from elsewhere; what the operator set is escaped."""
    parts = "\n".join(_in(language, controller, register) for language in LANGUAGES)
    links = " ".join(
        f'<a href="#{language}" lang="{language}">{getattr(wording.NAMES, language)}</a>' for language in LANGUAGES
    )
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="color-scheme" content="light dark">
  <meta name="referrer" content="no-referrer">
  <title>Närvaro · {escape(wording.TITLE.en)}</title>
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/style.css">
  <link rel="stylesheet" href="/papers.css">
</head>
<body>
  <header class="bar">
    <a class="wordmark" href="/"><img src="/icon.svg" alt="" width="36" height="36">Närvaro</a>
  </header>
  <main class="page prose">
    <p class="tongues">{links}</p>
{parts}
  </main>
</body>
</html>
""".encode()


def _in(language: str, controller: Controller, register: Sequence[Processor]) -> str:
    def say(words: Words, **values: str) -> str:
        text: str = getattr(words, language)
        return escape(text.format(**values))

    kept = [
        (
            say(wording.ACTIVITIES[one.key]),
            (
                f"{say(wording.KEPT[one.kept], days=str(controller.av1_log_days))}. "
                f"{say(wording.BASIS)}: {say(wording.BASES[one.basis])}"
            ),
        )
        for one in ACTIVITIES
        if one.is_personal
    ]
    helpers = [
        (
            escape(row.name),
            escape(row.region),
            ", ".join(say(wording.CARRIED[one]) if one in wording.CARRIED else escape(one) for one in row.personal)
            or say(wording.NONE),
        )
        for row in register
    ]
    complaints = [(code, escape(one.name), escape(one.site)) for code, one in AUTHORITIES.items()]
    contact = {"contact": controller.contact}
    days = controller.backup_days
    backups = say(wording.BACKUPS, days=str(days)) if days is not None else say(wording.BACKUPS_ALONE)
    return f"""    <section lang="{language}" id="{language}">
      <h1>{say(wording.TITLE)}</h1>
      <p>{say(wording.CONTROLLER, name=controller.name, **contact)}
        {say(wording.POLICY, date=controller.policy_date, version=controller.policy_version)}</p>
      <h2>{say(wording.CALLS_HEAD)}</h2>
      <p>{say(wording.CALLS_TEXT)}</p>
      <h2>{say(wording.KEPT_HEAD)}</h2>
      {_table((say(wording.WHAT), say(wording.UNTIL)), kept)}
      <p>{backups}</p>
      <h2>{say(wording.PROCESSORS_HEAD)}</h2>
      {_table((say(wording.PROCESSOR), say(wording.REGION), say(wording.CARRIES)), helpers)}
      <h2>{say(wording.RIGHTS_HEAD)}</h2>
      <p>{say(wording.RIGHTS_TEXT, **contact)}</p>
      <p><a href="/my-data#{language}">{say(wording.FORM)}</a></p>
      <p>{say(wording.COMPLAIN)}</p>
      {_table((say(wording.REGION), say(wording.AUTHORITY), say(wording.SITE)), complaints)}
      <p>{say(wording.NOBODY_ELSE)}</p>
    </section>"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "\n        ".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n        <tr>{top}</tr>\n        {body}\n      </table>"
