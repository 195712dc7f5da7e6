"""Structures of sites: from the pairs of a hit to its loops and drawing."""

from collections.abc import Iterator, Sequence

import numpy as np

from bioloom.mirna.energy.recursion import MARGIN, Cell, Path, Strands
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.sites.duplex import Duplex, duplex_of, shifted
from bioloom.mirna.sites.hits import Hits
from bioloom.seq.alphabet import SeqCodes


def structures(
    hits: Hits,
    mirnas: Sequence[SeqCodes],
    target: SeqCodes,
    options: SearchOptions,
) -> Iterator[Duplex]:
    """Structure of every site: its pairs, loops and drawing.

    Parameters
    ----------
    hits
        Sites on one target, all of each miRNA's or its best ones.
    mirnas
        Base codes of all miRNAs of the search, 5'→3'.
    target
        Base codes of the target.
    options
        Rules of the search.
    """
    for number in np.unique(hits.mirna).tolist():
        sites, mirna = hits.of(number), mirnas[number]
        masked = np.zeros(len(target), dtype=np.bool_)
        for k in range(len(sites)):
            start, end = int(sites.start[k]), int(sites.end[k])
            # the bases that dangle, and as many as the loops of the last pair look at
            low, high = max(0, start - 1), min(len(target), end + MARGIN)
            partners = sites.partners[k, : len(mirna)][::-1].tolist()
            cells = tuple(Cell(i - low, j) for j, i in enumerate(partners) if i >= 0)
            near = Strands(mirna, target[low:high], options, masked=masked[low:high])
            path = Path(cells, int(sites.units[k]), float(sites.summed[k]))
            yield shifted(duplex_of(near, path), low)
            masked[start:end] = True
