"""Help in the language of the user's locale.

Options and commands have the same names in all languages. The words are those of the
catalogue ``help``, Click's own among them; `scripts/help_messages.py` collects them.
"""

import gettext
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from itertools import pairwise

import click

from bioloom.run.language import CATALOGUES, Language, language_of

DOMAIN = "help"
# Click breaks lines at blanks and counts characters, yet a wide character takes two
# columns. So each gets a blank, on that side of it where a line may break, and loses it
# afterwards; where none may, _STUCK takes its place. It also marks blanks that stay.
_STUCK = "\0"
_HYPHEN = "\1"  # in place of one, at which textwrap would break --dry-run
_WIDE = "[\u2e80-\u9fff\uff00-\uff60]"
_RUN = re.compile(f"{_WIDE}+")
_STAYS = re.compile(f"(?<={_WIDE})(?= )|(?<= )(?={_WIDE})")
_GOES = re.compile(f"(?<=\\S) (?={_WIDE})|(?<={_WIDE}) (?=\\S)|{_STUCK}")
_COLON = re.compile(f"(?<={_WIDE}):$", re.MULTILINE)
_NOT_FIRST = frozenset(f"\n{_STUCK}，。；：、！？）】”》～)]}},.;:%")
_NOT_LAST = frozenset(f"\n{_STUCK}（【“《～([{{")

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

# the same where a number decides: of one, and of several
CLICK_COUNTED = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    (
        "Got unexpected extra argument ({args})",
        "Got unexpected extra arguments ({args})",
    ),
    (
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)


def speak_the_users_language() -> None:
    """Let Click take its words from our catalogue, if the locale's language has one."""
    if language_of(os.environ) != "en":
        gettext.bindtextdomain(DOMAIN, CATALOGUES)
        gettext.textdomain(DOMAIN)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let Click take its words from our catalogue for a while, in a language.

    gettext looks up the environment each time. Whoever uses this must not wait for
    anything meanwhile: other threads and tasks would speak that language too.
    """
    before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, CATALOGUES)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(before[0])
        if before[1] is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before[1]


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
        formatter = _Formatter(
            width=ctx.terminal_width, max_width=ctx.max_content_width
        )
        _in_words(self).format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")


class _Formatter(click.HelpFormatter):
    """Breaks lines by columns, at any Chinese character."""

    def write_text(self, text: str) -> None:
        super().write_text("\n\n".join(map(_padded, text.split("\n\n"))))

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = 30,
        col_spacing: int = 2,
    ) -> None:
        rows = [(_set(name), _padded(text)) for name, text in rows]
        super().write_dl(rows, col_max, col_spacing)

    def getvalue(self) -> str:
        text = _GOES.sub("", super().getvalue()).replace(_HYPHEN, "-")
        return _COLON.sub("：", text)


def _in_words(command: click.Command) -> click.Command:
    """A copy of a command with its help, and that of its options, translated."""
    shown = copy(command)
    shown.help = translated(command.help or "") or None
    shown.params = []
    for param in command.params:
        option = copy(param)
        if isinstance(option, click.Option):
            option.help = translated(option.help or "") or None
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


def _padded(paragraph: str) -> str:
    """The paragraph with a filler for each wide character; unless lines are set."""
    paragraph = _STAYS.sub(_STUCK, paragraph)
    if "\b" in paragraph or not _RUN.search(paragraph):
        return paragraph
    return _RUN.sub(_with_fillers, paragraph.replace("-", _HYPHEN))


def _set(name: str) -> str:
    """A name, which stays on one line, as long as it is wide."""
    return re.sub(_WIDE, rf"{_STUCK}\g<0>", name)


def _with_fillers(found: re.Match[str]) -> str:
    """A run of wide characters with as many fillers, blanks where a line may break."""
    run, whole = found[0], f"\n{found.string}\n"
    around = whole[found.start() : found.end() + 2]
    breaks = [
        gap
        for gap, (left, right) in enumerate(pairwise(around))
        if left not in _NOT_LAST and right not in _NOT_FIRST and around[0] != "["
    ]
    if len(breaks) > len(run):  # there is one gap more than characters
        del breaks[len(run) > 1]
    others = [gap for gap in range(len(run) + 1) if gap not in breaks]
    fillers = dict.fromkeys(others[: len(run) - len(breaks)], _STUCK)
    fillers |= dict.fromkeys(breaks, " ")
    return "".join(f"{fillers.get(gap, '')}{one}" for gap, one in enumerate([*run, ""]))
