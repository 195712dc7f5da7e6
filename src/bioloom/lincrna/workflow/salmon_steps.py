"""What Salmon is told of a sample, and the transcripts that it measures."""

from collections.abc import Sequence
from pathlib import Path

import dnaio
import numpy as np

from bioloom.errors import BadInput
from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.inputs.samples import read_strand_check
from bioloom.lincrna.workflow.fragments import FragmentLengths
from bioloom.run.output import write_text
from bioloom.seq.fasta import Record, write_fasta

_FEW_SINGLE = 0.1
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
    for single in files[2:]:
        _check_single(single, mates[0])
    return f"-l I{library} -1 {mates[0]} -2 {mates[1]}"


def write_salmon_table(quantified: Path, out: Path, fragments: FragmentLengths) -> None:
    """Write Salmon's table with effective lengths by fragments, and TPM by these.

    Parameters
    ----------
    quantified
        Salmon's ``quant.sf``.
    out
        The table to write, with the same columns.
    fragments
        How long fragments are.
    """
    names, lengths, counts = [], [], []
    with quantified.open() as stream:
        header = next(stream)
        for line in stream:
            name, length, _, _, counted = line.rstrip("\n").split("\t")
            names.append(name)
            lengths.append(int(length))
            counts.append(float(counted))
    effective = fragments.effective_nt(np.array(lengths, dtype=np.int64))
    rates = np.array(counts) / effective
    tpm = 1e6 * rates / (rates.sum() or 1)
    rows = zip(names, lengths, effective, tpm, counts, strict=True)
    lines = (f"{n}\t{nt}\t{e:.3f}\t{t:.6f}\t{c:.3f}\n" for n, nt, e, t, c in rows)
    write_text(out, header + "".join(lines))


def _check_single(single: Path, mates: Path) -> None:
    """Refuse single reads that are more than a few beside pairs: they are left out.

    Raises
    ------
    BadInput
        If they are more than a tenth as many as the pairs.
    """
    n_single = _n_reads(single)
    if n_single and n_single > _FEW_SINGLE * (n_pairs := _n_reads(mates)):
        raise BadInput(
            where=single.parent.name,
            found=f"alignments of {n_pairs:,} pairs and of {n_single:,} single reads",
            expected="of one of these, as Salmon counts one kind of reads of a sample",
            advice="Make two samples of the BAM file, with `samtools view -b -f 1` and "
            "`samtools view -b -F 1`, or measure with StringTie.",
        )


def _n_reads(path: Path) -> int:
    with dnaio.open(path, fileformat="fastq") as reader:
        return sum(1 for _ in reader)


def _has_reads(path: Path) -> bool:
    with dnaio.open(path, fileformat="fastq") as reader:
        return next(iter(reader), None) is not None
