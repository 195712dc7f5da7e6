"""The kinds of loci, and what should become of each.

A decoy fails exactly one filter; the note says what makes it one.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Reason = Literal[
    "",
    "intergenic",
    "distance",
    "length",
    "orf",
    "coding",
    "housekeeping",
    "domain",
    "expression",
]


class FoldRange(NamedTuple):
    """Lowest and highest mean coverage."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of locus.

    Parameters
    ----------
    name
        Its word in the truth table.
    biotype
        gene_type in the annotation; empty if it is not annotated.
    reason
        The filter that should reject it; empty for a lincRNA candidate.
    fold
        Range of the mean coverage in each stranded sample; (0, 0) if silent.
    unstranded_share
        Coverage in the unstranded sample as a share of that.
    note
        What makes the locus of this kind.
    """

    name: str
    biotype: str
    reason: Reason
    fold: FoldRange
    unstranded_share: float
    note: str

    @property
    def is_annotated(self) -> bool:
        """Whether the annotation holds it."""
        return bool(self.biotype)


_HALF = 0.6
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "coding",
            "protein_coding",
            "intergenic",
            FoldRange(18, 50),
            _HALF,
            "known gene",
        ),
        Kind("known_lincrna", "lncRNA", "", FoldRange(12, 30), _HALF, "known lincRNA"),
        Kind(
            "known_monoexonic",
            "lncRNA",
            "",
            FoldRange(15, 25),
            0,
            "known, one long exon",
        ),
        Kind("known_host", "lncRNA", "", FoldRange(15, 30), _HALF, "known snoRNA host"),
        Kind(
            "known_silent",
            "lncRNA",
            "expression",
            FoldRange(0, 0),
            0,
            "known lincRNA without reads",
        ),
        Kind("novel_lincrna", "", "", FoldRange(9, 40), _HALF, "novel lincRNA"),
        Kind(
            "novel_low", "", "", FoldRange(4, 4), _HALF, "coverage of 4, may be missed"
        ),
        Kind("novel_monoexonic", "", "", FoldRange(20, 30), 0, "novel, one exon"),
        Kind(
            "novel_unstranded",
            "",
            "",
            FoldRange(30, 40),
            1,
            "novel, one exon, only in the unstranded sample: strand unknown, no ORF "
            "of 70 aa in six frames",
        ),
        Kind("novel_host", "", "", FoldRange(15, 30), _HALF, "novel snoRNA host"),
        Kind(
            "small_rna",
            "snRNA",
            "housekeeping",
            FoldRange(0, 0),
            0,
            "annotated housekeeping RNA, not in the reads by itself",
        ),
        Kind(
            "decoy_length",
            "lncRNA",
            "length",
            FoldRange(25, 40),
            _HALF,
            "200 nt or less",
        ),
        Kind("decoy_orf", "", "orf", FoldRange(15, 30), _HALF, "ORF of 100 aa or more"),
        Kind(
            "decoy_coding",
            "",
            "coding",
            FoldRange(30, 45),
            _HALF,
            "short ORF with strong human codon usage, most of the transcript",
        ),
        Kind(
            "decoy_domain",
            "",
            "domain",
            FoldRange(15, 30),
            _HALF,
            "short ORF holding a protein domain, codons as in non-coding RNA",
        ),
        Kind(
            "decoy_housekeeping",
            "",
            "housekeeping",
            FoldRange(20, 35),
            0,
            "RNA precursor",
        ),
        Kind(
            "decoy_antisense",
            "",
            "intergenic",
            FoldRange(15, 30),
            0,
            "exon overlaps a coding gene on the opposite strand",
        ),
        Kind(
            "decoy_intronic",
            "",
            "intergenic",
            FoldRange(15, 30),
            0,
            "in a coding intron",
        ),
        Kind(
            "decoy_distance",
            "",
            "distance",
            FoldRange(20, 30),
            0,
            "one exon, same strand, within 1 kb after a coding gene",
        ),
        Kind(
            "retrocopy",
            "",
            "orf",
            FoldRange(20, 30),
            _HALF,
            "unannotated gene with a domain; its second isoform looks innocent",
        ),
        Kind(
            "unannotated_coding",
            "",
            "orf",
            FoldRange(15, 30),
            _HALF,
            "coding gene that the annotation lacks; also a domain",
        ),
    )
}
