"""The working behind a gene's score: what each site adds to its strength."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bioloom.explain import Explanation, Quantity, Step, cell
from bioloom.run.language import tr, trn

if TYPE_CHECKING:
    from bioloom.mirna.genes.scores import GeneScore


def explain_gene(pair: GeneScore, prior: float) -> Explanation:
    """The parts of the sites, their sum, and the probability.

    Parameters
    ----------
    pair
        A miRNA and a gene, with the sites between them.
    prior
        Share of predicted sites that are thought real.
    """
    each = Step(
        claim=tr(
            "A site of score s is real with probability p: the score holds where one "
            "site in two is real; {prior:.3g} of the predicted ones are thought to be.",
            prior=prior,
        ),
        formula=r"p = \frac{1}{1 + e^{-(s + \ln(\pi / (1 - \pi)))}}, \quad "
        r"c = \frac{-\ln(1 - p)}{n}",
        detail=tuple(_site_lines(pair)),
    )
    terms = " ".join(f"{site.part:+.4f}" for site in pair.sites)
    total = Step(
        claim=trn(
            "The strength is the sum of the sites' parts: the mean over the gene's "
            "{n} isoform of -ln(1 - p), summed over its sites.",
            "The strength is the sum of the sites' parts: the mean over the gene's "
            "{n} isoforms of -ln(1 - p), summed over its sites.",
            pair.n_isoforms,
        ),
        formula=r"S = \sum_i c_i",
        substitution=f"S = {terms} = {pair.strength:.4f}",
        value=Quantity(pair.strength, "", 4),
    )
    chance = Step(
        claim=tr("Probability that at least one site is real."),
        formula=r"P = 1 - e^{-S}",
        substitution=rf"P = 1 - e^{{-{pair.strength:.4f}}} = {pair.probability:.4f}",
        value=Quantity(pair.probability, "", 4),
    )
    title = tr(
        "{mirna} on gene {gene}: {probability:.3f}",
        mirna=pair.mirna,
        gene=pair.gene,
        probability=pair.probability,
    )
    return Explanation(title, (each, total, chance), {"miRNA": pair.mirna})


def _site_lines(pair: GeneScore) -> Iterator[str]:
    names = ((tr("bases"), 13), (tr("energy"), 8), (tr("score"), 8), ("p", 8))
    cells = [cell(name, width, to="right") for name, width in (*names, (tr("adds"), 8))]
    width = max(12, *(len(site.target) for site in pair.sites))
    yield " ".join([cell(tr("target"), width), *cells])
    for site in pair.sites:
        yield (
            f"{cell(site.target, width)} {f'{site.start + 1}-{site.end}':>13} "
            f"{site.mfe:8.2f} {site.score:8.3f} {site.chance:8.4f} {site.part:+8.4f}"
        )
