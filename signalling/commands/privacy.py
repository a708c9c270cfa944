"""`signalling privacy`: the record of processing and the privacy page, as this configuration has them."""

from pathlib import Path
from typing import Final

import click

from signalling import processing
from signalling.commands.ids import IdGroup
from signalling.commands.words import plainly
from signalling.privacy import article30, notice, processors
from signalling.settings import Settings, SettingsError, read_settings

_SHIPPED: Final = Settings.model_construct()


@click.group(cls=IdGroup)
def privacy() -> None:
    """What is kept of whom, why and how long: made from the data map."""


@privacy.command("article-30")
@click.option("--write", "target", type=click.Path(path_type=Path, dir_okay=False), help="Unset: print it.")
@click.option("--shipped", is_flag=True, help="With the settings as shipped, not those of this machine.")
def article_30(target: Path | None, *, shipped: bool) -> None:
    """The record of processing activities (GDPR article 30)."""
    _told(article30.markdown(*_chosen(shipped=shipped)), target)


@privacy.command("page")
@click.option("--write", "target", type=click.Path(path_type=Path, dir_okay=False), help="Unset: print it.")
@click.option("--shipped", is_flag=True, help="With the settings as shipped, not those of this machine.")
def privacy_page(target: Path | None, *, shipped: bool) -> None:
    """The page that is served at /privacy."""
    _told(notice.page(*_chosen(shipped=shipped)).decode(), target)


def _chosen(*, shipped: bool) -> tuple[notice.Controller, tuple[processors.Processor, ...]]:
    try:
        settings = _SHIPPED if shipped else read_settings()
        return processing.controller(settings), processing.register(settings)
    except (SettingsError, OSError, ValueError) as problem:
        raise click.ClickException(plainly(problem)) from None


def _told(text: str, target: Path | None) -> None:
    if target is None:
        click.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
