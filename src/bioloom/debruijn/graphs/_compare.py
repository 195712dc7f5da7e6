"""Kernels that compare contigs with a reference: matches, chains, alignments.

Both strands of the reference are arrays of base codes, record after record; strand 1
has the reverse complement of each record where strand 0 has the record. Places within a
record are counted along the strand, round and round: behind the last base comes the
first.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs._kmers import Index, find
from bioloom.debruijn.graphs._packed import turned
from bioloom.run.jit import kernel

Codes = NDArray[np.uint8]
Ints = NDArray[np.int64]

BEGIN, END, START, RECORD, STRAND, DIAGONAL = range(6)
FEW_BACK = 24  # anchors of one band of diagonals tried as predecessors


class PlacedKmers(NamedTuple):
    """Canonical k-mers, their places, and 1 where one is a reverse complement."""

    kmers: NDArray[np.uint64]
    places: Ints
    sides: Codes


class Reference(NamedTuple):
    """Both strands, shape (2, n); where records begin; the places of all words.

    Word i, in ascending order, is at the places `firsts[i]` to `firsts[i + 1]`, each a
    record, a place in it, and the side.
    """

    strands: Codes
    begins: Ints
    firsts: Ints
    records: Ints
    places: Ints
    sides: Codes


class Aligned(NamedTuple):
    """Letters used of both texts, and changed, missing and additional ones."""

    n_first: int
    n_second: int
    n_errors: int


class Scores(NamedTuple):
    """What a match, a wrong base and a base of a gap count in an alignment."""

    match: int
    mismatch: int
    gap: int


EDITS = Scores(0, -1, -1)
ENDS = Scores(1, -3, -4)


@kernel
def cut_placed(codes: Codes, k: int, out: PlacedKmers) -> int:
    """Write the canonical k-mers with their places; return their number."""
    kmers, places, sides = out
    mask = (np.uint64(1) << np.uint64(2 * k)) - np.uint64(1)
    forward, n_known, n = np.uint64(0), 0, 0
    for i in range(codes.size):
        if codes[i] > 3:
            n_known = 0
            continue
        forward = ((forward << np.uint64(2)) | np.uint64(codes[i])) & mask
        n_known += 1
        if n_known >= k:
            other = turned(forward, k)
            kmers[n] = other if other < forward else forward
            places[n] = i - k + 1
            sides[n] = 1 if other < forward else 0
            n += 1
    return n


@kernel
def look_up(found: PlacedKmers, index: Index, words: Ints, sides: Codes) -> None:
    """Write the number of the word at each place, and its side; -1 for none."""
    for i in range(found.kmers.size):
        words[found.places[i]] = find(index, found.kmers[i])
        sides[found.places[i]] = found.sides[i]


@kernel
def grow(codes: Codes, at: int, text: Codes, start: int, step: int, most: int) -> int:
    """Number of bases that match, from two places on, to the right or the left."""
    n = 0
    while n < most and 0 <= at < codes.size:
        if codes[at] > 3 or codes[at] != text[start % text.size]:
            break
        n, at, start = n + 1, at + step, start + step
    return n


@kernel
def matches(
    codes: Codes,
    words: Ints,
    word_sides: Codes,
    k: int,
    reference: Reference,
    out: Ints,
) -> int:
    """Maximal exact matches of a contig; return their number, write what fits.

    `words` has the number of the word at each place of the contig, -1 where it is none
    of the reference, or of too many places. A match longer than its record is
    written in several pieces.
    """
    n = 0
    strands, begins, firsts, records, places, sides = reference
    for at in range(words.size):
        if words[at] < 0:
            continue
        for i in range(firsts[words[at]], firsts[words[at] + 1]):
            record = records[i]
            strand = np.int64(word_sides[at] ^ sides[i])
            text = strands[strand, begins[record] : begins[record + 1]]
            size = text.size
            start = (size - k - places[i]) % size if strand else places[i]
            is_known = at > 0 and words[at - 1] >= 0
            if is_known and grow(codes, at - 1, text, start - 1, -1, 1) > 0:
                continue  # part of a match that began before
            back = grow(codes, at - 1, text, start - 1, -1, codes.size)
            begin, start = at - back, (start - back) % size
            length = back + k
            length += grow(codes, at + k, text, start + length, 1, codes.size)
            while length > 0:
                if n < out.shape[0]:
                    out[n, BEGIN] = begin
                    out[n, END] = begin + min(length, size)
                    out[n, START] = start
                    out[n, RECORD] = record
                    out[n, STRAND] = strand
                    out[n, DIAGONAL] = (start - begin) % size
                n += 1
                begin, length = begin + size, length - size
    return n


@kernel
def shift_between(first: int, second: int, size: int) -> int:
    """From one diagonal to another, the shorter way round."""
    shift = (second - first) % size
    return shift - size if 2 * shift > size else shift


@kernel
def chain(
    anchors: Ints,
    sizes: Ints,
    bands: Ints,
    near: Ints,
    most_gap: int,
    most_shift: int,
    scores: NDArray[np.float64],
    before: Ints,
) -> None:
    """Best chain that ends at each anchor: its score, and the anchor before.

    Anchors are in order of their begins; `bands` has the number of each one's band of
    diagonals, `near` the bands beside each band. An anchor follows another if neither
    gap is longer than `most_gap` and they differ by no more than `most_shift`.
    """
    heads = np.full(near.shape[0], -1)
    earlier = np.full(anchors.shape[0], -1)
    firsts = np.zeros(anchors.shape[0], dtype=np.int64)
    for i in range(anchors.shape[0]):
        length = anchors[i, END] - anchors[i, BEGIN]
        size = sizes[anchors[i, RECORD]]
        scores[i], before[i], firsts[i] = length, -1, anchors[i, BEGIN]
        for band in near[bands[i]]:
            j, n = heads[band], 0
            while j >= 0 and n < FEW_BACK:
                gap = anchors[i, BEGIN] - anchors[j, END]
                shift = shift_between(anchors[j, DIAGONAL], anchors[i, DIAGONAL], size)
                overlap = max(0, max(-gap, -gap - shift))
                fits = abs(shift) <= most_shift and max(gap, gap + shift) <= most_gap
                whole = anchors[i, END] - firsts[j] + max(0, shift)
                if fits and overlap < length and whole <= size:
                    cost = 0.5 * abs(shift) + 0.1 * max(0, gap)
                    score = scores[j] + length - overlap - cost
                    if score > scores[i]:
                        scores[i], before[i], firsts[i] = score, j, firsts[j]
                j, n = earlier[j], n + 1
        earlier[i] = heads[bands[i]]
        heads[bands[i]] = i


@kernel
def tile(begins: Ints, ends: Ints, scores: Ints, joint: int, before: Ints) -> int:
    """Blocks, in order of their begins, that explain most bases; return the last.

    Each base counts once, and each joint costs `joint`.
    """
    best = np.zeros(begins.size, dtype=np.int64)
    last = -1
    for i in range(begins.size):
        best[i], before[i] = scores[i], -1
        for j in range(i):
            if ends[j] >= ends[i] or begins[j] >= begins[i]:
                continue
            overlap = max(0, ends[j] - begins[i])
            if best[j] + scores[i] - overlap - joint > best[i]:
                best[i] = best[j] + scores[i] - overlap - joint
                before[i] = j
        if last < 0 or best[i] > best[last]:
            last = i
    return last


@kernel
def filled(first: Codes, second: Codes, scores: Scores) -> NDArray[np.int32]:
    """Scores of the best alignments of all beginnings of two texts."""
    match, mismatch, gap = scores
    table = np.zeros((first.size + 1, second.size + 1), dtype=np.int32)
    for i in range(1, first.size + 1):
        table[i, 0] = i * gap
    for j in range(1, second.size + 1):
        table[0, j] = j * gap
    for i in range(1, first.size + 1):
        for j in range(1, second.size + 1):
            equal = first[i - 1] < 4 and first[i - 1] == second[j - 1]
            here = table[i - 1, j - 1] + (match if equal else mismatch)
            table[i, j] = max(here, table[i - 1, j] + gap, table[i, j - 1] + gap)
    return table


@kernel
def traced(
    first: Codes, second: Codes, scores: Scores, table: NDArray, is_met: Codes
) -> int:
    """Number of errors of the alignment of two texts; marks what the second's meet."""
    match, mismatch, gap = scores
    i, j, n_errors = first.size, second.size, 0
    while i > 0 or j > 0:
        equal = i > 0 and j > 0 and first[i - 1] < 4 and first[i - 1] == second[j - 1]
        step = match if equal else mismatch
        if i > 0 and j > 0 and table[i, j] == table[i - 1, j - 1] + step:
            i, j = i - 1, j - 1
            is_met[j] = 1
            n_errors += 0 if equal else 1
        elif i > 0 and table[i, j] == table[i - 1, j] + gap:
            i, n_errors = i - 1, n_errors + 1
        else:
            j, n_errors = j - 1, n_errors + 1
    return n_errors


@kernel
def align(first: Codes, second: Codes, is_met: Codes) -> int:
    """Least number of changed, missing and additional bases (Levenshtein).

    Bases of the second text that one of the first is aligned with are marked.
    """
    table = filled(first, second, EDITS)
    return traced(first, second, EDITS, table, is_met)


@kernel
def align_on(first: Codes, second: Codes, bonus: int, is_met: Codes) -> Aligned:
    """Align two texts from their beginnings on as far as that pays.

    A match counts 1, a wrong base -3, a base of a gap -4; the whole first text `bonus`.
    """
    table = filled(first, second, ENDS)
    most, n_first, n_second = 0, 0, 0
    for i in range(1, first.size + 1):
        for j in range(second.size + 1):
            score = table[i, j] + (bonus if i == first.size else 0)
            if score > most:
                most, n_first, n_second = score, i, j
    n_errors = traced(first[:n_first], second[:n_second], ENDS, table, is_met)
    return Aligned(n_first, n_second, n_errors)
