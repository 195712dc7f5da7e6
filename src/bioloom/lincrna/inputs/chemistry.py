"""The layout of read 1, by its length, and checks of a pair of files."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import dnaio

from bioloom.errors import BadFastq
from bioloom.lincrna.settings import ChemistryName

BARCODE_NT = 16
N_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Chemistry:
    """Position of barcode and UMI in read 1.

    Parameters
    ----------
    name
        Of the kit.
    umi_nt
        Length of the UMI behind the 16 bases of the barcode.
    """

    name: str
    umi_nt: int

    @property
    def read_nt(self) -> int:
        """Length of barcode and UMI together."""
        return BARCODE_NT + self.umi_nt

    @property
    def pattern(self) -> str:
        """The same in `umi_tools`' words: C for barcode, N for UMI."""
        return "C" * BARCODE_NT + "N" * self.umi_nt


CHEMISTRIES = {
    chemistry.name: chemistry
    for chemistry in (Chemistry("10xv2", 10), Chemistry("10xv3", 12))
}


def tell_chemistry(read_1: Path, read_2: Path, stated: ChemistryName) -> Chemistry:
    """Find the chemistry of a pair of files, or check the stated one.

    "auto" takes a read 1 of 26 nt for v2 and of 28 nt for v3; with a stated chemistry
    read 1 may be longer, as when both mates were sequenced at one length.

    Raises
    ------
    BadFastq
        If read 1 is too short or of no known length, or the files look swapped.
    """
    first, second = _usual_length(read_1), _usual_length(read_2)
    by_length = {chemistry.read_nt: chemistry for chemistry in CHEMISTRIES.values()}
    if second in by_length and first > second:
        raise _wrong(
            read_1,
            f"reads of {first} nt, and of {second} nt in {read_2.name}",
            "barcodes of 26 or 28 nt in fastq_1 and cDNA in fastq_2",
            "The two files look swapped: exchange them in the sample sheet.",
        )
    if stated != "auto":
        chemistry = CHEMISTRIES[stated]
        if first < chemistry.read_nt:
            raise _wrong(
                read_1,
                f"reads of {first} nt",
                f"at least {chemistry.read_nt} nt, as {stated} has",
                "Set cells.chemistry to auto, or give the right file.",
            )
        return chemistry
    if first not in by_length:
        raise _wrong(
            read_1,
            f"reads of {first} nt",
            "26 nt (10xv2) or 28 nt (10xv3)",
            "Set cells.chemistry if you know it, or give the right file.",
        )
    return by_length[first]


def _usual_length(path: Path) -> int:
    with dnaio.open(path) as reader:
        lengths = Counter(len(record) for record in islice(reader, N_LOOKED_AT))
    return lengths.most_common(1)[0][0] if lengths else 0


def _wrong(path: Path, found: str, expected: str, advice: str) -> BadFastq:
    return BadFastq(where=path, found=found, expected=expected, advice=advice)
