"""The result of a search for sponges: its tables, edges and explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import UnknownName
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.sponges.counts import expected_sites, n_sites, seed_words
from bioloom.mirna.sponges.shared import (
    FamilySites,
    SharedFamilies,
    by_family,
    families_of,
    shared_families,
)
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.tables import to_tsv
from bioloom.statistics.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.explain import Explanation

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "mirna": "miRNA",
        "target": "RNA, such as a lincRNA or circRNA",
        "length_nt": "its length, nt",
        "n_sites": "7mer and 8mer sites",
        "sites_per_kb": "the same per 1,000 nt",
        "expected": "sites on average on shuffles with the same dinucleotides",
        "z": "sites above the expected number, in its standard deviations",
        "p": "probability of that many or more by chance",
        "q": "false discovery rate over all pairs of a miRNA and an RNA",
    }
)
PAIR_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "sponge": "first RNA",
        "target": "second RNA",
        "n_shared": "miRNA families (of one seed) with a site on both",
        "n_expected": "families shared by chance",
        "n_sponge": "families with a site on the first",
        "n_target": "families with a site on the second",
        "p": "hypergeometric probability of that many or more",
        "q": "false discovery rate over all pairs of RNAs",
        "shared": "the first miRNA of each shared family",
    }
)


class SiteCount(NamedTuple):
    """A count of the table, by its numbers: of the RNA, and of the miRNA."""

    target: int
    mirna: int


@dataclass(frozen=True, slots=True, repr=False)
class Sponges(Result):
    """Seed sites of miRNAs on RNAs, beside chance.

    Parameters
    ----------
    mirnas, targets
        The records.
    circular
        Whether the RNAs are circles.
    counts, expected
        Sites, and sites expected by chance, shape (n_targets, n_mirnas).
    pairs
        Pairs of RNAs that share families, if another set was given.
    """

    mirnas: tuple[Mirna, ...]
    targets: tuple[Target, ...]
    circular: bool
    counts: NDArray[np.int64]
    expected: NDArray[np.float64]
    pairs: tuple[SharedFamilies, ...] = ()

    @property
    def p(self) -> NDArray[np.float64]:
        """Probability of so many sites or more by chance, shape as `counts`."""
        from scipy.stats import poisson

        return np.asarray(poisson.sf(self.counts - 1, self.expected))

    def summary(self) -> str:
        """How many RNAs and miRNAs, and how many pairs are beyond chance."""
        q = benjamini_hochberg(self.p.ravel())
        text = (
            f"RNAs: {len(self.targets):,}, miRNAs: {len(self.mirnas):,}, more sites "
            f"than by chance (q <= 0.05): {int((q <= 0.05).sum()):,}"
        )
        if not self.pairs:
            return text
        n_pairs = sum(pair.q <= 0.05 for pair in self.pairs)
        return f"{text}, pairs that share miRNAs (q <= 0.05): {n_pairs:,}"

    def to_frame(self) -> pd.DataFrame:
        """One row per pair with a site, the lowest p first; columns: `COLUMNS`."""
        import pandas as pd

        p = self.p
        q = benjamini_hochberg(p.ravel()).reshape(p.shape)
        rows, columns = np.nonzero(self.counts)
        lengths = np.array([len(target.codes) for target in self.targets])[rows]
        counts, expected = self.counts[rows, columns], self.expected[rows, columns]
        frame = pd.DataFrame(
            {
                "mirna": np.array([mirna.name for mirna in self.mirnas])[columns],
                "target": np.array([target.name for target in self.targets])[rows],
                "length_nt": lengths,
                "n_sites": counts,
                "sites_per_kb": 1000 * counts / lengths,
                "expected": expected,
                "z": (counts - expected) / np.sqrt(np.maximum(expected, 1e-12)),
                "p": p[rows, columns],
                "q": q[rows, columns],
            }
        )
        return frame.sort_values(["p", "target", "mirna"], ignore_index=True)

    def pairs_to_frame(self) -> pd.DataFrame:
        """One row per pair of RNAs that shares a family; columns: `PAIR_COLUMNS`."""
        import pandas as pd

        rows = [
            {name: getattr(pair, name) for name in PAIR_COLUMNS}
            | {"shared": " ".join(pair.shared)}
            for pair in self.pairs
        ]
        frame = pd.DataFrame(rows, columns=[*PAIR_COLUMNS])
        return frame.sort_values(["p", "sponge", "target"], ignore_index=True)

    def edges(self, max_q: float = 0.05) -> pd.DataFrame:
        """Edges for `bioloom graph`: miRNAs to RNAs, and pairs of RNAs.

        Parameters
        ----------
        max_q
            Highest false discovery rate of an edge.
        """
        import pandas as pd

        table, pairs = self.to_frame(), self.pairs_to_frame()
        table, pairs = table[table["q"] <= max_q], pairs[pairs["q"] <= max_q]
        sites = {"source": table["mirna"], "target": table["target"]}
        shared = {"source": pairs["sponge"], "target": pairs["target"]}
        return pd.concat(
            [
                pd.DataFrame(sites | {"weight": table["n_sites"], "kind": "sites"}),
                pd.DataFrame(shared | {"weight": pairs["n_shared"], "kind": "shared"}),
            ],
            ignore_index=True,
        )

    def write(self, path: str | Path) -> int:
        """Write the table of sites, TSV; return the number of rows."""
        frame = self.to_frame()
        write_text(path, to_tsv(frame))
        return len(frame)

    def explain(self, mirna: str, target: str) -> Explanation:
        """Show how many sites a miRNA has on an RNA, and how many by chance.

        Raises
        ------
        UnknownName
            If there is no miRNA or RNA of that name.
        """
        from bioloom.mirna.sponges.explain import explain_count

        names = (
            [each.name for each in self.mirnas],
            [each.name for each in self.targets],
        )
        for name, known, kind in (
            (mirna, names[0], "miRNA"),
            (target, names[1], "RNA"),
        ):
            if name not in known:
                raise UnknownName(name, kind=kind, where="the sponges", known=known)
        place = SiteCount(names[1].index(target), names[0].index(mirna))
        return explain_count(self, place)

    def explain_pair(self, sponge: str, target: str) -> Explanation:
        """Show how many miRNA families two RNAs share, and how many by chance.

        Raises
        ------
        UnknownName
            If they share none.
        """
        from bioloom.mirna.sponges.explain import explain_shared

        for pair in self.pairs:
            if (pair.sponge, pair.target) == (sponge, target):
                return explain_shared(pair)
        known = [f"{pair.sponge} {pair.target}" for pair in self.pairs]
        name = f"{sponge} {target}"
        raise UnknownName(name, kind="pair", where="the sponges", known=known)


def find_sponges(
    mirnas: Sequence[Mirna],
    targets: Sequence[Target],
    others: Sequence[Target] = (),
    *,
    circular: bool = False,
) -> Sponges:
    """Count the sites of miRNAs on RNAs, and the families that these share.

    Parameters
    ----------
    mirnas
        miRNAs.
    targets
        RNAs that may be sponges.
    others
        RNAs, such as 3'UTRs, that may share miRNAs with them.
    circular
        Whether `targets` are circles.
    """
    words = seed_words(mirnas)
    counts = np.stack([n_sites(words, t.codes, circular=circular) for t in targets])
    expected = np.stack(
        [expected_sites(words, t.codes, circular=circular) for t in targets]
    )
    pairs: tuple[SharedFamilies, ...] = ()
    if others:
        families = families_of(mirnas)
        of_others = np.stack([n_sites(words, t.codes, circular=False) for t in others])
        pairs = tuple(
            shared_families(
                FamilySites([t.name for t in targets], by_family(counts, families)),
                FamilySites([t.name for t in others], by_family(of_others, families)),
                [mirnas[numbers[0]].name for numbers in families.values()],
            )
        )
    return Sponges(tuple(mirnas), tuple(targets), circular, counts, expected, pairs)
