"""Long reads that hold a transcript whole: all its junctions, and both its ends.

A read counts for a transcript with introns if it has the same number of introns, every
end of them within `JUNCTION_NT` of the transcript's (a wrong base beside a junction
moves it), and reaches to within `end_nt` of both ends, or beyond. Without introns
nothing but the ends tells one RNA from another: both ends of the read must lie within
`end_nt` of the transcript's. Strands must agree where both are known.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bioloom.genome.transcript import Span, Transcript
from bioloom.lincrna.alignments.opening import is_uniquely_long
from bioloom.lincrna.alignments.splice_strand import introns_of, rna_strand

if TYPE_CHECKING:
    from pysam import AlignedSegment

JUNCTION_NT = 10
"""How far an end of a read's intron may lie from the transcript's."""


class LongAlignment(NamedTuple):
    """Place of a long read: half-open, introns in the genome's order."""

    chrom: str
    strand: str
    start: int
    end: int
    introns: tuple[Span, ...]


class FullLength:
    """Finds the transcripts that a long read holds whole.

    Parameters
    ----------
    transcripts
        With distinct names.
    end_nt
        How far from an end of the transcript a read may stop.
    """

    def __init__(self, transcripts: Iterable[Transcript], *, end_nt: int) -> None:
        self._end_nt = end_nt
        shelves: dict[tuple[str, int], list[Transcript]] = defaultdict(list)
        for tx in transcripts:
            shelves[tx.chrom, len(tx.introns)].append(tx)
        self._shelves = {
            key: sorted(shelf, key=_place) for key, shelf in shelves.items()
        }
        self._places = {
            key: [_place(tx) for tx in shelf] for key, shelf in self._shelves.items()
        }

    def of_read(self, read: LongAlignment) -> list[str]:
        """transcript_id of each transcript that a read holds whole."""
        key = read.chrom, len(read.introns)
        if key not in self._shelves:
            return []
        wobble = JUNCTION_NT if read.introns else self._end_nt
        place = read.introns[0][0] if read.introns else read.start
        places = self._places[key]
        near = slice(
            bisect_left(places, place - wobble), bisect_right(places, place + wobble)
        )
        return [
            tx.transcript_id
            for tx in self._shelves[key][near]
            if self._is_whole(read, tx)
        ]

    def _is_whole(self, read: LongAlignment, tx: Transcript) -> bool:
        if tx.strand != read.strand and "." not in (tx.strand, read.strand):
            return False
        if not read.introns:
            return (
                abs(read.start - tx.start) <= self._end_nt
                and abs(read.end - tx.end) <= self._end_nt
            )
        return (
            read.start <= tx.start + self._end_nt
            and read.end >= tx.end - self._end_nt
            and _are_same(read.introns, tx.introns)
        )


def _place(tx: Transcript) -> int:
    return tx.introns[0][0] if tx.introns else tx.start


def _are_same(some: Sequence[Span], others: Sequence[Span]) -> bool:
    return all(
        abs(left - start) <= JUNCTION_NT and abs(right - end) <= JUNCTION_NT
        for (left, right), (start, end) in zip(some, others, strict=True)
    )


def count_full_length(
    reads: "Iterable[AlignedSegment]",
    transcripts: Sequence[Transcript],
    *,
    end_nt: int,
) -> dict[str, int]:
    """Long reads that hold each transcript whole, by transcript_id.

    Parameters
    ----------
    reads
        Alignments; secondary and supplementary ones, and those with several equally
        good places (quality 0), are passed over.
    transcripts
        With distinct names.
    end_nt
        How far from an end of the transcript a read may stop.
    """
    counts = {tx.transcript_id: 0 for tx in transcripts}
    found = FullLength(transcripts, end_nt=end_nt)
    for read in reads:
        if is_uniquely_long(read):
            for name in found.of_read(_placed(read)):
                counts[name] += 1
    return counts


def _placed(read: "AlignedSegment") -> LongAlignment:
    end = read.reference_end
    return LongAlignment(
        chrom=str(read.reference_name),
        strand=rna_strand(read) or ".",
        start=read.reference_start,
        end=read.reference_start if end is None else end,
        introns=tuple(introns_of(read)),
    )
