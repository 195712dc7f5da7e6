"""Groups of commands whose help tells each command's first sentence whole."""

import click


class Room(click.Group):
    """A group; click itself would cut the sentences off."""

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command and not command.hidden:
                told = (command.help or "").partition("\n\n")[0]
                rows.append((name, " ".join(told.split())))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
