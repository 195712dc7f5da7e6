"""The ranking score of a site: log-odds as a sum of one part per feature.

The score is half a line and half a forest: a weighted sum of the features, each held
within the range of the training sites, and boosted trees. Both are sums of one part
per feature, so the score is one too. How it was trained and how good it is:
docs/ranking.md, printed by ``benchmarks/mirna_ranking.py``.

References
----------
Friedman J.H. (2001) Ann Stat 29:1189. doi:10.1214/aos/1013203451
Hejret V. et al. (2023) Sci Rep 13:22895. doi:10.1038/s41598-023-49757-z
Sammut S. et al. (2025) Bioinformatics 41:i542. doi:10.1093/bioinformatics/btaf233
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.energy.turner import turner1999
from bioloom.mirna.ranking.features import FEATURES, GROUPS, features
from bioloom.mirna.ranking.leaf_bits import leaf_bits
from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.mirna.sites.seeds import SeedMatches
from bioloom.run.output import write_text
from bioloom.seq.alphabet import SeqCodes
from bioloom.statistics.forest import MILLION, Forest, forest_of_entries

Floats = NDArray[np.float64]
MODEL = Path(__file__).with_name("ranking.json")
FORMAT = "bioloom mirna ranking 2"


@dataclass(frozen=True, slots=True)
class Line:
    """A weighted sum of features, each held within a range.

    Parameters
    ----------
    weights
        Log-odds per unit of each feature.
    typical
        Value of each feature at which it adds nothing: its mean over known sites.
    low, high
        Range of each feature; a value outside counts as its nearer end.
    constant
        Log-odds where every feature is typical.
    """

    weights: Floats
    typical: Floats
    low: Floats
    high: Floats
    constant: float

    def millionths(self, table: Floats) -> NDArray[np.int64]:
        """What each feature adds, in millionths, shape (n, n_features).

        Whole numbers, whose sum does not depend on their order.
        """
        inside = np.minimum(np.maximum(table, self.low), self.high)
        parts = np.rint(MILLION * self.weights * (inside - self.typical))
        return parts.astype(np.int64)


@dataclass(frozen=True, slots=True, repr=False)
class RankingModel:
    """A line and a forest over `FEATURES`, whose log-odds are added.

    Parameters
    ----------
    name
        What it was trained on.
    line, forest
        Both already weighted and calibrated: the score is their sum.
    evaluation
        Figures on sites whose miRNA family and gene cluster were held out.
    training_sites
        `site_digest` of each site that it was trained on.
    """

    name: str
    line: Line
    forest: Forest
    evaluation: Mapping[str, str] = field(default_factory=dict)
    training_sites: frozenset[int] = frozenset()

    @property
    def base(self) -> float:
        """Score before any feature is known."""
        return self.line.constant + self.forest.base

    def log_odds(self, table: Floats) -> Floats:
        """Score of features, shape (n, n_features)."""
        parts = self.line.millionths(table).sum(axis=1) + self.forest.millionths(table)
        return np.asarray((parts + self.forest.constant) / MILLION + self.line.constant)

    def parts(self, table_row: Floats) -> Floats:
        """What each feature of one site adds; with `base` they sum to the score."""
        of_line = self.line.millionths(table_row[None])[0] / MILLION
        return np.asarray(of_line + self.forest.contributions(table_row))


def scores(
    hits: Hits,
    seeds: SeedMatches,
    mirnas: MirnaTable,
    target: SeqCodes,
    *,
    is_compiled: bool = True,
) -> Floats:
    """Log-odds that each site is real.

    The odds are among chimeras of AGO2 and as many made-up pairs.

    Parameters
    ----------
    hits, seeds
        Sites on one target, and their seed classes.
    mirnas
        The miRNAs.
    target
        Codes of the target.
    is_compiled
        Whether to use the kernel, which takes seconds to load; the scores are the same.
    """
    if not len(hits):
        return np.empty(0)
    if not is_compiled:
        return packaged().log_odds(features(hits, seeds, mirnas, target))
    from bioloom.mirna.ranking._scoring import score_millionths  # imports numba

    parts = score_millionths(
        hits.mirna,
        hits.start,
        hits.end,
        hits.units,
        hits.partners,
        mirnas.perfect,
        seeds.kind,
        seeds.has_a,
        mirnas.codes,
        mirnas.lengths,
        target,
        turner1999().stack,
        *_tables(),
    )
    line, forest = packaged().line, packaged().forest
    return (parts + forest.constant) / MILLION + line.constant


@cache
def packaged() -> RankingModel:
    """The model that comes with bioloom."""
    return model_of_entries(json.loads(MODEL.read_text("utf-8")))


@cache
def _tables() -> tuple[NDArray[Any], ...]:
    """The packaged model as the kernel takes it."""
    line, forest = packaged().line, packaged().forest
    scaled = (MILLION * line.weights, line.typical, line.low, line.high)
    return (*scaled, *leaf_bits(forest))


def site_digest(site: str) -> int:
    """A number of a site's sequence by which it is recognised; U is T, any case.

    Examples
    --------
    >>> site_digest("acgu") == site_digest("ACGT")
    True
    """
    return zlib.crc32(site.upper().replace("U", "T").encode())


def by_group(parts: Floats) -> dict[str, float]:
    """Parts of features, added up by group."""
    added = dict.fromkeys(GROUPS, 0.0)
    for feature, part in zip(FEATURES.values(), parts.tolist(), strict=True):
        added[feature.group] += part
    return added


def save_model(model: RankingModel, path: Path = MODEL) -> None:
    """Write a model as JSON; reading it back gives the same scores."""
    line = {
        "weights": model.line.weights.tolist(),
        "typical": model.line.typical.tolist(),
        "low": model.line.low.tolist(),
        "high": model.line.high.tolist(),
        "constant": model.line.constant,
    }
    entries = {
        "format": FORMAT,
        "name": model.name,
        "evaluation": dict(model.evaluation),
        "training_sites": sorted(model.training_sites),
        "features": list(FEATURES),
        "line": line,
        "forest": model.forest.to_entries(),
    }
    write_text(path, json.dumps(entries, ensure_ascii=False) + "\n")


def model_of_entries(entries: Mapping[str, Any]) -> RankingModel:
    """The model that `save_model` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        If an entry is missing or holds no numbers.
    """
    columns = {
        name: np.array(entries["line"][name], dtype=np.float64)
        for name in ("weights", "typical", "low", "high")
    }
    return RankingModel(
        name=str(entries["name"]),
        line=Line(**columns, constant=float(entries["line"]["constant"])),
        forest=forest_of_entries(entries["forest"]),
        evaluation=entries["evaluation"],
        training_sites=frozenset(entries["training_sites"]),
    )
