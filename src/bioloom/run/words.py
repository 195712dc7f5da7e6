"""How numbers, names and lines are put into words, in every room alike."""

from collections.abc import Sequence
from functools import reduce

from bioloom.run.language import listed, tr

_PLURALS = {"locus": "loci"}


def counted(n: int, noun: str) -> str:
    """A number and its noun, in English.

    Examples
    --------
    >>> counted(1, "locus"), counted(2000, "locus"), counted(0, "site")
    ('1 locus', '2,000 loci', '0 sites')
    """
    return f"{n:,} {noun if n == 1 else _PLURALS.get(noun, f'{noun}s')}"


def joined(names: Sequence[str]) -> str:
    """Names in a row, in English.

    Examples
    --------
    >>> joined(["a", "b", "c"]), joined(["a"])
    ('a, b and c', 'a')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def listed_in_words(names: Sequence[str]) -> str:
    """Names in a row, in the language in force.

    Examples
    --------
    >>> listed_in_words(["a", "b", "c"]), listed_in_words(["a"])
    ('a, b and c', 'a')
    """
    if len(names) < 2:
        return "".join(names)
    return tr("{first} and {second}", first=listed(names[:-1]), second=names[-1])


def together(sentences: Sequence[str]) -> str:
    """Sentences one after another, as the language in force sets them.

    Examples
    --------
    >>> together(["It is so.", "It is not."])
    'It is so. It is not.'
    """
    return reduce(
        lambda one, more: tr("{sentence} {more}", sentence=one, more=more), sentences
    )


def cut_lines(lines: Sequence[str], most: int) -> tuple[str, ...]:
    """The first lines, and how many more there are, in the language in force.

    Examples
    --------
    >>> cut_lines(["a", "b", "c"], 2)
    ('a', 'b', '… and 1 more')
    """
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[:most], tr("… and {n:,} more", n=len(lines) - most))


def shortened(text: str, most: int) -> str:
    """A text cut to its first characters.

    Examples
    --------
    >>> shortened("ACGTACGT", 4), shortened("ACGT", 4)
    ('ACGT…', 'ACGT')
    """
    return text if len(text) <= most else text[:most] + "…"


def time_in_words(seconds: float) -> str:
    """A length of time, to the precision of an estimate, in English.

    Examples
    --------
    >>> [time_in_words(seconds) for seconds in (0.2, 40, 130, 5400, 90000)]
    ['1 s', '40 s', '2 min', '1.5 h', '25 h']
    """
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    hours = seconds / 3600
    return f"{hours:.0f} h" if hours >= 10 else f"{hours:.1f} h"
