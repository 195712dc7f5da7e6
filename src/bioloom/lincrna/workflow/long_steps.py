"""The steps for samples of long reads: their strand, and the transcripts they hold."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.genome.bed import bed12_line
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.alignments.full_length import count_full_length
from bioloom.lincrna.alignments.opening import is_uniquely_long, open_bam
from bioloom.lincrna.alignments.orienting import orient_reads
from bioloom.lincrna.alignments.splice_strand import introns_of, rna_strand
from bioloom.lincrna.errors import NoReads, StrandnessMismatch
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.strandness import (
    ExonStrands,
    StrandCheck,
    StrandCounts,
    check_strandness,
)
from bioloom.lincrna.workflow.read_steps import write_json, write_strandness
from bioloom.run.output import open_aside

if TYPE_CHECKING:
    from pysam import AlignedSegment


def orient_sample(sample: Sample, out: Path, facts: Path, *, primers: str) -> None:
    """Write a sample's reads, of the RNA's strand and nothing beside it, and the facts.

    Raises
    ------
    NoReads
        If none is left.
    """
    oriented = orient_reads(sample.reads, out, sample.kind, primers)
    if not oriented.n_left:
        stage = "without tails and primers"
        raise NoReads(sample.name, path=sample.reads[0], stage=stage)
    write_json(facts, asdict(oriented))


def write_junctions(annotation: Path, out: Path) -> None:
    """Write the annotated transcripts with introns as BED12, for minimap2."""
    with open_aside(out) as target:
        for tx in read_annotation(annotation).transcripts:
            if tx.is_spliced:
                target.write(f"{bed12_line(tx)}\n")


def infer_long_strandness(
    sample: Sample, bam: Path, *, annotation: Path, out: Path
) -> StrandCheck:
    """Check the strand of long reads on annotated exons; write it.

    Direct RNA and PacBio full-length reads must be sense. Nanopore cDNA is of either
    strand: of its reads those count whose introns or tail tell one. StringTie needs no
    option: every alignment whose strand is known has it as a tag.

    Raises
    ------
    StrandnessMismatch
        If direct RNA or PacBio reads are not sense.
    """
    exons = ExonStrands(read_annotation(annotation).transcripts)
    is_mixed = sample.kind == "ont_cdna"
    with open_bam(bam) as reader:
        counts = _count(reader.fetch(until_eof=True), exons, by_tags=is_mixed)
    if is_mixed:
        check = StrandCheck(
            *counts, "unstranded", sample.strandness, "strand of each read by itself"
        )
    else:
        check = _sense(sample, counts)
    write_strandness(sample.name, check, out, is_paired=False, is_tagged=True)
    return check


def _sense(sample: Sample, counts: StrandCounts) -> StrandCheck:
    try:
        check = check_strandness(
            sample.name,
            "forward",
            n_sense=counts.n_sense,
            n_antisense=counts.n_antisense,
        )
    except StrandnessMismatch as problem:
        raise StrandnessMismatch(
            sample.name,
            stated=problem.stated,
            inferred=problem.inferred,
            n_sense=problem.n_sense,
            n_antisense=problem.n_antisense,
            advice=f"Reads of kind {sample.kind} run 5'→3' on the RNA. Set the kind to "
            "ont_cdna for reads of either strand, or orient them (PacBio: isoseq "
            "refine).",
        ) from None
    return replace(check, stated=sample.strandness)


def _count(
    reads: "Iterable[AlignedSegment]", exons: ExonStrands, *, by_tags: bool
) -> StrandCounts:
    """Sense and antisense reads, by the middle of the longest block of each."""
    n_sense = n_antisense = 0
    for read in reads:
        if not is_uniquely_long(read):
            continue
        strand = rna_strand(read) if by_tags else ("-" if read.is_reverse else "+")
        exon = exons.strand_at(str(read.reference_name), _middle(read))
        if strand and exon != ".":
            n_sense, n_antisense = (
                n_sense + (strand == exon),
                n_antisense + (strand != exon),
            )
    return StrandCounts(n_sense, n_antisense)


def _middle(read: "AlignedSegment") -> int:
    """Middle of the longest piece between introns."""
    introns = introns_of(read)
    starts = [read.reference_start, *(end for _, end in introns)]
    ends = [*(start for start, _ in introns), read.reference_end or starts[-1]]
    length, start = max(
        (end - start, start) for start, end in zip(starts, ends, strict=True)
    )
    return start + length // 2


def write_full_length(bam: Path, union: Path, out: Path, *, end_nt: int) -> None:
    """Write the number of full-length reads of each transcript that has any."""
    transcripts = read_annotation(union).transcripts
    with open_bam(bam) as reader:
        counts = count_full_length(
            reader.fetch(until_eof=True), transcripts, end_nt=end_nt
        )
    with open_aside(out) as target:
        target.write("transcript_id\tn_reads\n")
        for name, n_reads in counts.items():
            if n_reads:
                target.write(f"{name}\t{n_reads}\n")
