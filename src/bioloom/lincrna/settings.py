"""What the filters are set to; every default stands here and nowhere else."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Gt, Le

from bioloom.run.config import FORBID_UNKNOWN

CriterionName = Literal[
    "intergenic", "distance", "length", "orf", "coding", "housekeeping", "domain"
]

Fraction = Annotated[float, Ge(0), Le(1)]


@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """Thresholds of the lincRNA filters.

    Parameters
    ----------
    gap_multi_nt, gap_mono_nt
        Smallest distance to a protein-coding gene on the same strand, nt, for
        transcripts with several exons and with one.
    min_length_nt
        Spliced length must be greater, nt.
    max_orf_aa
        Longest ORF must be shorter, amino acids without the stop.
    orf_mode
        "strict" makes that a rule; "calibrated" leaves the ORF's length to the coding
        probability, whose threshold then is the one that lets 1.3 % of mRNAs pass.
    coding_model
        "auto" trains on the annotation where it holds enough and otherwise takes the
        packaged model; "packaged" always does; else the path of a model.
    coding_threshold
        Coding probability from which a transcript is coding; None takes the model's
        own for the `orf_mode`, set by cross-validation.
    coding_sure
        Probability of either kind from which the coding call counts as sure: at 0.8, a
        coding probability between 0.2 and 0.8 is called unsure.
    when_unsure
        "decide" lets the threshold decide on unsure transcripts too, "leave" leaves
        them unjudged by this criterion, so that they pass.
    vote_rule
        Who decides on coding potential where results of other programs were given:
        "own" bioloom's model alone; with its vote counted among theirs, a transcript
        is coding if "any" says so, a "majority" (more than half), or "all".
    cpat_cutoff
        CPAT's probability from which it votes coding; 0.364 is its authors' for human
        (mouse 0.44, fly 0.39, zebrafish 0.38).
    min_training_genes
        Genes of either kind that the annotation must hold for "auto" to train.
    housekeeping_biotypes
        Biotypes that are housekeeping ncRNA.
    housekeeping_fraction
        Exonic overlap on the same strand, as a fraction of the transcript or of the
        housekeeping RNA, from which a transcript is dropped.
    mitochondrial_chroms
        Chromosomes of which every transcript counts as housekeeping.
    domain_cutoff
        "gathering" uses each model's own threshold (models without a usable one use
        the E-value), "evalue" the E-value for all.
    domain_max_evalue
        Largest E-value of a domain hit where the E-value decides.
    min_segment_aa
        Shortest translated segment searched for domains, amino acids.
    priming_window_nt, priming_a_fraction
        A novel transcript is doubted as internal priming if so large a part of so many
        genomic bases behind its 3' end is A.
    near_gene_nt
        It is doubted as a piece of a gene if a coding gene on its strand is nearer, nt.
    coding_biotypes, lncrna_biotypes
        Gene biotypes that count as protein-coding and as known lncRNA.
    locus_criteria
        Criteria that spoil a whole locus when one isoform fails them.
    strictness
        "locus" drops every isoform of a spoiled locus, "transcript" judges each alone.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    gap_multi_nt: Annotated[int, Ge(0)] = 0
    gap_mono_nt: Annotated[int, Ge(0)] = 2000
    min_length_nt: Annotated[int, Ge(0)] = 200
    max_orf_aa: Annotated[int, Ge(1)] = 100
    orf_mode: Literal["strict", "calibrated"] = "strict"
    coding_model: str = "auto"
    coding_threshold: Fraction | None = None
    coding_sure: Annotated[float, Ge(0.5), Le(1)] = 0.8
    when_unsure: Literal["decide", "leave"] = "decide"
    vote_rule: Literal["own", "any", "majority", "all"] = "own"
    cpat_cutoff: Fraction = 0.364
    min_training_genes: Annotated[int, Ge(50)] = 200
    housekeeping_biotypes: tuple[str, ...] = (
        *("rRNA", "Mt_rRNA", "rRNA_pseudogene", "tRNA", "Mt_tRNA", "tRNA_pseudogene"),
        *("snRNA", "snRNA_pseudogene", "snoRNA", "scaRNA", "pre_miRNA"),
    )
    housekeeping_fraction: Annotated[float, Gt(0), Le(1)] = 0.5
    mitochondrial_chroms: tuple[str, ...] = (
        *("chrM", "chrMT", "M", "MT", "Mt", "mitochondrion_genome"),
    )
    domain_cutoff: Literal["gathering", "evalue"] = "gathering"
    domain_max_evalue: Annotated[float, Gt(0)] = 1e-5
    min_segment_aa: Annotated[int, Ge(5)] = 25
    priming_window_nt: Annotated[int, Ge(1)] = 20
    priming_a_fraction: Fraction = 0.6
    near_gene_nt: Annotated[int, Ge(0)] = 5000
    coding_biotypes: tuple[str, ...] = (
        *("protein_coding", "mRNA", "polymorphic_pseudogene", "nontranslating_CDS"),
        *("IG_C_gene", "IG_D_gene", "IG_J_gene", "IG_V_gene", "IG_LV_gene"),
        *("TR_C_gene", "TR_D_gene", "TR_J_gene", "TR_V_gene"),
    )
    lncrna_biotypes: tuple[str, ...] = (
        *("lncRNA", "lincRNA", "lnc_RNA", "antisense", "antisense_RNA", "ncRNA"),
        *("sense_intronic", "sense_overlapping", "bidirectional_promoter_lncRNA"),
        *("3prime_overlapping_ncRNA", "3prime_overlapping_ncrna", "macro_lncRNA"),
        *("non_coding", "processed_transcript", "antisense_lncRNA"),
    )
    locus_criteria: tuple[CriterionName, ...] = (
        *("intergenic", "orf", "coding", "domain"),
    )
    strictness: Literal["locus", "transcript"] = "locus"
