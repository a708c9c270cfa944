"""Commands that take an id. Ids and receipts are random base64url: one in 64 begins with a hyphen, and is no option."""

from typing import Final

import click

_SHORT_HELP: Final = "-h"


class IdCommand(click.Command):
    """A command whose argument may begin with a hyphen. Its options are long ones; `-h` alone asks for help.

    Without it click reads `-kQh…` as the short options k, Q and h: it refuses an id, or prints the help of a command
    that was to check a receipt and exits with 0, as if the receipt held.
    """

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """The long names of the help option: a short one would be found inside an id."""
        return [name for name in super().get_help_option_names(ctx) if name != _SHORT_HELP]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words, with what begins with a hyphen and is no option left to the argument, where there is one."""
        ctx.ignore_unknown_options = any(isinstance(one, click.Argument) for one in self.params)
        return super().parse_args(ctx, ["--help" if word == _SHORT_HELP else word for word in args])


class IdGroup(click.Group):
    """A group whose commands take ids."""

    command_class = IdCommand
