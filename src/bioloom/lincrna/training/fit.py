"""Train a coding-potential model on transcripts of known class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import Block, block_of
from bioloom.lincrna.coding.features import FEATURES, measure
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.usage import UsageTables
from bioloom.lincrna.training.counting import UsageCounts, count_usage
from bioloom.lincrna.training.evaluation import (
    auc,
    balanced_threshold,
    evaluate,
    leak_threshold,
    length_matched,
)
from bioloom.lincrna.training.examples import (
    Example,
    check_examples,
    made_up,
    read_examples,
    thinned,
)
from bioloom.lincrna.training.homology import related
from bioloom.lincrna.training.labels import GivenNames, check_labels, no_noncoding
from bioloom.lincrna.training.utrs import with_utrs
from bioloom.run.settings import RNG_SEED
from bioloom.run.text import warn_input
from bioloom.seq.sources import SequenceSource, is_sequence_text
from bioloom.statistics.forest import Forest, fit_forest

__all__ = ["Example", "Tested", "cross_validated", "train", "train_on_sequences"]

N_FOLDS = 5
FRAGMENT_WEIGHT = 0.15  # of an mRNA that seems to lack an end
MADE_UP_WEIGHT = 0.5
_OPEN_ABOVE = 30  # codons by which a segment open to the 5' end exceeds the ORF
_WHOLE_CODONS = 50  # shorter ones are mostly remnants of an incomplete CDS
_CHUNK = 500  # transcripts measured at a time

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Fold:
    """Examples of a fold, and everything measured that needs no usage table."""

    rows: _Ints
    blocks: tuple[Block, ...]
    counts: UsageCounts

    def features(self, usage: UsageTables) -> _Floats:
        return np.concatenate([measure(block, usage) for block in self.blocks])


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Examples in folds, with their labels and weights."""

    is_coding: _Bools
    is_whole: _Bools
    weight: _Floats
    folds: tuple[_Fold, ...]

    def tables(self, *without: int) -> UsageTables:
        """Usage in all other folds."""
        counts = [
            fold.counts
            for number, fold in enumerate(self.folds)
            if number not in without
        ]
        return reduce(add, counts).tables()

    def features(self, held_out: int | None = None) -> _Floats:
        """Features by tables that saw neither the example's fold nor `held_out`."""
        features = np.zeros((len(self.weight), len(FEATURES)))
        for number, fold in enumerate(self.folds):
            without = {number} if held_out is None else {number, held_out}
            features[fold.rows] = fold.features(self.tables(*without))
        return features

    def fitted(self, features: _Floats, rows: _Ints) -> Forest:
        return fit_forest(
            features[rows],
            self.is_coding[rows],
            self.weight[rows],
            trends=[feature.trend for feature in FEATURES.values()],
        )


@dataclass(frozen=True, slots=True)
class Tested:
    """Outcome of a cross-validation.

    Parameters
    ----------
    probability
        Calibrated, of each example by a model that did not see it, shape (n,).
    is_whole
        Whether an example looks whole: not an mRNA cut off at an end, shape (n,).
    slope, shift
        Of the calibration of log-odds.
    threshold, leak_threshold
        As in `CodingModel`.
    """

    probability: _Floats
    is_whole: _Bools
    slope: float
    shift: float
    threshold: float
    leak_threshold: float


def train(
    examples: Sequence[Example], *, name: str, rng_seed: int = RNG_SEED
) -> CodingModel:
    """Fit a model, and set its thresholds by cross-validation.

    In five folds, transcripts of one gene or of similar sequence are never split
    between training and test, and the features that the trees learn from come from
    usage tables that saw neither the transcript's own fold nor the one under test.
    Both classes weigh the same.

    Parameters
    ----------
    examples
        At least 50 of either class. If none is non-coding, non-coding sequence is made
        of the mRNAs: their 3' ends, their opposite strand, and shuffled pieces.
    name
        What they are, in words.
    rng_seed
        Of the split into folds, and of what is made up.

    Raises
    ------
    BadModel
        If a class has too few examples, or too few genes to split into folds.
    """
    rng = np.random.default_rng(rng_seed)
    if all(example.is_coding for example in examples):
        examples = [*examples, *made_up(examples, rng)]
    examples = thinned(examples, rng)
    check_examples(examples, name)
    prepared = _prepared(examples, rng)
    features = prepared.features()
    forest = prepared.fitted(features, np.arange(len(examples)))
    tested = _tested(prepared)
    return CodingModel(
        name=name,
        usage=prepared.tables(),
        forest=forest.calibrated(slope=tested.slope, shift=tested.shift),
        typical=np.median(features, axis=0).round(4),
        threshold=tested.threshold,
        leak_threshold=tested.leak_threshold,
        evaluation=_evaluation(examples, tested.probability, tested.threshold),
    )


def cross_validated(examples: Sequence[Example], *, rng_seed: int = RNG_SEED) -> Tested:
    """Probabilities of examples by models that saw neither them nor their relatives.

    Parameters
    ----------
    examples, rng_seed
        As for `train`; none is left out and none made up.

    Raises
    ------
    BadModel
        If a class has too few examples or genes.
    """
    check_examples(examples, "cross-validation")
    return _tested(_prepared(examples, np.random.default_rng(rng_seed)))


def train_on_sequences(
    coding: SequenceSource,
    noncoding: SequenceSource | None = None,
    *,
    rng_seed: int = RNG_SEED,
) -> CodingModel:
    """Train a model on mRNAs and lncRNAs.

    Parameters
    ----------
    coding, noncoding
        mRNAs and lncRNAs, spliced, 5'→3'; without lncRNAs, non-coding sequence is made
        from the mRNAs. A header with ``gene:NAME`` or ``gene=NAME`` says which records
        are isoforms of one gene.
    rng_seed
        Random seed of the split into folds.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or holds too few records.
    """
    names = GivenNames(_name_of(coding, "mRNAs"))
    if noncoding is not None:
        names = GivenNames(names.coding, _name_of(noncoding, "lncRNAs"))
    given = read_examples(coding, noncoding)
    if noncoding is not None and all(example.is_coding for example in given):
        raise no_noncoding(names.noncoding)
    whole = with_utrs(
        check_labels(given, names), names.coding, np.random.default_rng(rng_seed)
    )
    if whole.note:
        warn_input(whole.note)
    against = "sequence made of them" if noncoding is None else names.noncoding
    name = f"{names.coding} and {against}"
    return train(whole.examples, name=name, rng_seed=rng_seed)


def _name_of(source: SequenceSource, kind: str) -> str:
    """File name of sequences, or what they are if they come from no file."""
    is_file = isinstance(source, str | PathLike) and not is_sequence_text(str(source))
    return Path(str(source)).name if is_file else kind


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


def _prepared(examples: Sequence[Example], rng: np.random.Generator) -> _Prepared:
    sequences = [example.sequence for example in examples]
    is_coding = np.array([example.is_coding for example in examples])
    labels = related(sequences, [example.group for example in examples])
    fold_of = fold_numbers(labels, is_coding, rng)
    rows_of = [np.flatnonzero(fold_of == number) for number in range(N_FOLDS)]
    blocks_of = [_blocks(sequences, rows) for rows in rows_of]
    is_whole = np.empty(len(examples), dtype=bool)
    for rows, blocks in zip(rows_of, blocks_of, strict=True):
        is_whole[rows] = np.concatenate([looks_whole(block) for block in blocks])
    weight = _weights(examples, is_coding, is_whole)
    folds = tuple(
        _Fold(rows, blocks, _counts(rows, blocks, is_coding, weight))
        for rows, blocks in zip(rows_of, blocks_of, strict=True)
    )
    return _Prepared(is_coding, is_whole, weight, folds)


def _blocks(sequences: Sequence[str], rows: _Ints) -> tuple[Block, ...]:
    parts = [rows[begin : begin + _CHUNK] for begin in range(0, len(rows), _CHUNK)]
    return tuple(block_of([sequences[row] for row in part]) for part in parts)


def _counts(
    rows: _Ints, blocks: Sequence[Block], is_coding: _Bools, weight: _Floats
) -> UsageCounts:
    ends = np.cumsum([len(block) for block in blocks])
    parts = np.split(rows, ends[:-1])
    return reduce(
        add,
        (
            count_usage(block, is_coding[part], weight[part])
            for block, part in zip(blocks, parts, strict=True)
        ),
    )


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
    is_real = np.array([not example.is_made_up for example in examples])
    weight = np.where(is_coding & ~is_whole, FRAGMENT_WEIGHT, 1.0)
    weight[~is_real] = MADE_UP_WEIGHT
    sources = np.array([example.source for example in examples])
    for kind in (True, False):
        of_kind = is_coding == kind
        for source in np.unique(sources[of_kind]):
            of_source = of_kind & (sources == source)
            weight[of_source] /= np.sqrt(weight[of_source].sum())
        weight[of_kind] *= len(examples) / 2 / weight[of_kind].sum()
    return weight


def _tested(prepared: _Prepared) -> Tested:
    log_odds = _log_odds_of_unseen(prepared)
    slope, shift = _calibration(log_odds, prepared)
    probability = (1 / (1 + np.exp(-(slope * log_odds + shift)))).round(6)
    weight, is_coding = prepared.weight, prepared.is_coding
    # the thresholds are for whole mRNAs; fragments would lower them
    whole = prepared.is_whole & is_coding
    whole = whole if whole.any() else is_coding
    fair = whole | ~is_coding
    return Tested(
        probability,
        prepared.is_whole,
        slope,
        shift,
        balanced_threshold(probability[fair], is_coding[fair], weight[fair]),
        leak_threshold(probability[whole], weight[whole]),
    )


def _log_odds_of_unseen(prepared: _Prepared) -> _Floats:
    """Log-odds of each example by a model that saw neither it nor its relatives."""
    log_odds = np.zeros(len(prepared.weight))
    for number, fold in enumerate(prepared.folds):
        features = prepared.features(held_out=number)
        others = np.setdiff1d(np.arange(len(log_odds)), fold.rows)
        forest = prepared.fitted(features, others)
        log_odds[fold.rows] = forest.log_odds(features[fold.rows])
    return log_odds


class _Calibration(NamedTuple):
    """Slope and shift of calibrated log-odds."""

    slope: float
    shift: float


def _calibration(log_odds: _Floats, prepared: _Prepared) -> _Calibration:
    """Slope and shift that calibrate the log-odds of unseen transcripts.

    References
    ----------
    Platt J. (1999) Advances in Large Margin Classifiers, 61-74.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0).fit(
        log_odds[:, None], prepared.is_coding, sample_weight=prepared.weight
    )
    return _Calibration(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def _evaluation(
    examples: Sequence[Example], probability: _Floats, threshold: float
) -> dict[str, float]:
    """Figures of the cross-validation: of real transcripts, if some are non-coding."""
    is_coding = np.array([example.is_coding for example in examples])
    is_real = np.array([not example.is_made_up for example in examples])
    n_made_up = int((~is_real).sum())
    is_counted = is_real if (is_real & ~is_coding).any() else np.ones_like(is_real)
    lengths = np.array([len(example.sequence) for example in examples])[is_counted]
    probability, is_coding = probability[is_counted], is_coding[is_counted]
    figures = evaluate(probability, is_coding, threshold=threshold)
    matched = length_matched(is_coding, lengths)
    if len(matched):
        matched_probability, kinds = probability[matched], is_coding[matched]
        figures["auc_length_matched"] = auc(matched_probability, kinds)
        right = (matched_probability >= threshold) == kinds
        figures["accuracy_length_matched"] = float(right.mean())
    return figures | {"n_made_up": n_made_up}
