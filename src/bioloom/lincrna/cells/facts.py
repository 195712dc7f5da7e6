"""Facts on a sample's barcodes that a run stores for its report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BarcodeFacts:
    """Barcodes of one sample: cells, reads, and reads by rank for the knee.

    Parameters
    ----------
    chemistry
        Name of the kit.
    cells
        Barcodes of the cells, ascending.
    n_exact, n_corrected
        Reads with a cell's barcode, and with one error in it.
    n_reads
        Reads in all.
    ranked
        Reads of each barcode, most first, those of 10,000 barcodes at most.
    """

    chemistry: str
    cells: Sequence[str]
    n_exact: int
    n_corrected: int
    n_reads: int
    ranked: Sequence[int]


def read_facts(path: Path) -> BarcodeFacts:
    """Read the facts that the search for cells wrote."""
    return BarcodeFacts(**json.loads(path.read_text("utf-8")))
