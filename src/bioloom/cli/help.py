"""Help in the language of the user's locale.

Options and commands have the same names in all languages. The words are those of the
catalogue ``help``, Click's own among them; `scripts/help_messages.py` collects them.
"""

import gettext
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from copy import copy

import click

from bioloom.run.language import CATALOGUES, language_of

DOMAIN = "help"
_FILLER = "\0"  # beside a wide character, which takes two columns
_EARLY = re.compile(rf"\n(\s*)((?:[，。；：、！？）】”》]{_FILLER})+)")

# Click looks these up itself, in gettext's domain
CLICK_WORDS = (
    *("Usage:", "Options", "Commands", "Positional arguments"),
    *("default: {default}", "required", "Missing command.", "Aborted!"),
    *("Show this message and exit.", "Show the version and exit."),
    *("Error: {message}", "Try '{command} {option}' for help."),
    *("Missing argument", "Missing option", "Missing parameter"),
    *("Invalid value for {param_hint}: {message}", "Invalid value: {message}"),
    *("No such command {name!r}.", "No such option {name!r}."),
    *("Option {name!r} does not take a value.", "{value} is not in the range {range}."),
    *("Choose from:\n\t{choices}", "file", "directory", "path"),
    *("{value!r} is not a valid {number_type}.",),
    *("{name} {filename!r} does not exist.", "{name} {filename!r} is a directory."),
    *("{name} {filename!r} is a file.", "{name} {filename!r} is not readable."),
)


def speak_the_users_language() -> None:
    """Let Click take its words from our catalogue, if the locale's language has one."""
    if language_of(os.environ) != "en":
        gettext.bindtextdomain(DOMAIN, CATALOGUES)
        gettext.textdomain(DOMAIN)


def translated(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A help text in the language of the locale; as it is where there is none."""
    language = language_of(environment)
    if language == "en" or not text:
        return text
    return gettext.translation(DOMAIN, CATALOGUES, [language], fallback=True).gettext(
        text
    )


class Command(click.Command):
    """A command with help in the language of the locale."""

    def get_help(self, ctx: click.Context) -> str:
        """The help, as text of the terminal's width."""
        return _without_fillers(click.Command.get_help(in_words(self), ctx))


def in_words(command: click.Command) -> click.Command:
    """A copy of a command with its help, and that of its options, translated."""
    shown = copy(command)
    shown.help = _padded(command.help)
    shown.params = []
    for param in command.params:
        option = copy(param)
        if isinstance(option, click.Option):
            option.help = _padded(option.help)
        shown.params.append(option)
    return shown


def help_texts(command: click.Command) -> Iterator[str]:
    """English help of a command, of its options, and of the commands in it."""
    options = [one for one in command.params if isinstance(one, click.Option)]
    yield from filter(None, [command.help, *(option.help for option in options)])
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if below := command.get_command(context, name):
                yield from help_texts(below)


def _padded(text: str | None) -> str | None:
    """Translated, with a filler beside each wide character: lines break by columns."""
    if text is None:
        return None
    return "".join(
        f"{one}{_FILLER}" if unicodedata.east_asian_width(one) in "WF" else one
        for one in translated(text)
    )


def _without_fillers(text: str) -> str:
    """The text as shown; closing punctuation does not begin a line."""
    return _EARLY.sub(r"\2\n\1", text).replace(_FILLER, "")
