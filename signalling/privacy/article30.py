"""The record of processing activities (GDPR article 30), as a page made from the data map."""

from collections.abc import Iterator, Sequence

from signalling.privacy.activities import ACTIVITIES
from signalling.privacy.datamap import everything
from signalling.privacy.declaring import TERMS, Activity, Declaration
from signalling.privacy.notice import Controller
from signalling.privacy.processors import Processor, leaving

_HEAD = """# Record of processing activities

Made by `signalling privacy article-30` from `signalling/privacy/datamap.py`; don't edit it by hand. A test holds that
every stored column, field of memory, log field, label and field sent to a processor stands here, and nothing else.

| | |
|---|---|
| controller | {name}, {contact} |
| policy | of {date}, version {version} |
| security | [SECURITY.md](../../SECURITY.md): sealed end to end, personal columns under each person's own key |
| transfers outside the EEA | {leaving} |

## Activities

| activity | purpose | about | basis | kept | erased by | readers | personal data |
|---|---|---|---|---|---|---|---|"""


def markdown(controller: Controller, register: Sequence[Processor]) -> str:
    """docs/reference/article-30.md."""
    head = _HEAD.format(
        name=controller.name,
        contact=controller.contact,
        date=controller.policy_date,
        version=controller.policy_version,
        leaving=", ".join(f"{row.name} ({row.region})" for row in leaving(register))
        or "none of personal data; a start is refused otherwise",
    )
    lines = [head, *map(_activity, ACTIVITIES), "", *_processors(register), *_declarations()]
    return "\n".join(lines) + "\n"


def _activity(one: Activity) -> str:
    return _row(
        f"[{one.key}](#{one.key})",
        one.purpose,
        one.subject,
        one.basis,
        TERMS[one.kept].words,
        "; ".join(one.erasers),
        "; ".join(one.readers) or "nobody",
        "yes" if one.is_personal else "none",
    )


def _processors(register: Sequence[Processor]) -> Iterator[str]:
    yield from ("## Processors", "", "| processor | what it does | country | personal data |", "|---|---|---|---|")
    for row in register:
        yield _row(row.name, row.role, row.region, "; ".join(row.personal) or "none")
    yield from ("", "As shipped; `NARVARO_REGION` and `NARVARO_PROCESSORS_FILE` say how it is.", "")


def _declarations() -> Iterator[str]:
    yield from ("## What is kept", "")
    for activity in ACTIVITIES:
        found = [one for one in everything() if one.activity == activity]
        yield from (f"### {activity.key}", "", f"{activity.purpose}. Processor: {activity.processor}.", "")
        yield from ("| where | what | sealed under | export | personal data |", "|---|---|---|---|---|")
        yield from map(_declaration, found)
        yield ""


def _declaration(one: Declaration) -> str:
    sealed = f"key of {one.sealed}" if one.sealed is not None else "–"
    return _row(f"`{one.name}`", one.what, sealed, one.export, "yes" if one.is_personal else "none")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
