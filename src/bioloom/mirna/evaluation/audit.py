"""What predicts a label without looking at how the miRNA binds the site.

In many published sets the negatives have other miRNAs than the positives, so that the
miRNA's identity alone scores as high as a predictor. Each probe is cross-fitted: a
pair's value comes from the other pairs.

References
----------
Sammut S. et al. (2025) Bioinformatics 41:i542. doi:10.1093/bioinformatics/btaf233
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.evaluation.pairs import Pairs
from bioloom.run.settings import RNG_SEED

Floats = NDArray[np.float64]
Verdict = Literal["leak", "note", "silent"]

N_FOLDS = 5
LEAK, WEAK = 0.5, 0.1
"""Part of the score's skill from which a probe is a leak, and is noted."""
_N_BINS = 10
_PRIOR = 2  # pairs that each value is thought to have had before


@dataclass(frozen=True, slots=True)
class Probe:
    """Something about a pair that should not predict its label.

    Parameters
    ----------
    name
        Short, for tables.
    what
        In words.
    cure
        What to do about it, as a sentence.
    values
        What the probe sees of each pair; its prediction is the share of real pairs
        among the others of the same value, or of about the same number.
    """

    name: str
    what: str
    cure: str
    values: Callable[[Pairs], NDArray]


def _gc(sequences: Sequence[str]) -> Floats:
    shares = [(s.count("G") + s.count("C")) / len(s) for s in sequences]
    return np.array(shares)


_BALANCE = (
    "Make negatives that have each miRNA as often as the positives do, as miRBench "
    "does."
)
_MATCH = "Match the negatives to the positives in it."
PROBES: Mapping[str, Probe] = MappingProxyType(
    {
        probe.name: probe
        for probe in (
            Probe(
                "mirna_identity",
                "the miRNA's share of real pairs",
                _BALANCE,
                lambda pairs: np.array(pairs.mirnas),
            ),
            Probe(
                "mirna_gc",
                "the miRNA's G+C content",
                _BALANCE,
                lambda pairs: _gc(pairs.mirnas),
            ),
            Probe(
                "target_identity",
                "the site's share of real pairs",
                "Give each site as often to negatives as to positives.",
                lambda pairs: np.array(pairs.sites),
            ),
            Probe(
                "target_length",
                "the site's length",
                _MATCH,
                lambda pairs: np.array([len(site) for site in pairs.sites], float),
            ),
            Probe(
                "target_gc",
                "the site's G+C content",
                _MATCH,
                lambda pairs: _gc(pairs.sites),
            ),
        )
    }
)


def cross_fitted(probe: Probe, pairs: Pairs) -> Floats:
    """The probe's prediction for each pair, from the pairs of the other folds.

    In a set that is balanced in a value, one real pair more in the other folds is one
    less in this one: the ROC-AUC is then below a half, which is no leak.
    """
    rng = np.random.default_rng(RNG_SEED)
    order = rng.permutation(len(pairs))
    fold = np.empty(len(pairs), dtype=np.int64)
    fold[order] = np.arange(len(pairs)) % N_FOLDS
    values = probe.values(pairs)
    bins = np.unique(values, return_inverse=True)[1]
    if values.dtype.kind == "f" and bins.max() >= _N_BINS:
        edges = np.quantile(values, np.linspace(0, 1, _N_BINS + 1)[1:-1])
        bins = np.searchsorted(edges, values, side="right")
    predicted = np.empty(len(pairs))
    for number in range(N_FOLDS):
        is_out = fold == number
        others, positive = bins[~is_out], pairs.is_positive[~is_out]
        n_bins = int(bins.max()) + 1
        positives = np.bincount(others, positive, minlength=n_bins)
        sizes = np.bincount(others, minlength=n_bins)
        share = (positives + _PRIOR * positive.mean()) / (sizes + _PRIOR)
        predicted[is_out] = share[bins[is_out]]
    return predicted


def verdict_of(roc: float, low: float, score_roc: float) -> Verdict:
    """How a probe's ROC-AUC compares with the score's.

    Parameters
    ----------
    roc, low
        Of the probe, and the lower end of its interval.
    score_roc
        Of the score.
    """
    skill = max(2 * score_roc - 1, 0.1)
    if (2 * low - 1) / skill >= LEAK:
        return "leak"
    return "note" if (2 * roc - 1) / skill >= WEAK and low > 0.5 else "silent"
