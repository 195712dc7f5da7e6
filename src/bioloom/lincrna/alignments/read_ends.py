"""The strand of the RNA of a long read, and what lies beside the RNA, by its ends.

Primers decide; where they tell nothing, the poly-A tail does.
"""

from dataclasses import dataclass, replace
from typing import Literal

from bioloom.lincrna.alignments.matching import Found, PrimerMatcher
from bioloom.lincrna.alignments.tails import BEHIND_NT, Tail, tail_at_start
from bioloom.lincrna.inputs.sample import SampleKind
from bioloom.seq.alphabet import reverse_complement

MIN_SCORE = 10
"""Fewest A of a tail, less twice the other bases in it."""
BESIDE_NT = 30
"""Bases, such as a UMI, that may lie between the tail and a primer that was found."""
_HERE, _THERE = {"front": "+", "back": "-"}, {"front": "-", "back": "+"}
"""Strand of a read by the primer that it begins with, or its complement does."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What the two ends of a read tell.

    Parameters
    ----------
    strand
        "+" if the read is of the RNA's strand, "-" if of the other; empty if its ends
        tell neither.
    told_by
        What tells the strand; empty if nothing does.
    n_start, n_end
        Bases of primer, tail and what is outside of them, at either end.
    has_tail
        Whether a tail is among them.
    is_full
        Whether both primers are there, as they should be.
    score
        How well the primers match: their bases less twice the edits.
    """

    strand: Literal["+", "-", ""] = ""
    told_by: Literal["primers", "tail", ""] = ""
    n_start: int = 0
    n_end: int = 0
    has_tail: bool = False
    is_full: bool = False
    score: int = 0


class ReadEnds:
    """Looks at the ends of reads.

    Parameters
    ----------
    kind
        Of the sample: Nanopore cDNA is of either strand, and so are all reads that have
        primers; others are asked for no tail of T at their start.
    primers
        To look for; None looks for tails alone.
    """

    def __init__(self, kind: SampleKind, primers: PrimerMatcher | None = None) -> None:
        self._primers = primers
        self._is_of_either_strand = kind == "ont_cdna" or primers is not None

    def of(self, bases: str) -> Ends:
        """What the ends of a read tell."""
        bases = bases.upper()
        other = reverse_complement(bases)
        here, there = self._primer(bases), self._primer(other)
        at_start, at_end = _tail(bases, here), _tail(other, there)
        votes = {_HERE.get(here.primer), _THERE.get(there.primer)} - {None}
        if votes in ({"+"}, {"-"}):
            ends = _cut(at_start, at_end, here, there, is_plus=votes == {"+"})
            is_full, score = here.primer and there.primer, here.score + there.score
            return replace(ends, told_by="primers", is_full=bool(is_full), score=score)
        if not self._is_of_either_strand:
            at_start = Tail(0, 0)
        less, best = sorted((at_start.score, at_end.score))
        # with a tail at both ends neither tells the strand, unless it is far better
        if best < MIN_SCORE or 2 * less > best:
            return Ends(n_start=here.n_cut, n_end=there.n_cut)
        is_plus = at_end.score == best
        return _cut(at_start, at_end, here, there, is_plus=is_plus)

    def _primer(self, strand: str) -> Found:
        return Found() if self._primers is None else self._primers.at_start(strand)


def _cut(
    at_start: Tail, at_end: Tail, here: Found, there: Found, *, is_plus: bool
) -> Ends:
    """Ends of a read whose strand is told: of its tails only that of the RNA is one."""
    tail = at_end if is_plus else at_start
    n_cut = tail.n_cut if tail.score >= MIN_SCORE else 0
    return Ends(
        "+" if is_plus else "-",
        "tail",
        here.n_cut + (0 if is_plus else n_cut),
        there.n_cut + (n_cut if is_plus else 0),
        has_tail=n_cut > 0,
    )


def _tail(strand: str, found: Found) -> Tail:
    """The tail at the start of a strand, as T, behind the primer."""
    behind = BESIDE_NT if found.primer else BEHIND_NT
    return tail_at_start(strand[found.n_cut :], behind)
