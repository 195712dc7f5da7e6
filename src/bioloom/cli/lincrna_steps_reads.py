"""Steps of the workflow on alignments, long reads and Salmon, run by Snakemake."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bioloom.cli.help import Command

if TYPE_CHECKING:
    from bioloom.lincrna.inputs.sample import Sample

PATH = click.Path(path_type=Path)


@click.command(cls=Command, name="star-index")
@click.argument("genome", type=PATH)
@click.argument("introns", type=PATH)
def star_index(genome: Path, introns: Path) -> None:
    """Print STAR's options for the index of a genome."""
    from bioloom.lincrna.workflow.star_steps import index_options

    click.echo(index_options(genome, introns))


@click.command(cls=Command, name="star-summary")
@click.argument("log", type=PATH)
@click.option("--paired/--single", "is_paired", required=True)
@click.option("--out", type=PATH, required=True)
def star_summary(log: Path, is_paired: bool, out: Path) -> None:
    """Write STAR's counts of reads as HISAT2 has them."""
    from bioloom.lincrna.workflow.star_steps import write_summary

    write_summary(log, out, is_paired=is_paired)


@click.command(cls=Command, name="take-alignments")
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
def take_alignments(config: Path, sample: str) -> None:
    """Take the alignments of a bulk sample, or of long reads."""
    from bioloom.lincrna.workflow.alignment_steps import take_sample

    take_sample(sample_of(config, sample), Path())


@click.command(cls=Command)
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
@click.option("--out", type=PATH, required=True)
@click.option("--facts", type=PATH, required=True)
def orient(config: Path, sample: str, out: Path, facts: Path) -> None:
    """Cut tails and primers off long reads, and turn them to the RNA's strand."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.long_steps import orient_sample

    primers = read_run_config(config).config.long_reads.primers
    orient_sample(sample_of(config, sample), out, facts, primers=primers)


@click.command(cls=Command)
@click.argument("annotation", type=PATH)
@click.option("--out", type=PATH, required=True)
def junctions(annotation: Path, out: Path) -> None:
    """Write the annotated introns as minimap2 takes them."""
    from bioloom.lincrna.workflow.long_steps import write_junctions

    write_junctions(annotation, out)


@click.command(cls=Command, name="long-strandness")
@click.argument("bam", type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--sample", required=True)
@click.option("--annotation", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def long_strandness(
    bam: Path, config: Path, sample: str, annotation: Path, out: Path
) -> None:
    """Check the strand of long reads against annotated exons."""
    from bioloom.lincrna.workflow.long_steps import infer_long_strandness

    infer_long_strandness(
        sample_of(config, sample), bam, annotation=annotation, out=out
    )


@click.command(cls=Command, name="full-length")
@click.argument("bam", type=PATH)
@click.option("--union", type=PATH, required=True)
@click.option("--end-nt", type=int, required=True)
@click.option("--out", type=PATH, required=True)
def full_length(bam: Path, union: Path, end_nt: int, out: Path) -> None:
    """Count the long reads that hold each transcript whole."""
    from bioloom.lincrna.workflow.long_steps import write_full_length

    write_full_length(bam, union, out, end_nt=end_nt)


@click.command(cls=Command, name="transcript-sequences")
@click.argument("union", type=PATH)
@click.option("--genome", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def transcript_sequences(union: Path, genome: Path, out: Path) -> None:
    """Write the spliced sequences of an annotation's transcripts."""
    from bioloom.lincrna.workflow.salmon_steps import write_transcript_sequences

    write_transcript_sequences(union, genome, out)


@click.command(cls=Command, name="salmon-options")
@click.argument("check", type=PATH)
@click.argument("files", type=PATH, nargs=-1)
def salmon_options(check: Path, files: tuple[Path, ...]) -> None:
    """Print Salmon's options for a sample: library type and reads."""
    from bioloom.lincrna.workflow.salmon_steps import salmon_options as options

    click.echo(options(check, files))


@click.command(cls=Command, name="salmon-table")
@click.argument("quantified", type=PATH)
@click.option("--bam", type=PATH, required=True)
@click.option("--union", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def salmon_table(quantified: Path, bam: Path, union: Path, out: Path) -> None:
    """Write Salmon's table with TPM by the lengths of the sample's fragments."""
    from bioloom.lincrna.workflow.fragments import fragment_lengths
    from bioloom.lincrna.workflow.salmon_steps import write_salmon_table

    write_salmon_table(quantified, out, fragment_lengths(bam, union))


@click.command(cls=Command, name="isoquant-annotation")
@click.argument("annotation", type=PATH)
@click.option("--out", type=PATH, required=True)
def isoquant_annotation(annotation: Path, out: Path) -> None:
    """Write the annotation as IsoQuant takes it."""
    from bioloom.lincrna.workflow.isoquant_steps import write_isoquant_annotation

    write_isoquant_annotation(annotation, out)


@click.command(cls=Command, name="isoquant-models")
@click.argument("results", type=PATH)
@click.option("--sample", required=True)
@click.option("--out", type=PATH, required=True)
def isoquant_models(results: Path, sample: str, out: Path) -> None:
    """Write what IsoQuant assembled as StringTie would."""
    from bioloom.lincrna.workflow.isoquant_steps import write_isoquant_models

    write_isoquant_models(results, out, sample=sample)


def sample_of(config: Path, name: str) -> "Sample":
    """A sample of a run by its name."""
    from bioloom.lincrna.inputs.config import read_run_config

    return {each.name: each for each in read_run_config(config).samples}[name]


COMMANDS = (
    star_index,
    star_summary,
    take_alignments,
    orient,
    junctions,
    long_strandness,
    full_length,
    transcript_sequences,
    salmon_options,
    salmon_table,
    isoquant_annotation,
    isoquant_models,
)
