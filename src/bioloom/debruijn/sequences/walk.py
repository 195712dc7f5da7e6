"""A De Bruijn sequence as a walk: the window at each turn of the wheel."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences.generate import Method, blocks
from bioloom.debruijn.sequences.words import Words
from bioloom.result import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation

MOST_TURNS = 256
SHOWN = 32  # letters in a summary


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the wheel: an edge of the graph.

    Parameters
    ----------
    source, target
        Nodes: the words of ``order - 1`` letters that the edge leads from and to.
    window
        The word in the window, which is the edge.
    """

    source: str
    target: str
    window: str


View = Literal["graph", "wheel"]


@dataclass(frozen=True, slots=True, repr=False)
class DeBruijnSequence(Result):
    """A De Bruijn sequence.

    Parameters
    ----------
    words
        Alphabet and order.
    text
        The cyclic sequence.
    """

    words: Words
    text: str

    def __str__(self) -> str:
        """The cyclic sequence."""
        return self.text

    def __len__(self) -> int:
        return len(self.text)

    @property
    def linear(self) -> str:
        """The sequence with its first letters repeated at the end.

        So every word occurs without going around the end.
        """
        n_more = self.words.order - 1
        return self.text + (self.text * (n_more // len(self.text) + 1))[:n_more]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The edges in the order of the walk."""
        windows = self._windows()
        return tuple(Turn(window[:-1], window[1:], window) for window in windows)

    def _windows(self) -> Iterator[str]:
        order = self.words.order
        around = self.linear
        return (around[i : i + order] for i in range(len(self.text)))

    def summary(self) -> str:
        """Alphabet, order, length and the first letters."""
        shown = self.text if len(self.text) <= SHOWN else f"{self.text[:SHOWN]}…"
        return (
            f"order {self.words.order} over {self.words.letters}, "
            f"length {len(self.text):,}: {shown}"
        )

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes in the order of the walk."""
        return tuple(dict.fromkeys(turn.source for turn in self.turns))

    def to_frame(self) -> pd.DataFrame:
        """One row per turn: turn (from 1), source, target, window."""
        import pandas as pd

        frame = pd.DataFrame({"window": list(self._windows())}, dtype=object)
        frame.insert(0, "turn", range(1, len(frame) + 1))
        frame.insert(1, "source", frame["window"].str[:-1])
        frame.insert(2, "target", frame["window"].str[1:])
        return frame

    def _repr_html_(self) -> str:
        """The summary; the table only where the sequence is short."""
        if len(self.text) <= MOST_TURNS:
            return super(DeBruijnSequence, self)._repr_html_()
        return f"<p>{html.escape(self.summary())}</p>"

    def explain(self, *, compare: str = "") -> Explanation:
        """Show how the sequence comes about; see `bioloom.debruijn.explain`.

        Raises
        ------
        BadWords
            If the sequence has more than 256 letters.
        """
        from bioloom.debruijn.sequences.explain import explain

        check_short(self.words)
        return explain(self, other=compare)

    def plot(self, view: View = "graph") -> Figure:
        """Draw the graph with the walk numbered, or the wheel.

        Raises
        ------
        BadWords
            If the sequence has more than 64 letters.
        """
        from bioloom.debruijn.sequences.figures import graph_figure, wheel_figure

        return graph_figure(self) if view == "graph" else wheel_figure(self)


def walk(
    words: Words, method: Method = "least", *, rng_seed: int = 0
) -> DeBruijnSequence:
    """A sequence that is short enough to be shown turn by turn.

    Raises
    ------
    BadWords
        If it has more than 256 letters.

    Examples
    --------
    >>> walk(Words("01", 2)).text
    '0011'
    """
    check_short(words)
    return whole_sequence(words, method, rng_seed=rng_seed)


def whole_sequence(
    words: Words, method: Method = "least", *, rng_seed: int = 0
) -> DeBruijnSequence:
    """A sequence of any length, held in memory."""
    parts = blocks(words, method, rng_seed=rng_seed)
    return DeBruijnSequence(words, "".join(words.spelled(part) for part in parts))


def check_short(words: Words) -> None:
    """Refuse sequences too long to be shown turn by turn.

    Raises
    ------
    BadWords
        If there are more than 256 words.
    """
    if words.n_words > MOST_TURNS:
        raise BadWords(
            where=f"order {words.order} over {words.alphabet_size} letters",
            found=f"{words.n_words} turns",
            expected=f"at most {MOST_TURNS}, to be shown one by one",
            advice="Give a lower order or fewer letters.",
        )


def turned_by(text: str, other: str) -> int | None:
    """Letters by which a cycle must be rotated to give another; None if none does.

    Examples
    --------
    >>> turned_by("0011", "0110"), turned_by("0011", "0101")
    (1, None)
    """
    if len(text) != len(other):
        return None
    place = (text + text).find(other)
    return None if place < 0 else place
