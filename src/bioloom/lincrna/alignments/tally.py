"""What a file of alignments holds, counted read by read, and whether it can be used."""

from collections.abc import Callable, Container
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadInput
from bioloom.lincrna.alignments.opening import is_unique, is_uniquely_long
from bioloom.lincrna.alignments.splice_strand import SpliceStrand, rna_strand
from bioloom.run.words import counted
from bioloom.seq.fasta import ReadStats

if TYPE_CHECKING:
    from pysam import AlignedSegment

_NOWHERE = 2**31
_FEWEST_PAIRS = 100
_MOST_ON_ONE_STRAND = 0.5
_MOST_ELSEWHERE = 0.5
_MOST_BARCODED = 0.5


class Tally:
    """Counts alignments as they pass.

    Parameters
    ----------
    contigs
        Contigs of the genome.
    strand_of
        Strand of an alignment without the tag for it; empty if nothing tells it.
    is_long
        Whether the reads are long ones: then those without introns are asked for their
        strand, too.
    has_all_reads
        Whether the file is known to hold the reads that are not aligned.
    """

    def __init__(
        self,
        contigs: Container[str],
        strand_of: "Callable[[AlignedSegment], SpliceStrand]",
        *,
        is_long: bool = False,
        has_all_reads: bool = False,
    ) -> None:
        self._has_all_reads = has_all_reads
        self._contigs, self._strand_of = contigs, strand_of
        self._is_long = is_long
        self._last = (0, -1)
        self._shortest = 2**31
        self.is_sorted = True
        self.n_ends = self.n_reads = self.n_bases = self.longest_nt = 0
        self.n_barcoded = 0
        self.n_paired = self.n_mapped = self.n_once = self.n_lost = 0
        self.n_aligned = self.n_elsewhere = 0
        self.n_pairs = self.n_on_one_strand = 0
        self.n_spliced = self.n_strandless = self.n_told = 0
        self.n_unspliced = self.n_oriented = self.n_marked = 0

    def add(self, read: "AlignedSegment") -> None:
        """Count one alignment."""
        self._see_order(read)
        if not read.is_unmapped:
            self.n_aligned += 1
            is_elsewhere = read.reference_name not in self._contigs
            if not is_elsewhere:
                self._see_splicing(read)
            self.n_elsewhere += is_elsewhere
        if not (read.is_secondary or read.is_supplementary):
            self._see_read(read)

    def _see_order(self, read: "AlignedSegment") -> None:
        chrom = read.reference_id
        here = (chrom if chrom >= 0 else _NOWHERE, read.reference_start)
        self.is_sorted = self.is_sorted and here >= self._last
        self._last = here

    def _see_splicing(self, read: "AlignedSegment") -> None:
        if "N" not in (read.cigarstring or ""):
            if self._is_long:
                self.n_unspliced += 1
                is_stated = bool(rna_strand(read))
                is_marked = not is_stated and bool(self._strand_of(read))
                self.n_marked += is_marked
                self.n_oriented += is_marked or is_stated
            return
        self.n_spliced += 1
        if not rna_strand(read):
            self.n_strandless += 1
            is_told = bool(self._strand_of(read))
            self.n_told += is_told
            self.n_marked += is_told

    def _see_read(self, read: "AlignedSegment") -> None:
        """Count a read or mate, at its primary alignment."""
        length = read.query_length
        self.n_ends += 1
        self.n_bases += length
        self.longest_nt = max(self.longest_nt, length)
        self._shortest = min(self._shortest, length)
        self.n_mapped += not read.is_unmapped
        self.n_lost += read.is_unmapped and (
            not read.is_paired or read.mate_is_unmapped
        )
        self.n_paired += read.is_paired
        self.n_barcoded += read.has_tag("CB")
        if read.is_read2 and read.is_paired:
            return
        self.n_reads += 1
        once = is_uniquely_long(read) if self._is_long else is_unique(read)
        self.n_once += once and (not read.is_paired or read.is_proper_pair)
        if read.is_paired and not (read.is_unmapped or read.mate_is_unmapped):
            self.n_pairs += 1
            self.n_on_one_strand += read.is_reverse == read.mate_is_reverse

    @property
    def stats(self) -> ReadStats:
        """Reads (or pairs) and their lengths; not those that the file leaves out."""
        shortest = self._shortest if self.n_ends else 0
        mean = self.n_bases / max(1, self.n_ends)
        return ReadStats(self.n_reads, shortest, self.longest_nt, mean)

    @property
    def has_unmapped(self) -> bool:
        """Whether unmapped reads are in the file, so that it tells their share.

        An unmapped mate of a mapped one is, whatever became of the others.
        """
        return self._has_all_reads or self.n_lost > 0

    def check(self, bam: Path, *, is_whole: bool) -> None:
        """Raise if these alignments cannot be used.

        Parameters
        ----------
        bam
            The file, for messages.
        is_whole
            Whether all of it was counted; otherwise what may still come counts.

        Raises
        ------
        BadInput
            If no read is aligned or none is spliced, if first mates lack, if most reads
            are aligned to contigs that the genome lacks, if both mates have one strand,
            or if the reads are of single cells.
        """
        if is_whole:
            self._check_presence(bam)
        if self.n_barcoded > _MOST_BARCODED * self.n_ends:
            raise BadInput(
                where=bam,
                found=f"barcodes of cells (tag CB) on {self.n_barcoded:,} of "
                f"{self.n_ends:,} reads of a sample of kind bulk",
                expected="alignments of a bulk library",
                advice="Set the kind of the sample to cell or nucleus.",
            )
        n_least = _MOST_ON_ONE_STRAND * max(_FEWEST_PAIRS, self.n_pairs)
        if self.n_on_one_strand > n_least:
            raise BadInput(
                where=bam,
                found=f"{self.n_on_one_strand:,} of {self.n_pairs:,} pairs with both "
                "mates on one strand",
                expected="mates on opposite strands, as an aligner writes them",
                advice="Give the file as the aligner wrote it, or the reads as FASTQ.",
            )

    def _check_presence(self, bam: Path) -> None:
        if not self.n_mapped:
            raise BadInput(
                where=bam,
                found=f"{counted(self.n_reads, 'read')} and none of them aligned",
                expected="alignments",
                advice="Unaligned reads go in fastq_1 and fastq_2: samtools fastq.",
            )
        if not self.n_reads:
            raise BadInput(
                where=bam,
                found=f"{self.n_ends:,} second mates and no first one",
                expected="both mates, or single reads",
                advice="Give the file as the aligner wrote it.",
            )
        if self.n_elsewhere > _MOST_ELSEWHERE * self.n_aligned:
            raise BadInput(
                where=bam,
                found=f"{self.n_elsewhere:,} alignments on contigs that the genome "
                "lacks, more than half of all",
                expected="alignments to this genome",
                advice="Give the genome that the reads were aligned to.",
            )
        if not self.n_spliced:
            raise BadInput(
                where=bam,
                found=f"no spliced alignment (N in the CIGAR) of {self.n_mapped:,}",
                expected="those of a spliced aligner such as HISAT2 or STAR",
                advice="Give the reads as FASTQ, or align them with one.",
            )
