# The run's configuration and sample sheet, checked before anything starts.
import json
import shlex
from dataclasses import asdict
from pathlib import Path

from bioloom.lincrna.browser.bigfiles import is_bigtools_installed
from bioloom.lincrna.inputs.chemistry import cdna_file
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.expression import quantified_path
from bioloom.lincrna.inputs.primers import primers_file
from bioloom.lincrna.workflow.given import is_plain, under_plain_names
from bioloom.lincrna.workflow.isoquant_steps import isoquant_options

RUN, _SAMPLES = read_run_config(Path(config["run_config"]))
SAMPLES = {sample.name: under_plain_names(sample) for sample in _SAMPLES}
# Trim Galore names the folder that it writes to a shell, unquoted
WORKS_IN_PLACE = is_plain(Path.cwd())
NAMED = {sample.name: sample.reads for sample in _SAMPLES}
RUN_CONFIG = config["run_config"]


def of_route(*routes):
    """Samples that take one of these ways through the workflow."""
    return [name for name, sample in SAMPLES.items() if sample.route in routes]


WITH_CELLS = [name for name, sample in SAMPLES.items() if sample.has_cells]
LONG = [name for name, sample in SAMPLES.items() if sample.is_long]
LONG_READ = of_route("long_reads")
SHORT = [name for name in SAMPLES if name not in LONG]
PRIMERS = primers_file(RUN.long_reads.primers)
# long reads beside short ones of the same RNA: both are assembled together
MIXED = {
    sample.mixed_with: name for name, sample in SAMPLES.items() if sample.mixed_with
}
ASSEMBLED = [name for name, sample in SAMPLES.items() if not sample.mixed_with]
BY_ISOQUANT = [
    name
    for name in ASSEMBLED
    if name in LONG and RUN.long_reads.assembler == "isoquant"
]
BY_STRINGTIE = [name for name in ASSEMBLED if name not in BY_ISOQUANT]
ASSEMBLIES = [f"assembled/{name}.gtf" for name in ASSEMBLED]
PLATES = of_route("plate")
EXTRACTED = of_route("droplets")
ALIGNED = of_route("alignments", "long_alignments")
TAGGED = of_route("tagged_alignments")
READ = of_route("reads", "droplets", "plate")
DROPLETS = of_route("droplets", "tagged_alignments")
# of droplets the reads that are left of each molecule
BAM_READS = [*ALIGNED, *DROPLETS]
# plates have reads of whole RNAs, as bulk samples
WHOLE = [name for name in ASSEMBLED if name not in DROPLETS]
SOURCES = {name: own for name, own in (("bulk", WHOLE), ("cells", DROPLETS)) if own}
BLOCKS = [f"block_{number}" for number in range(1, RUN.blocks + 1)]
EXPRESSION = [f"quantified/{name}.gtf" for name in SAMPLES] + [
    f"quantified/{name}/i_data.ctab" for name in SAMPLES
]
QUANTIFIED = [str(quantified_path(Path(), name, RUN.quantifier)) for name in SAMPLES]
EXPRESSION += QUANTIFIED if RUN.quantifier != "stringtie" else []
EXPRESSION += [f"full_length/{name}.tsv" for name in LONG]
# fastp looks at the reads that it trims: of its samples FastQC has nothing to say
BY_FASTP = of_route("reads", "plate") if RUN.trimmer == "fastp" else []
BY_TRIM_GALORE = [name for name in READ if name not in BY_FASTP]
FASTQC = [
    f"../qc/{stage}/{name}" for stage in ("raw", "trimmed") for name in BY_TRIM_GALORE
]
TRIMMING = [f"../qc/trimming/{name}_trimming_report.txt" for name in BY_TRIM_GALORE]
TRIMMING += [f"../qc/trimming/{name}.fastp.json" for name in BY_FASTP]
WITH_COVERAGE = RUN.browser.coverage and is_bigtools_installed()
COVERAGE = [f"../browser/coverage/{name}.bw" for name in SAMPLES if WITH_COVERAGE]
EXTRA_FILES = [
    str(path)
    for path in (
        RUN.annotation,
        RUN.lncrna,
        RUN.housekeeping,
        RUN.repeats,
        RUN.domains,
        RUN.proteins,
        RUN.rfam,
        RUN.filters.biotypes,
    )
    if path
]
MIRNA_SITES = [str(RUN.browser.mirna_sites)] if RUN.browser.mirna_sites else []
GENE_SETS = [
    str(path) for path in (RUN.partners.gene_sets, RUN.partners.ontology) if path
]


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),
    stage="raw|trimmed",
    source="bulk|cells",
    block=r"block_\d+",


def genome_index_mb():
    """Memory for an index of the genome (minimap2, Salmon), six bytes a base, and more."""
    n_bytes = RUN.genome.stat().st_size
    is_packed = RUN.genome.suffix in (".gz", ".bgz", ".bz2", ".xz", ".zst")
    return 4000 + 6 * n_bytes * (4 if is_packed else 1) // 1_000_000


def lane_reads(wildcards):
    """The files as given, lane by lane."""
    return [str(path) for path in SAMPLES[wildcards.sample].reads]


def given_alignments(wildcards):
    """The BAM, CRAM or SAM file in place of reads."""
    return str(SAMPLES[wildcards.sample].bam)


def n_mates(wildcards):
    """Files that belong together."""
    sample = SAMPLES[wildcards.sample]
    return (
        len(sample.lanes[0].files)
        if wildcards.stage == "raw"
        else len(trimmed_names(wildcards.sample))
    )


def is_joined(name):
    """Whether a sample's lanes or cells are joined before they are trimmed."""
    sample = SAMPLES[name]
    return not sample.is_droplets and (sample.is_plate or len(sample.lanes) > 1)


def joined_names(name):
    sample = SAMPLES[name]
    is_packed = sample.is_plate or sample.reads[0].suffix == ".gz"
    ending = ".fastq.gz" if is_packed else ".fastq"
    mates = range(1, 1 + len(sample.lanes[0].files))
    return [f"joined/{name}/{name}_{mate}{ending}" for mate in mates]


def joining(wildcards):
    """Commands that write a sample's lanes one behind the other.

    Gzip files one behind the other are one gzip file.
    """
    mates = zip(*(lane.files for lane in SAMPLES[wildcards.sample].lanes))
    return " && ".join(
        f"cat {' '.join(shlex.quote(str(path)) for path in files)} > {name}"
        for files, name in zip(mates, joined_names(wildcards.sample))
    )


def raw_reads(wildcards):
    """The files to trim: those given, or a sample's lanes joined."""
    if is_joined(wildcards.sample):
        return joined_names(wildcards.sample)
    return lane_reads(wildcards)


def seen_reads(wildcards):
    """cDNA that FastQC looks at: not the barcodes of droplet samples."""
    if wildcards.stage == "trimmed":
        return trimmed_names(wildcards.sample)
    sample = SAMPLES[wildcards.sample]
    if not sample.is_droplets:
        return raw_reads(wildcards)
    return [str(lane.files[cdna_file(sample.chemistry)]) for lane in sample.lanes]


def checked_reads(wildcards):
    """Files that are read to their end; what is wrong is told of them as given."""
    if wildcards.stage == "raw":
        return [str(path) for path in NAMED[wildcards.sample]]
    return trimmed_names(wildcards.sample)


def cell_settings(name):
    """What of a sample decides on its barcodes."""
    sample = SAMPLES[name]
    return str((sample.chemistry, sample.barcodes, sample.n_cells))


def kit_facts(name):
    """Facts that hold the strand of a single-cell sample's kit."""
    return [f"cells/{name}/barcodes.json"] if name in WITH_CELLS else []


def kit_option(wildcards):
    return " ".join(f"--cells {path}" for path in kit_facts(wildcards.sample))


def final_bam(wildcards):
    folder = "deduplicated" if wildcards.sample in DROPLETS else "aligned"
    return f"{folder}/{wildcards.sample}.bam"


def assembled_bams(wildcards):
    """Alignments of an assembly: short reads, then long ones of the same RNA."""
    bams = [final_bam(wildcards)]
    if wildcards.sample in MIXED:
        bams.append(f"mixed/{MIXED[wildcards.sample]}.bam")
    return bams


def assembly_mode(wildcards):
    if wildcards.sample in MIXED:
        return "--mix"
    return "-L" if wildcards.sample in LONG else ""


def one_of(samples):
    return "|".join(map(re.escape, samples)) or "none^"  # no name has a ^


def trimmed_names(sample):
    if SAMPLES[sample].is_paired:
        return [f"trimmed/{sample}/{sample}_val_{mate}.fq.gz" for mate in (1, 2)]
    return [f"trimmed/{sample}/{sample}_trimmed.fq.gz"]


def hisat2_reads(wildcards):
    flags = ["-1", "-2"] if SAMPLES[wildcards.sample].is_paired else ["-U"]
    names = trimmed_names(wildcards.sample)
    return " ".join(f"{flag} {name}" for flag, name in zip(flags, names))


def fastp_reads(wildcards):
    """Files to read and to write, and how adapters of pairs are found."""
    given, trimmed = raw_reads(wildcards), trimmed_names(wildcards.sample)
    names = [
        f"--in{mate} {shlex.quote(str(file))} --out{mate} {name}"
        for mate, (file, name) in enumerate(zip(given, trimmed), 1)
    ]
    return " ".join([*names, *["--detect_adapter_for_pe"] * (len(given) > 1)])


def salmon_input(wildcards):
    """Where the reads that Salmon takes are."""
    name = wildcards.sample
    if name in BAM_READS:
        return f"reads_of_bam/{name}"
    return f"oriented/{name}.fastq.gz" if name in LONG else f"trimmed/{name}"


def salmon_reads(wildcards):
    """Files of single reads, or of mates; of alignments the mates, then single reads."""
    name = wildcards.sample
    if name in BAM_READS:
        files = ("single",) if name in LONG else ("mates_1", "mates_2", "single")
        return [f"reads_of_bam/{name}/{file}.fastq.gz" for file in files]
    return [salmon_input(wildcards)] if name in LONG else trimmed_names(name)


def reads_of_stage(wildcards):
    if wildcards.stage == "raw":
        return raw_reads(wildcards)
    return trimmed_names(wildcards.sample)


def checked_input(wildcards):
    if wildcards.stage == "raw":
        return lane_reads(wildcards)
    return f"trimmed/{wildcards.sample}"


def trimming_input(wildcards):
    """What Trim Galore's files come from."""
    name = wildcards.sample
    return f"joined/{name}" if is_joined(name) else raw_reads(wildcards)


def trimming_folder(wildcards, output):
    """Where Trim Galore writes, and how its files come to their place."""
    return str(output.reads) if WORKS_IN_PLACE else "$(mktemp -d)"


def trimming_moved(wildcards, output):
    return "true" if WORKS_IN_PLACE else f"mv $into {output.reads}"


def stage_input(wildcards):
    if wildcards.stage == "raw":
        return trimming_input(wildcards)
    return f"trimmed/{wildcards.sample}"
