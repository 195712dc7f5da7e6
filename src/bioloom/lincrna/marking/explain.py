"""The working behind a marker gene: pairs of cells, U, p and q."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.run.language import tr
from bioloom.statistics.multiple_testing import PValues, benjamini_hochberg

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkedGene:
    """A gene's test in one cluster.

    Parameters
    ----------
    values
        Its row of the table, by column; see `MARKER_COLUMNS`.
    inside, outside
        UMIs per 10,000 of each cell of the cluster, and of all others.
    p_values
        Of all genes and clusters tested.
    max_q, min_auc
        What a marker is.
    """

    values: Mapping[str, Any]
    inside: Floats
    outside: Floats
    p_values: PValues
    max_q: float
    min_auc: float

    @property
    def n_pairs(self) -> int:
        """Pairs of a cell inside and one outside."""
        return len(self.inside) * len(self.outside)

    def n_won_and_tied(self) -> tuple[int, int]:
        """Pairs in which the cell inside has more, and in which both have the same."""
        ranked = np.sort(self.outside)
        below = np.searchsorted(ranked, self.inside, side="left")
        up_to = np.searchsorted(ranked, self.inside, side="right")
        return int(below.sum()), int((up_to - below).sum())


def explain_marker(gene: MarkedGene) -> Explanation:
    """Show how far a gene marks a cluster."""
    return Explanation(
        tr(
            "{gene} in cluster {cluster}",
            gene=gene.values["gene_name"],
            cluster=gene.values["cluster"],
        ),
        (
            _level_step(gene),
            _pairs_step(gene),
            _auc_step(gene),
            _chance_step(gene),
            _correction_step(gene),
            Step(
                tr(
                    "Where the gene took part in making the clusters, p and q are too "
                    "small, and the AUC counts."
                ),
                verdict=Verdict("note"),
            ),
        ),
    )


def _level_step(gene: MarkedGene) -> Step:
    inside, outside = gene.inside, gene.outside
    return Step(
        claim=tr(
            "Of {n_in:,} cells of the cluster {has_in:,} have a UMI of the gene, of "
            "the {n_out:,} others {has_out:,}; the means are {mean_in:.4g} and "
            "{mean_out:.4g} UMIs per 10,000 of a cell.",
            n_in=len(inside),
            has_in=int((inside > 0).sum()),
            n_out=len(outside),
            has_out=int((outside > 0).sum()),
            mean_in=float(inside.mean()),
            mean_out=float(outside.mean()),
        ),
        formula=r"log_2 ((m_1 + 0.1) / (m_0 + 0.1))",
        substitution="log_2 "
        + f"(({inside.mean():.4g} + 0.1) / ({outside.mean():.4g} + 0.1))",
        value=Quantity(gene.values["log2_fold_change"], "", 3),
    )


def _pairs_step(gene: MarkedGene) -> Step:
    n_won, n_tied = gene.n_won_and_tied()
    return Step(
        claim=tr(
            "Each cell of the cluster is compared with each other cell, {n_pairs:,} "
            "pairs: in {n_won:,} it has more (W), in {n_tied:,} both have the same "
            "(T).",
            n_pairs=gene.n_pairs,
            n_won=n_won,
            n_tied=n_tied,
        ),
        formula=r"U = W + T / 2",
        substitution=f"{n_won} + {n_tied} / 2",
        value=Quantity(n_won + n_tied / 2, "", 1),
        source="doi:10.1214/aoms/1177730491",
    )


def _auc_step(gene: MarkedGene) -> Step:
    n_won, n_tied = gene.n_won_and_tied()
    u = n_won + n_tied / 2
    return Step(
        claim=tr(
            "The share of U in all pairs is the chance that a cell of the cluster has "
            "more than another one; it is 0.5 if they do not differ."
        ),
        formula=r"AUC = U / (n_1 n_0)",
        substitution=f"{u:.1f} / {gene.n_pairs}",
        value=Quantity(u / gene.n_pairs, "", 4),
    )


def _chance_step(gene: MarkedGene) -> Step:
    n_in, n_out = len(gene.inside), len(gene.outside)
    n = n_in + n_out
    every = np.concatenate([gene.inside, gene.outside])
    _, tied = np.unique(every, return_counts=True)
    ties = float((tied.astype(float) ** 3 - tied).sum())
    deviation = sqrt(n_in * n_out / 12 * (n + 1 - ties / (n * (n - 1))))
    n_won, n_tied = gene.n_won_and_tied()
    away = max(0.0, abs(n_won + n_tied / 2 - gene.n_pairs / 2) - 0.5)
    z = away / deviation if deviation > 0 else 0.0
    return Step(
        claim=tr(
            "Without a difference U is {expected:.1f} on average, with a standard "
            "deviation of {deviation:.4g}, ties allowed for; half a pair is taken off "
            "for continuity.",
            expected=gene.n_pairs / 2,
            deviation=deviation,
        ),
        formula=r"p = 2 \Phi(-z), z = (|U - n_1 n_0 / 2| - 1/2) / \sigma",
        substitution=f"z = {away:.1f} / {deviation:.4g} = {z:.3f}",
        value=Quantity(erfc(z / sqrt(2)), "", None),
    )


def _correction_step(gene: MarkedGene) -> Step:
    p, m = gene.values["p_value"], len(gene.p_values)
    place = int(np.argmin(np.abs(gene.p_values - p)))
    q = float(benjamini_hochberg(gene.p_values)[place])
    rank = int((gene.p_values <= gene.p_values[place]).sum())
    is_marker = q <= gene.max_q and gene.values["auc"] >= gene.min_auc
    return Step(
        claim=tr(
            "Among {m:,} tests of genes in clusters its p-value has rank {rank:,}; the "
            "q-value is the smallest of p m / r over this rank and all later ones. A "
            "gene with an AUC of {min_auc:g} or more marks the cluster up to "
            "{max_q:g}.",
            m=m,
            rank=rank,
            max_q=gene.max_q,
            min_auc=gene.min_auc,
        ),
        formula=r"q = min_{r' \geq r} p_{(r')} m / r'",
        substitution=f"p m / r = {p:.4g} \\cdot {m} / {rank} = {p * m / rank:.4g}",
        value=Quantity(q, "", None),
        verdict=Verdict("pass", text=tr("a marker"))
        if is_marker
        else Verdict("note", text=tr("no marker")),
        source="doi:10.1111/j.2517-6161.1995.tb02031.x",
    )
