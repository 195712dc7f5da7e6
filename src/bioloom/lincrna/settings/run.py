"""What ``config.yaml`` may hold."""

from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le

from bioloom.lincrna.settings.expression import ComparisonSettings, PartnerSettings
from bioloom.lincrna.settings.filters import FilterSettings
from bioloom.run.language import mark
from bioloom.run.settings import FORBID_UNKNOWN, RNG_SEED, setting

Seed = Annotated[int, Ge(0), Le(2**32 - 1)]


@dataclass(frozen=True, kw_only=True)
class TrimmingSettings:
    """Settings of Trim Galore."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    quality: Annotated[int, Ge(0), Le(50)] = setting(
        20, mark("Phred quality below which 3' ends are trimmed.")
    )
    min_length_nt: Annotated[int, Ge(15)] = setting(
        25, mark("Reads shorter than this after trimming are dropped."), unit="nt"
    )


@dataclass(frozen=True, kw_only=True)
class AssemblySettings:
    """Settings of StringTie."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    min_coverage: Annotated[float, Ge(0.001)] = setting(
        1.0, mark("Smallest coverage of a transcript, in reads per base.")
    )
    merge_min_tpm: Annotated[float, Ge(0)] = setting(
        1.0,
        mark("Smallest expression of a transcript in the merged assembly."),
        unit="TPM",
    )


@dataclass(frozen=True, kw_only=True)
class LongReadSettings:
    """Settings of samples of long reads."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    primers: str = setting(
        "auto",
        mark(
            "Primers that tell the strand of cDNA reads: of a kit (pcs109, pcs110, "
            "pcs114, isoseq_neb, isoseq_clontech), a FASTA file of two, auto (the kit "
            "that the reads show) or none (poly-A tails alone)."
        ),
    )
    assembler: Literal["stringtie", "isoquant"] = setting(
        "stringtie",
        mark(
            "Program that assembles long reads without short ones of the same RNA "
            "beside them; isoquant needs an environment of its own."
        ),
    )
    isoquant: str = setting(
        "isoquant", mark("IsoQuant: its path, or its name on PATH.")
    )
    full_length_end_nt: Annotated[int, Ge(0)] = setting(
        50,
        mark(
            "A long read holds a transcript whole if it has all its introns and stops "
            "no further than this from both its ends."
        ),
        unit="nt",
    )


@dataclass(frozen=True, kw_only=True)
class CellSettings:
    """Settings of samples of kind cell or nucleus.

    The first three are for samples whose row in the sample sheet does not state them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    chemistry: str = setting(
        "auto",
        mark(
            "Protocol: a name such as 10xv2, 10xv3, 10x5v2, dropseq or smartseq2, a "
            "geometry (in the guide on single cells), or auto (10x, by the length of "
            "read 1 and by what is behind the UMI)."
        ),
    )
    n_cells: Annotated[int, Ge(1)] | None = setting(
        None,
        mark(
            "Number of cells of each sample, those with the most reads; if not set, "
            "those above the knee of the curve and those whose RNAs differ from the "
            "ambient ones."
        ),
    )
    barcodes: Path | None = setting(
        None,
        mark(
            "Barcode list of the kit, one barcode per line, plain or gzip; if not "
            "set, any barcode counts."
        ),
    )
    max_ambient_umis: Annotated[int, Ge(1)] | None = setting(
        None,
        mark(
            "Barcodes with at most so many UMIs are taken for empty droplets, which "
            "tell the ambient RNAs; if not set, a twentieth of the median of the cells "
            "above the knee, 100 at most."
        ),
    )
    max_q: Annotated[float, Ge(0), Le(1)] = setting(
        0.01,
        mark(
            "False-discovery rate at which a barcode below the knee is a cell by its "
            "RNAs; 0 takes those above the knee alone."
        ),
    )
    multi_gene_umis: Literal["all", "most_reads"] = setting(
        "all",
        mark(
            "UMIs that a cell has in several genes: count in all of them, or only in "
            "the gene with the most reads (in none if two have as many)."
        ),
    )


IGV_MB = 6.0
"""Megabytes, of 1,000,000 bytes, that the page of igv.js may have."""


@dataclass(frozen=True, kw_only=True)
class BrowserSettings:
    """Settings of the files for genome browsers."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    coverage: bool = setting(
        default=False,
        sentence=mark("Whether to write the coverage of each sample as bigWig."),
    )
    assembly: str = setting(
        "",
        mark(
            "Name that genome browsers know the genome by, such as mm39; if empty, the "
            "track hub and the session bring the genome itself."
        ),
        example="mm39",
    )
    igv_mb: Annotated[float, Ge(0)] = setting(
        IGV_MB,
        mark(
            "Most megabytes of browser/igv.html, a page that shows candidates in "
            "igv.js without a network; 0 writes none."
        ),
    )
    mirna_sites: Path | None = setting(
        None,
        mark(
            "Sites of miRNAs on the candidates, BED as `bioloom mirna predict --format "
            "bed` writes it, to be drawn in the report."
        ),
        example=Path("sites.bed"),
    )


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything that ``config.yaml`` may hold; paths are absolute once read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    samples: Path = setting(
        MISSING, mark("Sample sheet, TSV."), example=Path("samples.tsv")
    )
    genome: Path = setting(
        MISSING, mark("Genome: FASTA, plain or gzip."), example=Path("genome.fa.gz")
    )
    annotation: Path = setting(
        MISSING,
        mark("Known genes of this genome: GTF or GFF3, with its chromosome names."),
        example=Path("annotation.gtf.gz"),
    )
    out: Path = setting(
        MISSING, mark("Run folder to write."), example=Path("lincrna_run")
    )
    lncrna: Path | None = setting(
        None,
        mark("Known lncRNAs that the annotation lacks: GTF or BED."),
        example=Path("known_lncrna.gtf"),
    )
    housekeeping: Path | None = setting(
        None,
        mark("Housekeeping RNAs that the annotation lacks: GTF or BED."),
        example=Path("rrna.bed"),
    )
    repeats: Path | None = setting(
        None,
        mark(
            "Repeats of the genome (RepeatMasker's .out, BED or GTF): what is mostly "
            "transposable element is marked or rejected."
        ),
        example=Path("genome.fa.out.gz"),
    )
    domains: Path | None = setting(
        None,
        mark("Profile HMMs such as Pfam-A; without them the domain filter is off."),
        example=Path("Pfam-A.hmm.gz"),
    )
    proteins: Path | None = setting(
        None,
        mark(
            "Proteins such as Swiss-Prot or those of a related species: candidates "
            "that resemble one are rejected."
        ),
        example=Path("uniprot_sprot.fasta.gz"),
    )
    rfam: Path | None = setting(
        None,
        mark(
            "Covariance models such as Rfam: candidates that housekeeping families "
            "cover are rejected."
        ),
        example=Path("Rfam.cm.gz"),
    )
    votes: tuple[Path, ...] = setting(
        (),
        mark(
            "Results of CPC2, CPAT, FEELnc or RNAsamba, at most one of each, on "
            "working/filtered/transcripts.fa of a first run."
        ),
        example=(Path("cpc2.txt"), Path("cpat.ORF_prob.best.tsv")),
    )
    named_sets: tuple[Path, ...] = setting(
        (),
        mark(
            "Named transcripts (GTF of GENCODE, LNCipedia, NONCODE) to look candidates "
            "up in by their introns; each set goes by its file's name."
        ),
        example=(Path("lncipedia.gtf.gz"),),
    )
    names: Path | None = setting(
        None,
        mark("The names.tsv of an earlier run: loci that are in it keep their names."),
        example=Path("earlier_run/tables/names.tsv"),
    )
    trimming: TrimmingSettings = setting(
        TrimmingSettings, mark("Reads, by Trim Galore.")
    )
    trimmer: Literal["trim_galore", "fastp"] = setting(
        "trim_galore",
        mark(
            "Program that trims reads; fastp also looks at them, in place of FastQC. "
            "Of droplets it is always trim_galore."
        ),
    )
    aligner: Literal["hisat2", "star"] = setting(
        "hisat2",
        mark(
            "Program that aligns reads; star needs about ten times the memory (32 GB "
            "for a mammal)."
        ),
    )
    quantifier: Literal["stringtie", "salmon"] = setting(
        "stringtie",
        mark(
            "Program that measures expression; salmon takes reads, and of alignments "
            "turns them back to reads."
        ),
    )
    assembly: AssemblySettings = setting(
        AssemblySettings, mark("Transcripts, by StringTie.")
    )
    long_reads: LongReadSettings = setting(
        LongReadSettings, mark("Samples of kind ont_cdna, ont_drna or pacbio.")
    )
    cells: CellSettings = setting(
        CellSettings, mark("Samples of kind cell or nucleus.")
    )
    filters: FilterSettings = setting(
        FilterSettings, mark("Conditions that a lincRNA candidate must meet.")
    )
    comparison: ComparisonSettings = setting(
        ComparisonSettings, mark("Genes that differ between conditions, by PyDESeq2.")
    )
    partners: PartnerSettings = setting(
        PartnerSettings, mark("Coding genes near candidates or expressed like them.")
    )
    browser: BrowserSettings = setting(
        BrowserSettings, mark("Files for genome browsers.")
    )
    blocks: Annotated[int, Ge(1), Le(1000)] = setting(
        1,
        mark(
            "Number of jobs that measure the transcripts, and that search them for "
            "domains, more on a cluster; the tables do not depend on it."
        ),
    )
    strict: bool = setting(
        default=False,
        sentence=mark(
            "Whether a row of an annotation that cannot be read is an error; otherwise "
            "it is left out and counted."
        ),
    )
    multiqc: bool = setting(
        default=False,
        sentence=mark("Also gather the reports of all tools with MultiQC."),
    )
    rng_seed: Seed = setting(
        RNG_SEED,
        mark(
            "Random seed of the coding model's cross-validation and of permutations "
            "that are drawn."
        ),
    )
