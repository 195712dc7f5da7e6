"""Comparison of contigs with a reference genome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.errors import BadKmers
from bioloom.debruijn.graphs import _compare
from bioloom.debruijn.graphs.assembly import Contig
from bioloom.result import Result
from bioloom.seq.alphabet import SeqCodes, encode
from bioloom.seq.sources import SequenceSource, is_path, records_of

if TYPE_CHECKING:
    import pandas as pd

ANCHOR = 21  # bases that match exactly and occur once in the reference
MOST_GAP = 1000  # bases between two anchors that are aligned

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ContigCheck:
    """One contig compared with the reference.

    Parameters
    ----------
    name, length
        The contig.
    n_aligned
        Its bases aligned with the reference.
    n_errors
        Wrong, missing and additional bases in the aligned part.
    n_breaks
        Places where it continues elsewhere in the reference.
    n_unplaced
        Its bases that align nowhere, or past an end of the reference.
    """

    name: str
    length: int
    n_aligned: int
    n_errors: int
    n_breaks: int
    n_unplaced: int


@dataclass(frozen=True, slots=True, repr=False)
class ReferenceCheck(Result):
    """All contigs compared with the reference.

    Parameters
    ----------
    contigs
        One by one.
    n_reference
        Bases of the reference.
    n_covered
        Bases of the reference that some contig is aligned with.
    """

    contigs: tuple[ContigCheck, ...]
    n_reference: int
    n_covered: int

    @property
    def recovered(self) -> float:
        """Share of the reference that contigs are aligned with."""
        return self.n_covered / self.n_reference

    @property
    def n_errors(self) -> int:
        """Wrong, missing and additional bases of all contigs."""
        return sum(contig.n_errors for contig in self.contigs)

    @property
    def n_breaks(self) -> int:
        """False joins of all contigs."""
        return sum(contig.n_breaks for contig in self.contigs)

    def summary(self) -> str:
        """Share recovered, errors, breaks."""
        return (
            f"recovered: {self.recovered:.4%}, errors: {self.n_errors:,}, "
            f"breaks: {self.n_breaks:,}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per contig."""
        import pandas as pd

        names = [field.name for field in fields(ContigCheck)]
        return pd.DataFrame([asdict(each) for each in self.contigs], columns=names)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Consecutive anchors on one diagonal of one strand; half-open ranges of bases."""

    begin: int
    end: int
    start: int  # where it begins along its strand of the reference
    strand: int

    @property
    def stop(self) -> int:
        """Where it ends along that strand."""
        return self.start + self.end - self.begin


def check_contigs(
    contigs: Sequence[Contig], reference: SequenceSource
) -> ReferenceCheck:
    """Align contigs with a reference and count the differences.

    Parameters
    ----------
    contigs
        The contigs.
    reference
        FASTA (a path or text), or sequences; records are chromosomes.

    Raises
    ------
    MissingFile, BadFasta
        If it cannot be read.
    BadKmers
        If the reference has no base.

    Notes
    -----
    Words of 21 bases that occur once in the reference (on either strand) anchor a
    contig. Between anchors on one diagonal, bases are compared one by one; where the
    diagonal changes by less than 1,000 bases, the parts between are aligned and their
    edit distance counts; everything else is a break. Beyond the last anchor a contig is
    compared as far as the reference extends. Repeats, where no word occurs once, are
    covered only between anchors.
    """
    genome = encode("N".join(record.sequence for record in records_of(reference)))
    n_reference = int((genome < 4).sum())
    if not n_reference:
        raise BadKmers(
            where=str(reference) if is_path(reference) else "reference",
            found="no base",
            expected="the genome that the contigs should be",
            advice="Give another file as --reference.",
        )
    placed = _Placed(genome)
    covered = np.zeros(len(genome), dtype=np.bool_)
    checks = tuple(_check(contig, placed, covered) for contig in contigs)
    return ReferenceCheck(checks, n_reference, int((covered & (genome < 4)).sum()))


class _Placed:
    """Both strands of the reference, and the places of words that occur once."""

    def __init__(self, genome: SeqCodes) -> None:
        turned = np.where(genome > 3, genome, 3 - genome)[::-1].astype(np.uint8)
        self.strands = (genome, turned)
        kmers, places, sides = _words(genome)
        order = np.argsort(kmers, kind="stable")
        kmers = kmers[order]
        is_new = np.r_[True, kmers[1:] != kmers[:-1], True]
        is_unique = is_new[:-1] & is_new[1:]
        self.kmers = kmers[is_unique]
        self.places, self.sides = places[order][is_unique], sides[order][is_unique]

    def stretches(self, codes: SeqCodes) -> list[_Stretch]:
        """Anchors of a contig in order, those on one diagonal joined."""
        kmers, places, sides = _words(codes)
        numbers = np.searchsorted(self.kmers, kmers)
        numbers[numbers == len(self.kmers)] = 0
        hit = self.kmers[numbers] == kmers if len(self.kmers) else np.zeros(0, bool)
        places, numbers = places[hit], numbers[hit]
        strand = (sides[hit] ^ self.sides[numbers]).astype(np.int64)
        starts = self.places[numbers]
        starts = np.where(strand, len(self.strands[0]) - ANCHOR - starts, starts)
        diagonal = starts - places
        is_new = (np.diff(diagonal) != 0) | (np.diff(strand) != 0)
        parts = np.split(np.arange(len(places)), np.flatnonzero(is_new) + 1)
        return [
            _Stretch(
                begin=int(places[part[0]]),
                end=int(places[part[-1]]) + ANCHOR,
                start=int(starts[part[0]]),
                strand=int(strand[part[0]]),
            )
            for part in parts
            if len(part)
        ]


def _words(codes: SeqCodes) -> _compare.PlacedKmers:
    n = max(0, len(codes) - ANCHOR + 1)
    room = _compare.PlacedKmers(
        np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(n, np.uint8)
    )
    n = _compare.cut_placed(codes, ANCHOR, room)
    return _compare.PlacedKmers(room.kmers[:n], room.places[:n], room.sides[:n])


def _check(contig: Contig, placed: _Placed, covered: NDArray[np.bool_]) -> ContigCheck:
    stretches = placed.stretches(contig.codes)
    length = len(contig.codes)
    if not stretches:
        return ContigCheck(contig.name, length, 0, 0, 0, length)
    tally = _Tally(contig.codes, placed, covered)
    tally.begin(stretches[0])
    for stretch in stretches:
        tally.add(stretch)
    tally.finish()
    return ContigCheck(
        contig.name,
        length,
        length - tally.n_unplaced,
        tally.n_errors,
        tally.n_breaks,
        tally.n_unplaced,
    )


class _Tally:
    """Walks along the stretches of a contig and counts the differences."""

    def __init__(
        self, codes: SeqCodes, placed: _Placed, covered: NDArray[np.bool_]
    ) -> None:
        self.codes, self.strands, self.covered = codes, placed.strands, covered
        self.n_errors = self.n_breaks = self.n_unplaced = 0
        self.last = _Stretch(0, 0, 0, 0)

    def begin(self, first: _Stretch) -> None:
        """Compare the bases before the first anchor."""
        n = min(first.begin, first.start)
        self.n_unplaced += first.begin - n
        self.last = _Stretch(
            first.begin - n, first.begin, first.start - n, first.strand
        )
        self._compare(self.last)

    def add(self, stretch: _Stretch) -> None:
        """Join a stretch to those before it."""
        last, length = self.last, stretch.end - stretch.begin
        is_same_strand = stretch.strand == last.strand
        overlap = max(0, last.end - stretch.begin)
        if is_same_strand:
            overlap = max(overlap, last.stop - stretch.start)
        if overlap >= length:
            return
        begin, start = stretch.begin + overlap, stretch.start + overlap
        gap, missing = begin - last.end, start - last.stop
        if is_same_strand and 0 <= missing <= MOST_GAP and gap <= MOST_GAP:
            between = self.strands[stretch.strand][last.stop : start]
            piece = self.codes[last.end : begin]
            self.n_errors += int(_compare.edit_distance(piece, between))
            self._cover(last.stop, start, stretch.strand)
        else:
            self.n_breaks += 1
            self.n_unplaced += gap
        self.last = _Stretch(begin, stretch.end, start, stretch.strand)
        self._compare(self.last)

    def finish(self) -> None:
        """Compare the bases after the last anchor."""
        last = self.last
        left = len(self.codes) - last.end
        n = min(left, len(self.strands[0]) - last.stop)
        self.n_unplaced += left - n
        self._compare(_Stretch(last.end, last.end + n, last.stop, last.strand))

    def _compare(self, stretch: _Stretch) -> None:
        expected = self.strands[stretch.strand][stretch.start : stretch.stop]
        differs = self.codes[stretch.begin : stretch.end] != expected
        self.n_errors += int(differs.sum())
        self._cover(stretch.start, stretch.stop, stretch.strand)

    def _cover(self, start: int, stop: int, strand: int) -> None:
        n = len(self.covered)
        begin, end = (n - stop, n - start) if strand else (start, stop)
        self.covered[begin:end] = True
