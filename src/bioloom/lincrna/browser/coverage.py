"""Coverage of the genome by a sample's reads, as bigWig."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bioloom.lincrna.browser.bigfiles import PACKAGE, BigWigRow, write_bigwig
from bioloom.lincrna.inputs.sample import Strandness
from bioloom.run.external import require_packages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from pysam import AlignedSegment, AlignmentFile

COVERAGE_PACKAGES = ("pysam", PACKAGE)
Side = Literal["all", "plus", "minus"]
SUFFIXES: Mapping[Side, str] = {
    "all": ".bw",
    "plus": ".plus.bw",
    "minus": ".minus.bw",
}
"""How the file of all reads, and of those from either strand, ends."""

_UNMAPPED, _SECONDARY, _FAILED, _DUPLICATE = 0x4, 0x100, 0x200, 0x400
LEFT_OUT = _UNMAPPED | _SECONDARY | _FAILED | _DUPLICATE
"""Flags of alignments that do not count, the same as those of ``samtools depth``."""


def write_coverage(
    bam: Path, out: Path, *, sample: str, strandness: Strandness
) -> tuple[Path, ...]:
    """Write how many reads cover each base, and of a stranded library each strand.

    Parameters
    ----------
    bam
        Alignments sorted by place, beside it their index.
    out
        Folder for ``sample.bw`` and, of a stranded library, ``sample.plus.bw`` and
        ``sample.minus.bw``, which add up to it.
    sample
        Names the files.
    strandness
        Of the library. "plus" is where the RNA, not the read, is on the plus strand.

    Returns
    -------
    The files written.

    Raises
    ------
    PackageMissing
        If pysam or pybigtools is not installed.

    Notes
    -----
    A read covers the bases that it is aligned to, not introns or deletions. Primary and
    supplementary alignments count; secondary, unmapped, failed and duplicate ones do
    not. Where mates overlap, both count. Values are reads, not scaled to the library's
    size; bases without reads are 0. The BAM is read once for each file; memory
    holds the aligned blocks of one chromosome.
    """
    require_packages(*COVERAGE_PACKAGES, extra="lincrna")
    from pysam import AlignmentFile

    sides: list[Side] = ["plus", "minus"] if strandness != "unstranded" else []
    for suffix in SUFFIXES.values():
        (out / f"{sample}{suffix}").unlink(missing_ok=True)  # of an earlier run
    paths = []
    for side in (*sides, "all"):  # the file of all reads says that all are there
        path = out / f"{sample}{SUFFIXES[side]}"
        with AlignmentFile(str(bam), "rb") as alignments:
            lengths = dict(zip(alignments.references, alignments.lengths, strict=True))
            write_bigwig(path, lengths, _rows(alignments, side, strandness))
        paths.append(path)
    return tuple(paths)


def is_from_minus(flag: int, strandness: Strandness) -> bool:
    """Whether a read's RNA is on the minus strand.

    Parameters
    ----------
    flag
        SAM flags of the read.
    strandness
        "forward" if read 1 (or a single read) is sense, "reverse" if antisense.

    Examples
    --------
    >>> is_from_minus(0x10, "forward"), is_from_minus(0x10, "reverse")
    (True, False)
    >>> is_from_minus(0x10 | 0x80, "forward")  # read 2
    False
    """
    is_reverse, is_second = bool(flag & 0x10), bool(flag & 0x80)
    return is_reverse ^ is_second ^ (strandness == "reverse")


def _rows(
    alignments: "AlignmentFile", side: Side, strandness: Strandness
) -> Iterator[BigWigRow]:
    """Runs of equal depth over every chromosome, in the order that UCSC searches in."""
    lengths = dict(zip(alignments.references, alignments.lengths, strict=True))
    for chrom in sorted(lengths, key=str.encode):
        blocks = _blocks(alignments.fetch(chrom), side, strandness)
        yield from depth_runs(blocks.starts, blocks.ends, lengths[chrom]).rows(chrom)


@dataclass(slots=True)
class _Blocks:
    """Half-open aligned blocks on one chromosome."""

    starts: "array[int]" = field(default_factory=lambda: array("i"))
    ends: "array[int]" = field(default_factory=lambda: array("i"))


def _blocks(
    reads: "Iterable[AlignedSegment]", side: Side, strandness: Strandness
) -> _Blocks:
    """The blocks of the reads that count."""
    blocks = _Blocks()
    add_start, add_end = blocks.starts.append, blocks.ends.append
    for read in reads:
        flag = read.flag
        if flag & LEFT_OUT:
            continue
        if side != "all" and is_from_minus(flag, strandness) != (side == "minus"):
            continue
        for start, end in read.get_blocks():
            add_start(start)
            add_end(end)
    return blocks


class DepthRuns(NamedTuple):
    """Runs of equal depth that tile a chromosome: run i is [edges[i], edges[i + 1]).

    Neighbours differ in depth. Shapes (n + 1,) and (n,), integers.
    """

    edges: "NDArray[np.int64]"
    depths: "NDArray[np.int64]"

    def rows(self, chrom: str) -> Iterator[BigWigRow]:
        """The runs as rows of a bigWig."""
        edges = self.edges.tolist()
        values = map(float, self.depths.tolist())
        return zip(repeat(chrom), edges, edges[1:], values, strict=False)


def depth_runs(starts: "ArrayLike", ends: "ArrayLike", length: int) -> DepthRuns:
    """How many blocks cover each base of a chromosome, as runs.

    Parameters
    ----------
    starts, ends
        Half-open blocks in any order, inside the chromosome.
    length
        Of the chromosome, at least 1 nt.

    Notes
    -----
    The depth at a base is the number of starts up to it less the number of ends up to
    it. Time O(n log n), memory O(n) in the number of blocks, whatever the length.

    Examples
    --------
    >>> runs = depth_runs([2, 4, 2], [6, 8, 6], 10)
    >>> runs.edges.tolist(), runs.depths.tolist()
    ([0, 2, 4, 6, 8, 10], [0, 2, 3, 1, 0])
    """
    import numpy as np

    begun, ended = np.sort(np.asarray(starts)), np.sort(np.asarray(ends))
    edges = np.unique(np.concatenate([begun, ended, [0, length]])).astype(np.int64)
    at = edges[:-1]
    depths = np.searchsorted(begun, at, "right") - np.searchsorted(ended, at, "right")
    changes = np.concatenate([[True], depths[1:] != depths[:-1]])
    return DepthRuns(np.append(at[changes], length), depths[changes])
