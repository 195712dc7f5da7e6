"""Train a coding-potential model on transcripts whose nature is known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadModel
from bioloom.lincrna.coding import CodingModel, frame_hexamers, orf_features, save_model
from bioloom.lincrna.orf import Orf, codons_of, longest_orfs
from bioloom.seq.alphabet import encode
from bioloom.seq.fasta import Record, read_fasta

MIN_PER_CLASS = 50
N_FOLDS = 5
MIN_SCALE = 1e-5  # a feature that varies less is constant but for rounding


@dataclass(frozen=True, slots=True)
class Example:
    """A transcript of known nature.

    Parameters
    ----------
    sequence
        Spliced, 5'→3'.
    is_coding
        Whether it is an mRNA.
    group
        Gene: transcripts of one group stay on one side in cross-validation.
    """

    sequence: str
    is_coding: bool
    group: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Examples with their ORFs, so that folds need not search again."""

    examples: Sequence[Example]
    orfs: list[Orf | None]
    is_coding: NDArray[np.bool_]

    def features(self, log_ratio: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array(
            [
                orf_features(orf, example.sequence, log_ratio)
                for example, orf in zip(self.examples, self.orfs, strict=True)
            ]
        )


def train(examples: Sequence[Example], *, name: str, rng_seed: int = 42) -> CodingModel:
    """Fit a logistic model and set its threshold by cross-validation.

    Hexamer frequencies are learnt inside each of five folds; isoforms of one gene are
    never split between training and test. Both classes weigh the same.

    Parameters
    ----------
    examples
        At least 50 of either class.
    name
        What they are, in words.
    rng_seed
        Of the split into folds.

    Raises
    ------
    BadModel
        If a class has too few examples, or too few genes to split into folds.
    """
    prepared = _prepared(examples, name)
    out_of_fold = _cross_validated(prepared, rng_seed)
    threshold = _balanced_threshold(out_of_fold, prepared.is_coding)
    model = _fit(prepared, np.arange(len(examples)), name)
    return replace(
        model,
        threshold=threshold,
        evaluation=evaluate(out_of_fold, prepared.is_coding, threshold=threshold),
    )


def evaluate(
    probability: NDArray[np.float64],
    is_coding: NDArray[np.bool_],
    *,
    threshold: float,
) -> dict[str, float]:
    """Area under the ROC curve, and rates at the threshold (coding is positive)."""
    from sklearn.metrics import roc_auc_score

    called = probability >= threshold
    return {
        "n_coding": int(is_coding.sum()),
        "n_noncoding": int((~is_coding).sum()),
        "auc": float(roc_auc_score(is_coding, probability)),
        "sensitivity": float(called[is_coding].mean()),
        "specificity": float((~called[~is_coding]).mean()),
        "accuracy": float((called == is_coding).mean()),
    }


def _prepared(examples: Sequence[Example], name: str) -> _Prepared:
    is_coding = np.array([example.is_coding for example in examples], dtype=bool)
    fewest = min(is_coding.sum(), (~is_coding).sum())
    if fewest < MIN_PER_CLASS:
        raise BadModel(
            where=name,
            found=f"{is_coding.sum()} coding and {(~is_coding).sum()} non-coding "
            "transcripts",
            expected=f"at least {MIN_PER_CLASS} of either",
            advice="Give more transcripts, or use the packaged model.",
        )
    _check_groups(examples, name)
    orfs = [longest_orfs(example.sequence, "+").longest for example in examples]
    return _Prepared(examples, orfs, is_coding)


def _check_groups(examples: Sequence[Example], name: str) -> None:
    """Each fold needs a gene of either kind; isoforms of one gene cannot be split."""
    coding, noncoding = (
        {example.group for example in examples if example.is_coding is kind}
        for kind in (True, False)
    )
    if min(len(coding), len(noncoding)) < N_FOLDS:
        raise BadModel(
            where=name,
            found=f"{len(coding)} coding and {len(noncoding)} non-coding genes",
            expected=f"at least {N_FOLDS} of either",
            advice="Give transcripts of more genes; gene:NAME in a header names one.",
        )


def _cross_validated(prepared: _Prepared, rng_seed: int) -> NDArray[np.float64]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=rng_seed)
    groups = [example.group for example in prepared.examples]
    probability = np.zeros(len(groups))
    for train_rows, test_rows in folds.split(groups, prepared.is_coding, groups):
        model = _fit(prepared, train_rows, "fold")
        features = prepared.features(model.hexamer_log_ratio)[test_rows]
        probability[test_rows] = model.probability(features)
    return probability


def _fit(prepared: _Prepared, rows: NDArray[np.int64], name: str) -> CodingModel:
    from sklearn.linear_model import LogisticRegression

    log_ratio = _hexamer_log_ratio(prepared, rows)
    features = prepared.features(log_ratio)[rows]
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > MIN_SCALE, scale, 1.0)
    fitted = LogisticRegression(class_weight="balanced", max_iter=1000).fit(
        (features - mean) / scale, prepared.is_coding[rows]
    )
    return CodingModel(
        name=name,
        mean=mean.round(6),
        scale=scale.round(6),
        weight=fitted.coef_[0].round(6),
        intercept=round(float(fitted.intercept_[0]), 6),
        threshold=0.5,
        hexamer_log_ratio=log_ratio,
    )


def _hexamer_log_ratio(
    prepared: _Prepared, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """In-frame hexamers of coding ORFs against all hexamers of non-coding RNAs."""
    counts = np.ones((2, 4096))  # one pseudo-count each
    for row in rows:
        sequence, orf = prepared.examples[row].sequence, prepared.orfs[row]
        if not prepared.is_coding[row]:
            found = frame_hexamers(encode(sequence), step=1)
            counts[0] += np.bincount(found, minlength=4096)
        elif orf is not None:
            found = frame_hexamers(encode(codons_of(orf, sequence)), step=3)
            counts[1] += np.bincount(found, minlength=4096)
    frequency = counts / counts.sum(axis=1, keepdims=True)
    log_ratio: NDArray[np.float64] = np.log(frequency[1] / frequency[0])
    return log_ratio.round(4)  # more digits would be noise


def _balanced_threshold(
    probability: NDArray[np.float64], is_coding: NDArray[np.bool_]
) -> float:
    """Probability at which sensitivity and specificity are closest."""
    from sklearn.metrics import roc_curve

    false_positive, true_positive, thresholds = roc_curve(is_coding, probability)
    distance = np.abs(true_positive - (1 - false_positive))
    return float(min(thresholds[distance.argmin()], 1.0))


def train_on_files(
    coding: Path, noncoding: Path, *, out: Path, rng_seed: int = 42
) -> CodingModel:
    """Train a model on two FASTA files and write it.

    Parameters
    ----------
    coding, noncoding
        mRNAs and lncRNAs, spliced, 5'→3'. A header with ``gene:NAME`` or ``gene=NAME``
        tells which records are isoforms of one gene.
    out
        Model to write, JSON.
    rng_seed
        Of the split into folds.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or holds too few records.
    """
    examples = [
        Example(record.sequence.upper(), is_coding, _gene(record))
        for path, is_coding in ((coding, True), (noncoding, False))
        for record in read_fasta(path)
    ]
    name = f"{coding.name} and {noncoding.name}"
    model = train(examples, name=name, rng_seed=rng_seed)
    save_model(model, out)
    return model


def _gene(record: Record) -> str:
    told = re.search(r"\bgene[:=](\S+)", record.description)
    return told[1] if told else record.name
