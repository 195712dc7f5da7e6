"""The ORF most likely to be coding, not necessarily the longest."""

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import Block, chance_rates, sums_in_frame
from bioloom.lincrna.coding.usage import PER_NAT

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


def likeliest_features(block: Block, before: _Ints) -> dict[str, _Floats]:
    """Log-likelihood ratio of the likeliest ORF, its lead and its place.

    A codon of a coding ORF is not a stop codon, and its hexamers are those of coding
    sequence; by chance a codon is none with the probability that base composition
    gives, and hexamers are those of non-coding RNA.

    Parameters
    ----------
    block
        The transcripts.
    before
        `running` sums of the hexamers' log-ratios, in thousandths of a nat.
    """
    orfs = block.orfs
    start_rate, stop_rate = chance_rates(block)
    open_codons = -np.log1p(-stop_rate)[orfs.transcript] * orfs.n_codons
    # integers, so that the order of two ORFs does not depend on rounding
    score = sums_in_frame(orfs, before) + np.rint(PER_NAT * open_codons).astype(int)
    order = np.lexsort((-score, orfs.transcript))
    ranked = orfs.rows(order)
    best, next_best = ranked.firsts(), ranked.seconds()
    owner = ranked.transcript[best]
    values = np.zeros((3, len(block)))
    second = np.zeros(len(block))
    second[ranked.transcript[next_best]] = score[order[next_best]] / PER_NAT
    expected = np.log(np.maximum(block.frames.lengths, 1) * start_rate)
    values[0, owner] = score[order[best]] / PER_NAT - expected[owner]
    values[1, owner] = score[order[best]] / PER_NAT - second[owner]
    values[2, owner] = ranked.start[best] / block.frames.lengths[owner]
    names = ("likeliest_score", "likeliest_lead", "likeliest_start")
    return dict(zip(names, values, strict=True))
