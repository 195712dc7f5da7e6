"""`bioloom lincrna`: parse, one call, write."""

import sys
from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.lincrna_steps import step
from bioloom.cli.options import (
    check_no_pipe,
    cores_option,
    seed_option,
    threads_option,
)
from bioloom.cli.progress import progress_bar
from bioloom.cli.result import json_option, tell

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(cls=Room)
def lincrna() -> None:
    """From RNA-seq reads, or an assembly, to lincRNA candidates.

    \b
    Start with:
      bioloom lincrna demo
      bioloom lincrna init my_run
    """


lincrna.add_command(step)


@lincrna.command()
@click.argument("folder", type=FOLDER, default=".")
@json_option
def init(folder: Path) -> None:
    """Write a commented config.yaml and samples.tsv into FOLDER to fill in.

    Files that are there already are kept.

    \b
    Example:
      bioloom lincrna init my_run
    """
    from bioloom.lincrna.inputs.templates import write_templates

    files = write_templates(folder)
    lines = [f"{'written' if is_new else 'kept'}: {path}" for path, is_new in files]
    config = folder / "config.yaml"
    lines.append(f"Fill them in, then: bioloom lincrna run --config {config}")
    tell(
        "\n".join(lines),
        written=[path for path, is_new in files if is_new],
        kept=[path for path, is_new in files if not is_new],
    )


@lincrna.command()
@click.option("--config", type=PATH, required=True, help="config.yaml of the run.")
@cores_option
@click.option("--force", is_flag=True, help="Run again over a finished run folder.")
@click.option("--dry-run", is_flag=True, help="Only list what would be done.")
@click.option("--profile", default="", help="slurm, or a Snakemake profile's folder.")
@json_option
def run(config: Path, cores: int, force: bool, dry_run: bool, profile: str) -> None:
    """From reads to candidates; resumes where an interrupted run stopped.

    \b
    Examples:
      bioloom lincrna run --config config.yaml --cores 8
      bioloom lincrna run --config config.yaml --cores 16 --profile slurm
    """
    from bioloom.lincrna.workflow.runner import run_workflow

    with progress_bar() as show:
        out = run_workflow(
            config,
            cores=cores,
            profile=profile,
            force=force,
            dry_run=dry_run,
            on_step=show,
        )
    if not dry_run:
        page = out / "report.html"
        tell(f"report: {page}", run=out, report=page)


@lincrna.command("filter")
@click.option("--gtf", type=PATH, required=True, help="Assembly: GTF, GFF3 or BED12.")
@click.option(
    "--genome", type=PATH, required=True, help="Its genome: FASTA, plain or gzip."
)
@click.option(
    "--annotation", type=PATH, required=True, help="Known genes: GTF or GFF3."
)
@click.option("--domains", type=PATH, help="Profile HMMs, e.g. Pfam-A.hmm.gz.")
@click.option("--lncrna", type=PATH, help="Further known lncRNAs: GTF or BED.")
@click.option("--housekeeping", type=PATH, help="Further housekeeping RNAs: GTF, BED.")
@click.option(
    "--votes",
    type=PATH,
    multiple=True,
    help="Results of CPC2, CPAT, FEELnc or RNAsamba; one of each at most.",
)
@click.option(
    "--vote-rule",
    type=click.Choice(["own", "any", "majority", "all"]),
    help="Whose votes call a transcript coding: the own model's alone, or those of "
    "any, most or all programs; default: own.",
)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option("--config", type=PATH, help="YAML: what init has below `filters:`.")
@click.option(
    "--strictness",
    type=click.Choice(["locus", "transcript"]),
    help="locus: one rejected isoform rejects its locus; default: locus.",
)
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@json_option
def filter_command(out: Path, threads: int, force: bool, **given: Any) -> None:
    """Filter anybody's assembly: intergenic, five filters, verdict by locus.

    \b
    Example:
      bioloom lincrna filter --gtf assembled.gtf --genome genome.fa.gz \\
          --annotation annotation.gtf.gz --domains Pfam-A.hmm.gz --out filtered
    """
    from bioloom.lincrna.filtering import run_filter
    from bioloom.lincrna.inputs.files import FilterInputs
    from bioloom.report.lincrna import write_report

    check_no_pipe("inputs", given["gtf"], given["genome"], given["annotation"])
    inputs = FilterInputs(
        assembly=given["gtf"],
        genome=given["genome"],
        annotation=given["annotation"],
        domains=given["domains"],
        lncrna=given["lncrna"],
        housekeeping=given["housekeeping"],
        votes=given["votes"],
    )
    told = {name: given[name] for name in ("strictness", "vote_rule") if given[name]}
    settings = _settings(given["config"], told)
    with progress_bar() as show:
        result = run_filter(
            inputs,
            settings,
            out=out,
            threads=threads,
            force=force,
            on_step=show,
            report=write_report,
        )
    for warning in result.warnings:
        click.echo(f"bioloom: warning: {warning}", err=True)
    n_loci = len({row.locus_id for row in result.candidates})
    tell(
        f"{len(result.candidates)} candidates of {n_loci} loci, from "
        f"{len(result.rows)} transcripts; report: {out / 'report.html'}",
        n_transcripts=len(result.rows),
        n_candidates=len(result.candidates),
        n_candidate_loci=n_loci,
        warnings=result.warnings,
        run=out,
        report=out / "report.html",
    )


def _settings(config: Path | None, told: dict[str, Any]) -> Any:
    from dataclasses import replace

    from bioloom.lincrna.inputs.config import with_model_path
    from bioloom.lincrna.settings import FilterSettings
    from bioloom.run.config import load_config

    settings = FilterSettings()
    if config:
        settings = with_model_path(load_config(config, FilterSettings), config)
    return replace(settings, **told)


@lincrna.command()
@click.option("--coding", type=PATH, help="mRNAs: FASTA, plain or gzip.")
@click.option(
    "--noncoding", type=PATH, help="lncRNAs: FASTA; without them made of the mRNAs."
)
@click.option("--annotation", type=PATH, help="GTF or GFF3, instead of FASTA files.")
@click.option("--genome", type=PATH, help="FASTA, with --annotation.")
@click.option("--out", type=PATH, required=True, help="Model to write, JSON.")
@seed_option("the folds")
@json_option
def train(
    coding: Path | None,
    noncoding: Path | None,
    annotation: Path | None,
    genome: Path | None,
    out: Path,
    rng_seed: int,
) -> None:
    """Train a coding-potential model on transcripts whose nature is known.

    Give it to a run as `coding_model`. Isoforms of one gene, by gene:NAME or gene=NAME
    in the header, and transcripts of similar sequence are kept together in
    cross-validation. Without lncRNAs, non-coding sequence is made of the mRNAs.

    \b
    Examples:
      bioloom lincrna train --coding mrna.fa --noncoding lncrna.fa --out model.json
      bioloom lincrna train --coding mrna.fa --out model.json
      bioloom lincrna train --annotation my.gtf --genome my.fa --out model.json
    """
    from bioloom.lincrna.training.annotated import train_on_annotation
    from bioloom.lincrna.training.fit import train_on_files

    if coding and not (annotation or genome):
        model = train_on_files(coding, noncoding, out=out, rng_seed=rng_seed)
    elif annotation and genome and not (coding or noncoding):
        model = train_on_annotation(annotation, genome, out=out, rng_seed=rng_seed)
    else:
        needed = "Give --coding, or --annotation and --genome."
        raise click.UsageError(needed)
    names = ("threshold", "leak_threshold")
    told = {**model.evaluation, **{name: getattr(model, name) for name in names}}
    lines = [f"{name:23} {value:.4g}" for name, value in told.items()]
    tell("\n".join(lines), **told, model=out)


@lincrna.command()
@click.argument("transcript")
@click.option("--run", "run_folder", type=FOLDER, required=True, help="Run folder.")
@output_options
def explain(transcript: str, run_folder: Path, form: str, out: Path) -> None:
    """Show the working behind one transcript's verdict.

    \b
    Example:
      bioloom lincrna explain MSTRG.5.1 --run my_run
    """
    from bioloom.lincrna.output.explain import explain as explained
    from bioloom.lincrna.output.working import read_one

    kept = read_one(run_folder, transcript)
    found = explained(kept.row, kept.sequence, kept.model, kept.settings)
    write_explanation(found, form, out)


@lincrna.command()
@click.option(
    "--out", type=FOLDER, default="demo", show_default=True, help="Folder to write."
)
@cores_option
@seed_option("the simulated reads")
@click.option("--cells", is_flag=True, help="With a single-cell and a nucleus sample.")
@json_option
def demo(out: Path, cores: int, rng_seed: int, cells: bool) -> None:
    """Run the main job on a simulated example and hold it against the truth.

    Exits with 1 if a decoy is accepted or a lincRNA missed.

    \b
    Example:
      bioloom lincrna demo --out demo
    """
    from bioloom.lincrna.workflow.demo import run_demo

    with progress_bar() as show:
        verdict = run_demo(
            out, cores=cores, rng_seed=rng_seed, with_cells=cells, on_step=show
        )
    page = (out / "run" / "report.html").resolve()
    tell(
        f"{verdict.to_text()}\nreport: {page}",
        is_right=verdict.is_right,
        n_right=sum(locus.outcome == "right" for locus in verdict.loci),
        n_loci=len(verdict.loci),
        wrong=[locus.truth.locus_id for locus in verdict.wrong],
        unexpected=verdict.unexpected,
        report=page,
    )
    sys.exit(0 if verdict.is_right else 1)
