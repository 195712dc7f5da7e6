"""Thresholds of the lincRNA filters."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le

from bioloom.genome.organelles import AUTO
from bioloom.run.language import mark
from bioloom.run.settings import FORBID_UNKNOWN, setting

CriterionName = Literal[
    "intergenic",
    "distance",
    "length",
    "orf",
    "coding",
    "housekeeping",
    "pseudogene",
    "repeat",
    "domain",
    "homology",
    "expression",
    "junctions",
]
OrfMode = Literal["strict", "calibrated"]
Learned = Literal["auto"]
Micropeptides = Literal["doubt", "reject", "ignore"]
OverlapRule = Literal["doubt", "reject"]
HomologyTool = Literal["auto", "diamond", "mmseqs", "phmmer"]

Fraction = Annotated[float, Ge(0), Le(1)]
DEFAULT_GAP_NT = 2000
DEFAULT_ORF_AA = 100


@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """Thresholds of the lincRNA filters."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    gap_multi_nt: Annotated[int, Ge(0)] = setting(
        0,
        mark(
            "Smallest distance to a protein-coding gene on the same strand, for "
            "transcripts with several exons."
        ),
        unit="nt",
    )
    gap_mono_nt: Annotated[int, Ge(0)] | Learned = setting(
        DEFAULT_GAP_NT,
        mark(
            "Smallest distance to a protein-coding gene on the same strand, for "
            "single-exon transcripts; auto: learned from the annotation's lncRNAs and "
            "3' UTRs, this at most."
        ),
        unit="nt",
    )
    min_length_nt: Annotated[int, Ge(0)] = setting(
        200, mark("The spliced length must be greater than this."), unit="nt"
    )
    max_orf_aa: Annotated[int, Ge(1)] | Learned = setting(
        DEFAULT_ORF_AA,
        mark(
            "The longest ORF must be shorter than this, not counting the stop codon; "
            "auto: learned from the annotation's lncRNAs and proteins."
        ),
        unit="aa",
    )
    orf_mode: OrfMode = setting(
        "strict",
        mark(
            "strict: the ORF length is a rule; calibrated: it counts only in the "
            "coding probability, whose threshold then lets 13 in 1,000 mRNAs pass."
        ),
    )
    genetic_code: Annotated[int, Ge(1), Le(33)] = setting(
        1,
        mark(
            "Genetic code: the number of an NCBI translation table, such as 6 for "
            "ciliates."
        ),
    )
    coding_model: str = setting(
        "auto",
        mark(
            "auto: train on the annotation if it holds enough genes, otherwise as "
            "adapted; adapted: the packaged model, fitted to how the annotation's "
            "mRNAs use codons and hexamers; packaged: that model as it is; or the path "
            "of a model written by `bioloom lincrna train`."
        ),
    )
    coding_threshold: Fraction | None = setting(
        None,
        mark(
            "Coding probability from which a transcript counts as coding; if not "
            "set, the threshold of the model."
        ),
    )
    micropeptides: Micropeptides = setting(
        "doubt",
        mark(
            "What to do with a transcript that is called noncoding but may encode a "
            "micropeptide, since few non-coding RNAs with an ORF of 10 to 99 aa have "
            "its coding probability. doubt: mark it; reject: it fails the coding "
            "criterion; ignore: nothing."
        ),
    )
    micropeptide_threshold: Fraction | None = setting(
        None,
        mark(
            "Coding probability from which a transcript with such an ORF may encode a "
            "micropeptide; if not set, the threshold of the model, which 5 in 100 "
            "non-coding RNAs with such ORFs reach."
        ),
    )
    coding_sure: Annotated[float, Ge(0.5), Le(1)] = setting(
        0.8,
        mark("A coding call is unsure if neither class reaches this probability."),
    )
    when_unsure: Literal["decide", "leave"] = setting(
        "decide",
        mark(
            "decide: the threshold decides on unsure calls too; leave: they pass "
            "this criterion without being judged."
        ),
    )
    vote_rule: Literal["own", "any", "majority", "all"] = setting(
        "own",
        mark(
            "own: only bioloom's model decides on coding potential; any, majority, "
            "all: that many votes, of other programs and its own, must say coding."
        ),
    )
    cpat_cutoff: Fraction = setting(
        0.364,
        mark(
            "Probability from which CPAT votes coding; the default is its authors' "
            "for human (mouse 0.44, fly 0.39, zebrafish 0.38)."
        ),
    )
    min_training_genes: Annotated[int, Ge(50)] = setting(
        200,
        mark(
            "Number of coding genes, and of lncRNA genes, that the annotation must "
            "have for `coding_model: auto` to train on it."
        ),
    )
    biotypes: str | None = setting(
        None,
        mark(
            "Table of biotypes that bioloom does not know, or takes otherwise: columns "
            "matches, term, kind and class, as in the packaged table."
        ),
    )
    organelle_contigs: tuple[str, ...] = setting(
        (AUTO,),
        mark(
            "Contigs that are organelles, where every transcript counts as "
            "housekeeping; auto: those with a usual name, a known RefSeq accession or "
            "a region row that says so."
        ),
    )
    housekeeping_fraction: Annotated[float, Gt(0), Le(1)] = setting(
        0.5,
        mark(
            "A transcript is rejected if a housekeeping RNA on its strand covers this "
            "fraction of its exons."
        ),
    )
    pseudogene_overlap: OverlapRule = setting(
        "doubt",
        mark(
            "doubt: a novel transcript that shares exonic bases with an annotated "
            "pseudogene is marked; reject: it is rejected."
        ),
    )
    repeat_overlap: OverlapRule = setting(
        "doubt",
        mark(
            "doubt: a novel transcript that is mostly transposable element is marked; "
            "reject: it is rejected."
        ),
    )
    repeat_fraction: Annotated[float, Gt(0), Le(1)] = setting(
        0.5,
        mark("Fraction of its exonic bases from which it is mostly that."),
    )
    max_n_fraction: Fraction = setting(
        0.1,
        mark(
            "A transcript is marked as doubtful if this fraction of its bases, or "
            "more, is N in the genome (hard-masked or unknown)."
        ),
    )
    domain_search: Literal["needed", "all"] = setting(
        "needed",
        mark(
            "needed: search only transcripts whose verdict a domain can change; all: "
            "search every transcript, which takes far longer and changes no verdict."
        ),
    )
    domain_cutoff: Literal["gathering", "evalue"] = setting(
        "gathering",
        mark(
            "gathering: the threshold of each domain model (the E-value for models "
            "without one); evalue: the E-value for all models."
        ),
    )
    domain_max_evalue: Annotated[float, Gt(0)] = setting(
        1e-5, mark("Largest E-value of a domain hit, if the E-value is used.")
    )
    min_segment_aa: Annotated[int, Ge(5)] = setting(
        25,
        mark("Shortest translated segment that is searched for domains and proteins."),
        unit="aa",
    )
    homology_tool: HomologyTool = setting(
        "auto",
        mark(
            "Program that compares transcripts with `proteins`; auto: DIAMOND or else "
            "MMseqs2 where it is installed, otherwise phmmer, which needs nothing more "
            "and is far slower."
        ),
    )
    max_homology_evalue: Annotated[float, Gt(0)] = setting(
        1e-5,
        mark(
            "Largest E-value at which a transcript resembles a protein; it grows with "
            "the file of proteins."
        ),
    )
    min_homology_coverage: Fraction = setting(
        0.5,
        mark(
            "A transcript is rejected if it resembles this fraction of a protein; "
            "smaller ones let repeats such as Alu, which some proteins hold, reject "
            "lincRNAs."
        ),
    )
    min_tpm: Annotated[float, Ge(0)] = setting(
        0.5,
        mark(
            "Smallest expression of a spliced transcript, where expression was "
            "measured; 0 asks for none."
        ),
        unit="TPM",
    )
    min_tpm_mono: Annotated[float, Ge(0)] = setting(
        1.0,
        mark(
            "The same for a single-exon transcript, which noise and stray genomic DNA "
            "imitate more easily."
        ),
        unit="TPM",
    )
    min_samples: Annotated[int, Ge(1)] = setting(
        1, mark("Samples in which it must reach that expression.")
    )
    min_junction_reads: Annotated[int, Ge(0)] = setting(
        3,
        mark(
            "Uniquely mapped reads that each junction of a spliced transcript must "
            "have, all samples together; 0 asks for none."
        ),
    )
    priming_window_nt: Annotated[int, Ge(1)] = setting(
        20,
        mark("Genomic bases after the 3' end that are checked for internal priming."),
        unit="nt",
    )
    priming_a_fraction: Fraction = setting(
        0.6,
        mark("Fraction of A in these bases from which internal priming is likely."),
    )
    near_gene_nt: Annotated[int, Ge(0)] = setting(
        5000,
        mark(
            "A novel transcript is marked as doubtful if a coding gene on its "
            "strand is nearer than this."
        ),
        unit="nt",
    )
    locus_criteria: tuple[CriterionName, ...] = setting(
        ("intergenic", "orf", "coding", "domain", "homology"),
        mark("Criteria that reject a whole locus when one isoform fails them."),
    )
    strictness: Literal["locus", "transcript"] = setting(
        "locus",
        mark(
            "locus: one isoform that fails rejects its locus; transcript: each "
            "isoform is judged by itself."
        ),
    )

    @property
    def mono_gap_nt(self) -> int:
        """`gap_mono_nt` as a number: "auto" is replaced before anything is judged."""
        gap = self.gap_mono_nt
        return DEFAULT_GAP_NT if isinstance(gap, str) else gap

    @property
    def orf_limit_aa(self) -> int:
        """`max_orf_aa` as a number, likewise."""
        limit = self.max_orf_aa
        return DEFAULT_ORF_AA if isinstance(limit, str) else limit
