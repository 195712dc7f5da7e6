"""Score of a miRNA and a gene: a noisy-or over sites, the mean over isoforms.

A site of score s is real with p = 1 / (1 + exp(-(s + ln(prior / (1 - prior))))): the
score is the log-odds where one site in two is real, and far fewer are among predicted
ones. An isoform is bound if any of its sites is, S = sum of -ln(1 - p) over its sites.
A gene's strength is the mean of S over its isoforms, those without a site too, and its
probability 1 - exp(-strength). So each site adds a part of its own to the strength.

References
----------
Pearl J. (1988) Probabilistic Reasoning in Intelligent Systems, section 4.3.2
Agarwal V. et al. (2015) eLife 4:e05005. doi:10.7554/eLife.05005
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bioloom.errors import BadInput, UnknownName
from bioloom.mirna.genes.names import check_known, genes_of, read_genes
from bioloom.mirna.options import PRIOR
from bioloom.result import Result
from bioloom.run.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.explain import Explanation
    from bioloom.mirna.inputs.records import Target
    from bioloom.mirna.output.result import Sites

COLUMNS: Mapping[str, str] = {
    "mirna": "miRNA",
    "gene": "gene",
    "probability": "that at least one site is real, 1 - exp(-strength)",
    "strength": "mean over the gene's isoforms of the sum of -ln(1 - p) over sites",
    "n_sites": "sites on all isoforms",
    "n_isoforms": "isoforms of the gene among the targets",
    "n_isoforms_with_sites": "those with a site of this miRNA",
    "best_target": "isoform of the site that adds most",
    "best_start": "its first paired base, 0-based",
    "best_end": "one past its last",
    "best_mfe": "its energy, kcal/mol",
    "best_score": "its ranking score",
}


class ScoredSite(NamedTuple):
    """A site and what it adds to its gene's strength.

    Parameters
    ----------
    target, start, end
        Where it is: half-open, 0-based.
    mfe
        kcal/mol.
    seed
        Its class.
    score
        Ranking score.
    chance
        Probability that it is real.
    part
        What it adds.
    """

    target: str
    start: int
    end: int
    mfe: float
    seed: str
    score: float
    chance: float = 0.0
    part: float = 0.0


@dataclass(frozen=True, slots=True)
class GeneScore:
    """A miRNA and a gene, with the sites between them, the strongest first."""

    mirna: str
    gene: str
    n_isoforms: int
    sites: tuple[ScoredSite, ...]

    @property
    def strength(self) -> float:
        """Sum of the sites' parts."""
        return float(np.sum([site.part for site in self.sites]))

    @property
    def probability(self) -> float:
        """That at least one site is real."""
        return float(-np.expm1(-self.strength))


@dataclass(frozen=True, slots=True, repr=False)
class GeneScores(Result):
    """Scores of miRNAs and genes, by miRNA, the strongest gene first.

    Parameters
    ----------
    pairs
        Pairs with at least one site.
    prior
        Share of predicted sites that are thought real.
    """

    pairs: tuple[GeneScore, ...]
    prior: float

    def summary(self) -> str:
        """Number of pairs and genes."""
        n_genes = len({pair.gene for pair in self.pairs})
        pairs = counted(len(self.pairs), "pair")
        return f"{pairs} of a miRNA and a gene, {counted(n_genes, 'gene')}"

    def to_frame(self) -> pd.DataFrame:
        """One row per miRNA and gene; columns as in `COLUMNS`."""
        import pandas as pd

        rows = [
            (
                pair.mirna,
                pair.gene,
                pair.probability,
                pair.strength,
                len(pair.sites),
                pair.n_isoforms,
                len({site.target for site in pair.sites}),
                *pair.sites[0][:4],
                pair.sites[0].score,
            )
            for pair in self.pairs
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def explain(self, mirna: str, gene: str) -> Explanation:
        """Show what each site adds to one gene's strength.

        Raises
        ------
        UnknownName
            If this miRNA has no site on such a gene.
        """
        from bioloom.mirna.genes.explain import explain_gene

        for pair in self.pairs:
            if (pair.mirna, pair.gene) == (mirna, gene):
                return explain_gene(pair, self.prior)
        known = tuple(pair.gene for pair in self.pairs if pair.mirna == mirna)
        raise UnknownName(gene, kind="gene", where=f"the sites of {mirna}", known=known)


@dataclass(slots=True)
class GeneCollector:
    """Sites that pass by, gathered for their genes.

    Parameters
    ----------
    found
        Sites by miRNA and target, as they came.
    """

    found: dict[str, dict[str, list[ScoredSite]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def watched(self, every: Iterable[Sites]) -> Iterator[Sites]:
        """Pass sites on, and remember what their genes need."""
        for sites in every:
            self.take(sites)
            yield sites

    def take(self, sites: Sites) -> None:
        """Remember the sites of one target."""
        hits = sites.hits
        seeds, score, mfe = sites.seeds.names, sites.score, hits.mfe
        for row, mirna in enumerate(sites.names.tolist()):
            site = ScoredSite(
                target=sites.target,
                start=int(hits.start[row]),
                end=int(hits.end[row]),
                mfe=float(mfe[row]),
                seed=str(seeds[row]),
                score=float(score[row]),
            )
            self.found[mirna][sites.target].append(site)

    def scores(self, genes: Mapping[str, str], *, prior: float = PRIOR) -> GeneScores:
        """Scores of all genes.

        Parameters
        ----------
        genes
            Gene of each target, those without sites too.
        prior
            Share of predicted sites that are thought real.
        """
        if not 0 < prior < 1:
            raise BadInput(
                where="prior",
                found=str(prior),
                expected="a share above 0 and below 1",
                advice="Give the share of predicted sites that are thought real.",
            )
        for by_target in self.found.values():
            check_known(genes, by_target, "the genes of the targets")
        n_isoforms = Counter(genes.values())
        pairs = []
        for mirna, by_target in self.found.items():
            by_gene: dict[str, list[ScoredSite]] = defaultdict(list)
            for target, sites in by_target.items():
                by_gene[genes[target]] += sites
            scored = [
                GeneScore(
                    mirna, gene, n_isoforms[gene], _parts(each, n_isoforms[gene], prior)
                )
                for gene, each in by_gene.items()
            ]
            pairs += sorted(scored, key=lambda pair: (-pair.strength, pair.gene))
        return GeneScores(tuple(pairs), prior)


def gene_scores(
    sites: Iterable[Sites],
    targets: Iterable[Target],
    genes: Mapping[str, str] | str | Path | None = None,
    *,
    prior: float = PRIOR,
) -> GeneScores:
    """Score each miRNA and gene; see `Prediction.gene_scores`."""
    collector = GeneCollector()
    for each in sites:
        collector.take(each)
    if genes is None:
        return collector.scores(genes_of(targets), prior=prior)
    if isinstance(genes, Mapping):
        return collector.scores(genes, prior=prior)
    return collector.scores(read_genes(Path(genes)), prior=prior)


def _parts(
    sites: Iterable[ScoredSite], n_isoforms: int, prior: float
) -> tuple[ScoredSite, ...]:
    """Sites with their probabilities and parts, the strongest first."""
    shift = np.log(prior / (1 - prior))
    done = []
    for site in sites:
        log_odds = site.score + shift
        part = float(np.logaddexp(0, log_odds)) / n_isoforms  # -ln(1 - p)
        chance = float(1 / (1 + np.exp(-log_odds)))
        done.append(site._replace(chance=chance, part=part))
    return tuple(sorted(done, key=lambda site: (-site.part, site.target, site.start)))
