"""Long reads as FASTQ before they are aligned: of the RNA's strand, without tails."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import dnaio

from bioloom.lincrna.alignments.tails import Ends, read_ends
from bioloom.lincrna.inputs.sample import SampleKind
from bioloom.run.words import counted
from bioloom.seq.fastq_writer import fastq_writer

ORIENTED = "os"
"""Tag of alignments of reads that were of the RNA's strand, or were turned to it."""
MIN_LEFT_NT = 30
"""Bases that must be left of a read without its tail."""


@dataclass(frozen=True, slots=True)
class OrientedReads:
    """What became of the reads of a sample.

    Parameters
    ----------
    n_reads
        In all.
    n_tails
        Whose poly-A tail was found and cut off.
    n_turned
        Of these, read from the other strand and turned.
    n_short
        Left out: hardly anything but tail.
    """

    n_reads: int
    n_tails: int
    n_turned: int
    n_short: int

    @property
    def n_left(self) -> int:
        """Written."""
        return self.n_reads - self.n_short

    @property
    def note(self) -> str:
        """In words."""
        words = f"poly-A tail cut off {self.n_tails:,} of {self.n_reads:,} reads"
        if self.n_turned:
            words += f", {self.n_turned:,} of them turned to the RNA's strand"
        if self.n_short:
            words += f"; {counted(self.n_short, 'read')} of tail only left out"
        return words


def orient_reads(paths: Iterable[Path], out: Path, kind: SampleKind) -> OrientedReads:
    """Write the reads of a sample without tails, turned where the tail says so.

    What is behind the name of a read is replaced by the tag `ORIENTED`, in SAM's form,
    where the strand of a Nanopore cDNA read is known: ``minimap2 -y`` copies it.

    Parameters
    ----------
    paths
        FASTQ files, one after another.
    out
        FASTQ to write, gzip.
    kind
        Of the sample.
    """
    n_reads = n_tails = n_turned = n_short = 0
    with fastq_writer(out) as writer:
        for path in paths:
            with dnaio.open(path, fileformat="fastq") as reader:
                for record in reader:
                    n_reads += 1
                    ends = read_ends(record.sequence, kind)
                    n_tails += bool(ends.strand)
                    n_turned += ends.strand == "-"
                    written = _oriented(record, ends, kind)
                    if ends.strand and len(written) < MIN_LEFT_NT:
                        n_short += 1
                    else:
                        writer.write(written)
    return OrientedReads(n_reads, n_tails, n_turned, n_short)


def _oriented(
    record: dnaio.SequenceRecord, ends: Ends, kind: SampleKind
) -> dnaio.SequenceRecord:
    name = record.name.split(maxsplit=1)[0] if record.name.strip() else "read"
    if ends.strand == "-":
        record = record[ends.n_cut :].reverse_complement()
    elif ends.strand:
        record = record[: len(record) - ends.n_cut]
    is_told = kind == "ont_cdna" and bool(ends.strand)
    record.name = f"{name}\t{ORIENTED}:A:+" if is_told else name
    return record
