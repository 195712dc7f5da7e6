"""Poly-A tails of long reads: where they begin.

The tail lies at the end of a read of the RNA's strand, as T at the start of one of the
other strand, with primer or adapter behind it. Aligners carry a tail over an invented
intron to the next run of A in the genome, so that it is cut off before.
"""

from typing import NamedTuple

BEHIND_NT = 150
"""Bases of primer and adapter that may lie behind the tail, where none was found."""
_RIGHT, _WRONG = 1, -2
_GIVE_UP = 20


class Tail(NamedTuple):
    """A run of T near the start of a strand.

    Parameters
    ----------
    score
        T less twice the others; 0 without a run.
    n_cut
        Bases of the strand up to the end of the run.
    """

    score: int
    n_cut: int


def tail_at_start(bases: str, behind_nt: int = BEHIND_NT) -> Tail:
    """Find the best run of T near the start of a strand.

    The run with the highest score (1 for each T, −2 for each other base: a segment of
    maximal sum) of those that begin at most `behind_nt` from the start; it may be of
    any length.

    Parameters
    ----------
    bases
        The strand, 5'→3', in capitals.
    behind_nt
        Bases that may lie before the run.
    """
    best, n_cut, score = 0, 0, 0
    for place, base in enumerate(bases):
        if place >= behind_nt and score <= max(0, best - _GIVE_UP):
            break
        score = max(0, score) + (_RIGHT if base in "TU" else _WRONG)
        if score > best:
            best, n_cut = score, place + 1
    return Tail(best, n_cut)
