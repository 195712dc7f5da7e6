"""Groups of commands whose help shows each command's first sentence in full."""

from gettext import gettext

import click

from bioloom.cli.help import Command, translated


class Room(Command, click.Group):
    """A group; click itself would cut the sentences off."""

    command_class = Command

    def sentences(self, ctx: click.Context) -> dict[str, str]:
        """First sentence of each command's help, by name."""
        sentences_by_name = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command and not command.hidden:
                first = translated(command.help or "").partition("\n\n")[0]
                sentences_by_name[name] = " ".join(first.split())
        return sentences_by_name

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands."""
        with formatter.section(gettext("Commands")):
            formatter.write_dl(list(self.sentences(ctx).items()))
