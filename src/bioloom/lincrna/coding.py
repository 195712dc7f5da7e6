"""Coding potential of a transcript: four features and a logistic model.

The features are those of CPAT: length of the longest ORF (as its logarithm), the part
of the transcript that it covers, Fickett's TESTCODE of the ORF, and the bias of its
hexamers.

References
----------
Wang L. et al. (2013) Nucleic Acids Res 41:e74. doi:10.1093/nar/gkt006
Fickett J.W. (1982) Nucleic Acids Res 10:5303. doi:10.1093/nar/10.17.5303
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadModel, MissingFile
from bioloom.genome.transcript import Strand
from bioloom.lincrna.orf import Orf, codons_of, longest_orfs
from bioloom.run.output import write_text
from bioloom.seq.alphabet import (
    SeqCodes,
    codon_indices,
    encode,
    reverse_complement,
)

FEATURES = ("log10_orf_nt", "orf_coverage", "fickett", "hexamer_bias")
PACKAGED = Path(__file__).parent / "coding_model.json"

# Fickett 1982, tables 1 and 2: probability of coding by the value of each parameter,
# and the weight of each parameter, for A, C, G, T.
_POSITION_FROM = (1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 0.0)
_POSITION_PROBABILITY = np.array(
    [
        [0.94, 0.68, 0.84, 0.93, 0.58, 0.68, 0.45, 0.34, 0.20, 0.22],
        [0.80, 0.70, 0.70, 0.81, 0.66, 0.48, 0.51, 0.33, 0.30, 0.23],
        [0.90, 0.88, 0.74, 0.64, 0.53, 0.48, 0.27, 0.16, 0.08, 0.08],
        [0.97, 0.97, 0.91, 0.68, 0.69, 0.44, 0.54, 0.20, 0.09, 0.09],
    ]
)
_POSITION_WEIGHT = np.array([0.26, 0.18, 0.31, 0.33])
_CONTENT_FROM = (0.33, 0.31, 0.29, 0.27, 0.25, 0.23, 0.21, 0.19, 0.17, 0.0)
_CONTENT_PROBABILITY = np.array(
    [
        [0.28, 0.49, 0.44, 0.55, 0.62, 0.49, 0.67, 0.65, 0.81, 0.21],
        [0.82, 0.64, 0.51, 0.64, 0.59, 0.59, 0.43, 0.44, 0.39, 0.31],
        [0.40, 0.54, 0.47, 0.64, 0.64, 0.73, 0.41, 0.41, 0.33, 0.29],
        [0.28, 0.24, 0.39, 0.40, 0.55, 0.75, 0.56, 0.69, 0.51, 0.58],
    ]
)
_CONTENT_WEIGHT = np.array([0.11, 0.12, 0.15, 0.14])


@dataclass(frozen=True, slots=True)
class CodingModel:
    """A logistic model of coding potential.

    Parameters
    ----------
    name
        What it was trained on, in words.
    mean, scale
        Mean and standard deviation of each feature in training, shape (4,).
    weight, intercept
        Coefficients on the standardised features, and the constant.
    threshold
        Probability from which a transcript counts as coding; where sensitivity and
        specificity meet in cross-validation.
    hexamer_log_ratio
        ln(frequency in coding frames / frequency in non-coding transcripts) of each
        hexamer, index 64·codon + codon, shape (4096,).
    evaluation
        Numbers of the cross-validation: n_coding, n_noncoding, auc, sensitivity,
        specificity, accuracy at the threshold.
    """

    name: str
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weight: NDArray[np.float64]
    intercept: float
    threshold: float
    hexamer_log_ratio: NDArray[np.float64]
    evaluation: Mapping[str, float] = field(default_factory=dict)

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each feature adds to the log-odds, shape (..., 4)."""
        contributions: NDArray[np.float64] = (
            self.weight * (features - self.mean) / self.scale
        )
        return contributions

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coding probability in [0, 1] of features of shape (..., 4)."""
        log_odds = self.intercept + self.contributions(features).sum(axis=-1)
        probability: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-log_odds))
        return probability


@dataclass(frozen=True, slots=True)
class CodingScore:
    """Coding potential of one transcript.

    Parameters
    ----------
    probability
        Of being coding, by the model, in [0, 1].
    features
        log10 of the ORF length (nt), ORF coverage (0-1), Fickett score, hexamer bias.
    orf
        The ORF they were taken from; None if there is none (all features 0).
    """

    probability: float
    features: tuple[float, float, float, float]
    orf: Orf | None


def score(sequence: str, strand: Strand, model: CodingModel) -> CodingScore:
    """Coding potential of a spliced transcript.

    Parameters
    ----------
    sequence
        5'→3' on its strand; the forward strand for ".".
    strand
        Where ".", both strands are scored and the higher probability is taken.
    model
        The model.
    """
    orfs = [longest_orfs(sequence, "+").longest]
    if strand == ".":
        opposite = longest_orfs(reverse_complement(sequence), "+").longest
        orfs.append(opposite and replace(opposite, strand="-"))
    scores = [_score_of_orf(orf, sequence, model) for orf in orfs]
    return max(scores, key=lambda scored: scored.probability)


def _score_of_orf(orf: Orf | None, sequence: str, model: CodingModel) -> CodingScore:
    features = orf_features(orf, sequence, model.hexamer_log_ratio)
    probability = float(model.probability(np.array(features)))
    return CodingScore(probability, features, orf)


def orf_features(
    orf: Orf | None, sequence: str, hexamer_log_ratio: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """The four features of a transcript, in the order of `FEATURES`."""
    if orf is None:
        return (0.0, 0.0, 0.0, 0.0)
    codes = encode(codons_of(orf, sequence))
    return (
        math.log10(orf.length_nt),
        orf.length_nt / len(sequence),
        fickett_score(codes),
        hexamer_bias(codes, hexamer_log_ratio),
    )


def fickett_score(codes: SeqCodes) -> float:
    """Fickett's TESTCODE: unevenness of base use over the three codon positions.

    Parameters
    ----------
    codes
        Base codes in frame, shape (n,).

    Returns
    -------
    Sum over the eight parameters of probability × weight; 0 for no base.

    References
    ----------
    Fickett J.W. (1982) Nucleic Acids Res 10:5303. doi:10.1093/nar/10.17.5303
    """
    counts = np.stack([np.bincount(codes[i::3], minlength=5)[:4] for i in range(3)])
    if counts.sum() == 0:
        return 0.0
    position = counts.max(axis=0) / (counts.min(axis=0) + 1.0)
    content = counts.sum(axis=0) / len(codes)
    by_position = _looked_up(position, _POSITION_FROM, _POSITION_PROBABILITY)
    by_content = _looked_up(content, _CONTENT_FROM, _CONTENT_PROBABILITY)
    return float(by_position @ _POSITION_WEIGHT + by_content @ _CONTENT_WEIGHT)


def hexamer_bias(codes: SeqCodes, log_ratio: NDArray[np.float64]) -> float:
    """Mean log-ratio of the in-frame hexamers; 0 if there is none.

    Parameters
    ----------
    codes
        Base codes in frame, shape (n,).
    log_ratio
        Of each hexamer, shape (4096,).
    """
    hexamers = frame_hexamers(codes, step=3)
    return float(log_ratio[hexamers].mean()) if len(hexamers) else 0.0


def frame_hexamers(codes: SeqCodes, *, step: int) -> NDArray[np.int64]:
    """Index 64·codon + next codon of hexamers, every `step` bases.

    Hexamers with an unknown base are left out.
    """
    codons = codon_indices(codes)
    first, second = codons[:-3:step], codons[3::step]
    is_known = (first >= 0) & (second >= 0)
    return 64 * first[is_known] + second[is_known]


def load_model(path: Path = PACKAGED) -> CodingModel:
    """Read a model that `save_model` wrote; by default the packaged one.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadModel
        If it is not a coding model.
    """
    if not path.is_file():
        raise MissingFile(path, role="a coding-potential model")
    try:
        entries: dict[str, Any] = json.loads(path.read_text("utf-8"))
        arrays = {
            name: np.array(entries[name], dtype=np.float64)
            for name in ("mean", "scale", "weight", "hexamer_log_ratio")
        }
        model = CodingModel(
            name=str(entries["name"]),
            intercept=float(entries["intercept"]),
            threshold=float(entries["threshold"]),
            evaluation=dict(entries["evaluation"]),
            **arrays,
        )
        told = [tuple(entries["features"]), [len(one) for one in arrays.values()]]
    except (KeyError, ValueError, TypeError) as problem:
        raise _bad_model(path, f"{type(problem).__name__}: {problem}") from None
    if told != [FEATURES, [4, 4, 4, 4096]]:
        raise _bad_model(path, f"features {told[0]} and arrays of {told[1]} numbers")
    return model


def _bad_model(path: Path, found: str) -> BadModel:
    return BadModel(
        where=path,
        found=found,
        expected="a coding model",
        advice="Make one with `bioloom lincrna train`.",
    )


def save_model(model: CodingModel, path: Path) -> None:
    """Write a model as JSON; reading it back gives the same scores."""
    entries = {
        "name": model.name,
        "features": FEATURES,
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "weight": model.weight.tolist(),
        "intercept": model.intercept,
        "threshold": model.threshold,
        "evaluation": dict(model.evaluation),
        "hexamer_log_ratio": model.hexamer_log_ratio.tolist(),
    }
    write_text(path, json.dumps(entries, ensure_ascii=False) + "\n")


def _looked_up(
    values: NDArray[np.float64],
    lower_edges: tuple[float, ...],
    table: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Entry of each base's row whose lower edge is the first not above its value."""
    bins = (values[:, None] >= np.array(lower_edges)).argmax(axis=1)
    found: NDArray[np.float64] = table[np.arange(4), bins]
    return found


def feature_contributions(scored: CodingScore, model: CodingModel) -> list[float]:
    """What each feature of a score adds to the log-odds, in the order of `FEATURES`."""
    added: list[float] = model.contributions(np.array(scored.features)).tolist()
    return added
