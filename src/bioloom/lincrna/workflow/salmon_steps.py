"""What Salmon is told of a sample, and the transcripts that it measures."""

from collections.abc import Sequence
from pathlib import Path

import dnaio

from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.inputs.samples import read_strand_check
from bioloom.seq.fasta import Record, write_fasta

LIBRARIES = {"forward": "SF", "reverse": "SR", "unstranded": "U"}
"""Salmon's library types by strandness, of single reads; pairs have I before."""


def write_transcript_sequences(union: Path, genome: Path, out: Path) -> None:
    """Write the spliced sequence of every transcript of an annotation."""
    transcripts = read_annotation(union).transcripts
    with Genome(genome, cache=genome.parent) as opened:
        rows = (Record(tx.transcript_id, opened.spliced(tx)) for tx in transcripts)
        write_fasta(out, rows)


def salmon_options(check: Path, files: Sequence[Path]) -> str:
    """Options of ``salmon quant`` for the library type and the reads of a sample.

    Parameters
    ----------
    check
        Its strandness, as the run found it.
    files
        FASTQ files: one of single reads, or two of mates; or those two and one of
        single reads, as alignments were turned back to them: mates where there are
        any. Without files only the library type.
    """
    library = LIBRARIES[read_strand_check(check).strandness]
    if not files:
        return f"-l {library}"
    mates = files[:2]
    if len(mates) < 2 or not _has_reads(mates[0]):
        return f"-l {library} -r {files[-1]}"
    return f"-l I{library} -1 {mates[0]} -2 {mates[1]}"


def _has_reads(path: Path) -> bool:
    with dnaio.open(path, fileformat="fastq") as reader:
        return next(iter(reader), None) is not None
