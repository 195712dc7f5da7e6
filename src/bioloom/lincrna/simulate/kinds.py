"""The kinds of loci, and what should become of each.

A decoy fails exactly one filter; the note says what makes it one.
"""

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "", "intergenic", "distance", "length", "orf", "coding", "housekeeping", "domain"
]


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
    fold: tuple[float, float]
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
        Kind("coding", "protein_coding", "intergenic", (18, 50), _HALF, "known gene"),
        Kind("known_lincrna", "lncRNA", "", (12, 30), _HALF, "known lincRNA"),
        Kind("known_monoexonic", "lncRNA", "", (15, 25), 0, "known, one long exon"),
        Kind("known_host", "lncRNA", "", (15, 30), _HALF, "known snoRNA host"),
        Kind("novel_lincrna", "", "", (9, 40), _HALF, "novel lincRNA"),
        Kind("novel_low", "", "", (2, 2), _HALF, "coverage of 2, may be missed"),
        Kind("novel_monoexonic", "", "", (20, 30), 0, "novel, one exon"),
        Kind(
            "novel_unstranded",
            "",
            "",
            (30, 40),
            1,
            "novel, one exon, only in the unstranded sample: strand unknown, no ORF "
            "of 70 aa in six frames",
        ),
        Kind("novel_host", "", "", (15, 30), _HALF, "novel snoRNA host"),
        Kind(
            "small_rna",
            "snRNA",
            "housekeeping",
            (0, 0),
            0,
            "annotated housekeeping RNA, not in the reads by itself",
        ),
        Kind("decoy_length", "lncRNA", "length", (25, 40), _HALF, "200 nt or less"),
        Kind("decoy_orf", "", "orf", (15, 30), _HALF, "ORF of 100 aa or more"),
        Kind(
            "decoy_coding",
            "",
            "coding",
            (30, 45),
            _HALF,
            "short ORF with strong human codon usage, most of the transcript",
        ),
        Kind(
            "decoy_domain",
            "",
            "domain",
            (15, 30),
            _HALF,
            "short ORF holding a protein domain, codons as in non-coding RNA",
        ),
        Kind("decoy_housekeeping", "", "housekeeping", (20, 35), 0, "RNA precursor"),
        Kind(
            "decoy_antisense",
            "",
            "intergenic",
            (15, 30),
            0,
            "exon overlaps a coding gene on the opposite strand",
        ),
        Kind("decoy_intronic", "", "intergenic", (15, 30), 0, "in a coding intron"),
        Kind(
            "decoy_distance",
            "",
            "distance",
            (20, 30),
            0,
            "one exon, same strand, within 1 kb after a coding gene",
        ),
        Kind(
            "retrocopy",
            "",
            "orf",
            (20, 30),
            _HALF,
            "unannotated gene with a domain; its second isoform looks innocent",
        ),
        Kind(
            "unannotated_coding",
            "",
            "orf",
            (15, 30),
            _HALF,
            "coding gene that the annotation lacks; also a domain",
        ),
    )
}
