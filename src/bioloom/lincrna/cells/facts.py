"""What a run stores of a sample's barcodes for its report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BarcodeFacts:
    """Barcodes of one sample: cells, reads, and the ranking for the knee.

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
    """Read the facts that finding the cells wrote."""
    return BarcodeFacts(**json.loads(path.read_text("utf-8")))
