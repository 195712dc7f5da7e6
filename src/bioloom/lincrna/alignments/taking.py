"""A sample's own alignments → alignments that the assembly can use."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.genome.sequence import Genome
from bioloom.lincrna.alignments.contigs import check_contigs
from bioloom.lincrna.alignments.long_strand import long_read_strand
from bioloom.lincrna.alignments.opening import open_bam
from bioloom.lincrna.alignments.splice_strand import (
    SpliceStrand,
    SpliceStrands,
    rna_strand,
)
from bioloom.lincrna.alignments.tally import Tally
from bioloom.lincrna.inputs.alignment_facts import AlignmentFacts
from bioloom.lincrna.inputs.sample import LONG_KINDS, SampleKind
from bioloom.run.output import written_aside
from bioloom.run.text import warn_input
from bioloom.run.words import counted

if TYPE_CHECKING:
    from pysam import AlignedSegment, AlignmentFile

N_LOOKED_AT = 200_000
"""Alignments that the check before a run looks at."""
_ALIGNERS = re.compile(
    r"hisat|star|minimap|tophat|gsnap|segemehl|magic|subread|subjunc"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Alignments that were taken: what they hold, and what was done with them."""

    tally: Tally
    facts: AlignmentFacts


def look_at(
    bam: Path, contigs: Mapping[str, int], *, kind: SampleKind = "bulk"
) -> None:
    """Check alignments before a run: their header, and as many as are quickly read.

    Of a CRAM file the header alone: its reads need an index of the genome.

    Parameters
    ----------
    bam
        BAM, CRAM or SAM.
    contigs
        Bases of each contig of the genome.
    kind
        Of the sample.

    Raises
    ------
    BadInput
        If they cannot be used, so far as seen.
    """
    tally = Tally(contigs, lambda _: "", is_long=kind in LONG_KINDS)
    with open_bam(bam) as reader:
        check_contigs(bam, _contigs_of(reader), contigs)
        if reader.is_cram:
            return
        reads = reader.fetch(until_eof=True)
        for read in islice(reads, N_LOOKED_AT):
            tally.add(read)
        is_whole = next(reads, None) is None
    tally.check(bam, is_whole=is_whole)
    for sentence in _looked_at(tally):
        warn_input(f"{bam}: {sentence}")


def _looked_at(tally: Tally) -> Iterator[str]:
    if tally.n_strandless:
        yield (
            f"{tally.n_strandless:,} of {tally.n_spliced:,} spliced alignments looked "
            "at have no strand (tag XS or ts; STAR writes it with --outSAMstrandField "
            "intronMotif): it is taken from the ends of their introns, and of a "
            "stranded library also from the reads."
        )
    if not tally.is_sorted:
        yield "alignments are not sorted by place: the run sorts a copy."


class _Strands:
    """Strands of alignments that no tag tells, for a kind of sample."""

    def __init__(self, genome: Genome, kind: SampleKind) -> None:
        self._spliced, self._kind = SpliceStrands(genome), kind
        self.is_long = kind in LONG_KINDS

    def of_read(self, read: "AlignedSegment") -> SpliceStrand:
        """By its introns; of a long read else by what it is."""
        strand = self._spliced.of_read(read)
        if strand or not self.is_long:
            return strand
        return long_read_strand(read, self._kind)

    def is_asked(self, read: "AlignedSegment") -> bool:
        """Whether an alignment needs its strand and has none yet."""
        is_spliced = "N" in (read.cigarstring or "")
        return (is_spliced or self.is_long) and not rna_strand(read)


def take_alignments(
    bam: Path,
    out: Path,
    genome: Genome,
    *,
    kind: SampleKind = "bulk",
    is_own: bool = False,
) -> Taken:
    """Check all of a sample's alignments; write (or link to) what the run uses.

    A BAM file that is sorted by place and whose spliced alignments have their strand is
    linked to. Of others a BAM file is written: sorted, without alignments to contigs
    that the genome lacks, and with the tag XS from the ends of introns where a spliced
    alignment has neither XS nor ts; of long reads also where one without introns has
    neither and what it is tells its strand.

    Parameters
    ----------
    bam
        BAM, CRAM or SAM.
    out
        BAM file, or link, to write.
    genome
        The genome of the run.
    kind
        Of the sample.
    is_own
        Whether the run made them itself of its reads: then they need no check.

    Raises
    ------
    BadInput
        If they cannot be used.
    """
    strands = _Strands(genome, kind)
    tally = Tally(
        genome.lengths,
        strands.of_read,
        is_long=strands.is_long,
        has_all_reads=is_own,
    )
    with open_bam(bam, genome.path) as reader:
        check_contigs(bam, _contigs_of(reader), genome.lengths)
        for read in reader.fetch(until_eof=True):
            tally.add(read)
        origin = _origin(bam, reader)
        is_usable = reader.is_bam and not (tally.n_marked or tally.n_elsewhere)
    if not is_own:
        tally.check(bam, is_whole=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    if is_usable and tally.is_sorted and not is_own:
        out.unlink(missing_ok=True)
        out.symlink_to(bam.resolve())
    else:
        _write(bam, out, strands, genome, is_sorted=tally.is_sorted)
    if is_own:
        origin = "FASTQ"
    return Taken(tally, AlignmentFacts(origin, "; ".join(_notes(tally))))


def _contigs_of(reader: "AlignmentFile") -> dict[str, int]:
    return dict(zip(reader.references, reader.lengths, strict=True))


def _write(
    bam: Path, out: Path, strands: _Strands, genome: Genome, *, is_sorted: bool
) -> None:
    """Write usable alignments, sorted by place."""
    import pysam

    out.unlink(missing_ok=True)  # a link would be written through
    with (
        _sorted_aside(out, is_sorted=is_sorted) as aside,
        open_bam(bam, genome.path) as reader,
        pysam.AlignmentFile(str(aside), "wb", template=reader) as writer,
    ):
        for read in _usable(reader, strands, genome.lengths):
            writer.write(read)


@contextmanager
def _sorted_aside(out: Path, *, is_sorted: bool) -> Iterator[Path]:
    """Path of a BAM file to write, which is sorted by place if it is not so yet."""
    import pysam

    with written_aside(out) as aside:
        if is_sorted:
            yield aside
            return
        unsorted = aside.with_suffix(".unsorted")
        try:
            yield unsorted
            pysam.sort("-T", f"{aside}.tmp", "-o", str(aside), str(unsorted))
        finally:
            unsorted.unlink(missing_ok=True)


def _usable(
    reader: "AlignmentFile", strands: _Strands, contigs: Mapping[str, int]
) -> "Iterator[AlignedSegment]":
    """Alignments to contigs of the genome, with a strand where introns tell one."""
    for read in reader.fetch(until_eof=True):
        if not read.is_unmapped:
            if read.reference_name not in contigs:
                continue
            if strands.is_asked(read):
                # an empty value would remove a tag: there is none
                read.set_tag("XS", strands.of_read(read) or None, "A")
        yield read


def _notes(tally: Tally) -> Iterator[str]:
    if tally.n_strandless:
        n_left = tally.n_strandless - tally.n_told
        yield (
            f"{tally.n_strandless:,} of {tally.n_spliced:,} spliced alignments came "
            f"without a strand: {tally.n_told:,} have that of their introns"
            + (f", {n_left:,} have none" if n_left else "")
        )
    if tally.n_unspliced:
        n_left = tally.n_unspliced - tally.n_oriented
        yield (
            f"{tally.n_unspliced:,} alignments without introns: {tally.n_oriented:,} "
            f"have a strand, {n_left:,} have none"
        )
    if not tally.is_sorted:
        yield "sorted by place for the run"
    if tally.n_elsewhere:
        n = counted(tally.n_elsewhere, "alignment")
        yield f"{n} to contigs that the genome lacks left out"
    if not tally.has_unmapped:
        yield "no unmapped reads in the file: the share of mapped ones is not known"


def _origin(bam: Path, reader: "AlignmentFile") -> str:
    """Format, aligner and file of alignments, e.g. ``BAM of STAR 2.7.10b: a.bam``."""
    form = "CRAM" if reader.is_cram else "BAM" if reader.is_bam else "SAM"
    programs = [
        f"{row.get('PN') or row.get('ID', '')} {row.get('VN', '')}".strip()
        for row in reader.header.to_dict().get("PG", [])
    ]
    aligners = [name for name in programs if _ALIGNERS.search(name.lower())]
    by = f" of {aligners[0]}" if aligners else ""
    return f"{form}{by}: {bam.name}"
