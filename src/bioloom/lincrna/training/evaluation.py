"""How well a model distinguishes coding and non-coding transcripts."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bioloom.run.language import mark
from bioloom.run.settings import RNG_SEED
from bioloom.statistics.ranking import roc_auc

LEAK = 0.013
"""Fraction of mRNAs that pass ORF < 100 aa, CPAT and CPC2 together."""
MICROPEPTIDE_RATE = 0.05
"""Fraction of non-coding RNAs with a short ORF that reach that threshold."""
_FEWEST_SHORT = 100  # non-coding RNAs with a short ORF, for a threshold

EVALUATION: Mapping[str, str] = MappingProxyType(
    {
        "n_coding": mark("coding transcripts tested"),
        "n_noncoding": mark("non-coding transcripts tested"),
        "auc": mark(
            "probability that a coding transcript scores above a non-coding one; "
            "0.5 is guessing, 1 is perfect"
        ),
        "sensitivity": mark(
            "fraction of the coding transcripts at or above the threshold"
        ),
        "specificity": mark(
            "fraction of the non-coding transcripts below the threshold"
        ),
        "accuracy": mark(
            "fraction of all transcripts on the right side of the threshold"
        ),
        "kept_at_leak": mark(
            "fraction of the non-coding transcripts below the probability "
            "below which 1.3 percent of the coding ones lie"
        ),
        "auc_length_matched": mark(
            "auc of a subset in which both classes are equally long"
        ),
        "accuracy_length_matched": mark("accuracy in that subset"),
        "n_made_up": mark(
            "artificial non-coding sequences, made from mRNAs for training"
        ),
        "own_share": mark(
            "share of these transcripts' own trees in the log-odds, beside "
            "the packaged model's: the one that does best in cross-validation"
        ),
        "threshold": mark(
            "probability from which a transcript is coding: sensitivity and "
            "specificity are equal there"
        ),
        "leak_threshold": mark(
            "probability below which 1.3 percent of the coding transcripts "
            "lie: the threshold of the calibrated mode"
        ),
        "micropeptide_threshold": mark(
            "probability that 5 percent of the non-coding transcripts "
            "reach whose longest ORF has 10 to 99 aa"
        ),
        "n_micropeptides": mark("whole coding transcripts with such an ORF"),
        "micropeptide_sensitivity": mark(
            "fraction of these at or above that threshold"
        ),
    }
)
"""Measures of a cross-validation and what each means."""

_BIN = 0.1  # of log10 of the length

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]


def evaluate(
    probability: _Floats, is_coding: _Bools, *, threshold: float
) -> dict[str, float]:
    """Area under the ROC curve, and rates at the threshold (coding is positive).

    Returns
    -------
    n_coding, n_noncoding, auc, sensitivity, specificity, accuracy, and kept_at_leak:
    the part of the non-coding ones below the probability below which 1.3 % of the
    coding ones lie.
    """
    called = probability >= threshold
    return {
        "n_coding": int(is_coding.sum()),
        "n_noncoding": int((~is_coding).sum()),
        "auc": auc(probability, is_coding),
        "sensitivity": float(called[is_coding].mean()),
        "specificity": float((~called[~is_coding]).mean()),
        "accuracy": float((called == is_coding).mean()),
        "kept_at_leak": kept_at_leak(probability, is_coding),
    }


def auc(probability: _Floats, is_coding: _Bools) -> float:
    """Probability that a coding transcript scores above a non-coding one; ties half."""
    return roc_auc(probability, is_coding)


def kept_at_leak(
    probability: _Floats, is_coding: _Bools, *, leak: float = LEAK
) -> float:
    """Fraction of the non-coding kept where `leak` of the coding pass."""
    limit = leak_threshold(probability[is_coding], leak=leak)
    return float((probability[~is_coding] < limit).mean())


def leak_threshold(
    of_coding: _Floats, weight: _Floats | None = None, *, leak: float = LEAK
) -> float:
    """Highest probability below which at most `leak` of the coding lie.

    Parameters
    ----------
    of_coding
        Probabilities of mRNAs, shape (n,), n > 0.
    weight
        Of each; all the same if None.
    leak
        The part, 0 to 1.
    """
    order = np.argsort(of_coding, kind="stable")
    share = np.ones(len(order)) if weight is None else weight[order]
    passed = np.cumsum(share) / share.sum()
    return float(of_coding[order][np.searchsorted(passed, leak, side="right")])


def micropeptide_threshold(of_noncoding: _Floats, weight: _Floats) -> float | None:
    """Probability that `MICROPEPTIDE_RATE` of the non-coding RNAs reach.

    Parameters
    ----------
    of_noncoding
        Probabilities of those with a short ORF, shape (n,).
    weight
        Of each.

    Returns
    -------
    None where they are too few.
    """
    if len(of_noncoding) < _FEWEST_SHORT:
        return None
    return leak_threshold(of_noncoding, weight, leak=1 - MICROPEPTIDE_RATE)


def balanced_threshold(
    probability: _Floats, is_coding: _Bools, weight: _Floats
) -> float:
    """Probability at which (weighted) sensitivity and specificity are closest.

    It lies halfway between two of those given.
    """
    distinct = np.unique(probability)
    candidates = (distinct[1:] + distinct[:-1]) / 2 if len(distinct) > 1 else distinct
    rates = []
    for kind in (True, False):
        of_kind = is_coding == kind
        order = np.argsort(probability[of_kind], kind="stable")
        below = np.append(0.0, np.cumsum(weight[of_kind][order]))
        at = np.searchsorted(probability[of_kind][order], candidates)
        rates.append(below[at] / below[-1])
    missed, rejected = rates
    return float(candidates[np.abs(1 - missed - rejected).argmin()])


def length_matched(
    is_coding: _Bools, lengths: NDArray[np.int64], *, rng_seed: int = RNG_SEED
) -> NDArray[np.int64]:
    """Rows of a subset in which both classes are equally long.

    In each bin of 0.1 of log10 of the length as many coding as non-coding transcripts
    are drawn, as many as there are of the rarer kind.
    """
    rng = np.random.default_rng(rng_seed)
    bins = np.floor(np.log10(lengths) / _BIN).astype(int)
    rows = [np.empty(0, dtype=np.int64)]
    for number in np.unique(bins):
        kinds = [np.flatnonzero((bins == number) & (is_coding == k)) for k in (1, 0)]
        fewest = min(map(len, kinds))
        rows += [rng.choice(kind, fewest, replace=False) for kind in kinds]
    return np.sort(np.concatenate(rows))
