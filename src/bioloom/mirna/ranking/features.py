"""What the ranking score looks at: numbers of a site, none of the miRNA alone.

Positions count the miRNA's bases from 1 at its 5' end. A base's pair is 0 (none), 1
(G:U), 2 (A:U) or 3 (G:C); a stack is the energy of two neighbouring pairs without an
unpaired base between them.

References
----------
Grimson A. et al. (2007) Mol Cell 27:91. doi:10.1016/j.molcel.2007.06.017
Helwak A. et al. (2013) Cell 153:654. doi:10.1016/j.cell.2013.03.043
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.mirna.sites.seeds import KINDS, SeedMatches
from bioloom.run.language import mark
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FLANK_NT = 15
"""Bases on either side of a site that count as its surroundings."""
WEAK_UNITS = -1200
"""Energy from which a site counts as weak, 0.01 kcal/mol."""
N_POSITIONS = 22
"""miRNA bases whose pairs are looked at one by one."""

_PAIRS = ("AU", "CG", "GC", "GU", "UA", "UG")  # miRNA base, target base
_BASES = "ACGU"


NUMBER_OF_PAIR = np.full((5, 5), -1, dtype=np.int64)
"""Number of a pair among `_PAIRS` by the codes of miRNA and target; -1 for no pair."""
for _number, _pair in enumerate(_PAIRS):
    NUMBER_OF_PAIR[_BASES.index(_pair[0]), _BASES.index(_pair[1])] = _number
KIND_OF_PAIR = np.array([2, 3, 3, 1, 2, 1, 0], dtype=np.int64)
"""Kind of each of these pairs, and of none."""


class Feature(NamedTuple):
    """A number of a site.

    Parameters
    ----------
    group
        Part of the site that it describes.
    meaning
        In words.
    trend
        1, -1 or 0: whether the score may only rise with it, only fall, or both.
    """

    group: str
    meaning: str
    trend: int = 0


class Part(NamedTuple):
    """Part of a miRNA: its first and last base, counted from 1."""

    first: int
    last: int


ENERGY, SEED, MIDDLE = mark("energy"), mark("seed"), mark("middle")
THREE_PRIME, LOOPS = mark("3' pairing"), mark("loops")
CONTEXT, KMERS = mark("surroundings"), mark("kinds of pairs")
GROUPS = (ENERGY, SEED, MIDDLE, THREE_PRIME, LOOPS, CONTEXT, KMERS)
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "seed": Part(2, 8),
        "middle": Part(9, 12),
        "supplement": Part(13, 16),
        "rest": Part(17, N_POSITIONS),
    }
)
_GROUP_OF_PART = {
    "seed": SEED,
    "middle": MIDDLE,
    "supplement": THREE_PRIME,
    "rest": THREE_PRIME,
}


def _group_at(position: int) -> str:
    if position <= PARTS["seed"].last:
        return SEED
    return MIDDLE if position <= PARTS["middle"].last else THREE_PRIME


def _features() -> Iterator[tuple[str, Feature]]:
    yield "mfe", Feature(ENERGY, "energy, kcal/mol", -1)
    yield "ratio", Feature(ENERGY, "energy over that of the perfect duplex", 1)
    yield "weakness", Feature(ENERGY, "kcal/mol by which it is weaker than -12", -1)
    yield "seed_class", Feature(SEED, "7 for the 8mer, 6 for the 7mer-m8 … 0 for none")
    yield "a_opposite_1", Feature(SEED, "1 if an A is opposite base 1")
    yield "seed_helix", Feature(SEED, "longest helix without G:U in bases 1-9")
    yield "supplement_helix", Feature(THREE_PRIME, "the same in bases 10-22")
    yield "helix", Feature(LOOPS, "the same in the whole miRNA")
    yield "helix_start", Feature(LOOPS, "its first base")
    for part, (first, last) in PARTS.items():
        group, where = _GROUP_OF_PART[part], f"bases {first}-{last}"
        yield f"{part}_pairs", Feature(group, f"pairs of {where}")
        yield f"{part}_gc", Feature(group, f"G:C pairs of {where}")
        yield f"{part}_stacks", Feature(group, f"energy of the stacks of {where}")
    yield "loop_energy", Feature(LOOPS, "energy that is not of stacks, kcal/mol")
    yield "n_pairs", Feature(LOOPS, "pairs")
    yield "target_gaps", Feature(LOOPS, "unpaired bases of the target in the site")
    yield "mirna_gaps", Feature(LOOPS, "unpaired bases of the miRNA")
    yield "first_pair", Feature(LOOPS, "unpaired bases at the miRNA's 5' end")
    yield "au_before", Feature(CONTEXT, "A and U in 15 bases before the site, share")
    yield "au_after", Feature(CONTEXT, "A and U in 15 bases behind it, share")
    for base in _BASES:
        yield f"around_{base}", Feature(CONTEXT, f"{base} in both, share")
    for base in _BASES:
        yield f"target_free_{base}", Feature(LOOPS, f"unpaired {base} of the site")
    for base in _BASES:
        yield f"mirna_free_{base}", Feature(LOOPS, f"unpaired {base} of the miRNA")
    for pair in _PAIRS:
        yield f"pairs_{pair}", Feature(KMERS, f"pairs {pair[0]}:{pair[1]}")
    for k in range(1, N_POSITIONS + 1):
        yield f"pair_{k}", Feature(_group_at(k), f"pair of base {k}, 0 to 3")
    for k in range(1, N_POSITIONS):
        meaning = f"energy of the stack of bases {k} and {k + 1}, kcal/mol"
        yield f"stack_{k}", Feature(_group_at(k + 1), meaning)


FEATURES: Mapping[str, Feature] = MappingProxyType(dict(_features()))


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Pairs of sites, by miRNA base; shape (n, width); stacks in 0.01 kcal/mol."""

    kind: Ints
    pair: Ints
    is_stacked: NDArray[np.bool_]
    stacks: Ints


def features(
    hits: Hits, seeds: SeedMatches, mirnas: MirnaTable, target: SeqCodes
) -> Floats:
    """Features of sites, shape (n, number of `FEATURES`).

    Parameters
    ----------
    hits, seeds
        Sites on one target, and their seed classes.
    mirnas
        The miRNAs.
    target
        Codes of the target.
    """
    pairing = _pairing(hits, mirnas, target)
    columns = [
        hits.mfe,
        hits.units / np.minimum(mirnas.perfect[hits.mirna], -1),
        np.maximum(hits.units - WEAK_UNITS, 0) / 100,
        len(KINDS) - 1 - seeds.kind,
        seeds.has_a,
        *_helices(pairing),
        *_part_columns(pairing),
        *_loop_columns(hits, mirnas, pairing),
        *_context_columns(hits, target),
        *_unpaired_columns(hits, mirnas, target, pairing),
        *((pairing.pair == number).sum(axis=1) for number in range(len(_PAIRS))),
        *pairing.kind[:, :N_POSITIONS].T,
        *(pairing.stacks[:, : N_POSITIONS - 1].T / 100),
    ]
    table = np.empty((len(hits), len(columns)))
    for number, column in enumerate(columns):
        table[:, number] = column
    return table


def _pairing(hits: Hits, mirnas: MirnaTable, target: SeqCodes) -> _Pairing:
    width = max(N_POSITIONS + 1, hits.partners.shape[1])
    partners = np.full((len(hits), width), -1, dtype=np.int64)
    partners[:, : hits.partners.shape[1]] = hits.partners
    bases = np.full((len(hits), width), UNKNOWN, dtype=np.uint8)
    codes = mirnas.codes[:, :width]
    bases[:, : codes.shape[1]] = codes[hits.mirna]
    is_paired = partners >= 0
    opposite = target[np.where(is_paired, partners, 0)]
    pair = np.where(is_paired, NUMBER_OF_PAIR[bases, opposite], -1)
    is_stacked = is_paired[:, 1:] & (partners[:, :-1] - partners[:, 1:] == 1)
    is_stacked &= is_paired[:, :-1]
    units = turner1999().stack.astype(np.int64)[
        np.where(is_stacked, opposite[:, 1:], 0),
        np.where(is_stacked, bases[:, 1:], 3),
        np.where(is_stacked, opposite[:, :-1], 0),
        np.where(is_stacked, bases[:, :-1], 3),
    ]
    return _Pairing(KIND_OF_PAIR[pair], pair, is_stacked, is_stacked * units)


def _helices(pairing: _Pairing) -> Iterator[Ints]:
    """Longest helices without G:U in bases 1-9, 10-22 and all, and the last's start."""
    is_strict = pairing.kind >= 2
    n, width = is_strict.shape
    run = np.zeros(n, dtype=np.int64)
    inner, longest = run.copy(), np.zeros((3, n), dtype=np.int64)
    start = run.copy()
    for k in range(width):
        joined = pairing.is_stacked[:, k - 1] if k else np.zeros(n, dtype=np.bool_)
        run = np.where(is_strict[:, k], run * joined + 1, 0)
        if k == 9:
            inner = np.zeros(n, dtype=np.int64)
        inner = np.where(is_strict[:, k], inner * joined + 1, 0)
        if k < N_POSITIONS:
            np.maximum(longest[int(k > 8)], inner, out=longest[int(k > 8)])
        start = np.where(run > longest[2], k + 2 - run, start)
        np.maximum(longest[2], run, out=longest[2])
    yield from longest
    yield start


def _part_columns(pairing: _Pairing) -> Iterator[NDArray]:
    for first, last in PARTS.values():
        kind = pairing.kind[:, first - 1 : last]
        yield (kind > 0).sum(axis=1)
        yield (kind == 3).sum(axis=1)
        yield pairing.stacks[:, first - 1 : last - 1].sum(axis=1) / 100


def _loop_columns(
    hits: Hits, mirnas: MirnaTable, pairing: _Pairing
) -> Iterator[NDArray]:
    is_paired = pairing.kind > 0
    n_pairs = is_paired.sum(axis=1)
    yield (hits.units - pairing.stacks.sum(axis=1)) / 100
    yield n_pairs
    yield hits.end - hits.start - n_pairs
    yield mirnas.lengths[hits.mirna] - n_pairs
    yield is_paired.argmax(axis=1)


def _context_columns(hits: Hits, target: SeqCodes) -> Iterator[Floats]:
    """Share of A and U before and behind the site, and of each base in both."""
    low = np.maximum(hits.start - FLANK_NT, 0)
    high = np.minimum(hits.end + FLANK_NT, len(target))
    before, behind = (
        _composition(target, start, end)
        for start, end in ((low, hits.start), (hits.end, high))
    )
    for counts in (before, behind):
        yield _share(counts[:, 0] + counts[:, 3], counts.sum(axis=1), 0.5)
    both = before + behind
    for base in range(4):
        yield _share(both[:, base], both.sum(axis=1), 0.25)


def _unpaired_columns(
    hits: Hits, mirnas: MirnaTable, target: SeqCodes, pairing: _Pairing
) -> Iterator[Ints]:
    """Unpaired bases by kind: of the target within the site, then of the miRNA."""
    number = pairing.pair
    site = _composition(target, hits.start, hits.end)
    for base, letter in enumerate(_BASES):
        opposite = [k for k, pair in enumerate(_PAIRS) if pair[1] == letter]
        yield site[:, base] - np.isin(number, opposite).sum(axis=1)
    bases = mirnas.codes[hits.mirna]
    for base, letter in enumerate(_BASES):
        below = [k for k, pair in enumerate(_PAIRS) if pair[0] == letter]
        yield (bases == base).sum(axis=1) - np.isin(number, below).sum(axis=1)


def _composition(target: SeqCodes, start: Ints, end: Ints) -> Ints:
    """Counts of A, C, G and U in spans of the target, shape (n, 4)."""
    places = start[:, None] + np.arange(int((end - start).max(initial=0)))
    is_inside = places < end[:, None]
    codes = np.where(is_inside, target[np.where(is_inside, places, 0)], UNKNOWN)
    return np.stack([(codes == base).sum(axis=1) for base in range(4)], axis=1)


def _share(part: Ints, whole: Ints, of_nothing: float) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), of_nothing)
