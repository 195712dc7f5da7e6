"""The opening energy of a site, explained."""

import math

import numpy as np

from bioloom.explain import Quantity, Step
from bioloom.mirna.context.accessibility import (
    MAX_SPAN_NT,
    RT,
    WINDOW_NT,
    opening_energies,
)
from bioloom.mirna.sites.hits import Hits
from bioloom.run.language import tr
from bioloom.seq.alphabet import SeqCodes

SOURCE = "doi:10.1093/bioinformatics/btk014, doi:10.1186/1748-7188-6-26"


def opening_step(hits: Hits, target: SeqCodes) -> Step:
    """What it costs to free a site from the target's own pairs, and what is left.

    Parameters
    ----------
    hits
        The site.
    target
        Codes of its target.

    Raises
    ------
    PackageMissing
        If ViennaRNA is not installed.
    """
    energy = float(opening_energies(target, hits.start, hits.end)[0])
    if np.isnan(energy):
        return Step(tr("The site is longer than the window: no opening energy."))
    claim = tr(
        "Before the miRNA binds, the target's own pairs in the site must open. All of "
        "its {n} bases are unpaired with probability P, averaged over windows of "
        "{window} nt with pairs at most {span} nt apart; the opening energy is what "
        "that is worth.",
        n=int(hits.end[0] - hits.start[0]),
        window=WINDOW_NT,
        span=MAX_SPAN_NT,
    )
    chance, mfe = math.exp(-energy / RT), float(hits.mfe[0])
    left = tr(
        "Duplex and opening together: {mfe:.2f} + {opening:.2f} = {sum:.2f} kcal/mol.",
        mfe=mfe,
        opening=energy,
        sum=mfe + energy,
    )
    return Step(
        claim=claim,
        formula=r"\Delta G_{open} = -R T \ln P",
        substitution=(
            rf"\Delta G_{{open}} = -{RT:.4f} \ln {chance:.4g} = {energy:.2f}"
        ),
        value=Quantity(energy, "kcal/mol", 2),
        source=SOURCE,
        detail=(left,),
    )
