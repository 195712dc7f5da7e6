"""Strandness of a library, measured on annotated exons.

A wrong strandness goes unnoticed: reads still map, but every transcript comes out
on the wrong strand. So it is measured on the first reads of each sample, and a stated
one that contradicts the measurement is an error.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bioloom.genome.transcript import Span, Transcript
from bioloom.lincrna.errors import StrandnessMismatch
from bioloom.lincrna.inputs.chemistry import KitStrand
from bioloom.lincrna.inputs.sample import StatedStrandness, Strandness

MIN_READS = 50
STRANDED_FROM = 0.8
UNSTRANDED_FROM = 0.3
KIT_STRANDED_FROM = 0.6

_UNMAPPED, _REVERSE, _SECOND, _NOT_PRIMARY = 0x4, 0x10, 0x80, 0x900


@dataclass(frozen=True, slots=True)
class StrandCheck:
    """Sense and antisense reads of a sample, and the strandness that follows.

    Parameters
    ----------
    n_sense, n_antisense
        First mates (or single reads) that lie on, or against, the strand of the exon
        they fall into; places with exons on both strands are left out.
    strandness
        What the run uses.
    stated
        What the sample sheet says.
    note
        A note of caution; empty if none.
    """

    n_sense: int
    n_antisense: int
    strandness: Strandness
    stated: StatedStrandness
    note: str = ""

    @property
    def sense_fraction(self) -> float:
        """Sense reads as a fraction of both; 0.5 if there are none."""
        total = self.n_sense + self.n_antisense
        return self.n_sense / total if total else 0.5


class ExonStrands:
    """Strand of the exons at each place of an annotation."""

    def __init__(self, transcripts: Iterable[Transcript]) -> None:
        exons: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for tx in transcripts:
            if tx.strand != ".":
                exons[tx.chrom][tx.strand].extend(tx.exons)
        self._pieces = {
            chrom: _one_strand_pieces(sides["+"], sides["-"])
            for chrom, sides in exons.items()
        }

    def strand_at(self, chrom: str, place: int) -> str:
        """The only strand that has exons there, or a dot."""
        starts, strands = self._pieces.get(chrom, ((), ()))
        index = bisect_right(starts, place) - 1
        return strands[index] if index >= 0 else "."


class StrandCounts(NamedTuple):
    """Reads on annotated exons, by strand."""

    n_sense: int
    n_antisense: int


def count_strands(sam_lines: Iterable[str], exons: ExonStrands) -> StrandCounts:
    """Sense and antisense reads of SAM lines, by the middle of each first mate."""
    n_sense = n_antisense = 0
    for line in sam_lines:
        if line.startswith("@"):
            continue
        _, flags, chrom, first, _, cigar, *rest = line.split("\t")
        flag = int(flags)
        if flag & (_UNMAPPED | _SECOND | _NOT_PRIMARY) or "N" in cigar:
            continue
        strand = exons.strand_at(chrom, int(first) - 1 + len(rest[3]) // 2)
        if strand != ".":
            is_sense = (strand == "-") == bool(flag & _REVERSE)
            n_sense, n_antisense = n_sense + is_sense, n_antisense + (not is_sense)
    return StrandCounts(n_sense, n_antisense)


def check_strandness(
    sample: str,
    stated: StatedStrandness,
    *,
    n_sense: int,
    n_antisense: int,
    kit: KitStrand | None = None,
) -> StrandCheck:
    """Infer the strandness of a sample and compare it with the stated one.

    At least 80 % sense is forward, at most 20 % reverse, 30-70 % unstranded; between
    these, or with fewer than 50 reads, nothing is contradicted and "auto" means
    unstranded. Single-cell kits are stranded: with one, at least 60 % sense is forward
    (nuclei have 30 to 40 % antisense reads), at most 40 % reverse, and in between
    "auto" means the kit's strand.

    Parameters
    ----------
    sample, stated
        The sample, and what its sheet says.
    n_sense, n_antisense
        Reads on exons of one strand only, by that strand.
    kit
        Strand of the reads of a kit; None if it is not stranded or unknown.

    Raises
    ------
    StrandnessMismatch
        If the stated strandness contradicts the reads.
    """
    if kit == "mixed":
        note = "only reads with a UMI have the RNA's strand: taken as unstranded"
        return StrandCheck(n_sense, n_antisense, "unstranded", stated, note)
    inferred = _inferred(n_sense, n_antisense, is_stranded=kit is not None)
    if stated == "auto":
        used: Strandness = inferred or kit or "unstranded"
        note = "" if inferred else f"too few or unclear reads: taken as {used}"
        if inferred and kit not in {None, inferred}:
            note = f"measured {inferred}, though reads of this kit are usually {kit}"
        return StrandCheck(n_sense, n_antisense, used, stated, note)
    if inferred is None:
        note = "too few or unclear reads to check the stated strandness"
        return StrandCheck(n_sense, n_antisense, stated, stated, note)
    if inferred != stated:
        raise StrandnessMismatch(
            sample,
            stated=stated,
            inferred=inferred,
            n_sense=n_sense,
            n_antisense=n_antisense,
        )
    return StrandCheck(n_sense, n_antisense, stated, stated)


def _inferred(
    n_sense: int, n_antisense: int, *, is_stranded: bool
) -> Strandness | None:
    total = n_sense + n_antisense
    if total < MIN_READS:
        return None
    fraction = n_sense / total
    if is_stranded:
        is_clear = max(fraction, 1 - fraction) >= KIT_STRANDED_FROM
        return ("forward" if fraction > 0.5 else "reverse") if is_clear else None
    if max(fraction, 1 - fraction) >= STRANDED_FROM:
        return "forward" if fraction > 0.5 else "reverse"
    return "unstranded" if UNSTRANDED_FROM <= fraction <= 1 - UNSTRANDED_FROM else None


HISAT2_OPTIONS: Mapping[tuple[Strandness, bool], str] = {
    ("forward", True): "--rna-strandness FR",
    ("forward", False): "--rna-strandness F",
    ("reverse", True): "--rna-strandness RF",
    ("reverse", False): "--rna-strandness R",
    ("unstranded", True): "",
    ("unstranded", False): "",
}
"""Options of HISAT2 by strandness and whether reads are paired."""

STRINGTIE_OPTIONS: Mapping[Strandness, str] = {
    "forward": "--fr",
    "reverse": "--rf",
    "unstranded": "",
}
"""Options of StringTie by strandness."""


class _Pieces(NamedTuple):
    """Starts of the pieces of a chromosome, and the strand that has exons there."""

    starts: list[int]
    strands: list[str]


def _one_strand_pieces(plus: Sequence[Span], minus: Sequence[Span]) -> _Pieces:
    """Pieces with the only strand that has exons there, or a dot."""
    events = sorted(
        (place, change, strand)
        for strand, spans in (("+", plus), ("-", minus))
        for start, end in spans
        for place, change in ((start, 1), (end, -1))
    )
    depth = {"+": 0, "-": 0}
    starts: list[int] = []
    strands: list[str] = []
    for place, change, strand in events:
        depth[strand] += change
        covered = [side for side in "+-" if depth[side]]
        here = covered[0] if len(covered) == 1 else "."
        if starts and starts[-1] == place:
            strands[-1] = here
        else:
            starts.append(place)
            strands.append(here)
    return _Pieces(starts, strands)
