"""Kernels: the best coding path through the three frames of a transcript.

Scores are whole thousandths of a nat, so that sums are exact in any order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._frames import HEXAMER_STRIDE
from bioloom.run.jit import kernel

SHIFT = 5000
"""Price of a change of frame, thousandths of a nat."""
THROUGH_STOP = 8000
"""Price of reading through a stop codon (selenocysteine, a sequencing error)."""

_BARRED = -THROUGH_STOP
_UNKNOWN = 64
_A_CODON = 3
_N_BASES = 4
_ONE = 1.0  # pseudo-count of each pair of bases

Codes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Bases(NamedTuple):
    """Codes of bases, and the codon that begins at each, 64 where it is unknown."""

    codes: Codes
    codons: Codes


class Paths(NamedTuple):
    """The best path of each transcript.

    `score` in thousandths of a nat; `start` and `end` in nt from the 5' end; `shifts`
    counts changes of frame; `frames` holds the best score without one, in each frame,
    shape (n, 3).
    """

    score: Ints
    start: Ints
    end: Ints
    shifts: Ints
    frames: Ints


@kernel
def best_paths(
    bases: Bases, firsts: Ints, lengths: Ints, is_stop: Bools, hexamer: Ints
) -> Paths:
    """Best paths of transcripts that lie end to end.

    A path is a run of codons. Each codon after the first earns the score of the hexamer
    that it ends, less the mean score of hexamers by chance; a step of two or four bases
    in place of three changes the frame. `hexamer` is `UsageTables.padded_hexamer`.
    """
    n = len(firsts)
    longest = 3
    for number in range(n):
        longest = max(longest, lengths[number])
    score, start, end, shifts = np.zeros((4, n), dtype=np.int64)
    frames = np.zeros((n, 3), dtype=np.int64)
    gains, path = np.empty((2, longest), dtype=np.int64)
    known = hexamer.reshape(HEXAMER_STRIDE, HEXAMER_STRIDE)[:_UNKNOWN, :_UNKNOWN]
    scores = known.astype(np.float64)
    for number in range(n):
        first, size = firsts[number], max(lengths[number] - 2, 0)
        sequence = bases.codes[first : first + lengths[number]]
        chance = _chance_score(sequence, is_stop, scores)
        codons = bases.codons[first : first + size]
        _gains(codons, is_stop, hexamer, chance, gains)
        end[number] = _walk(gains[:size], path)
        if end[number] > 0:
            score[number] = path[end[number] - 3]
            start[number], shifts[number] = _traced(end[number] - 3, gains, path)
        for frame in range(3):
            frames[number, frame] = _best_in_frame(gains[frame:size:3])
    return Paths(score, start, end, shifts, frames)


@kernel
def _gains(
    codons: Codes, is_stop: Bools, hexamer: Ints, chance: int, gains: Ints
) -> None:
    """Write what each codon adds to a path through the codon before it."""
    for place in range(len(codons)):
        codon = codons[place]
        before = codons[place - 3] if place >= _A_CODON else _UNKNOWN
        if is_stop[codon]:
            gains[place] = _BARRED
        elif codon == _UNKNOWN or before == _UNKNOWN:
            gains[place] = 0
        else:
            gains[place] = hexamer[before * HEXAMER_STRIDE + codon] - chance


@kernel
def _walk(gains: Ints, path: Ints) -> int:
    """Write the best score of a path to each codon; return where the best one ends."""
    score = end = 0
    # scores of the four places before: those before the first one earn nothing
    before_4 = before_3 = before_2 = before_1 = 0
    for place in range(len(gains)):
        gain = gains[place]
        best = max(0, before_3 + gain)  # of a path that begins here, or goes on
        if gain != _BARRED:
            best = max(best, max(before_2, before_4) - SHIFT)
        path[place] = best
        before_4, before_3, before_2, before_1 = before_3, before_2, before_1, best
        if best > score:
            score, end = best, place + 3
    return end


@kernel
def _traced(place: int, gains: Ints, path: Ints) -> tuple[int, int]:
    """Start of the path that ends with the codon at a place, and changes of frame."""
    shifts = 0
    while path[place] > 0:
        if place >= _A_CODON and path[place] == path[place - 3] + gains[place]:
            place -= 3
        elif place >= 2 and path[place] == path[place - 2] - SHIFT:  # noqa: PLR2004
            place, shifts = place - 2, shifts + 1
        else:
            place, shifts = place - 4, shifts + 1
    return place, shifts


@kernel
def _best_in_frame(gains: Ints) -> int:
    """Best sum of gains between stop codons."""
    best = current = 0
    for gain in gains[1:]:
        current = 0 if gain == _BARRED else max(0, current + gain)
        best = max(best, current)
    return best


@kernel
def _chance_score(sequence: Codes, is_stop: Bools, scores: Floats) -> int:
    """Mean score of hexamers without stops that have the sequence's pairs of bases."""
    first, second = _pairs_of_codons(sequence, is_stop)
    # a codon's last base decides what follows: the sum goes by base
    by_base, rate = np.zeros((_N_BASES, _UNKNOWN)), np.zeros(_N_BASES)
    for codon in range(_UNKNOWN):
        share, sums, row = first[codon], by_base[codon & 3], scores[codon]
        for following in range(_UNKNOWN):
            sums[following] += share * row[following]
        rate[codon & 3] += share
    total = weight = 0.0
    for base in range(_N_BASES):
        for following in range(_UNKNOWN):
            total += second[base, following] * by_base[base, following]
            weight += second[base, following] * rate[base]
    return round(total / weight)


@kernel
def _pairs_of_codons(sequence: Codes, is_stop: Bools) -> tuple[Floats, Floats]:
    """Rate of each codon, and of each codon after a base, by the pairs of bases."""
    pairs = np.full((4, 4), _ONE)
    for place in range(len(sequence) - 1):
        a, b = sequence[place], sequence[place + 1]
        if a < _N_BASES and b < _N_BASES:
            pairs[a, b] += 1
    total = pairs.sum()
    first, after = np.zeros(64), np.zeros((4, 64))
    rows = pairs.sum(axis=1)
    for codon in range(_UNKNOWN):
        if is_stop[codon]:
            continue
        a, b, c = codon >> 4, codon >> 2 & 3, codon & 3
        inside = pairs[a, b] / rows[a] * pairs[b, c] / rows[b]
        first[codon] = rows[a] / total * inside
        for base in range(_N_BASES):
            after[base, codon] = pairs[base, a] / rows[base] * inside
    return first, after
