"""Examples made ready for training: in folds, weighed, counted, with spoilt copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import Block, block_of, of_longest
from bioloom.lincrna.coding.codons import CodonTable, codon_table
from bioloom.lincrna.coding.counting import UsageCounts, count_usage, no_counts
from bioloom.lincrna.coding.features import FEATURES, measure
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.lincrna.coding.usage import UsageTables
from bioloom.lincrna.training.copies import spoilt_copies
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.homology import related
from bioloom.seq.genetic_code import GeneticCode
from bioloom.statistics.forest import Forest, fit_forest

N_FOLDS = 5
FRAGMENT_WEIGHT = 0.15  # of an mRNA that seems to lack an end
_OPEN_ABOVE = 30  # codons by which a segment open to the 5' end exceeds the ORF
_WHOLE_CODONS = 50  # shorter ones are mostly remnants of an incomplete CDS
_CHUNK = 500  # transcripts measured at a time

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Part:
    """Examples of a fold and a source, and all that needs no usage table."""

    fold: int
    source: str
    rows: _Ints
    blocks: tuple[Block, ...]
    counts: UsageCounts
    n_mrnas: int

    def features(self, usage: UsageTables) -> _Floats:
        return np.concatenate([measure(block, usage) for block in self.blocks])


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples in folds, with their labels and weights, and a model to start from."""

    is_coding: _Bools
    is_whole: _Bools
    is_copy: _Bools
    weight: _Floats
    parts: tuple[_Part, ...]
    prior: CodingModel | None
    codons: CodonTable

    def counts(self, *without: int) -> UsageCounts:
        """Usage in all other folds, of all sources."""
        counted = self._counted(without)
        if self.prior is None:
            return counted.counts
        return self.prior.counts.mixed(counted.counts, counted.n_mrnas)

    def tables(self, source: str, *without: int) -> UsageTables:
        """Usage in all other folds, as for transcripts of a source.

        As in the use of the model, a species' own usage is mixed in where it is known.
        """
        pooled, own = self.counts(*without), self._counted(without, source)
        has_others = any(part.source != source for part in self.parts)
        if has_others and own.counts.is_learnt:
            pooled = pooled.mixed(own.counts, own.n_mrnas)
        return pooled.tables().read_as(self.codons)

    def features(self, held_out: int | None = None) -> _Floats:
        """Features by tables that saw neither the example's fold nor `held_out`."""
        features = np.zeros((len(self.weight), len(FEATURES)))
        for part in self.parts:
            without = {part.fold} if held_out is None else {part.fold, held_out}
            features[part.rows] = part.features(self.tables(part.source, *without))
        return features

    def orf_lengths(self) -> _Ints:
        """Amino acids of each example's longest ORF, 0 without one."""
        lengths = np.zeros(len(self.weight), dtype=np.int64)
        for part in self.parts:
            lengths[part.rows] = np.concatenate(
                [of_longest(block, block.longest.n_codons) for block in part.blocks]
            )
        return lengths

    def fitted(self, features: _Floats, rows: _Ints) -> Forest:
        """Trees fitted to some of the examples."""
        return fit_forest(
            features[rows],
            self.is_coding[rows],
            self.weight[rows],
            trends=[feature.trend for feature in FEATURES.values()],
        )

    def rows_of(self, fold: int) -> _Ints:
        """Examples of a fold."""
        return np.concatenate([part.rows for part in self.parts if part.fold == fold])

    def _counted(self, without: Sequence[int], source: str | None = None) -> _Counted:
        parts = [
            part
            for part in self.parts
            if part.fold not in without and source in (None, part.source)
        ]
        if not parts:
            return _Counted(no_counts(), 0)
        counts = reduce(add, (part.counts for part in parts))
        return _Counted(counts, sum(part.n_mrnas for part in parts))


class _Counted(NamedTuple):
    """Usage, and the mRNAs that it was counted in."""

    counts: UsageCounts
    n_mrnas: int


def fold_numbers(labels: _Ints, is_coding: _Bools, rng: np.random.Generator) -> _Ints:
    """Fold of each example; a group of relatives stays in one fold.

    Parameters
    ----------
    labels
        Group of relatives of each example.
    is_coding
        Groups with an mRNA and those without are distributed separately, the largest
        first, so that every fold has both.
    rng
        Orders groups of equal size.
    """
    n_groups = int(labels.max()) + 1
    sizes = np.bincount(labels, minlength=n_groups)
    holds_mrna = np.bincount(labels, is_coding, minlength=n_groups) > 0
    order = np.lexsort((rng.random(n_groups), -sizes, holds_mrna))
    fold_of_group = np.empty(n_groups, dtype=np.int64)
    fold_of_group[order] = np.arange(n_groups) % N_FOLDS
    return fold_of_group[labels]


def prepare(
    examples: Sequence[Example],
    rng: np.random.Generator,
    prior: CodingModel | None,
    code: GeneticCode = STANDARD_CODE,
) -> Prepared:
    """Split examples into folds, and add spoilt copies of the whole mRNAs.

    Parameters
    ----------
    examples
        Of both classes.
    rng
        Orders folds and spoils copies.
    prior
        A model to start from.
    code
        The genetic code.
    """
    is_coding = np.array([example.is_coding for example in examples])
    labels = related(
        [example.sequence for example in examples],
        [example.group for example in examples],
    )
    fold_of = fold_numbers(labels, is_coding, rng)
    is_whole = _whole(examples, code)
    spoilt = np.flatnonzero(is_whole & is_coding)
    copies = [*spoilt_copies([examples[row] for row in spoilt.tolist()], rng)]
    of = np.concatenate([np.arange(len(examples)), np.repeat(spoilt, 2)])
    is_copy = np.arange(len(of)) >= len(examples)
    everything = [*examples, *copies]
    is_coding, is_whole, fold_of = is_coding[of], is_whole[of], fold_of[of]
    weight = _weights(everything, is_coding, is_whole)
    counted = np.where(is_copy, 0.0, weight)
    parts = [
        _part(
            _blocks([everything[row].sequence for row in place.rows.tolist()], code),
            *(place, is_coding, counted),
        )
        for place in _places(everything, fold_of)
    ]
    return Prepared(
        is_coding, is_whole, is_copy, weight, tuple(parts), prior, codon_table(code)
    )


class _Place(NamedTuple):
    """A fold and a source, and the examples there."""

    fold: int
    source: str
    rows: _Ints


def _places(examples: Sequence[Example], fold_of: _Ints) -> Iterator[_Place]:
    sources = np.array([example.source for example in examples])
    for fold in range(N_FOLDS):
        for source in np.unique(sources):
            rows = np.flatnonzero((fold_of == fold) & (sources == source))
            if len(rows):
                yield _Place(fold, str(source), rows)


def _part(
    blocks: tuple[Block, ...], place: _Place, is_coding: _Bools, weight: _Floats
) -> _Part:
    rows = place.rows
    ends = np.cumsum([len(block) for block in blocks])
    counts = reduce(
        add,
        (
            count_usage(block, is_coding[some], weight[some])
            for block, some in zip(blocks, np.split(rows, ends[:-1]), strict=True)
        ),
    )
    n_mrnas = int((is_coding[rows] & (weight[rows] > 0)).sum())
    return _Part(place.fold, place.source, rows, blocks, counts, n_mrnas)


def _blocks(sequences: Sequence[str], code: GeneticCode) -> tuple[Block, ...]:
    return tuple(
        block_of(sequences[begin : begin + _CHUNK], code)
        for begin in range(0, len(sequences), _CHUNK)
    )


def _whole(examples: Sequence[Example], code: GeneticCode) -> _Bools:
    blocks = _blocks([example.sequence for example in examples], code)
    return np.concatenate([looks_whole(block) for block in blocks])


def looks_whole(block: Block) -> _Bools:
    """Whether mRNAs seem to have both their ends.

    The longest ORF has a stop and 50 codons, and no longer segment is open to the 5'
    end. References hold many mRNAs with an incomplete CDS.
    """
    frames = block.frames
    n_codons, is_complete = np.zeros((2, len(block)), dtype=np.int64)
    n_codons[block.longest.transcript] = block.longest.n_codons
    is_complete[block.longest.transcript] = block.longest.is_complete
    barred = frames.is_stop | frames.is_cut
    first = frames.columns[:-1]
    open_ended = np.zeros(len(block), dtype=np.int64)
    for row in barred:
        ends = np.flatnonzero(row)
        reach = ends[np.searchsorted(ends, first)] - first
        open_ended = np.maximum(open_ended, reach)
    is_closed = (is_complete > 0) & (open_ended <= n_codons + _OPEN_ABOVE)
    return is_closed & (n_codons >= _WHOLE_CODONS)


def _weights(
    examples: Sequence[Example], is_coding: _Bools, is_whole: _Bools
) -> _Floats:
    """Equal for both classes; in a class, sources weigh as the root of their size."""
    weight = np.array([example.weight for example in examples])
    weight[is_coding & ~is_whole] *= FRAGMENT_WEIGHT
    sources = np.array([example.source for example in examples])
    for kind in (True, False):
        of_kind = is_coding == kind
        for source in np.unique(sources[of_kind]):
            of_source = of_kind & (sources == source)
            weight[of_source] /= np.sqrt(weight[of_source].sum())
        weight[of_kind] *= len(examples) / 2 / weight[of_kind].sum()
    return weight
