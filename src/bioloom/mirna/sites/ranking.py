"""One score for how likely a site is real, beyond its energy.

A logistic model over what a site shows, and over products of any two such facts: its
part of the perfect duplex's energy, its seed class, which parts of the miRNA pair, and
the bases around it. Nothing of the miRNA alone is among them. It was fitted to
sites that CLASH found and to others made by pairing miRNAs with sites that are not
theirs; its numbers and how they were made stand in ``ranking.json``.

References
----------
Helwak A. et al. (2013) Cell 153:654. doi:10.1016/j.cell.2013.03.043
Klimentova E. et al. (2022) Biology 11:1798. doi:10.3390/biology11121798
Grimson A. et al. (2007) Mol Cell 27:91. doi:10.1016/j.molcel.2007.06.017
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.hits import Hits
from bioloom.mirna.sites.seeds import KINDS, SeedMatches
from bioloom.seq.alphabet import SeqCodes

Floats = NDArray[np.float64]
MODEL = Path(__file__).with_name("ranking.json")
FLANK_NT = 15
# miRNA bases of each part, counted from 1
PARTS = {"seed": (2, 8), "middle": (9, 12), "supplement": (13, 16), "rest": (17, 22)}
FEATURES = (
    *("mfe", "mfe_ratio", "ratio_squared"),
    *(f"seed {kind}" for kind in KINDS[:-1]),
    *(f"paired {part}" for part in PARTS),
    *("au_before", "au_after", "au_site", "a_opposite_1"),
    *("target_gaps", "mirna_gaps"),
)


def features(
    hits: Hits,
    seeds: SeedMatches,
    mirnas: tuple[NDArray[np.int64], NDArray[np.uint8]],
    target: SeqCodes,
) -> Floats:
    """What the model looks at, shape (n, number of `FEATURES`).

    Parameters
    ----------
    hits, seeds
        Sites on one target, and their seed classes.
    mirnas
        Energy of each miRNA with its perfect complement, 0.01 kcal/mol, and their
        codes, padded; shape (n_mirnas, width).
    target
        Codes of the target.
    """
    perfect, table = mirnas
    ratio = hits.units / np.minimum(perfect[hits.mirna], -1)
    paired = hits.partners >= 0
    own = table[hits.mirna]
    n_own = np.maximum((own < 4).sum(axis=1), 1)

    def au(start: NDArray[np.int64], end: NDArray[np.int64]) -> Floats:
        """Part of A and U in spans of the target; a half where a span is empty."""
        places = start[:, None] + np.arange(int((end - start).max(initial=0)))
        is_there = (places >= 0) & (places < np.minimum(end, len(target))[:, None])
        codes = target[np.where(is_there, places, 0)]
        n_au = (is_there & np.isin(codes, (0, 3))).sum(axis=1)
        size = is_there.sum(axis=1)
        return np.where(size > 0, n_au / np.maximum(size, 1), 0.5)

    n_paired = paired.sum(axis=1)
    columns = [
        *(hits.mfe / 10, ratio, ratio**2),
        *(seeds.kind == number for number in range(len(KINDS) - 1)),
        *(paired[:, a - 1 : b].sum(axis=1) / (b - a + 1) for a, b in PARTS.values()),
        au(hits.start - FLANK_NT, hits.start),
        au(hits.end, hits.end + FLANK_NT),
        au(hits.start, hits.end),
        seeds.has_a,
        (hits.end - hits.start - n_paired) / 10,
        (n_own - n_paired) / 10,
    ]
    return np.stack([np.asarray(one, dtype=np.float64) for one in columns], axis=1)


def scores(
    hits: Hits,
    seeds: SeedMatches,
    mirnas: tuple[NDArray[np.int64], NDArray[np.uint8]],
    target: SeqCodes,
) -> Floats:
    """Log-odds of each site that it is real; parameters as for `features`.

    Zero is as likely as not among CLASH's sites and as many made-up ones.
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
