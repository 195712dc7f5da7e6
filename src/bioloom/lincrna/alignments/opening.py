"""Files of alignments, opened; an unreadable one is one clear error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadInput, BioloomError

if TYPE_CHECKING:
    from pysam import AlignedSegment, AlignmentFile

UNIQUE_MAPQ = 255
"""Mapping quality that STAR and CellRanger give to a read that aligns once."""


@contextmanager
def open_bam(path: Path, genome: Path | None = None) -> Iterator["AlignmentFile"]:
    """Open a BAM, CRAM or SAM file; an unreadable one is one clear error.

    Parameters
    ----------
    path
        The file; its first bytes say what it is.
    genome
        Plain FASTA that a CRAM file is decoded with.

    Raises
    ------
    BadInput
        If it holds no alignments, is cut off, or is a CRAM file of another genome.
    """
    from pysam import AlignmentFile, set_verbosity

    before = set_verbosity(0)
    reference = str(genome) if genome is not None else None
    try:
        with AlignmentFile(
            str(path), "r", check_sq=False, reference_filename=reference
        ) as bam:
            yield bam
    except BioloomError:  # of what is done with the reads; some are ValueErrors
        raise
    except (OSError, ValueError) as problem:
        raise _unreadable(path, str(problem)) from None
    finally:
        set_verbosity(before)


def _unreadable(path: Path, problem: str) -> BadInput:
    if _starts_as_cram(path):
        return BadInput(
            where=path,
            found=f"a CRAM file that cannot be decoded ({problem})",
            expected="a whole one, of alignments to this run's genome",
            advice="Give the genome that it was written with, or a BAM file: "
            f"samtools view -b -T its_genome.fa -o {path.stem}.bam {path.name}",
        )
    return BadInput(
        where=path,
        found=f"an alignment file that cannot be read ({problem})",
        expected="a whole BAM file",
        advice="Copy or make it again; one of the workflow's is made again if removed.",
    )


def _starts_as_cram(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"CRAM"


def is_uniquely_long(read: "AlignedSegment") -> bool:
    """Whether this is a long read's one best place: of others the quality is 0."""
    return _is_first(read) and read.mapping_quality > 0


def is_unique(read: "AlignedSegment") -> bool:
    """Whether a read's only alignment is this one."""
    if not _is_first(read):
        return False
    if read.has_tag("NH"):
        return bool(read.get_tag("NH") == 1)
    return bool(read.mapping_quality == UNIQUE_MAPQ)


def _is_first(read: "AlignedSegment") -> bool:
    return not (read.is_unmapped or read.is_secondary or read.is_supplementary)
