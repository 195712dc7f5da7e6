"""`bioloom lincrna step`: the commands that the rules of the workflow run."""

from pathlib import Path
from typing import TextIO

import click

from bioloom.cli import lincrna_steps_cells, lincrna_steps_reads
from bioloom.cli.group import Room

PATH = click.Path(path_type=Path)


@click.group(cls=Room)
def step() -> None:
    """Single steps of the workflow, called by `run`."""


for command in (*lincrna_steps_reads.COMMANDS, *lincrna_steps_cells.COMMANDS):
    step.add_command(command)


@step.command()
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def reference(config: Path, out: Path) -> None:
    """Check that genome and annotation fit together, and unpack them."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.read_steps import prepare_reference

    prepare_reference(read_run_config(config).config, out)


@step.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--sample", required=True)
@click.option("--stage", type=click.Choice(["raw", "trimmed"]), required=True)
@click.option("--mates", "n_mates", type=int, help="Files of a lane.")
@click.option("--out", type=PATH, required=True)
def reads(
    paths: tuple[Path, ...], sample: str, stage: str, n_mates: int | None, out: Path
) -> None:
    """Read one sample's FASTQ files to the end, lane by lane."""
    from dataclasses import asdict

    from bioloom.lincrna.workflow.read_steps import check_reads, write_json

    write_json(out, asdict(check_reads(sample, paths, stage=stage, n_mates=n_mates)))


@step.command()
@click.argument("sam", type=click.File("r"))
@click.option("--sample", required=True)
@click.option(
    "--stated",
    type=click.Choice(["auto", "forward", "reverse", "unstranded"]),
    default="auto",
)
@click.option("--paired/--single", "is_paired", required=True)
@click.option("--annotation", type=PATH, required=True)
@click.option("--cells", type=PATH, help="Facts on the barcodes of single cells.")
@click.option("--out", type=PATH, required=True)
def strandness(
    sam: TextIO,
    sample: str,
    stated: str,
    is_paired: bool,
    annotation: Path,
    cells: Path | None,
    out: Path,
) -> None:
    """Check a sample's strandness on SAM lines against annotated exons."""
    from typing import cast

    from bioloom.lincrna.inputs.sample import StatedStrandness
    from bioloom.lincrna.workflow.cell_steps import strand_of_kit
    from bioloom.lincrna.workflow.read_steps import infer_strandness

    infer_strandness(
        sample,
        sam,
        stated=cast(StatedStrandness, stated),
        is_paired=is_paired,
        annotation=annotation,
        out=out,
        kit=strand_of_kit(cells) if cells is not None else None,
    )


@step.command()
@click.argument("assemblies", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, required=True)
def tidy(assemblies: tuple[Path, ...], out: Path) -> None:
    """Sort assemblies and list those that hold a transcript."""
    from bioloom.lincrna.workflow.read_steps import tidy_assemblies

    tidy_assemblies(assemblies, out)


@step.command()
@click.argument("blocks", nargs=-1, required=True, type=PATH)
@click.option("--config", type=PATH, required=True)
def collect(blocks: tuple[Path, ...], config: Path) -> None:
    """Split the transcripts into blocks and write the coding model."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import collect_run

    settings, samples = read_run_config(config)
    collect_run(settings, Path(), samples=samples, blocks=blocks)


@step.command()
@click.argument("block", type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
@click.option("--threads", default=1)
def measure(block: Path, config: Path, out: Path, threads: int) -> None:
    """Measure ORFs and coding potential of one block."""
    from bioloom.cli.progress import progress_bar
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import measure_block

    settings = read_run_config(config).config
    with progress_bar() as on_step:
        measure_block(
            settings, Path(), block, out=out, threads=threads, on_step=on_step
        )


@step.command("choose-domains")
@click.argument("blocks", nargs=-1, required=True, type=PATH)
@click.option("--config", type=PATH, required=True)
def choose_domains(blocks: tuple[Path, ...], config: Path) -> None:
    """Split the transcripts whose verdict a domain can change into blocks."""
    from bioloom.cli.progress import logged_as_notes
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import choose_for_domains

    settings, samples = read_run_config(config)
    with logged_as_notes():
        choose_for_domains(settings, Path(), samples=samples, blocks=blocks)


@step.command("search-domains")
@click.argument("block", type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
@click.option("--threads", default=1)
def search_domains_command(block: Path, config: Path, out: Path, threads: int) -> None:
    """Search the transcripts of one block for protein domains."""
    from bioloom.cli.progress import progress_bar
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import search_domains

    settings = read_run_config(config).config
    with progress_bar() as on_step:
        search_domains(settings, block, out=out, threads=threads, on_step=on_step)


@step.command("choose-homology")
@click.argument("blocks", nargs=-1, required=True, type=PATH)
@click.option("--config", type=PATH, required=True)
def choose_homology(blocks: tuple[Path, ...], config: Path) -> None:
    """Split the transcripts whose verdict a protein can change into blocks."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import choose_for_homology

    settings, samples = read_run_config(config)
    choose_for_homology(settings, Path(), samples=samples, blocks=blocks)


@step.command("search-homology")
@click.argument("block", type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
@click.option("--threads", default=1)
def search_homology_command(block: Path, config: Path, out: Path, threads: int) -> None:
    """Compare the transcripts of one block with proteins."""
    from bioloom.cli.progress import progress_bar
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import search_homology

    settings = read_run_config(config).config
    with progress_bar() as on_step:
        search_homology(
            settings, Path(), block, out=out, threads=threads, on_step=on_step
        )


@step.command("choose-rfam")
@click.argument("blocks", nargs=-1, required=True, type=PATH)
@click.option("--config", type=PATH, required=True)
def choose_rfam(blocks: tuple[Path, ...], config: Path) -> None:
    """Split the transcripts that are still candidates into blocks."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import choose_for_rfam

    settings, samples = read_run_config(config)
    choose_for_rfam(settings, Path(), samples=samples, blocks=blocks)


@step.command("search-rfam")
@click.argument("block", type=PATH)
@click.option("--config", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
@click.option("--threads", default=1)
def search_rfam_command(block: Path, config: Path, out: Path, threads: int) -> None:
    """Search the transcripts of one block with Rfam."""
    from bioloom.cli.progress import progress_bar
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import search_rfam

    settings = read_run_config(config).config
    with progress_bar() as on_step:
        search_rfam(settings, block, out=out, threads=threads, on_step=on_step)


@step.command("filter")
@click.option("--config", type=PATH, required=True)
def filter_command(config: Path) -> None:
    """Judge the merged assembly of the run in the current folder."""
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.workflow.steps import filter_run

    settings, samples = read_run_config(config)
    filter_run(settings, Path(), samples=samples)


@step.command()
@click.argument("assemblies", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, required=True)
def prefer(assemblies: tuple[Path, ...], out: Path) -> None:
    """Join merged assemblies; models of an earlier one take precedence."""
    from bioloom.lincrna.workflow.read_steps import prefer_first

    prefer_first(assemblies, out)


@step.command()
@click.argument("bam", type=PATH)
@click.option("--sample", required=True)
@click.option("--strandness", type=PATH, required=True)
@click.option("--out", type=PATH, required=True)
def coverage(bam: Path, sample: str, strandness: Path, out: Path) -> None:
    """Write the coverage of a sample, and of a stranded library each strand."""
    from bioloom.lincrna.browser.coverage import write_coverage
    from bioloom.lincrna.inputs.samples import read_strand_check

    used = read_strand_check(strandness).strandness
    write_coverage(bam, out, sample=sample, strandness=used)


@step.command()
@click.option("--config", type=PATH, required=True)
@click.option("--threads", default=1)
def report(config: Path, threads: int) -> None:
    """Write candidates, tables and the report of the run in the current folder."""
    from dataclasses import replace

    from bioloom.genome.gtf import read_annotation
    from bioloom.lincrna.browser.folder import BrowserInputs
    from bioloom.lincrna.comparison.analysis import ComparisonPlan
    from bioloom.lincrna.inputs.config import read_run_config
    from bioloom.lincrna.inputs.expression import quantified_path
    from bioloom.lincrna.inputs.known_models import read_known_models
    from bioloom.lincrna.inputs.samples import report_sample
    from bioloom.lincrna.output.outputs import write_outputs
    from bioloom.lincrna.output.partner_tables import PartnerPlan
    from bioloom.lincrna.output.working import read_working
    from bioloom.report.lincrna import write_report

    settings, samples = read_run_config(config)
    working, out = Path().resolve(), Path().resolve().parent
    annotated = read_annotation(working / "reference/annotation.gtf").transcripts
    result = replace(read_working(out), annotated=tuple(annotated))
    tables = write_outputs(
        result,
        out,
        samples=[report_sample(sample, working) for sample in samples],
        quantified={
            sample.name: quantified_path(working, sample.name, settings.quantifier)
            for sample in samples
        },
        known=[*read_known_models(working / "measured/known.jsonl")],
        comparison=ComparisonPlan(settings.comparison, threads),
        browser=BrowserInputs(
            genome=working / "reference/genome.fa",
            annotated=annotated,
            cache=working / "reference",
            assembly=settings.browser.assembly,
            samples=tuple(
                sample.name for sample in samples if settings.browser.coverage
            ),
            igv_mb=settings.browser.igv_mb,
            mirna_sites=settings.browser.mirna_sites,
        ),
        partners=PartnerPlan.of(settings),
    )
    write_report(result, tables, out)
