"""What was decided about partners, in sentences for the report."""

import math
from collections.abc import Iterator

from bioloom.lincrna.partners.classes import PlacedPartners
from bioloom.lincrna.partners.gene_pairs import Coexpression
from bioloom.lincrna.settings import PartnerSettings
from bioloom.run.words import counted


def placed_sentences(placed: PlacedPartners) -> tuple[str, ...]:
    """What was decided about places, for the report."""
    sentences = []
    n_beyond = placed.n_without - placed.n_alone
    if n_beyond:
        sentences.append(
            f"{counted(n_beyond, 'candidate')} of {placed.n_candidates:,} "
            f"{'has' if n_beyond == 1 else 'have'} no coding gene within "
            f"{placed.window_nt:,} nt: the nearest gene of the chromosome is named, "
            "which is no cis partner."
        )
    if placed.n_alone:
        sentences.append(
            f"{counted(placed.n_alone, 'candidate')} of {placed.n_candidates:,} "
            f"{'lies' if placed.n_alone == 1 else 'lie'} on a chromosome without a "
            "coding gene and so "
            f"{'has' if placed.n_alone == 1 else 'have'} no partner."
        )
    return tuple(sentences)


_KIND_NOTES = ("genes of candidates", "coding genes")


def coexpression_sentences(
    found: Coexpression, settings: PartnerSettings
) -> tuple[str, ...]:
    """What was decided about correlations, for the report."""
    sentences = [*found.strata.sentences(), *_untested(found, settings)]
    if found.reason:
        return (*sentences, nothing_shown(found))
    sentences.append(_tests(found))
    if settings.max_trans:
        sentences.append(
            f"{counted(found.n_strong, 'trans pair')} "
            f"{'reaches' if found.n_strong == 1 else 'reach'} a correlation of "
            f"{settings.min_trans_rho:g} of either sign; of each candidate the "
            f"{settings.max_trans} strongest are listed."
        )
    return (*sentences, *_hardest(found, settings))


def nothing_shown(found: Coexpression) -> str:
    """Why there are no p-values, and so no trans partners; empty if there are."""
    return f"{found.reason} Trans partners are not listed." if found.reason else ""


def _untested(found: Coexpression, settings: PartnerSettings) -> Iterator[str]:
    both = (found.candidates, found.coding)
    for genes, kind in zip(both, _KIND_NOTES, strict=True):
        n_left_out = genes.n_low + genes.n_constant
        if n_left_out:
            yield (
                f"{n_left_out:,} of {n_left_out + len(genes.rows):,} {kind} "
                "left out of correlations: "
                f"{genes.n_low:,} below {settings.min_mean_tpm:g} TPM on average, "
                f"{genes.n_constant:,} with the same rank in every sample."
            )


def _tests(found: Coexpression) -> str:
    null = found.null
    if null is None:
        return ""
    permutations = (
        f"all {null.n_possible:,} permutations"
        if null.is_exact
        else f"{null.n_permutations:,} random permutations"
    )
    return (
        f"q-values count {counted(len(found.cis), 'cis pair')} and, apart from them, "
        f"{counted(found.n_trans, 'trans pair')}; p-values count {permutations} of the "
        f"samples within their groups, the smallest that can come out is "
        f"{null.smallest_p:.2g}."
    )


def _hardest(found: Coexpression, settings: PartnerSettings) -> Iterator[str]:
    """Say where the samples are too few for so many pairs."""
    if found.null is None:
        return
    for n_pairs, kind in ((len(found.cis), "cis"), (found.n_trans, "trans")):
        n_needed = math.ceil(found.null.smallest_p * n_pairs / settings.alpha)
        if n_needed > 1:
            yield (
                f"With so few samples q ≤ {settings.alpha:g} needs {n_needed:,} or "
                f"more of the {n_pairs:,} {kind} pairs to reach that smallest p-value."
            )
