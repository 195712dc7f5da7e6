"""The four lines of RNAhybrid's drawing of a site, for many sites at once."""

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.sites import _drawing
from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.seq.alphabet import SeqCodes


def drawings(hits: Hits, mirnas: MirnaTable, target: SeqCodes) -> NDArray[np.str_]:
    """Lines of each hit, shape (n, 4): see `bioloom.mirna.sites.duplex.Duplex.lines`.

    Parameters
    ----------
    hits
        Sites on one target, by miRNA, in the order in which they were found: a
        dangling base that belongs to an earlier site of the miRNA is drawn as N.
    mirnas
        The miRNAs.
    target
        Codes of the target.
    """
    longest = (
        int((hits.end - hits.start).max(initial=0)) + 2 * mirnas.codes.shape[1] + 4
    )
    lines = np.zeros((len(hits), 4, longest), dtype=np.uint8)
    _drawing.draw(
        hits.mirna,
        hits.start,
        hits.end,
        hits.partners,
        mirnas.codes,
        mirnas.lengths,
        target,
        lines,
    )
    return lines.reshape(-1, longest).view(f"S{longest}").astype(str).reshape(-1, 4)
