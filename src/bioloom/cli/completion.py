"""`bioloom completion`: shell completion of commands and options."""

import click
from click.shell_completion import get_completion_class

from bioloom.cli.help import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for your shell.

    \b
    Examples:
      bioloom completion bash >> ~/.bashrc
      bioloom completion zsh >> ~/.zshrc
      bioloom completion fish > ~/.config/fish/completions/bioloom.fish
    """
    kind = get_completion_class(shell)
    if kind is not None:
        group = context.find_root().command
        click.echo(kind(group, {}, "bioloom", "_BIOLOOM_COMPLETE").source())
