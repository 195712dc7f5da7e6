"""Sentences on how an input was read, in the language in force when they are shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bioloom.run.language import listed, tr
from bioloom.run.text import warn_input

Value = str | int | float | tuple[str, ...]
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence.

    Parameters
    ----------
    message
        In English, marked, with named gaps.
    values
        What fills them; a tuple is a list of names.
    is_odd
        Whether the input is unusual, so that the user is warned.
    """

    message: str
    values: Mapping[str, Value]
    is_odd: bool = True

    def __str__(self) -> str:
        """The sentence."""
        filled = {
            name: listed(value) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return tr(self.message, **filled)


def note_of(message: str, *, is_odd: bool = True, **values: Value) -> Note:
    """A note; `message` is marked where it is written."""
    return Note(message, values, is_odd)


def warn_of(notes: Iterable[Note], where: str) -> None:
    """Warn of those that are odd, once each."""
    for note in dict.fromkeys(map(str, (note for note in notes if note.is_odd))):
        warn_input(f"{where}: {note}")


def sentences_of(notes: Iterable[Note]) -> str:
    """Notes one after another, each once."""
    text = ""
    for note in dict.fromkeys(map(str, notes)):
        text = tr("{sentence} {more}", sentence=text, more=note) if text else note
    return text


def quoted(names: Iterable[str]) -> tuple[str, ...]:
    """Names between quotes, to be listed; of many only the first."""
    return shortened([repr(name) for name in names])


def shortened(words: Sequence[str]) -> tuple[str, ...]:
    """Words to be listed; of many only the first, and how many more there are."""
    rest = len(words) - _MOST_NAMES
    return (*words[:_MOST_NAMES], f"… (+{rest})") if rest > 1 else tuple(words)
