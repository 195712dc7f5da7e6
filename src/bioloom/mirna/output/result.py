"""What a prediction says of each site, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites.hits import Hits
from bioloom.mirna.sites.seeds import SeedMatches

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "mirna": "miRNA",
        "target": "target",
        "start": "first paired base of the target, 0-based",
        "end": "one past its last paired base",
        "position": "RNAhybrid's: 1-based, of the dangling 5' base if there is one",
        "mfe": "minimum free energy of the duplex, kcal/mol",
        "perfect_mfe": "that of the miRNA with its perfect complement, kcal/mol",
        "mfe_ratio": "mfe over perfect_mfe",
        "seed": "seed class: 8mer, 7mer-m8, 7mer-A1, 6mer, offset 6mer, GU, bulged or "
        "none",
        "seed_start": "first base of the seed match on the target, 0-based",
        "seed_end": "one past its last base",
        "score": "log-odds that such a site is real, by the ranking model",
        "p": "chance of so good a site anywhere on a random target of this length",
        "q": "false discovery rate if this site and all better ones are believed",
        "target_unpaired": "drawing, first line: unpaired bases of the target, 5'→3'",
        "target_paired": "second line: its paired bases",
        "mirna_paired": "third line: paired bases of the miRNA, 3'→5'",
        "mirna_unpaired": "fourth line: its unpaired bases",
    }
)


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites on one target.

    Parameters
    ----------
    target, target_nt
        Name and length of the target.
    mirna_names, mirna_nt, perfect
        Name, length and energy with the perfect complement (0.01 kcal/mol) of every
        miRNA of the search, by number.
    hits
        The sites.
    seeds
        Their seed classes.
    lines
        Four lines of drawing of each, shape (n, 4).
    p, score
        Chance and rank of each; NaN where not known.
    """

    target: str
    target_nt: int
    mirna_names: NDArray[np.str_]
    mirna_nt: NDArray[np.int64]
    perfect: NDArray[np.int64]
    hits: Hits
    seeds: SeedMatches
    lines: NDArray[np.str_]
    p: NDArray[np.float64]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.hits)

    def columns(self) -> dict[str, NDArray]:
        """Every column of `COLUMNS` but q, which needs all sites of all targets."""
        hits, perfect = self.hits, self.perfect[self.hits.mirna]
        return {
            "mirna": self.mirna_names[hits.mirna],
            "target": np.full(len(self), self.target, dtype=object),
            "start": hits.start,
            "end": hits.end,
            "position": hits.position,
            "mfe": hits.mfe,
            "perfect_mfe": perfect / 100,
            "mfe_ratio": hits.units / perfect,
            "seed": self.seeds.names,
            "seed_start": self.seeds.start,
            "seed_end": self.seeds.end,
            "score": self.score,
            "p": self.p,
            "target_unpaired": self.lines[:, 0],
            "target_paired": self.lines[:, 1],
            "mirna_paired": self.lines[:, 2],
            "mirna_unpaired": self.lines[:, 3],
        }


@dataclass(frozen=True, slots=True)
class Prediction:
    """All sites of a prediction, target by target."""

    sites: tuple[Sites, ...]

    def to_frame(self) -> "pd.DataFrame":
        """One row a site; columns as in `COLUMNS`."""
        import pandas as pd

        from bioloom.statistics.multiple_testing import benjamini_hochberg

        parts = [one.columns() for one in self.sites] or [
            {name: np.empty(0) for name in COLUMNS if name != "q"}
        ]
        joined = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        joined["q"] = benjamini_hochberg(joined["p"].astype(np.float64))
        return pd.DataFrame({name: joined[name] for name in COLUMNS})
