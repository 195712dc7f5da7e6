"""The strand of the RNA that a long read is from, where no intron tells it.

A direct RNA read and a PacBio full-length read, as ``isoseq refine`` writes it, run
5'→3' on the RNA. A Nanopore cDNA read is of either strand. Of a spliced one minimap2
has the strand from the introns (tag ts); of another the poly-A tail tells it.
"""

from typing import TYPE_CHECKING

from bioloom.lincrna.alignments.orienting import ORIENTED
from bioloom.lincrna.alignments.read_ends import ReadEnds
from bioloom.lincrna.alignments.splice_strand import SpliceStrand
from bioloom.lincrna.inputs.sample import SampleKind

if TYPE_CHECKING:
    from pysam import AlignedSegment


def long_read_strand(read: "AlignedSegment", kind: SampleKind) -> SpliceStrand:
    """Strand on the genome of the RNA of an aligned long read, by what it is.

    Parameters
    ----------
    read
        An alignment whose introns tell no strand.
    kind
        Of its sample: reads of "ont_cdna" are told by their tails, before they were
        aligned or as they are in the file; others by the strand they are aligned to.
    """
    if kind == "ont_cdna" and read.is_supplementary:
        return ""  # the tail is of another piece, and may be of another RNA
    if kind == "ont_cdna" and not read.has_tag(ORIENTED):
        # stored as on the genome's forward strand, whichever strand was read
        return ReadEnds(kind).of(read.query_sequence or "").strand
    return "-" if read.is_reverse else "+"
