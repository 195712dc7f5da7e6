"""Gene sets that partners belong to more often than coding genes at large.

The test is gseapy's: of N background genes, K are in the set and n are partners; the
p-value is the chance that k or more of n genes drawn at random are in the set.

References
----------
Fang Z. et al. (2023) Bioinformatics 39:btac757. doi:10.1093/bioinformatics/btac757
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bioloom.lincrna.partners.gene_sets import GeneSets
from bioloom.lincrna.settings import PartnerSettings
from bioloom.run.language import mark

SOURCE = "doi:10.1093/bioinformatics/btac757"
Question = Literal["best cis partners", "trans partners", "trans partners of one"]
QUESTIONS: tuple[Question, ...] = (
    mark("best cis partners"),
    mark("trans partners"),
    mark("trans partners of one"),
)


@dataclass(frozen=True, slots=True)
class PartnerSet:
    """Partners whose gene sets are asked for.

    Parameters
    ----------
    question
        Which partners they are.
    candidate
        The candidate's gene whose partners they are; empty for those of all.
    genes
        The partners.
    background
        Genes that might have been partners.
    """

    question: Question
    candidate: str
    genes: frozenset[str]
    background: frozenset[str]


@dataclass(frozen=True, slots=True)
class Enriched:
    """A gene set among partners.

    Parameters
    ----------
    question, candidate
        As in `PartnerSet`.
    term, name
        The gene set.
    n_both, n_in_set, n_partners, n_background
        Partners in the set, background genes in the set, partners, background genes.
    p, q
        p-value, and Benjamini and Hochberg's q-value over all sets of the question.
    rank, n_tested
        Place of p among those of all tested sets (the last of equal ones), and how
        many sets were tested.
    genes
        Partners in the set.
    """

    question: Question
    candidate: str
    term: str
    name: str
    n_both: int
    n_in_set: int
    n_partners: int
    n_background: int
    p: float
    q: float
    rank: int
    n_tested: int
    genes: tuple[str, ...]

    @property
    def expected(self) -> float:
        """Partners that would be in the set by chance, on average."""
        return self.n_partners * self.n_in_set / self.n_background


def enriched_sets(
    partners: PartnerSet, sets: GeneSets, settings: PartnerSettings
) -> tuple[Enriched, ...]:
    """Test every gene set of the right size for one set of partners.

    Parameters
    ----------
    partners
        Partners and the genes that might have been.
    sets
        Gene sets of the run.
    settings
        Smallest and largest set, counted in background genes.

    Returns
    -------
    The sets that hold a partner, the smallest p-value first. Those that hold none are
    tested too (p = 1) and count in the q-values.
    """
    from bioloom.statistics.multiple_testing import benjamini_hochberg

    background = partners.background
    tested = _of_size(sets.genes, background, settings)
    chosen = partners.genes & background
    p_values = over_representation(chosen, tested, background)
    p = np.array([p_values.get(term, 1.0) for term in tested])
    q = benjamini_hochberg(p) if len(p) else p
    ranks = np.searchsorted(np.sort(p), p, side="right")
    rows = [
        Enriched(
            question=partners.question,
            candidate=partners.candidate,
            term=term,
            name=sets.names.get(term, term),
            n_both=len(genes & chosen),
            n_in_set=len(genes),
            n_partners=len(chosen),
            n_background=len(background),
            p=float(p[place]),
            q=float(q[place]),
            rank=int(ranks[place]),
            n_tested=len(tested),
            genes=tuple(sorted(genes & chosen)),
        )
        for place, (term, genes) in enumerate(tested.items())
        if term in p_values
    ]
    return tuple(sorted(rows, key=lambda row: (row.p, -row.n_both, row.term)))


def _of_size(
    sets: Mapping[str, frozenset[str]],
    background: frozenset[str],
    settings: PartnerSettings,
) -> dict[str, frozenset[str]]:
    """Background genes of each set that has neither too few nor too many of them."""
    among = {term: genes & background for term, genes in sorted(sets.items())}
    least, most = settings.min_set_size, settings.max_set_size
    return {term: genes for term, genes in among.items() if least <= len(genes) <= most}


def over_representation(
    chosen: Iterable[str],
    sets: Mapping[str, frozenset[str]],
    background: Iterable[str],
) -> dict[str, float]:
    """p-value of each set that holds a chosen gene, by gseapy.

    Parameters
    ----------
    chosen
        Genes; all in the background.
    sets
        Genes of each set; all in the background.
    background
        All genes that might have been chosen.
    """
    chosen = set(chosen)
    touched = {term: genes for term, genes in sets.items() if genes & chosen}
    if not touched:
        return {}
    # gseapy takes names of digits for Entrez ids, and may change the case of others
    names = {gene: f"G{place}" for place, gene in enumerate(sorted(background))}
    return _gseapy_table(
        [names[gene] for gene in sorted(chosen)],
        {term: [names[gene] for gene in genes] for term, genes in touched.items()},
        [*names.values()],
    )


def hypergeometric_p(
    n_both: int, n_in_set: int, n_partners: int, n_background: int
) -> float:
    """p-value of a set by its counts alone, by the same call.

    Examples
    --------
    >>> round(hypergeometric_p(2, 5, 3, 40), 4)
    0.0364
    """
    genes = [f"gene {place}" for place in range(n_background)]
    first = n_partners - n_both
    members = frozenset(genes[first : first + n_in_set])
    return over_representation(genes[:n_partners], {"set": members}, genes)["set"]


def _gseapy_table(
    chosen: Sequence[str], sets: Mapping[str, Sequence[str]], background: Sequence[str]
) -> dict[str, float]:
    import gseapy

    result = gseapy.enrich(
        list(chosen),
        gene_sets=dict(sets),
        background=list(background),
        outdir=None,
        no_plot=True,
    )
    table = result.results
    return dict(zip(table["Term"], map(float, table["P-value"]), strict=True))
