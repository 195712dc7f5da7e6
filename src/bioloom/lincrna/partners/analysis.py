"""Everything about the partners of a run: places, correlations, gene sets."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bioloom.lincrna.partners.classes import PlacedPartners
from bioloom.lincrna.partners.enrichment import Enriched, PartnerSet, enriched_sets
from bioloom.lincrna.partners.gene_pairs import Coexpression, Expression, coexpress
from bioloom.lincrna.partners.gene_sets import GeneSets
from bioloom.lincrna.partners.sentences import (
    coexpression_sentences,
    placed_sentences,
)
from bioloom.lincrna.partners.strata import Strata
from bioloom.lincrna.settings import PartnerSettings
from bioloom.run.settings import RNG_SEED


@dataclass(frozen=True)
class PartnerAnalysis:
    """What is known of the partners of a run; None and empty where it was not asked.

    `notes` say what was decided and left out.
    """

    placed: PlacedPartners
    coexpression: Coexpression | None = None
    gene_sets: GeneSets | None = None
    enriched: tuple[Enriched, ...] = ()
    notes: tuple[str, ...] = ()


def partner_sets(
    placed: PlacedPartners,
    coexpression: Coexpression,
    expression: Expression,
    settings: PartnerSettings,
) -> Iterator[PartnerSet]:
    """Partners whose gene sets are asked for.

    Parameters
    ----------
    placed, coexpression
        What is known of the partners.
    expression
        Every coding gene of it might have been a best cis partner; those whose
        correlation was tested might have been a trans partner.
    settings
        A trans partner counts up to q = `alpha`; one candidate's are asked for if they
        are `min_set_size` or more.
    """
    names = np.array(expression.gene_ids, dtype=object)
    best = {row.gene_id for row in placed.best.values() if row.is_cis}
    coding = frozenset(names[expression.is_coding])
    yield PartnerSet("best cis partners", "", frozenset(best), coding)
    of_candidate: dict[str, set[str]] = defaultdict(set)
    for row in coexpression.trans:
        if row.q <= settings.alpha:
            of_candidate[row.candidate].add(row.gene)
    everyone = frozenset().union(*of_candidate.values())
    background = frozenset(names[coexpression.coding.rows])
    yield PartnerSet("trans partners", "", everyone, background)
    for candidate, genes in of_candidate.items():
        if len(genes) >= settings.min_set_size:
            yield PartnerSet(
                "trans partners of one", candidate, frozenset(genes), background
            )


def analyse_partners(
    placed: PlacedPartners,
    settings: PartnerSettings,
    *,
    expression: Expression | None = None,
    strata: Strata | None = None,
    gene_sets: GeneSets | None = None,
    rng_seed: int = RNG_SEED,
) -> PartnerAnalysis:
    """Correlate partners and look for gene sets among them.

    Parameters
    ----------
    placed
        Partners by place.
    settings, rng_seed
        As for `coexpress`.
    expression, strata
        Expression of all genes and the groups of samples; None correlates nothing.
    gene_sets
        Gene sets to look for; None looks for none.
    """
    if expression is None or strata is None:
        return PartnerAnalysis(placed, notes=placed_sentences(placed))
    coexpression = coexpress(expression, placed, strata, settings, rng_seed=rng_seed)
    enriched = [
        row
        for partners in partner_sets(placed, coexpression, expression, settings)
        for row in (enriched_sets(partners, gene_sets, settings) if gene_sets else ())
        if not partners.candidate or row.q <= settings.alpha
    ]
    return PartnerAnalysis(
        placed,
        coexpression,
        gene_sets,
        tuple(enriched),
        notes=(
            *placed_sentences(placed),
            *coexpression_sentences(coexpression, settings),
            *(gene_sets.sentences() if gene_sets else ()),
        ),
    )
