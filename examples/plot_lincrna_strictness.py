"""
One isoform or the whole locus?
===============================

The same simulated transcriptome, judged twice: by the locus, as is the default, and
isoform by isoform (``bioloom lincrna filter … --strictness transcript``).
"""

from tempfile import mkdtemp

import bioloom as bl
from bioloom.lincrna.simulate import simulate

data = simulate(mkdtemp(), scale=0.02)


def filtered(**settings):
    """Verdicts on the true transcripts, without a search for domains."""
    return bl.lincrna.filter(
        data.models_path,
        genome=data.genome_path,
        annotation=data.annotation_path,
        settings={"coding_model": "packaged", **settings},
    )


by_locus, by_isoform = filtered(), filtered(strictness="transcript")
print(by_locus, by_isoform, sep="\n")

# %%
# By locus: a coding isoform rejects its siblings.
figure = by_locus.plot()

# %%
# Isoform by isoform: the non-coding sibling of a coding isoform becomes a candidate.
figure = by_isoform.plot()
