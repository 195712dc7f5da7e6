"""Protocols by name, told by the reads where they can be, and checked against them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import dnaio

from bioloom.errors import BadFastq, BadInput
from bioloom.lincrna.inputs.geometry import Geometry, parse_geometry

N_LOOKED_AT = 10_000
MAX_SHORT = 0.5
TAIL_NT, MIN_WITH_TAIL = 8, 0.5

KitStrand = Literal["forward", "reverse", "unstranded", "mixed"]
"""Strand of the cDNA read; "mixed" where only reads with a UMI have the RNA's."""


@dataclass(frozen=True, slots=True)
class Chemistry:
    """A single-cell protocol.

    Parameters
    ----------
    name
        Of the kit, or the geometry as written.
    geometry
        Where barcode, UMI and cDNA lie; None on a plate without UMIs, where each cell
        has its own files.
    strand
        Strand of the cDNA read as the kit makes it; what is measured goes before it.
    """

    name: str
    geometry: Geometry | None
    strand: KitStrand = "forward"

    @property
    def is_plate(self) -> bool:
        """Whether each cell has its own files."""
        return self.name in PLATES


SMARTSEQ3 = "smartseq3"
PLATES = ("smartseq2", SMARTSEQ3)
SMARTSEQ3_TAG = "ATTGCGCAATG"
SMARTSEQ3_UMI_NT = 8

_TEXTS: Mapping[str, tuple[str, KitStrand]] = {
    "10xv1": ("1{r:}2{b[14]x:}3{u[10]x:}", "forward"),
    "10xv2": ("1{b[16]u[10]x:}2{r:}", "forward"),
    "10xv3": ("1{b[16]u[12]x:}2{r:}", "forward"),
    "10xv4": ("1{b[16]u[12]x:}2{r:}", "forward"),
    "10xmultiome": ("1{b[16]u[12]x:}2{r:}", "forward"),
    "10x5v2": ("1{b[16]u[10]x:}2{r:}", "reverse"),
    "10x5v3": ("1{b[16]u[12]x:}2{r:}", "reverse"),
    "dropseq": ("1{b[12]u[8]x:}2{r:}", "forward"),
    "bdrhapsody": (
        "1{b[9]f[ACTGGCCTGCGA]b[9]f[GGTAGCGGTGACA]b[9]u[8]x:}2{r:}",
        "forward",
    ),
    "bdrhapsody-enhanced": (
        "1{x[0-3]b[9]f[GTGA]b[9]f[GACA]b[9]u[8]x:}2{r:}",
        "forward",
    ),
    "indropv2": ("1{b[8-11]f[GAGTGATTGCTTGTGACGCCTT]b[8]u[6]x:}2{r:}", "forward"),
    "indropv3": ("1{r:}2{b[8]x:}3{b[8]u[6]x:}", "forward"),
    "splitseq": ("1{r:}2{u[10]b[8]x[30]b[8]x[30]b[8]x:}", "forward"),
    "parse": ("1{r:}2{u[10]b[8]x[30]b[8]x[22]b[8]x:}", "forward"),
}
CHEMISTRY_NAMES = (*_TEXTS, *PLATES)
"""Names of protocols; any other word is a geometry."""


def chemistry_of(name: str, *, where: str = "chemistry") -> Chemistry:
    """The protocol of a name or of a geometry.

    Raises
    ------
    BadInput
        If it is no known name and cannot be read as a geometry.
    """
    if name in PLATES:
        return Chemistry(name, None, "mixed" if name == SMARTSEQ3 else "unstranded")
    if name in _TEXTS:
        text, strand = _TEXTS[name]
        return Chemistry(name, parse_geometry(text), strand)
    if "{" in name:
        return Chemistry(name, parse_geometry(name, where=where))
    raise BadInput(
        where=where,
        found=f"chemistry {name!r}",
        expected=f"auto, {', '.join(CHEMISTRY_NAMES)}, or a geometry such as "
        "1{b[16]u[12]x:}2{r:}",
        advice="Choose one of them.",
    )


def cdna_file(chemistry: str) -> int:
    """Index of the file of each lane that holds the cDNA; with auto, that of 10x."""
    if chemistry == "auto":
        return 1
    geometry = chemistry_of(chemistry).geometry
    return 0 if geometry is None else geometry.cdna_file


class _Lengths(NamedTuple):
    """Read lengths of a file: the usual one, and each length's reads."""

    usual: int
    counts: Counter[int]


def tell_chemistry(reads: Sequence[Path], stated: str) -> Chemistry:
    """Find the protocol of a sample's files, or check the stated one.

    "auto" takes a read 1 of 26 nt for v2 and of 28 nt for v3. In a longer read 1 it
    looks behind the UMI: a poly-T tail at base 27 or 29 tells v2 or v3, the
    template-switch oligo a 5' kit.

    Parameters
    ----------
    reads
        Files of one lane, in the order of the sample sheet.
    stated
        "auto", a name or a geometry.

    Raises
    ------
    BadFastq
        If reads are too short or of no known layout, or the files look swapped.
    """
    lengths = [_lengths(path) for path in reads]
    if stated == "auto":
        chemistry = chemistry_of(_told(reads, lengths))
    else:
        chemistry = chemistry_of(stated)
    if chemistry.geometry is not None:
        _check_files(reads, chemistry)
        _check_lengths(reads, lengths, chemistry)
    return chemistry


def _check_files(reads: Sequence[Path], chemistry: Chemistry) -> None:
    assert chemistry.geometry is not None  # noqa: S101 (asked before)
    n = len(chemistry.geometry.files)
    if len(reads) != n:
        raise _wrong(
            reads[0],
            f"{len(reads)} files",
            f"{n} files, as {chemistry.name} has: {chemistry.geometry.text}",
            "Give them as fastq_1 to fastq_3 in the sample sheet.",
        )


def _check_lengths(
    reads: Sequence[Path],
    lengths: Sequence[_Lengths],
    chemistry: Chemistry,
) -> None:
    """At least half of the reads hold the whole tag."""
    assert chemistry.geometry is not None  # noqa: S101 (asked before)
    for number in chemistry.geometry.tag_files:
        needed = chemistry.geometry.tag_nt[number]
        counts = lengths[number].counts
        n_short = sum(n for length, n in counts.items() if length < needed)
        if n_short > MAX_SHORT * max(1, counts.total()):
            advice = (
                "Read 1 was trimmed: give the files as the sequencer wrote them."
                if len(counts) > 1
                else "Set the chemistry to the kit's (or auto), or give the right file."
            )
            raise _wrong(
                reads[number],
                f"{n_short:,} of {counts.total():,} reads shorter than {needed} nt "
                f"(most have {lengths[number].usual} nt)",
                f"at least {needed} nt, as {chemistry.name} has",
                advice,
            )


def _told(reads: Sequence[Path], lengths: Sequence[_Lengths]) -> str:
    """Name of the 10x kit that two files look like."""
    first, second = lengths[0].usual, lengths[-1].usual
    if len(reads) != 2:
        raise _wrong(
            reads[0],
            f"{len(reads)} file(s)",
            "two, with auto as the chemistry",
            "State the chemistry.",
        )
    by_length = {26: "10xv2", 28: "10xv3"}
    if second in by_length and first > second:
        raise _wrong(
            reads[0],
            f"reads of {first} nt, and of {second} nt in {reads[1].name}",
            "barcodes of 26 or 28 nt in fastq_1 and cDNA in fastq_2",
            "The two files look swapped: exchange them in the sample sheet.",
        )
    if first in by_length:
        return by_length[first]
    told = _by_content(reads[0]) if first > 28 else None
    if told is None:
        raise _wrong(
            reads[0],
            f"reads of {first} nt",
            "26 nt (10xv2) or 28 nt (10xv3), or poly-T behind the UMI of longer reads",
            "Set the chemistry if you know it (column chemistry of the sample sheet or "
            "cells.chemistry), or give the right file.",
        )
    return told


_SWITCH_OLIGO_START = "TTTCTTATATGGG"
"""What follows the UMI in 10x's 5' kits."""


def _by_content(read_1: Path) -> str | None:
    """Kit whose tail or oligo half of the reads have behind the UMI."""
    with dnaio.open(read_1) as reader:
        texts = [record.sequence for record in islice(reader, N_LOOKED_AT)]
    is_it = {
        "10x5v2": lambda text: text.startswith(_SWITCH_OLIGO_START, 26),
        "10x5v3": lambda text: text.startswith(_SWITCH_OLIGO_START, 28),
        "10xv2": lambda text: _is_tail(text, 26),
        "10xv3": lambda text: _is_tail(text, 28),
    }
    for name, looks_so in is_it.items():
        if sum(map(looks_so, texts)) > MIN_WITH_TAIL * max(1, len(texts)):
            return name
    return None


def _is_tail(text: str, start: int) -> bool:
    return text.startswith("T" * TAIL_NT, start)


def _lengths(path: Path) -> _Lengths:
    with dnaio.open(path) as reader:
        counts = Counter(len(record) for record in islice(reader, N_LOOKED_AT))
    return _Lengths(counts.most_common(1)[0][0] if counts else 0, counts)


def _wrong(path: Path, found: str, expected: str, advice: str) -> BadFastq:
    return BadFastq(where=path, found=found, expected=expected, advice=advice)
