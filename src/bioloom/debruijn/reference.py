"""Contigs judged by the genome they should be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn import _compare
from bioloom.debruijn.assembly import Contig
from bioloom.debruijn.errors import BadKmers
from bioloom.seq.alphabet import SeqCodes, encode
from bioloom.seq.fasta import read_fasta

if TYPE_CHECKING:
    import pandas as pd

ANCHOR = 21  # bases that match exactly and stand once in the reference
MOST_GAP = 1000  # bases between two anchors that are aligned

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ContigCheck:
    """One contig beside the reference.

    Parameters
    ----------
    name, length
        The contig.
    n_aligned
        Its bases that lie along the reference.
    n_errors
        Wrong, missing and additional bases among them.
    n_breaks
        Places where it goes on elsewhere than the reference.
    n_unplaced
        Its bases that lie nowhere, or past an end of the reference.
    """

    name: str
    length: int
    n_aligned: int
    n_errors: int
    n_breaks: int
    n_unplaced: int


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """All contigs beside the reference.

    Parameters
    ----------
    contigs
        One by one.
    n_reference
        Bases of the reference.
    n_covered
        Of these, how many some contig lies along.
    """

    contigs: tuple[ContigCheck, ...]
    n_reference: int
    n_covered: int

    @property
    def recovered(self) -> float:
        """Part of the reference that contigs lie along."""
        return self.n_covered / self.n_reference

    @property
    def n_errors(self) -> int:
        """Wrong, missing and additional bases of all contigs."""
        return sum(one.n_errors for one in self.contigs)

    @property
    def n_breaks(self) -> int:
        """False joins of all contigs."""
        return sum(one.n_breaks for one in self.contigs)

    def to_frame(self) -> "pd.DataFrame":
        """One row a contig."""
        import pandas as pd

        names = [field.name for field in fields(ContigCheck)]
        return pd.DataFrame([asdict(one) for one in self.contigs], columns=names)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Anchors in a row on one diagonal of one strand; half-open ranges of bases."""

    begin: int
    end: int
    start: int  # where it begins along its strand of the reference
    strand: int

    @property
    def stop(self) -> int:
        """Where it ends there."""
        return self.start + self.end - self.begin


def check_contigs(contigs: Sequence[Contig], reference: Path) -> ReferenceCheck:
    """Lay contigs along a reference and count what differs.

    Parameters
    ----------
    contigs
        To be judged.
    reference
        FASTA; several records are several chromosomes.

    Raises
    ------
    MissingFile, BadFasta
        If it cannot be read.
    BadKmers
        If it has no base.

    Notes
    -----
    Words of 21 bases that occur once in the reference (on either strand) anchor a
    contig. Between anchors on one diagonal bases are compared one by one; where the
    diagonal changes by less than 1,000 bases, the pieces between are aligned and their
    edit distance counts; all else is a break. Past the last anchor a contig is compared
    as long as the reference goes on. Repeats, where nothing occurs once, are covered
    only between anchors.
    """
    genome = encode("N".join(one.sequence for one in read_fasta(reference)))
    n_reference = int((genome < 4).sum())
    if not n_reference:
        raise BadKmers(
            where=reference,
            found="no base",
            expected="the genome that the contigs should be",
            advice="Give another file as --reference.",
        )
    placed = _Placed(genome)
    covered = np.zeros(len(genome), dtype=np.bool_)
    checks = tuple(_check(one, placed, covered) for one in contigs)
    return ReferenceCheck(checks, n_reference, int((covered & (genome < 4)).sum()))


class _Placed:
    """Both strands of the reference, and where its words lie that occur once."""

    def __init__(self, genome: SeqCodes) -> None:
        turned = np.where(genome > 3, genome, 3 - genome)[::-1].astype(np.uint8)
        self.strands = (genome, turned)
        kmers, places, sides = _words(genome)
        order = np.argsort(kmers, kind="stable")
        kmers = kmers[order]
        is_new = np.r_[True, kmers[1:] != kmers[:-1], True]
        is_only = is_new[:-1] & is_new[1:]
        self.kmers = kmers[is_only]
        self.places, self.sides = places[order][is_only], sides[order][is_only]

    def stretches(self, codes: SeqCodes) -> list[_Stretch]:
        """Anchors of a contig in its order, those on one diagonal together."""
        kmers, places, sides = _words(codes)
        found = np.searchsorted(self.kmers, kmers)
        found[found == len(self.kmers)] = 0
        hit = self.kmers[found] == kmers if len(self.kmers) else np.zeros(0, bool)
        places, found = places[hit], found[hit]
        strand = (sides[hit] ^ self.sides[found]).astype(np.int64)
        starts = self.places[found]
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


def _words(codes: SeqCodes) -> tuple[NDArray[np.uint64], Ints, NDArray[np.uint8]]:
    n = max(0, len(codes) - ANCHOR + 1)
    out = (np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(n, np.uint8))
    n = _compare.cut_placed(codes, ANCHOR, out)
    return out[0][:n], out[1][:n], out[2][:n]


def _check(contig: Contig, placed: _Placed, covered: NDArray[np.bool_]) -> ContigCheck:
    stretches = placed.stretches(contig.codes)
    length = len(contig.codes)
    if not stretches:
        return ContigCheck(contig.name, length, 0, 0, 0, length)
    tally = _Tally(contig.codes, placed, covered)
    tally.begin(stretches[0])
    for one in stretches:
        tally.add(one)
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
    """Walks along the stretches of a contig and counts what differs."""

    def __init__(
        self, codes: SeqCodes, placed: _Placed, covered: NDArray[np.bool_]
    ) -> None:
        self.codes, self.strands, self.covered = codes, placed.strands, covered
        self.n_errors = self.n_breaks = self.n_unplaced = 0
        self.last = _Stretch(0, 0, 0, 0)

    def begin(self, first: _Stretch) -> None:
        """Compare what lies before the first anchor."""
        n = min(first.begin, first.start)
        self.n_unplaced += first.begin - n
        self.last = _Stretch(
            first.begin - n, first.begin, first.start - n, first.strand
        )
        self._compare(self.last)

    def add(self, one: _Stretch) -> None:
        """Join a stretch to those before it."""
        over = max(0, self.last.end - one.begin)
        if one.strand == self.last.strand:
            over = max(over, self.last.stop - one.start)
        joins = one.strand == self.last.strand and over <= one.end - one.begin
        if over >= one.end - one.begin:
            return
        one = _Stretch(one.begin + over, one.end, one.start + over, one.strand)
        gap = one.begin - self.last.end
        missing = one.start - self.last.stop
        if joins and max(gap, missing) <= MOST_GAP and missing >= 0:
            between = self.strands[one.strand][self.last.stop : one.start]
            piece = self.codes[self.last.end : one.begin]
            self.n_errors += int(_compare.edit_distance(piece, between))
            self._cover(self.last.stop, one.start, one.strand)
        else:
            self.n_breaks += 1
            self.n_unplaced += gap
        self._compare(one)
        self.last = one

    def finish(self) -> None:
        """Compare what lies after the last anchor."""
        last = self.last
        left = len(self.codes) - last.end
        n = min(left, len(self.strands[0]) - last.stop)
        self.n_unplaced += left - n
        self._compare(_Stretch(last.end, last.end + n, last.stop, last.strand))

    def _compare(self, one: _Stretch) -> None:
        theirs = self.strands[one.strand][one.start : one.stop]
        self.n_errors += int((self.codes[one.begin : one.end] != theirs).sum())
        self._cover(one.start, one.stop, one.strand)

    def _cover(self, start: int, stop: int, strand: int) -> None:
        n = len(self.covered)
        begin, end = (n - stop, n - start) if strand else (start, stop)
        self.covered[begin:end] = True
