"""Train a coding-potential model on transcripts of known class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.model import (
    MICROPEPTIDE_AA,
    CodingModel,
    load_model,
    logistic,
)
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.lincrna.training.evaluation import (
    auc,
    balanced_threshold,
    evaluate,
    leak_threshold,
    length_matched,
    micropeptide_threshold,
)
from bioloom.lincrna.training.examples import (
    Example,
    check_examples,
    made_up,
    read_examples,
    thinned,
)
from bioloom.lincrna.training.labels import GivenNames, check_labels, no_noncoding
from bioloom.lincrna.training.prepared import N_FOLDS, Prepared, prepare
from bioloom.lincrna.training.utrs import with_utrs
from bioloom.run.settings import RNG_SEED
from bioloom.run.text import warn_input
from bioloom.seq.genetic_code import GeneticCode
from bioloom.seq.sources import SequenceSource, is_sequence_text

__all__ = ["Example", "Tested", "cross_validated", "train", "train_on_sequences"]

_PRIOR_EXAMPLES = 200
_SMALLEST = 1e-6
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tested:
    """Outcome of a cross-validation.

    Parameters
    ----------
    probability
        Calibrated, of each example by a model that did not see it, shape (n,).
    is_whole
        Whether an example looks whole: not an mRNA cut off at an end, shape (n,).
    own_share
        Share of the log-odds that a model of these examples has, beside the one that
        was there before; 1 without one.
    slope, shift
        Of the calibration of log-odds.
    threshold, leak_threshold, micropeptide_threshold
        As in `CodingModel`.
    has_short_orf
        Whether the longest ORF of an example is as short as `MICROPEPTIDE_AA`.
    """

    probability: _Floats
    is_whole: _Bools
    own_share: float
    slope: float
    shift: float
    threshold: float
    leak_threshold: float
    micropeptide_threshold: float | None
    has_short_orf: _Bools


def train(
    examples: Sequence[Example],
    *,
    name: str,
    prior: CodingModel | None = None,
    code: GeneticCode = STANDARD_CODE,
    rng_seed: int = RNG_SEED,
) -> CodingModel:
    """Fit a model, and set its thresholds by cross-validation.

    In five folds, transcripts of one gene or of similar sequence are never split
    between training and test, and the features that the trees learn from come from
    usage tables that saw neither the transcript's own fold nor the one under test.
    Both classes weigh the same. Spoilt copies of whole mRNAs are trained on too, and
    never tested on.

    With a model to start from, usage tables are a mixture, and the log-odds are that
    share of the new and the old trees that does best in cross-validation: the result
    is at least as good as either. It is only honest if the old model did not see these
    transcripts.

    Parameters
    ----------
    examples
        At least 50 of either class. If none is non-coding, non-coding sequence is made
        of the mRNAs: their 3' ends, their opposite strand, and shuffled pieces.
    name
        What they are, in words.
    prior
        A model to start from.
    code
        The genetic code of the transcripts.
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
    prepared = prepare(examples, rng, prior, code)
    features = prepared.features()
    forest = prepared.fitted(features, np.arange(len(prepared.weight)))
    tested = _tested(prepared)
    if prior is not None:
        forest = prior.forest.blended(forest, tested.own_share)
    return CodingModel(
        name=name,
        counts=prepared.counts().whole(),
        forest=forest.calibrated(slope=tested.slope, shift=tested.shift),
        typical=np.median(features[: len(examples)], axis=0).round(4),
        threshold=tested.threshold,
        leak_threshold=tested.leak_threshold,
        evaluation=_evaluation(examples, tested)
        | _of_micropeptides(examples, tested)
        | _shares(tested, prior),
        micropeptide_threshold=tested.micropeptide_threshold,
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
    return _tested(prepare(examples, np.random.default_rng(rng_seed), None))


def train_on_sequences(
    coding: SequenceSource,
    noncoding: SequenceSource | None = None,
    *,
    code: GeneticCode = STANDARD_CODE,
    rng_seed: int = RNG_SEED,
) -> CodingModel:
    """Train a model on mRNAs and lncRNAs.

    Parameters
    ----------
    coding, noncoding
        mRNAs and lncRNAs, spliced, 5'→3'; without lncRNAs, non-coding sequence is made
        from the mRNAs. A header with ``gene:NAME`` or ``gene=NAME`` says which records
        are isoforms of one gene.
    code
        The genetic code.
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
        check_labels(given, names), names.coding, np.random.default_rng(rng_seed), code
    )
    if whole.note:
        warn_input(whole.note)
    against = "sequence made of them" if noncoding is None else names.noncoding
    name = f"{names.coding} and {against}"
    return train(
        whole.examples, name=name, prior=load_model(), code=code, rng_seed=rng_seed
    )


def _name_of(source: SequenceSource, kind: str) -> str:
    """File name of sequences, or what they are if they come from no file."""
    is_file = isinstance(source, str | PathLike) and not is_sequence_text(str(source))
    return Path(str(source)).name if is_file else kind


def _tested(prepared: Prepared) -> Tested:
    unseen, prior = _log_odds_of_unseen(prepared), prepared.prior
    real = np.flatnonzero(~prepared.is_copy)
    weight, is_coding = prepared.weight[real], prepared.is_coding[real]
    n_fewer = min(is_coding.sum(), (~is_coding).sum())
    trust, shares = (1.0, (1.0,)) if prior is None else (_trust(n_fewer), _SHARES)
    fitted = [
        _calibrated(share, unseen.blended(share)[real], is_coding, weight, trust=trust)
        for share in shares
    ]
    best = min(fitted, key=lambda one: one.loss)
    log_odds = best.slope * unseen.blended(best.share)[real] + best.shift
    probability = (1 / (1 + np.exp(-log_odds))).round(6)
    # the thresholds are for whole mRNAs; fragments would lower them
    whole = prepared.is_whole[real] & is_coding
    whole = whole if whole.any() else is_coding
    fair = whole | ~is_coding
    lengths = prepared.orf_lengths()[real]
    has_short_orf = np.isin(lengths, MICROPEPTIDE_AA)
    short = has_short_orf & ~is_coding
    return Tested(
        probability,
        prepared.is_whole[real],
        best.share,
        best.slope,
        best.shift,
        best.shrunk(
            balanced_threshold(probability[fair], is_coding[fair], weight[fair]),
            None if prior is None else prior.threshold,
            min(whole.sum(), (~is_coding).sum()),
        ),
        best.shrunk(
            leak_threshold(probability[whole], weight[whole]),
            None if prior is None else prior.leak_threshold,
            whole.sum(),
        ),
        best.shrunk(
            micropeptide_threshold(probability[short], weight[short]),
            None if prior is None else prior.micropeptide_threshold,
            short.sum(),
        ),
        has_short_orf,
    )


class _Unseen(NamedTuple):
    """Log-odds of each example by models that saw neither it nor its relatives."""

    own: _Floats
    prior: _Floats

    def blended(self, share: float) -> _Floats:
        return share * self.own + (1 - share) * self.prior


def _log_odds_of_unseen(prepared: Prepared) -> _Unseen:
    own, prior = np.zeros((2, len(prepared.weight)))
    for number in range(N_FOLDS):
        rows = prepared.rows_of(number)
        features = prepared.features(held_out=number)
        others = np.setdiff1d(np.arange(len(own)), rows)
        own[rows] = prepared.fitted(features, others).log_odds(features[rows])
        if prepared.prior is not None:
            prior[rows] = prepared.prior.log_odds(features[rows])
    return _Unseen(own, prior)


class _Calibration(NamedTuple):
    """Slope and shift of calibrated log-odds, and their loss."""

    share: float
    slope: float
    shift: float
    loss: float

    @overload
    def shrunk(self, threshold: float, before: float | None, n: int) -> float: ...

    @overload
    def shrunk(
        self, threshold: float | None, before: float | None, n: int
    ) -> float | None: ...

    def shrunk(
        self, threshold: float | None, before: float | None, n: int
    ) -> float | None:
        """A threshold between that of few examples and that of an earlier model.

        Thresholds of a hundred examples scatter: of the cow's they cost two points of
        accuracy. Log-odds before calibration are averaged, the earlier model's with
        the weight of 200 examples.
        """
        if threshold is None or before is None:
            return before if threshold is None else threshold
        own = (_logit(threshold) - self.shift) / self.slope
        between = _trust(n) * own + (1 - _trust(n)) * _logit(before)
        return round(logistic(self.slope * between + self.shift), 6)


def _logit(probability: float) -> float:
    inside = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(inside / (1 - inside))


def _calibrated(
    share: float,
    log_odds: _Floats,
    is_coding: _Bools,
    weight: _Floats,
    *,
    trust: float,
) -> _Calibration:
    """Slope and shift that calibrate the log-odds of unseen transcripts.

    Beside an earlier model, whose log-odds are calibrated, few examples are trusted
    little: the slope stays near 1, the shift near 0.

    References
    ----------
    Platt J. (1999) Advances in Large Margin Classifiers, 61-74.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0).fit(
        log_odds[:, None], is_coding, sample_weight=weight
    )
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    slope, shift = trust * slope + 1 - trust, trust * shift
    wrong = np.where(is_coding, -1, 1) * (slope * log_odds + shift)
    loss = float(np.average(np.logaddexp(0, wrong), weights=weight))
    return _Calibration(share, slope, shift, loss)


def _trust(n: int) -> float:
    """Weight of what n examples say, beside an earlier model's."""
    return float(n / (n + _PRIOR_EXAMPLES))


def _shares(tested: Tested, prior: CodingModel | None) -> dict[str, float]:
    """Of the trees in the log-odds, where there was a model to start from."""
    return {} if prior is None else {"own_share": tested.own_share}


def _of_micropeptides(examples: Sequence[Example], tested: Tested) -> dict[str, float]:
    """How many whole mRNAs with a short ORF reach the threshold of micropeptides."""
    is_coding = np.array([example.is_coding for example in examples])
    rows = is_coding & tested.is_whole & tested.has_short_orf
    if tested.micropeptide_threshold is None or not rows.any():
        return {}
    reached = tested.probability[rows] >= tested.micropeptide_threshold
    return {
        "n_micropeptides": int(rows.sum()),
        "micropeptide_sensitivity": float(reached.mean()),
    }


def _evaluation(examples: Sequence[Example], tested: Tested) -> dict[str, float]:
    """Figures of the cross-validation: of real transcripts, if some are non-coding."""
    probability, threshold = tested.probability, tested.threshold
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
