"""The commands of the command line, in plain words and in the session's language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import click

import bioloom
from bioloom.run.language import Language, language_in_force

LOCALES: Mapping[Language, str] = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}
HELPERS = ("lesson", "crate", "xlsx", "doctor")
"""Commands beside the rooms that are offered."""
_NOT_OFFERED = frozenset({"step"})  # parts of a workflow
_EXAMPLE = re.compile(r"^\s+(bioloom .*)$")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line, as its own package hands it over.

    Parameters
    ----------
    group
        All its commands.
    translated
        Gives a help text in the language that an environment asks for.
    speaking
        Lets Click's own messages be in a language for a while.
    """

    group: click.Group
    translated: Callable[[str, Mapping[str, str]], str]
    speaking: Callable[[Language], AbstractContextManager[None]]

    def words(self, text: str) -> str:
        """A help text in the language in force."""
        locale = LOCALES[language_in_force()]
        return self.translated(text, {"LC_ALL": locale})

    def rooms(self) -> dict[str, list[Offer]]:
        """The commands of each room, then of what is beside them ("")."""
        found = {room: self.offers(room) for room in bioloom.ROOMS}
        return {**found, "": [self.offer((name,)) for name in HELPERS]}

    def offers(self, room: str) -> list[Offer]:
        """The commands of a room."""
        group = self._found((room,))
        if not isinstance(group, click.Group):
            return []
        names = group.list_commands(click.Context(group))
        return [self.offer((room, name)) for name in names if name not in _NOT_OFFERED]

    def offer(self, words: tuple[str, ...]) -> Offer:
        """A command by its words.

        Raises
        ------
        KeyError
            If it is none, or none that is offered.
        """
        is_known = words[0] in (*bioloom.ROOMS, *HELPERS)
        command = self._found(words) if is_known else None
        is_leaf = command is not None and not isinstance(command, click.Group)
        if not is_leaf or command is None or set(words) & _NOT_OFFERED:
            raise KeyError(" ".join(words))
        return Offer(words, command, self)

    def _found(self, words: Sequence[str]) -> click.Command | None:
        command: click.Command | None = self.group
        for word in words:
            if not isinstance(command, click.Group):
                return None
            command = command.get_command(click.Context(command), word)
        return command

    def sentence(self, room: str) -> str:
        """What a room is for."""
        command = self._found((room,))
        return _first(self.words(command.help or "")) if command else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that can be run here."""

    words: tuple[str, ...]
    command: click.Command
    line: CommandLine

    @property
    def title(self) -> str:
        """As it is typed, e.g. ``mirna predict``."""
        return " ".join(self.words)

    @property
    def address(self) -> str:
        """Of its form."""
        return f"/run/{'/'.join(self.words)}"

    @property
    def sentence(self) -> str:
        """What it does, in one sentence."""
        return _first(self.line.words(self.command.help or ""))

    def paragraphs(self) -> list[str]:
        """The rest of its help, without the examples, which are command lines."""
        parts = self.line.words(self.command.help or "").split("\n\n")[1:]
        return [" ".join(part.split()) for part in parts if "\b" not in part]

    def examples(self) -> list[list[str]]:
        """Words of each example in its help, behind its own."""
        return list(_examples(self.command.help or "", self.title))

    def context(self) -> click.Context:
        """What it is called in."""
        # with its settings: Click keeps the help option that it makes first
        group = self.line.group
        context = click.Context(group, info_name="bioloom", **group.context_settings)
        for depth, word in enumerate(self.words[:-1], 1):
            within = self.line._found(self.words[:depth])  # noqa: SLF001 (ours)
            context = click.Context(within or self.command, context, info_name=word)
        return context


def _first(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _examples(help_text: str, title: str) -> Iterator[list[str]]:
    joined = re.sub(r"\\\n\s+", "", help_text)
    start = ["bioloom", *title.split()]
    for line in joined.splitlines():
        if match := _EXAMPLE.match(line):
            words = shlex.split(match[1], comments=True)
            if words[: len(start)] == start:
                ends = [words.index(word) for word in (">", ">>", "|") if word in words]
                yield words[len(start) : min(ends, default=len(words))]
