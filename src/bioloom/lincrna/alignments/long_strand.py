"""The strand of the RNA that a long read is from, where no intron tells it.

A direct RNA read and a PacBio full-length read, as ``isoseq refine`` (or ``lima`` with
its primers) writes it, run 5'→3' on the RNA. A Nanopore cDNA read is of either strand.
Of a spliced one minimap2 has the strand from the introns (tag ts); of another the
poly-A tail tells it, which no aligner cuts off: A at the end of the read, or T at the
start of one from the other strand.
"""

import re
from typing import TYPE_CHECKING

from bioloom.lincrna.alignments.splice_strand import SpliceStrand
from bioloom.lincrna.inputs.sample import SampleKind

if TYPE_CHECKING:
    from pysam import AlignedSegment

TAIL_WINDOW_NT = 150
"""Bases at an end of a read that may hold the tail, primer and adapter behind it."""
MIN_TAIL_NT = 12
# pieces of a run, cut by single wrong bases as Nanopore's basecallers have them
_POLY_A = re.compile(r"A{5,}(?:[CGTN]A{3,})*", re.IGNORECASE)
_POLY_T = re.compile(r"T{5,}(?:[ACGN]T{3,})*", re.IGNORECASE)


def tail_strand(bases: str) -> SpliceStrand:
    """Strand of the RNA relative to a read, by its poly-A tail; empty if unclear.

    Parameters
    ----------
    bases
        The whole read, with what the aligner left out at its ends.

    Returns
    -------
    "+" for a tail of `MIN_TAIL_NT` or more A at the end, "-" for one of T at the start;
    empty with neither, or with both of about one length.
    """
    n_a = _longest(_POLY_A, bases[-TAIL_WINDOW_NT:])
    n_t = _longest(_POLY_T, bases[:TAIL_WINDOW_NT])
    if max(n_a, n_t) < MIN_TAIL_NT or 2 * min(n_a, n_t) > max(n_a, n_t):
        return ""
    return "+" if n_a > n_t else "-"


def _longest(run: re.Pattern[str], bases: str) -> int:
    return max((len(match.group()) for match in run.finditer(bases)), default=0)


def long_read_strand(read: "AlignedSegment", kind: SampleKind) -> SpliceStrand:
    """Strand on the genome of the RNA of an aligned long read, by what it is.

    Parameters
    ----------
    read
        An alignment whose introns tell no strand.
    kind
        Of its sample: "ont_cdna" reads are told by their tails, others by the strand
        that they are aligned to.
    """
    if kind == "ont_cdna":
        # stored as on the genome's forward strand, whichever strand was read
        return tail_strand(read.query_sequence or "")
    return "-" if read.is_reverse else "+"


def rna_strand(read: "AlignedSegment") -> SpliceStrand:
    """Strand on the genome of the RNA, as the tags of an alignment have it.

    XS names the strand of the genome; ts of minimap2 that of the read.
    """
    if read.has_tag("XS"):
        strand = str(read.get_tag("XS"))
        return "+" if strand == "+" else "-" if strand == "-" else ""
    if not read.has_tag("ts"):
        return ""
    is_plus = (read.get_tag("ts") == "+") != read.is_reverse
    return "+" if is_plus else "-"
