"""Which genes are correlated with which, and what comes out for each pair."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.intervals import Indices, Pairs
from bioloom.lincrna.partners.classes import PlacedPartners
from bioloom.lincrna.partners.coexpression import (
    Correlated,
    DoubledRanks,
    cis_correlations,
    doubled_ranks,
    trans_correlations,
)
from bioloom.lincrna.partners.permutations import Floats, PermutationNull
from bioloom.lincrna.partners.strata import Strata, why_no_p_value
from bioloom.lincrna.settings import PartnerSettings

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Expression:
    """Expression of the genes of a run.

    Parameters
    ----------
    gene_ids
        Every gene.
    tpm
        Shape (n_genes, n_samples), in the order of the strata's samples.
    is_candidate, is_coding
        Whether a gene has a candidate; whether it is protein-coding. Shape (n_genes,).
    gene_of
        Gene of each transcript.
    """

    gene_ids: tuple[str, ...]
    tpm: Floats
    is_candidate: Flags
    is_coding: Flags
    gene_of: Mapping[str, str]

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row of each gene."""
        return {gene: row for row, gene in enumerate(self.gene_ids)}


@dataclass(frozen=True, slots=True)
class PairCorrelation:
    """Correlation of a candidate's gene with a coding gene.

    p and q are NaN where none may be given.
    """

    candidate: str
    gene: str
    rho: float
    p: float
    q: float


@dataclass(frozen=True)
class TestedGenes:
    """Genes of one kind whose correlation is tested.

    Parameters
    ----------
    rows
        Rows of the expression.
    ranks
        Their ranks.
    n_low, n_constant
        Genes that are not tested: too weakly expressed, or the same in all samples.
    """

    rows: Indices
    ranks: DoubledRanks
    n_low: int
    n_constant: int

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Place of each row."""
        return {row: place for place, row in enumerate(self.rows.tolist())}


@dataclass(frozen=True)
class Coexpression:
    """Correlations of the candidates' genes with coding genes.

    Parameters
    ----------
    strata
        Groups of samples that were compared within.
    null
        Permutation null; None where no p-value may be given.
    reason
        Why there is no p-value; empty if there is.
    candidates, coding
        Genes that were tested.
    cis
        By genes of candidate and partner: every pair within the window that was tested.
    trans
        Trans partners that are listed, candidate by candidate.
    n_trans, n_strong
        Trans pairs that were tested, and those strong enough to be listed.
    """

    strata: Strata
    null: PermutationNull | None
    reason: str
    candidates: TestedGenes
    coding: TestedGenes
    cis: Mapping[tuple[str, str], PairCorrelation]
    trans: tuple[PairCorrelation, ...] = ()
    n_trans: int = 0
    n_strong: int = 0


def coexpress(
    expression: Expression,
    placed: PlacedPartners,
    strata: Strata,
    settings: PartnerSettings,
    *,
    rng_seed: int,
) -> Coexpression:
    """Correlate the candidates' genes with coding genes, near and far.

    Parameters
    ----------
    expression
        Of all genes.
    placed
        Partners by place: those within the window are the cis pairs.
    strata
        Groups of samples to compare within.
    settings, rng_seed
        What is tested and listed; random seed of the permutations.
    """
    null = strata.null(settings, rng_seed)
    reason = why_no_p_value(strata, null, settings)
    genes = _Genes(
        expression,
        _tested(expression, expression.is_candidate, strata, settings),
        _tested(expression, expression.is_coding, strata, settings),
    )
    result = Coexpression(
        strata, None if reason else null, reason, genes.candidates, genes.coding, {}
    )
    if sum(strata.sizes) < 2:
        return result
    pairs = genes.cis_pairs(placed)
    ranks = genes.candidates.ranks, genes.coding.ranks
    near = genes.named(pairs, cis_correlations(*ranks, pairs, result.null))
    result = replace(result, cis={(row.candidate, row.gene): row for row in near})
    if result.null is None or not settings.max_trans:
        return result
    trans = trans_correlations(
        *ranks,
        genes.no_trans_pairs(pairs),
        result.null,
        min_rho=settings.min_trans_rho,
        max_listed=settings.max_trans,
    )
    return replace(
        result,
        trans=tuple(genes.named(trans.pairs, trans.correlated)),
        n_trans=trans.n_tested,
        n_strong=trans.n_strong,
    )


def _tested(
    expression: Expression,
    is_asked: Flags,
    strata: Strata,
    settings: PartnerSettings,
) -> TestedGenes:
    """Genes of a kind that are expressed enough and differ between samples."""
    rows = np.flatnonzero(is_asked)
    tpm = expression.tpm[rows]
    n_samples = max(1, tpm.shape[1])
    is_low = tpm.sum(axis=1) / n_samples < settings.min_mean_tpm
    ranks = doubled_ranks(tpm, strata.sizes)
    is_constant = ~is_low & (ranks.squares == 0)
    chosen = np.flatnonzero(~is_low & ~is_constant)
    return TestedGenes(
        rows[chosen], ranks.of(chosen), int(is_low.sum()), int(is_constant.sum())
    )


@dataclass(frozen=True)
class _Genes:
    """The genes that are tested, and the pairs of them."""

    expression: Expression
    candidates: TestedGenes
    coding: TestedGenes

    def cis_pairs(self, placed: PlacedPartners) -> Pairs:
        """Each candidate's gene and each coding gene within the window, once."""
        row_of, gene_of = self.expression.row_of, self.expression.gene_of
        named = {
            (gene_of.get(row.transcript_id), row.gene_id)
            for row in placed.rows
            if row.is_cis
        }
        places = [
            (
                self.candidates.place_of.get(row_of.get(candidate or "", -1)),
                self.coding.place_of.get(row_of.get(gene, -1)),
            )
            for candidate, gene in named
            if candidate != gene
        ]
        return _pairs(
            (left, right) for left, right in places if None not in (left, right)
        )

    def no_trans_pairs(self, cis: Pairs) -> Pairs:
        """Cis pairs, and genes that are both candidate and coding with themselves."""
        selves = (
            (place, self.coding.place_of.get(row))
            for row, place in self.candidates.place_of.items()
        )
        own = _pairs((left, right) for left, right in selves if right is not None)
        return Pairs(*(np.append(a, b) for a, b in zip(cis, own, strict=True)))

    def named(self, pairs: Pairs, correlated: Correlated) -> list[PairCorrelation]:
        """Pairs with the names of their genes."""
        names = self.expression.gene_ids
        left = self.candidates.rows[pairs.left].tolist()
        right = self.coding.rows[pairs.right].tolist()
        values = (part.tolist() for part in correlated)
        return [
            PairCorrelation(names[ours], names[theirs], rho, p, q)
            for ours, theirs, rho, p, q in zip(left, right, *values, strict=True)
        ]


def _pairs(places: Iterable[tuple[int | None, int | None]]) -> Pairs:
    """Pairs in the order of the candidates, then of the coding genes."""
    ordered = np.array(sorted(places), dtype=np.int64).reshape(-1, 2)
    return Pairs(ordered[:, 0], ordered[:, 1])
