"""What the steps of single cells stored of a sample's barcodes and cells."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bioloom.run.output import open_text, write_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

BARCODES, COUNTS, CELLS = "barcodes.json", "barcodes.tsv.gz", "cells.json"
"""Files of a sample: `BarcodeFacts`, reads of each barcode, and `CellFacts`."""
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


_Facts = TypeVar("_Facts", bound="DataclassInstance")


def write_facts(facts: "DataclassInstance", path: Path) -> None:
    """Write facts as JSON."""
    write_text(path, json.dumps(asdict(facts)) + "\n")


def read_facts(path: Path, kind: type[_Facts]) -> _Facts:
    """Read the facts of a kind that a step wrote."""
    return kind(**json.loads(path.read_text("utf-8")))


def read_counts(folder: Path) -> dict[str, int]:
    """Reads of each barcode of a sample, most first."""
    with open_text(folder / COUNTS) as stream:
        rows = (line.rstrip("\n").split("\t") for line in stream)
        return {barcode: int(n) for barcode, n in rows}
