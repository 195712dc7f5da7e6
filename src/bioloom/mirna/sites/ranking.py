"""One score for how likely a site is real, beyond its energy.

A logistic model of features of the site and of their pairwise products: the energy as a
share of the perfect duplex's, the seed class, which parts of the miRNA pair, and the
bases around the site. No feature depends only on the miRNA. It was fitted to sites that
CLASH found, and to negatives made by pairing miRNAs with the sites of other miRNAs; its
parameters and their provenance are in ``ranking.json``.

References
----------
Helwak A. et al. (2013) Cell 153:654. doi:10.1016/j.cell.2013.03.043
Klimentova E. et al. (2022) Biology 11:1798. doi:10.3390/biology11121798
Grimson A. et al. (2007) Mol Cell 27:91. doi:10.1016/j.molcel.2007.06.017
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.mirna.sites.seeds import KINDS, SeedMatches
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
MODEL = Path(__file__).with_name("ranking.json")
FLANK_NT = 15


class Part(NamedTuple):
    """Part of a miRNA: its first and last base, counted from 1."""

    first: int
    last: int


PARTS = {
    "seed": Part(2, 8),
    "middle": Part(9, 12),
    "supplement": Part(13, 16),
    "rest": Part(17, 22),
}
FEATURES = (
    "mfe",
    "mfe_ratio",
    "ratio_squared",
    *(f"seed {kind}" for kind in KINDS[:-1]),
    *(f"paired {part}" for part in PARTS),
    "au_before",
    "au_after",
    "au_site",
    "a_opposite_1",
    "target_gaps",
    "mirna_gaps",
)


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
    ratio = hits.units / np.minimum(mirnas.perfect[hits.mirna], -1)
    paired = hits.partners >= 0
    n_known = np.maximum((mirnas.codes[hits.mirna] < 4).sum(axis=1), 1)

    def au(start: NDArray[np.int64], end: NDArray[np.int64]) -> Floats:
        """Share of A and U in spans of the target; a half where a span is empty."""
        places = start[:, None] + np.arange(int((end - start).max(initial=0)))
        is_there = (places >= 0) & (places < np.minimum(end, len(target))[:, None])
        codes = target[np.where(is_there, places, 0)]
        n_au = (is_there & np.isin(codes, (0, 3))).sum(axis=1)
        size = is_there.sum(axis=1)
        return np.where(size > 0, n_au / np.maximum(size, 1), 0.5)

    n_paired = paired.sum(axis=1)
    columns = [
        hits.mfe / 10,
        ratio,
        ratio**2,
        *(seeds.kind == number for number in range(len(KINDS) - 1)),
        *(paired[:, a - 1 : b].sum(axis=1) / (b - a + 1) for a, b in PARTS.values()),
        au(hits.start - FLANK_NT, hits.start),
        au(hits.end, hits.end + FLANK_NT),
        au(hits.start, hits.end),
        seeds.has_a,
        (hits.end - hits.start - n_paired) / 10,
        (n_known - n_paired) / 10,
    ]
    return np.stack([np.asarray(each, dtype=np.float64) for each in columns], axis=1)


def scores(
    hits: Hits, seeds: SeedMatches, mirnas: MirnaTable, target: SeqCodes
) -> Floats:
    """Log-odds that each site is real; parameters as for `features`.

    The odds are among CLASH's sites and as many negatives.
    """
    model = _model()
    z = (features(hits, seeds, mirnas, target) - model["mean"]) / model["scale"]
    products = ((z @ model["pairs"]) * z).sum(axis=1)
    return np.asarray(model["bias"] + z @ model["weights"] + products)


@cache
def _model() -> dict[str, Floats]:
    entries = json.loads(MODEL.read_text("utf-8"))
    names = ("mean", "scale", "weights", "pairs", "bias")
    return {name: np.array(entries[name], dtype=np.float64) for name in names}
