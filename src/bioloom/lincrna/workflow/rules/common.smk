# The run's configuration and sample sheet, checked before anything starts.
import json
from dataclasses import asdict
from pathlib import Path

from bioloom.lincrna.browser.bigfiles import is_bigtools_installed
from bioloom.lincrna.inputs.config import read_run_config

RUN, _SAMPLES = read_run_config(Path(config["run_config"]))
SAMPLES = {sample.name: sample for sample in _SAMPLES}
RUN_CONFIG = config["run_config"]
DROPLETS = [name for name, sample in SAMPLES.items() if sample.is_droplets]
BULK = [name for name in SAMPLES if name not in DROPLETS]
SOURCES = {name: own for name, own in (("bulk", BULK), ("cells", DROPLETS)) if own}
BLOCKS = [f"block_{number}" for number in range(1, RUN.blocks + 1)]
EXPRESSION = [f"quantified/{name}.gtf" for name in SAMPLES] + [
    f"quantified/{name}/i_data.ctab" for name in SAMPLES
]
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
        RUN.rfam,
        RUN.filters.biotypes,
    )
    if path
]
GENE_SETS = [
    str(path) for path in (RUN.partners.gene_sets, RUN.partners.ontology) if path
]


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),
    stage="raw|trimmed",
    source="bulk|cells",
    block=r"block_\d+",


def raw_reads(wildcards):
    return [str(path) for path in SAMPLES[wildcards.sample].reads]


def seen_reads(wildcards):
    """cDNA that FastQC looks at: not the barcodes of droplet samples."""
    reads = reads_of_stage(wildcards)
    return reads[1:] if len(reads) > 1 and wildcards.sample in DROPLETS else reads


def final_bam(wildcards):
    folder = "deduplicated" if wildcards.sample in DROPLETS else "aligned"
    return f"{folder}/{wildcards.sample}.bam"


def one_of(samples):
    return "|".join(map(re.escape, samples)) or "none^"


def trimmed_names(sample):
    if SAMPLES[sample].is_paired:
        return [f"trimmed/{sample}/{sample}_val_{mate}.fq.gz" for mate in (1, 2)]
    return [f"trimmed/{sample}/{sample}_trimmed.fq.gz"]


def hisat2_reads(wildcards):
    flags = ["-1", "-2"] if SAMPLES[wildcards.sample].is_paired else ["-U"]
    names = trimmed_names(wildcards.sample)
    return " ".join(f"{flag} {name}" for flag, name in zip(flags, names))


def reads_of_stage(wildcards):
    if wildcards.stage == "raw":
        return raw_reads(wildcards)
    return trimmed_names(wildcards.sample)


def stage_input(wildcards):
    if wildcards.stage == "raw":
        return raw_reads(wildcards)
    return f"trimmed/{wildcards.sample}"
