"""The model of coding potential, and its file."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import BadModel, MissingFile
from bioloom.lincrna.coding.counting import UsageCounts
from bioloom.lincrna.coding.features import FEATURES, GROUPS
from bioloom.lincrna.coding.usage import CONTEXT, UsageTables
from bioloom.lincrna.settings import OrfMode
from bioloom.run.language import tr
from bioloom.run.output import write_text
from bioloom.statistics.forest import Forest, flaw_of, forest_of_entries

PACKAGED = Path(__file__).parent / "coding_model.json"
FORMAT = "bioloom coding model 3"
MICROPEPTIDE_AA = range(10, 100)
"""Lengths of the longest ORF of a transcript that may encode a micropeptide."""
_SHAPES = {
    "hexamers": (2, 4096),
    "codons": (2, 64),
    "context": (2, len(CONTEXT), 4),
}


@dataclass(frozen=True, repr=False)
class CodingModel:
    """A model of coding potential: usage tables and boosted trees.

    Parameters
    ----------
    name
        What it was trained on, in words.
    counts
        Of hexamers, codons and start contexts in non-coding and coding sequence.
    forest
        Trees over the features; their log-odds are calibrated.
    typical
        Median of each feature over the training transcripts, for comparison.
    threshold
        Probability from which a transcript counts as coding; where sensitivity and
        specificity meet in cross-validation.
    leak_threshold
        Probability below which 1.3 % of the mRNAs lie in cross-validation: that of the
        calibrated mode, in which the ORF's length is not a separate rule.
    evaluation
        Numbers of the cross-validation, see `training.evaluate`.
    micropeptide_threshold
        Probability that 5 % of the non-coding RNAs reach whose longest ORF is as short
        as `MICROPEPTIDE_AA`; None of models of earlier versions.
    """

    name: str
    counts: UsageCounts
    forest: Forest
    typical: NDArray[np.float64]
    threshold: float
    leak_threshold: float
    evaluation: Mapping[str, float] = field(default_factory=dict)
    micropeptide_threshold: float | None = None

    def __repr__(self) -> str:
        """One line, however large the model is."""
        return f"<CodingModel: {self.name}; {self.method}>"

    @cached_property
    def usage(self) -> UsageTables:
        """How coding sequence uses hexamers, codons and start contexts."""
        return self.counts.tables()

    def adapted(self, own: UsageCounts, n_mrnas: int, *, to: str) -> "CodingModel":
        """The model with the usage of another species mixed in.

        Parameters
        ----------
        own
            Counts of the species' transcripts.
        n_mrnas
            mRNAs among them.
        to
            Where they are from, for the name.
        """
        counts = self.counts.mixed(own, n_mrnas).whole()
        return replace(self, counts=counts, name=f"{self.name}, adapted to {to}")

    @property
    def method(self) -> str:
        """What the model computes, as a noun phrase."""
        return tr(
            "{n:,} boosted decision trees over {features} features of the sequence in "
            "{groups} groups",
            n=self.forest.n_trees,
            features=len(self.typical),
            groups=len(GROUPS),
        )

    @property
    def intercept(self) -> float:
        """Log-odds before any feature is known."""
        return self.forest.base

    def threshold_in(self, orf_mode: OrfMode) -> float:
        """The threshold for a mode of judging ORFs."""
        return self.threshold if orf_mode == "strict" else self.leak_threshold

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each feature of one transcript adds to the log-odds, shape (n,)."""
        return self.forest.contributions(features)

    def log_odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of being coding, for features of shape (n, n_features)."""
        return self.forest.log_odds(features)

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coding probability in [0, 1], for features of shape (n, n_features)."""
        return np.array([logistic(z) for z in self.log_odds(features).tolist()])


def logistic(log_odds: float) -> float:
    """Probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-max(-700.0, log_odds)))


def by_group(contributions: NDArray[np.float64]) -> dict[str, float]:
    """Contributions of features, added up by group."""
    added = dict.fromkeys(GROUPS, 0.0)
    for feature, share in zip(FEATURES.values(), contributions.tolist(), strict=True):
        added[feature.group] += share
    return added


def save_model(model: CodingModel, path: Path) -> None:
    """Write a model as JSON; reading it back gives the same scores."""
    counts = {
        name: table.astype(np.int64).tolist()
        for name, table in asdict(model.counts.whole()).items()
    }
    entries = {
        "format": FORMAT,
        "name": model.name,
        "features": list(FEATURES),
        "threshold": model.threshold,
        "leak_threshold": model.leak_threshold,
        "micropeptide_threshold": model.micropeptide_threshold,
        "evaluation": dict(model.evaluation),
        "typical": model.typical.tolist(),
        "counts": counts,
        "forest": model.forest.to_entries(),
    }
    write_text(path, json.dumps(entries, ensure_ascii=False) + "\n")


def load_model(path: Path = PACKAGED) -> CodingModel:
    """Read a model that `save_model` wrote; by default the packaged one.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadModel
        If it is not a coding model, or one of another version.
    """
    if not path.is_file():
        raise MissingFile(path, role="a coding-potential model")
    try:
        entries: dict[str, Any] = json.loads(path.read_text("utf-8"))
        _check_version(entries, path)
        model = CodingModel(
            name=str(entries["name"]),
            counts=_counts(entries["counts"]),
            forest=forest_of_entries(entries["forest"]),
            typical=np.array(entries["typical"], dtype=np.float64),
            threshold=float(entries["threshold"]),
            leak_threshold=float(entries["leak_threshold"]),
            evaluation=dict(entries["evaluation"]),
            micropeptide_threshold=_number_or_none(
                entries.get("micropeptide_threshold")
            ),
        )
    except (KeyError, ValueError, TypeError, OverflowError) as problem:
        if isinstance(problem, BadModel):
            raise
        raise _bad_model(path, f"{type(problem).__name__}: {problem}") from None
    _check(model, path)
    return model


def _number_or_none(entry: Any) -> float | None:
    return None if entry is None else float(entry)


def _counts(entries: Mapping[str, Any]) -> UsageCounts:
    return UsageCounts(
        **{name: np.array(entries[name], dtype=np.float64) for name in _SHAPES}
    )


def _check_version(entries: Any, path: Path) -> None:
    """Report a model of other features as old, not as broken."""
    if not isinstance(entries, dict) or "features" not in entries:
        raise _bad_model(path, "not a list of features")
    version = entries.get("format")
    if version != FORMAT or entries["features"] != list(FEATURES):
        raise _bad_model(path, f"a model of format {version!r} or of other features")


def _check(model: CodingModel, path: Path) -> None:
    for name, shape in _SHAPES.items():
        table = getattr(model.counts, name)
        if table.shape != shape:
            raise _bad_model(path, f"a table {name} of shape {table.shape}")
    if model.typical.shape != (len(FEATURES),):
        raise _bad_model(path, f"typical values of shape {model.typical.shape}")
    for name in ("threshold", "leak_threshold", "micropeptide_threshold"):
        value = getattr(model, name)
        if value is not None and not 0 <= value <= 1:
            raise _bad_model(path, f"{name} {value}")
    if flaw := flaw_of(model.forest, len(FEATURES)):
        raise _bad_model(path, flaw)


def _bad_model(path: Path, found: str) -> BadModel:
    return BadModel(
        where=path,
        found=found,
        expected="a coding model",
        advice="Make one with `bioloom lincrna train`.",
    )
