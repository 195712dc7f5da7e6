"""Sites as columns, target by target, and the result of a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import UnknownName
from bioloom.genome.transcript import Span
from bioloom.genome.transcript import joined as joined_spans
from bioloom.mirna.chance.enrichment import Enrichment
from bioloom.mirna.chance.laws import Laws
from bioloom.mirna.context.columns import CONTEXT_COLUMNS
from bioloom.mirna.errors import NoSite
from bioloom.mirna.inputs.places import TargetPlace
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.inputs.regions import place_in_words
from bioloom.mirna.options import PRIOR, Format, SearchOptions
from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.mirna.sites.seeds import SeedMatches
from bioloom.result import Result
from bioloom.run.language import mark

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bioloom.explain import Explanation
    from bioloom.mirna.genes.scores import GeneScores

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "mirna": mark("miRNA"),
        "target": mark("target"),
        "start": "first paired base of the target, 0-based",
        "end": "one past its last paired base; on a circle at most start if the site "
        "crosses the junction",
        "position": "RNAhybrid's: 1-based, of the dangling 5' base if there is one",
        "mfe": mark("minimum free energy of the duplex, kcal/mol"),
        "perfect_mfe": "that of the miRNA with its perfect complement, kcal/mol",
        "mfe_ratio": mark("mfe over perfect_mfe"),
        "seed": mark(
            "seed class: 8mer, 7mer-m8, 7mer-A1, 6mer, offset 6mer, GU, bulged or none"
        ),
        "seed_start": "first base of the seed match on the target, 0-based",
        "seed_end": "one past its last base",
        "supplementary": "longest Watson-Crick helix within miRNA bases 12 to 17, bp: "
        "3' pairing beyond the seed",
        "score": mark("log-odds that such a site is real, by the ranking model"),
        "p": mark(
            "probability of a site this good anywhere on a random target of this length"
        ),
        "q": mark(
            "false discovery rate, over all pairs tested, if the pairs with a site "
            "this good are accepted"
        ),
        "genome": "position on the genome, 1-based, chr1:101-122(+), its blocks "
        "joined by commas; empty if unknown",
        "target_unpaired": "drawing, first line: unpaired bases of the target, 5'→3'",
        "target_paired": "second line: its paired bases",
        "mirna_paired": "third line: paired bases of the miRNA, 3'→5'",
        "mirna_unpaired": "fourth line: its unpaired bases",
    }
)
EXTRA_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        **CONTEXT_COLUMNS,
        "expectation": "sum of the penalties of mismatches, gaps and G:U pairs, with "
        "--plant",
        "cut": "first base of the 3' fragment if the target is cut, 0-based: opposite "
        "miRNA base 10",
        "effect": "cleavage; or translation, if a mismatch or gap at miRNA bases 9 to "
        "11 hinders it",
        "evidence": "bases of the site that peaks of --evidence cover; with --plant, 1 "
        "if one covers the first base of the 3' fragment",
    }
)
"""Columns of some modes only, behind the others."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites on one target.

    Parameters
    ----------
    target, target_nt
        Name and length of the target.
    mirnas
        All miRNAs of the search, by number.
    hits
        The sites.
    seeds
        Their seed classes.
    lines
        The four lines of each drawing, shape (n, 4).
    p, score
        p-value and ranking score of each; NaN where unknown.
    supplementary
        Pairs of the longest helix within miRNA bases 12 to 17.
    is_circular
        Whether the target is a circle; a site across the junction ends beyond its
        length in `hits`, and where it lies on the circle in the columns.
    extra
        Further columns, of some modes or asked for, by name, behind the others.
    place
        Where the target lies on the genome; None if that is not known.
    """

    target: str
    target_nt: int
    mirnas: MirnaTable
    hits: Hits
    seeds: SeedMatches
    lines: NDArray[np.str_]
    p: NDArray[np.float64]
    score: NDArray[np.float64]
    supplementary: NDArray[np.int64]
    is_circular: bool = False
    extra: Mapping[str, NDArray] = field(default_factory=dict)
    place: TargetPlace | None = None

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def names(self) -> NDArray[np.str_]:
        """Name of the miRNA of each site."""
        return self.mirnas.names[self.hits.mirna]

    @property
    def ends(self) -> NDArray[np.int64]:
        """One past the last paired base; on a circle within its length."""
        return self._first_turn(self.hits.end)

    def _first_turn(self, position: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions from 1 on within the length of a circle; those of a line stay."""
        if not self.is_circular:
            return position
        on_circle = (position - 1) % self.target_nt + 1
        return np.where(position < 0, position, on_circle)

    def spans(self, row: int) -> tuple[Span, ...]:
        """Parts of the target that a site covers, two if it crosses the junction."""
        start, end, n = (
            int(self.hits.start[row]),
            int(self.hits.end[row]),
            self.target_nt,
        )
        if end <= n:
            return ((start, end),)
        return ((0, end - n), (start, n))

    def blocks(self, row: int) -> tuple[Span, ...]:
        """Blocks of a site on the genome, ascending; empty where it has none."""
        if self.place is None:
            return ()
        parts = [self.place.lifted(span) for span in self.spans(row)]
        return (
            joined_spans(block for part in parts for block in part)
            if all(parts)
            else ()
        )

    @property
    def on_genome(self) -> NDArray[np.str_]:
        """Position of each site on the genome, as text; empty where it has none."""
        if self.place is None:
            return np.full(len(self), "", dtype=np.str_)
        blocks = (self.blocks(row) for row in range(len(self)))
        tx = self.place.blocks
        words = [place_in_words(tx, each) if each else "" for each in blocks]
        return np.array(words, dtype=np.str_)

    @property
    def is_best(self) -> NDArray[np.bool_]:
        """Whether a site is the best of its miRNA on the target."""
        return np.equal(self.hits.rank, 0)

    @property
    def ratio(self) -> NDArray[np.float64]:
        """Energy of each site over that with the perfect complement."""
        return self.hits.units / self.mirnas.perfect[self.hits.mirna]

    def columns(self) -> dict[str, NDArray]:
        """Every column but q, which needs all sites of all targets."""
        hits = self.hits
        return {
            "mirna": self.names,
            "target": np.full(len(self), self.target, dtype=object),
            "start": hits.start,
            "end": self.ends,
            "position": self._first_turn(
                hits.start if self.is_circular else hits.position
            ),
            "mfe": hits.mfe,
            "perfect_mfe": self.mirnas.perfect[hits.mirna] / 100,
            "mfe_ratio": self.ratio,
            "seed": self.seeds.names,
            "seed_start": self._first_turn(self.seeds.start + 1) - 1,
            "seed_end": self._first_turn(self.seeds.end),
            "supplementary": self.supplementary,
            "score": self.score,
            "p": self.p,
            "genome": self.on_genome,
            "target_unpaired": self.lines[:, 0],
            "target_paired": self.lines[:, 1],
            "mirna_paired": self.lines[:, 2],
            "mirna_unpaired": self.lines[:, 3],
            **self.extra,
        }


def column_names(sites: Sequence[Sites]) -> tuple[str, ...]:
    """Names of the columns of a table: all of `COLUMNS`, and those of the mode.

    Parameters
    ----------
    sites
        Of any one target, or more.
    """
    return (*COLUMNS, *(sites[0].extra if sites else ()))


class SitePlace(NamedTuple):
    """A site: number of its target, and its row among the sites of that target."""

    target: int
    row: int


@dataclass(frozen=True, slots=True, repr=False)
class Prediction(Result):
    """All sites of miRNAs on targets.

    Parameters
    ----------
    sites
        Target by target.
    mirnas, targets
        The records of the search.
    options
        Its rules.
    laws
        Behind the p-values.
    n_pairs
        Pairs of a miRNA and a target that were tested.
    evidence
        How many sites overlap a peak, and how many would by chance; None without peaks.
    """

    sites: tuple[Sites, ...]
    mirnas: tuple[Mirna, ...]
    targets: tuple[Target, ...]
    options: SearchOptions
    laws: Laws
    n_pairs: int
    evidence: Enrichment | None = None

    def __len__(self) -> int:
        return sum(map(len, self.sites))

    def summary(self) -> str:
        """How many sites, of how many miRNAs on how many targets."""
        counts = (
            f"sites: {len(self):,}, miRNAs: {len(self.mirnas):,}, "
            f"targets: {len(self.targets):,}"
        )
        return counts if self.laws.are_known else f"{counts} (no p-values)"

    def to_frame(self) -> pd.DataFrame:
        """One row per site; columns as in `COLUMNS` and `EXTRA_COLUMNS`."""
        import pandas as pd

        from bioloom.mirna.chance.false_discovery import false_discovery_rates

        parts = [sites.columns() for sites in self.sites] or [
            {name: np.empty(0) for name in COLUMNS if name != "q"}
        ]
        joined = {
            name: np.concatenate([part[name] for part in parts]) for name in parts[0]
        }
        is_best = np.concatenate([np.empty(0, bool), *(s.is_best for s in self.sites)])
        p = joined["p"].astype(np.float64)
        joined["q"] = false_discovery_rates(p, is_best, self.n_pairs)
        names = column_names(self.sites)
        return pd.DataFrame({name: joined[name] for name in names})

    def gene_scores(
        self,
        genes: Mapping[str, str] | str | Path | None = None,
        *,
        prior: float = PRIOR,
    ) -> GeneScores:
        """Score each miRNA and gene over its sites and isoforms.

        Parameters
        ----------
        genes
            Gene of each target, as a mapping or a file of two columns; by default from
            the targets' headers (``gene=NAME``).
        prior
            Share of predicted sites that are thought real, between 0 and 1.

        Returns
        -------
        One row per miRNA and gene, with `explain` for the parts.

        Raises
        ------
        UnknownName
            If a target with sites has no gene in the mapping or file.
        MissingFile, BadTable
            If the file is missing or not of two columns.
        BadInput
            If the prior is out of range.
        """
        from bioloom.mirna.genes.scores import gene_scores

        return gene_scores(self.sites, self.targets, genes, prior=prior)

    def write(self, path: str | Path, format: Format = "tsv") -> int:  # noqa: A002
        """Write the file that the command writes; return the number of sites."""
        from bioloom.mirna.output.writers import write_sites

        return write_sites(self.sites, Path(path), format, n_pairs=self.n_pairs)

    def explain(
        self,
        row: int | None = None,
        *,
        mirna: str | None = None,
        target: str | None = None,
        site: int = 1,
    ) -> Explanation:
        """Show one site's energy loop by loop, its seed and its p-value.

        Parameters
        ----------
        row
            Row of the table; or else:
        mirna, target
            Names; by default the first of each.
        site
            Number of the site of this miRNA on this target, the best is 1.

        Raises
        ------
        IndexError
            If there is no such row.
        UnknownName
            If there is no miRNA or target of that name.
        """
        from bioloom.mirna.output.explain import explain

        if row is not None:
            place = self._place_of(row)
            hits = self.sites[place.target].hits
            number = int(hits.mirna[place.row])
            site = int(hits.rank[place.row]) + 1
        else:
            number = _number(mirna, self.mirnas, "miRNA")
            place = SitePlace(_number(target, self.targets, "target"), 0)
        codes = self.mirnas[number], self.targets[place.target]
        law = self.laws.law(number, codes[1].codes)
        return explain(*codes, self.options, number=site, law=law)

    def plot(
        self,
        row: int | None = None,
        *,
        mirna: str | None = None,
        target: str | None = None,
        site: int = 1,
    ) -> Figure:
        """Draw one site base by base; parameters as for `explain`.

        Raises
        ------
        IndexError, UnknownName
            As `explain`.
        NoSite
            If this miRNA has no such site on this target.
        """
        from bioloom.mirna.output.figures import site_figure

        if row is not None:
            place = self._place_of(row)
            return site_figure(self.sites[place.target], place.row)
        number = _number(mirna, self.mirnas, "miRNA")
        sites = self.sites[_number(target, self.targets, "target")]
        rows = np.flatnonzero(sites.hits.mirna == number)
        if not 1 <= site <= len(rows):
            raise NoSite(self.mirnas[number].name, sites.target)
        return site_figure(sites, int(rows[site - 1]))

    def plot_map(self, target: str | None = None) -> Figure:
        """Draw all sites along one target, by default the first."""
        from bioloom.mirna.output.figures import map_figure

        return map_figure(self.sites[_number(target, self.targets, "target")])

    def _place_of(self, row: int) -> SitePlace:
        if not 0 <= row < len(self):
            message = f"row {row}: the prediction has {len(self)} sites"
            raise IndexError(message)
        ends = np.cumsum([len(sites) for sites in self.sites])
        target = int(np.searchsorted(ends, row, side="right"))
        return SitePlace(target, row - int(ends[target]) + len(self.sites[target]))


def _number(
    name: str | None, records: tuple[Mirna, ...] | tuple[Target, ...], kind: str
) -> int:
    names = [record.name for record in records]
    if name is None:
        return 0
    if name not in names:
        raise UnknownName(name, kind=kind, where="the prediction", known=names)
    return names.index(name)
