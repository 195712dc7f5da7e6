"""What the report says of a sample's cells, put together after they were called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bioloom.lincrna.cells.calling import CalledCells
from bioloom.lincrna.inputs.cell_facts import CellFacts

if TYPE_CHECKING:
    from bioloom.lincrna.cells.counting import CellReads
    from bioloom.lincrna.cells.matrix import SampleMatrix


def cell_facts(
    raw: "SampleMatrix",
    called: CalledCells,
    reads: "CellReads",
    *,
    by_barcode: Mapping[str, int],
    n_reads: int,
) -> CellFacts:
    """What the report says of a sample's cells.

    Parameters
    ----------
    raw, called
        Counts of all barcodes, and which of them are cells.
    reads
        As counted.
    by_barcode
        Reads of each barcode; none on a plate.
    n_reads
        Reads of the sample.
    """
    percent_in_cells, percent_ambient = 100.0, None
    if by_barcode:
        names = np.array(raw.barcodes)[called.is_cell].tolist()
        in_cells = sum(by_barcode.get(name, 0) for name in names)
        percent_in_cells = 100 * in_cells / max(1, n_reads)
        umis = np.asarray(raw.umis.sum(axis=1)).ravel()
        outside = umis[~called.is_cell].sum() / max(1, umis.sum())
        percent_ambient = round(100 * float(outside), 2)
    n_aligned = max(1, reads.outcomes.total())
    return CellFacts(
        n_cells=int(called.is_cell.sum()),
        n_rescued=int(np.isin(called.why, ("gap", "profile")).sum()),
        percent_in_cells=round(percent_in_cells, 2),
        percent_ambient=percent_ambient,
        percent_antisense=round(100 * reads.outcomes["antisense"] / n_aligned, 2),
        note=called.note,
    )
