"""Facts on a sample's barcodes and cells that a run stores for its report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bioloom.lincrna.cells.calling import CalledCells
from bioloom.run.output import write_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from bioloom.lincrna.cells.counting import CellReads
    from bioloom.lincrna.cells.matrix import SampleMatrix

N_RANKED = 10_000
"""Barcodes that the knee plot shows at most."""


@dataclass(frozen=True, slots=True)
class BarcodeFacts:
    """Barcodes of one sample, by their reads.

    Parameters
    ----------
    chemistry
        Name of the protocol, or its geometry.
    strand
        Strand of the cDNA read as the kit makes it.
    above
        Barcodes above the knee, or as many as were asked for, most reads first; on a
        plate, the cells.
    how
        "knee", "n_cells" or "plate": how these were chosen.
    n_reads
        Reads in all.
    n_unusable
        Of these, reads without a whole barcode and UMI.
    ranked
        Reads of each barcode, most first, those of `N_RANKED` barcodes at most.
    """

    chemistry: str
    strand: str
    above: Sequence[str]
    how: str
    n_reads: int
    n_unusable: int
    ranked: Sequence[int]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """Cells of one sample, after its reads were counted.

    Parameters
    ----------
    n_cells
        Cells or nuclei.
    n_rescued
        Of these, those below the knee that were found by their profile.
    percent_in_cells
        Reads of the sample with a cell's barcode, errors in it corrected.
    percent_ambient
        UMIs of the sample in barcodes that are no cells; None on a plate.
    percent_antisense
        Uniquely aligned reads on no gene of their strand and on one of the other.
    note
        What to be careful about; empty if nothing.
    """

    n_cells: int
    n_rescued: int
    percent_in_cells: float
    percent_ambient: float | None
    percent_antisense: float
    note: str = ""


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


_Facts = TypeVar("_Facts", bound="DataclassInstance")


def write_facts(facts: "DataclassInstance", path: Path) -> None:
    """Write facts as JSON."""
    write_text(path, json.dumps(asdict(facts)) + "\n")


def read_facts(path: Path, kind: type[_Facts]) -> _Facts:
    """Read the facts of a kind that a step wrote."""
    return kind(**json.loads(path.read_text("utf-8")))
