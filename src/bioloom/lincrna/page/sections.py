"""Sections of the page of a run: figures, expression, partners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with the words around it.

    Parameters
    ----------
    name
        Of its files.
    draw
        Draws the figure; a page that is written in two languages asks once.
    title, description
        For those who cannot see it.
    caption
        Below it.
    """

    name: str
    draw: Callable[[], Figure]
    title: str
    description: str
    caption: str


@dataclass(frozen=True, slots=True)
class ContrastRow:
    """How many genes changed in a contrast, and how many candidates of these."""

    contrast: str
    n_tested: int
    n_up: int
    n_down: int
    n_candidates: int
    n_candidates_up: int
    n_candidates_down: int


@dataclass(frozen=True, slots=True)
class ChangedGene:
    """A gene's test in a contrast; numbers as in ``tables/comparisons.tsv``."""

    gene_id: str
    name: str
    kind: str
    is_candidate: bool
    contrast: str
    base_mean: float
    log2_fold_change: float
    lfc_se: float
    p_value: float
    q_value: float
    change: str
    note: str


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """A sample in the plane of the principal components, and its group."""

    sample: str
    group: str
    pc1: float
    pc2: float


@dataclass(frozen=True, slots=True)
class ExpressionSection:
    """What the page shows of expression.

    Parameters
    ----------
    drawings
        Samples, heat map, a volcano for each contrast, specificity.
    contrasts, genes, alpha
        What changed, and the false discovery rate; empty and None without a design.
    specificity
        Candidates against coding genes, in a sentence.
    notes
        What was decided.
    places
        Samples in the plane of the first figure; empty without one.
    """

    drawings: Sequence[Drawing]
    contrasts: Sequence[ContrastRow]
    genes: Sequence[ChangedGene]
    alpha: float | None
    specificity: str
    notes: Sequence[str]
    places: Sequence[SamplePlace] = ()


@dataclass(frozen=True, slots=True)
class BestPartner:
    """The best partner of a candidate; `gene` is empty where there is none.

    `words` are direction, type, subtype and location; `n_cis` the coding genes within
    the window. rho, p and q are NaN where there is none.
    """

    transcript_id: str
    gene: str
    words: str
    distance_nt: int
    is_cis: bool
    n_cis: int
    rho: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class TransPartner:
    """A coding gene elsewhere that is expressed like a candidate's gene."""

    candidate: str
    gene: str
    rho: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class PartnerSetRow:
    """A gene set among partners."""

    partners: str
    name: str
    n_both: int
    expected: float
    n_in_set: int
    p: float
    q: float
    genes: str


@dataclass(frozen=True, slots=True)
class PartnerSection:
    """Coding genes near the candidates and expressed like them.

    Parameters
    ----------
    window_nt
        How far a cis partner may lie.
    has_expression
        Whether expression was compared.
    reason
        Why nothing can be shown about correlations; empty if something can.
    notes
        What else was decided and left out.
    best
        One row per candidate.
    trans, n_trans
        Trans pairs with the smallest p-values, and how many the table holds.
    sets, n_sets
        Gene sets with the smallest p-values, and how many the table holds.
    """

    window_nt: int
    has_expression: bool
    reason: str
    notes: Sequence[str]
    best: Sequence[BestPartner]
    trans: Sequence[TransPartner]
    n_trans: int
    sets: Sequence[PartnerSetRow]
    n_sets: int
