"""Kernels of the ranking score: what `features` and `Line` and `Forest` give, faster.

`bioloom.mirna.ranking.features.features` says what each column is; a test asks that
both give the same numbers, to the last bit.
"""

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.ranking.features import (
    FEATURES,
    FLANK_NT,
    KIND_OF_PAIR,
    N_POSITIONS,
    NUMBER_OF_PAIR,
    PARTS,
    WEAK_UNITS,
)
from bioloom.mirna.ranking.leaf_bits import ALL_LEAVES, FIRST_LEAF, N_TESTS
from bioloom.mirna.sites.seeds import KINDS
from bioloom.run.jit import kernel
from bioloom.seq.alphabet import SeqCodes
from bioloom.statistics.forest import MAX_LEAVES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MILLION = 1_000_000
_N_FEATURES = len(FEATURES)
_N_KINDS = len(KINDS)
_PART_ENDS = np.array(list(PARTS.values()), dtype=np.int64)
_HELICES = 5  # column of the first helix
_PART_COLUMNS = _HELICES + 4
_LOOPS = _PART_COLUMNS + 3 * len(PARTS)
_CONTEXT = _LOOPS + 5
_FREE = _CONTEXT + 6
_PAIR_COUNTS = _FREE + 8
_PAIRS_AT = _PAIR_COUNTS + 6
_STACKS_AT = _PAIRS_AT + N_POSITIONS


@kernel
def score_millionths(
    mirna: Ints,
    start: Ints,
    end: Ints,
    units: Ints,
    partners: Ints,
    perfect: Ints,
    seed_kind: Ints,
    has_a: NDArray[np.bool_],
    mirnas: SeqCodes,
    lengths: Ints,
    target: SeqCodes,
    stack: NDArray[np.int16],
    weights: Floats,
    typical: Floats,
    low: Floats,
    high: Floats,
    feature: NDArray[np.uint16],
    cut: Floats,
    if_failed: NDArray[np.uint8],
    value: Ints,
) -> Ints:
    """Sum of all parts of each site's score but the constants, millionths.

    Parameters
    ----------
    mirna, start, end, units, partners
        Columns of the hits.
    perfect
        Energy of each miRNA with its perfect complement, 0.01 kcal/mol.
    seed_kind, has_a
        Columns of the seed matches.
    mirnas, lengths
        Codes of all miRNAs, one a row, padded, and their lengths.
    target
        Codes of the target.
    stack
        Energies of stacks, 0.01 kcal/mol.
    weights, typical, low, high
        The line; weights in millionths.
    feature, cut, if_failed, value
        The forest; see `LeafBits`.
    """
    total = np.zeros(len(mirna), dtype=np.int64)
    row = np.zeros(_N_FEATURES)
    width = max(partners.shape[1], N_POSITIONS + 1)
    kind = np.zeros(width, dtype=np.int64)
    stacks = np.zeros(width, dtype=np.int64)
    joined = np.zeros(width, dtype=np.bool_)
    for k in range(len(mirna)):
        codes = mirnas[mirna[k]]
        row[0] = units[k] / 100
        row[1] = units[k] / min(perfect[mirna[k]], -1)
        row[2] = max(units[k] - WEAK_UNITS, 0) / 100
        row[3] = _N_KINDS - 1 - seed_kind[k]
        row[4] = has_a[k]
        _pairs(partners[k], codes, target, stack, kind, stacks, joined, row)
        _helices(kind, joined, row)
        _parts(kind, stacks, row)
        n_pairs = int((kind > 0).sum())
        row[_LOOPS] = (units[k] - stacks.sum()) / 100
        row[_LOOPS + 1] = n_pairs
        row[_LOOPS + 2] = end[k] - start[k] - n_pairs
        row[_LOOPS + 3] = lengths[mirna[k]] - n_pairs
        row[_LOOPS + 4] = np.argmax(kind > 0)
        _context(target, start[k], end[k], row)
        for p in range(N_POSITIONS):
            row[_PAIRS_AT + p] = kind[p]
        for p in range(N_POSITIONS - 1):
            row[_STACKS_AT + p] = stacks[p] / 100
        for f in range(_N_FEATURES):
            inside = min(max(row[f], low[f]), high[f])
            total[k] += int(np.rint(weights[f] * (inside - typical[f])))
        total[k] += _leaf_sum(row, feature, cut, if_failed, value)
    return total


@kernel
def _pairs(
    partners: Ints,
    codes: SeqCodes,
    target: SeqCodes,
    stack: NDArray[np.int16],
    kind: Ints,
    stacks: Ints,
    joined: NDArray[np.bool_],
    row: Floats,
) -> None:
    """Kind of each base's pair, stacks, counts of pairs, unpaired miRNA bases."""
    kind[:], stacks[:], joined[:] = 0, 0, False
    row[_FREE:_PAIRS_AT] = 0
    for p in range(len(partners)):
        base = codes[p] if p < len(codes) else 4
        if partners[p] < 0:
            if base < 4:
                row[_FREE + 4 + base] += 1
            continue
        above = target[partners[p]]
        number = NUMBER_OF_PAIR[base, above]
        kind[p] = KIND_OF_PAIR[number]
        row[_PAIR_COUNTS + number] += 1
        row[_FREE + above] -= 1
        if p and partners[p - 1] - partners[p] == 1:
            before = target[partners[p - 1]]
            joined[p - 1] = True
            stacks[p - 1] = stack[above, base, before, codes[p - 1]]


@kernel
def _helices(kind: Ints, joined: NDArray[np.bool_], row: Floats) -> None:
    """Longest helices without G:U in bases 1-9, 10-22 and all, and the last's start."""
    seed, supplement, longest, begin = 0, 0, 0, 0
    run, inner = 0, 0
    for p in range(len(kind)):
        if p == 9:
            inner = 0
        if kind[p] < 2:
            run, inner = 0, 0
            continue
        is_joined = p > 0 and joined[p - 1]
        run = run + 1 if is_joined else 1
        inner = inner + 1 if is_joined else 1
        if p < 9:
            seed = max(seed, inner)
        elif p < N_POSITIONS:
            supplement = max(supplement, inner)
        if run > longest:
            longest, begin = run, p + 2 - run
    row[_HELICES] = seed
    row[_HELICES + 1] = supplement
    row[_HELICES + 2] = longest
    row[_HELICES + 3] = begin


@kernel
def _parts(kind: Ints, stacks: Ints, row: Floats) -> None:
    """Pairs, G:C pairs and energy of the stacks in each part of the miRNA."""
    for part in range(len(_PART_ENDS)):
        first, last = _PART_ENDS[part]
        n_pairs, n_gc, energy = 0, 0, 0
        for p in range(first - 1, last):
            n_pairs += kind[p] > 0
            n_gc += kind[p] == 3
            if p < last - 1:
                energy += stacks[p]
        column = _PART_COLUMNS + 3 * part
        row[column] = n_pairs
        row[column + 1] = n_gc
        row[column + 2] = energy / 100


@kernel
def _context(target: SeqCodes, start: int, end: int, row: Floats) -> None:
    """Bases before, behind and in the site."""
    counts = np.zeros((3, 5), dtype=np.int64)
    for place in range(max(start - FLANK_NT, 0), start):
        counts[0, target[place]] += 1
    for place in range(end, min(end + FLANK_NT, len(target))):
        counts[1, target[place]] += 1
    for place in range(start, end):
        counts[2, target[place]] += 1
    for side in range(2):
        n = counts[side, :4].sum()
        n_au = counts[side, 0] + counts[side, 3]
        row[_CONTEXT + side] = n_au / n if n else 0.5
    n = counts[:2, :4].sum()
    for base in range(4):
        both = counts[0, base] + counts[1, base]
        row[_CONTEXT + 2 + base] = both / n if n else 0.25
        row[_FREE + base] += counts[2, base]


@kernel
def _leaf_sum(
    row: Floats,
    feature: NDArray[np.uint16],
    cut: Floats,
    if_failed: NDArray[np.uint8],
    value: Ints,
) -> int:
    """Sum of the leaves that a site's features lead to."""
    total, test = 0, 0
    for tree in range(len(value) // MAX_LEAVES):
        left = np.uint8(ALL_LEAVES)
        for _ in range(N_TESTS):
            # all bits if the test passes; in numbers, since a branch costs more
            passed = np.uint8(-np.int8(row[feature[test]] <= cut[test]))
            left &= if_failed[test] | passed
            test += 1
        total += value[MAX_LEAVES * tree + FIRST_LEAF[left]]
    return total
