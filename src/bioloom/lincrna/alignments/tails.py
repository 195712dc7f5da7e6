"""Poly-A tails of long reads: where they begin, and the strand that they tell.

The tail lies at the end of a read of the RNA's strand, as T at the start of one of the
other strand, with primer or adapter behind it. Aligners carry a tail over an invented
intron to the next run of A in the genome, so that it is cut off before.
"""

from typing import Literal, NamedTuple

from bioloom.lincrna.inputs.sample import SampleKind

BEHIND_NT = 150
"""Bases of primer and adapter that may lie behind the tail."""
MIN_SCORE = 10
_RIGHT, _WRONG = 1, -2
_GIVE_UP = 20


class Tail(NamedTuple):
    """A run of one letter near an end of a read.

    Parameters
    ----------
    score
        Right letters less twice the others; 0 without a run.
    n_cut
        Bases from that end of the read to where the run begins.
    """

    score: int
    n_cut: int


def tail_at_end(inwards: str, letter: str) -> Tail:
    """Find the best run of a letter near an end of a read.

    The run with the highest score (1 for each right letter, −2 for each other: a
    segment of maximal sum) of those that end at most `BEHIND_NT` from that end of the
    read; it may be of any length.

    Parameters
    ----------
    inwards
        Bases from the end of the read to its middle.
    letter
        A or T.
    """
    best, n_cut, score = 0, 0, 0
    for place, base in enumerate(inwards):
        if place >= BEHIND_NT and score <= max(0, best - _GIVE_UP):
            break
        score = max(0, score) + (_RIGHT if base == letter else _WRONG)
        if score > best:
            best, n_cut = score, place + 1
    return Tail(best, n_cut)


class Ends(NamedTuple):
    """What the two ends of a read tell.

    Parameters
    ----------
    strand
        "+" with a tail of A at its end, "-" with one of T at its start; empty with
        neither, or with both where neither scores twice the other.
    n_cut
        Bases of tail and what is behind it, at that end.
    """

    strand: Literal["+", "-", ""]
    n_cut: int = 0


def read_ends(bases: str, kind: SampleKind) -> Ends:
    """Strand of a read and its tail; only Nanopore cDNA is asked for one of T."""
    bases = bases.upper()
    at_end = tail_at_end(bases[::-1], "A")
    at_start = tail_at_end(bases, "T") if kind == "ont_cdna" else Tail(0, 0)
    best = max(at_end.score, at_start.score)
    if best < MIN_SCORE or 2 * min(at_end.score, at_start.score) > best:
        return Ends("")
    if at_end.score > at_start.score:
        return Ends("+", at_end.n_cut)
    return Ends("-", at_start.n_cut)
