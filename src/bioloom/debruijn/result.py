"""A De Bruijn sequence as a walk: what the wheel shows at each turn."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.debruijn.data import Words
from bioloom.debruijn.errors import BadWords
from bioloom.debruijn.sequences import Method, blocks

if TYPE_CHECKING:
    import pandas as pd

MOST_TURNS = 256


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the wheel: an edge of the graph.

    Parameters
    ----------
    source, target
        Nodes: the words of ``order - 1`` letters that the edge leads from and to.
    window
        The word that the window shows, which is the edge.
    """

    source: str
    target: str
    window: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A De Bruijn sequence, turn by turn.

    Parameters
    ----------
    words
        Alphabet and order.
    text
        The cyclic sequence.
    """

    words: Words
    text: str

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The edges in the order of the walk."""
        order = self.words.order
        around = self.text * (1 + order // len(self.text) + 1)
        windows = (around[i : i + order] for i in range(len(self.text)))
        return tuple(Turn(one[:-1], one[1:], one) for one in windows)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes as the walk first meets them."""
        return tuple(dict.fromkeys(turn.source for turn in self.turns))

    def to_frame(self) -> "pd.DataFrame":
        """One row a turn: turn (from 1), source, target, window."""
        import pandas as pd

        frame = pd.DataFrame(
            [(one.source, one.target, one.window) for one in self.turns],
            columns=["source", "target", "window"],
        )
        frame.insert(0, "turn", range(1, len(frame) + 1))
        return frame


def walk(words: Words, method: Method = "least", *, rng_seed: int = 0) -> Walk:
    """The walk of a sequence that is short enough to be shown.

    Raises
    ------
    BadWords
        If it has more than 256 letters.

    Examples
    --------
    >>> walk(Words("01", 2)).text
    '0011'
    """
    if words.n_words > MOST_TURNS:
        raise BadWords(
            where=f"order {words.order} over {words.alphabet_size} letters",
            found=f"{words.n_words} turns",
            expected=f"at most {MOST_TURNS}, to be shown one by one",
            advice="Give a lower order or fewer letters.",
        )
    parts = blocks(words, method, rng_seed=rng_seed)
    return Walk(words, "".join(words.spelled(part) for part in parts))


def turned_by(one: str, other: str) -> int | None:
    """How many letters a cycle must be turned to give another; None if it never does.

    Examples
    --------
    >>> turned_by("0011", "0110"), turned_by("0011", "0101")
    (1, None)
    """
    if len(one) != len(other):
        return None
    place = (one + one).find(other)
    return None if place < 0 else place
