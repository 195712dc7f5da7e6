"""A sample of a run: what it is, what it comes as, and so which steps it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from bioloom.lincrna.inputs.chemistry import PLATES

Strandness = Literal["forward", "reverse", "unstranded"]
StatedStrandness = Literal["auto", "forward", "reverse", "unstranded"]
SampleKind = Literal["bulk", "cell", "nucleus", "ont_cdna", "ont_drna", "pacbio"]
LONG_KINDS: tuple[SampleKind, ...] = ("ont_cdna", "ont_drna", "pacbio")
"""Long reads: Nanopore cDNA and direct RNA, PacBio full-length cDNA."""
Source = Literal["reads", "alignments"]
"""What a sample comes as: FASTQ, or BAM, CRAM or SAM."""
Route = Literal[
    "reads",
    "droplets",
    "plate",
    "long_reads",
    "alignments",
    "tagged_alignments",
    "long_alignments",
]
"""The way of a sample through the workflow; the rules choose their samples by it.

"reads" and "alignments" are of bulk samples, "long_reads" and "long_alignments" of
long ones, the others of single cells or nuclei.
"""


class Lane(NamedTuple):
    """Files that belong together: one of a sample's lanes, or one cell of a plate.

    Parameters
    ----------
    files
        FASTQ files: one, the two of a pair, or three where the protocol has them.
    cell
        Name of the cell on a plate; empty otherwise.
    """

    files: tuple[Path, ...]
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: one row of the sheet, or several that are its lanes or cells.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``.`` and ``-``.
    lanes
        Its FASTQ files, lane by lane.
    strandness
        "forward" (read 1 is sense), "reverse" (dUTP: read 1 is antisense),
        "unstranded", or "auto" to infer it. Of droplets, that of the cDNA read.
    kind
        "bulk", "cell" or "nucleus", or one of `LONG_KINDS`.
    factors
        Level of each further column of the sheet, such as condition or batch.
    chemistry
        Name of a single-cell protocol, a geometry, or "auto"; empty if not stated.
    barcodes
        Barcode lists of the kit: one, or one for each part of the barcode.
    n_cells
        Number of cells to take; None finds them.
    bam
        Alignments in place of reads; of single cells, with the tags CB and UB.
    mixed_with
        Of long reads: the sample of short reads that is from the same RNA, with which
        they are assembled; empty if there is none.
    """

    name: str
    lanes: tuple[Lane, ...]
    strandness: StatedStrandness
    kind: SampleKind = "bulk"
    factors: Mapping[str, str] = field(default_factory=dict)
    chemistry: str = ""
    barcodes: tuple[Path, ...] = ()
    n_cells: int | None = None
    bam: Path | None = None
    mixed_with: str = ""

    @property
    def reads(self) -> tuple[Path, ...]:
        """All files, lane by lane."""
        return tuple(file for lane in self.lanes for file in lane.files)

    @property
    def source(self) -> Source:
        """Whether it comes as reads or as alignments."""
        return "reads" if self.bam is None else "alignments"

    @property
    def route(self) -> Route:
        """Its way through the workflow, by its kind and its source."""
        if self.is_long:
            return "long_reads" if self.bam is None else "long_alignments"
        if not self.has_cells:
            return self.source
        if self.is_plate:
            return "plate"
        return "droplets" if self.bam is None else "tagged_alignments"

    @property
    def has_cells(self) -> bool:
        """Whether its reads come from single cells or nuclei."""
        return self.kind in {"cell", "nucleus"}

    @property
    def is_long(self) -> bool:
        """Whether its reads are long ones, of whole RNAs."""
        return self.kind in LONG_KINDS

    @property
    def is_plate(self) -> bool:
        """Whether each cell has files of its own."""
        return self.has_cells and self.chemistry in PLATES

    @property
    def is_droplets(self) -> bool:
        """Whether its reads hold barcode and UMI."""
        return self.has_cells and not self.is_plate

    @property
    def is_paired(self) -> bool:
        """Whether both files of a lane hold cDNA."""
        is_whole = self.route in {"reads", "plate"}
        return is_whole and len(self.lanes[0].files) == 2
