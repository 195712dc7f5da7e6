"""`bioloom lincrna`: parse, one call, write."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from bioloom.cli.explanation import (
    language_option,
    output_options,
    write_explanation,
)
from bioloom.cli.group import Room
from bioloom.cli.lincrna_differences import compare, mark
from bioloom.cli.lincrna_methods import methods
from bioloom.cli.lincrna_score import score
from bioloom.cli.lincrna_steps import step
from bioloom.cli.options import (
    check_no_pipe,
    cores_option,
    seed_option,
    threads_option,
    workflow_options,
)
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import json_option, tell, tell_plan
from bioloom.cli.settings import settings_options
from bioloom.lincrna.about import About
from bioloom.lincrna.settings import (
    FilterSettings,
    PartnerSettings,
)
from bioloom.run.settings import scalar_settings

if TYPE_CHECKING:
    from bioloom.run.workflow import Launch

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
strict_option = click.option(
    "--strict",
    is_flag=True,
    help="Stop at a row that cannot be read; otherwise it is left out and counted.",
)


@click.group(cls=Room)
def lincrna() -> None:
    """From RNA-seq reads, or an assembly, to lincRNA candidates.

    \b
    Start with:
      bioloom lincrna demo
      bioloom lincrna init my_run
      bioloom lincrna score transcripts.fa --out scores.tsv
    """


lincrna.add_command(step)
lincrna.add_command(score)
lincrna.add_command(methods)
lincrna.add_command(compare)
lincrna.add_command(mark)


@lincrna.command()
@click.argument("folder", type=FOLDER, default=".")
@json_option
def init(folder: Path) -> None:
    """Write a commented config.yaml and samples.tsv into FOLDER to fill in.

    Existing files are not changed.

    \b
    Example:
      bioloom lincrna init my_run
    """
    from bioloom.lincrna.api import init

    templates = init(folder)
    lines = [f"{file.fate}: {file.path}" for file in templates.files]
    lines.append(f"Fill them in, then: bioloom lincrna run --config {templates.config}")
    tell(
        "\n".join(lines),
        written=[file.path for file in templates.files if file.is_new],
        kept=[file.path for file in templates.files if not file.is_new],
    )


@lincrna.command()
@click.option("--annotation", type=PATH, required=True, help="Known genes.")
@click.option("--genome", type=PATH, help="FASTA, to compare its contigs with.")
@click.option("--gtf", type=PATH, help="Assembly, to compare its contigs with.")
@click.option("--config", type=PATH, help="YAML with filter settings.")
@strict_option
@click.option("--out", type=PATH, help="Also write the tables as a page, HTML.")
@language_option
@settings_options(FilterSettings, "biotypes", "coding_model")
@json_option
def inspect(
    annotation: Path,
    genome: Path | None,
    gtf: Path | None,
    config: Path | None,
    strict: bool,
    out: Path | None,
    changes: Mapping[str, object],
) -> None:
    """Show what is understood of an annotation, before anything is judged by it.

    Genes by kind, every biotype and how it was taken, organelles, contigs that one of
    the files lacks, and what the filters will be worth.

    \b
    Examples:
      bioloom lincrna inspect --annotation genes.gff3
      bioloom lincrna inspect --annotation genes.gtf.gz --genome genome.fa.gz \\
          --gtf assembled.gtf --out inspection.html
    """
    from bioloom.lincrna.api import filter_settings, inspect
    from bioloom.run.settings import changed

    inspection = inspect(
        annotation,
        genome=genome,
        gtf=gtf,
        settings=filter_settings(changed(filter_settings(config), changes)),
        strict=strict,
        out=out,
    )
    page = f"\n\npage: {out}" if out else ""
    tell(f"{inspection.to_text()}{page}", **asdict(inspection.understood), page=out)


@lincrna.command()
@workflow_options
@json_option
def run(config: Path, launch: Launch, dry_run: bool) -> None:
    """From reads to candidates; an interrupted run resumes where it stopped.

    \b
    Examples:
      bioloom lincrna run --config config.yaml --cores 8
      bioloom lincrna run --config config.yaml --dry-run
      bioloom lincrna run --config config.yaml --cores 16 --profile slurm
    """
    from bioloom.lincrna.workflow.runner import plan_workflow, run_workflow

    if dry_run:
        tell_plan(plan_workflow(config, launch))
        return
    with progress_bar() as on_step:
        out = run_workflow(config, launch, on_step=on_step)
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
@click.option("--proteins", type=PATH, help="Proteins, e.g. uniprot_sprot.fasta.gz.")
@click.option("--rfam", type=PATH, help="Covariance models, e.g. Rfam.cm.gz.")
@click.option("--lncrna", type=PATH, help="Further known lncRNAs: GTF or BED.")
@click.option("--housekeeping", type=PATH, help="Further housekeeping RNAs: GTF, BED.")
@click.option("--repeats", type=PATH, help="Repeats: RepeatMasker .out, BED or GTF.")
@click.option(
    "--votes",
    type=PATH,
    multiple=True,
    help="Results of CPC2, CPAT, FEELnc or RNAsamba; at most one of each.",
)
@click.option(
    "--expression",
    type=PATH,
    multiple=True,
    help="Table of TPM, transcripts by samples, or GTF of `stringtie -e`.",
)
@click.option(
    "--named-set",
    "named_sets",
    type=PATH,
    multiple=True,
    help="Named transcripts, e.g. LNCipedia's GTF, to look candidates up in.",
)
@click.option("--names", type=PATH, help="names.tsv of an earlier run, to keep names.")
@click.option(
    "--genome-name",
    default="",
    help="Name that genome browsers know GENOME by, such as mm39: the report links to "
    "them.",
)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option(
    "--config",
    type=PATH,
    help="YAML with filter settings, as below `filters:` in config.yaml; the "
    "options below override it.",
)
@strict_option
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@settings_options(FilterSettings, *scalar_settings(FilterSettings))
@settings_options(PartnerSettings, "window_nt", into="partner_changes")
@json_option
def filter_command(
    gtf: Path,
    genome: Path,
    annotation: Path,
    domains: Path | None,
    proteins: Path | None,
    rfam: Path | None,
    lncrna: Path | None,
    housekeeping: Path | None,
    repeats: Path | None,
    votes: tuple[Path, ...],
    expression: tuple[Path, ...],
    named_sets: tuple[Path, ...],
    names: Path | None,
    genome_name: str,
    out: Path,
    config: Path | None,
    strict: bool,
    threads: int,
    force: bool,
    changes: Mapping[str, object],
    partner_changes: Mapping[str, object],
) -> None:
    """Filter any assembly; judge it transcript by transcript and locus by locus.

    \b
    Example:
      bioloom lincrna filter --gtf assembled.gtf --genome genome.fa.gz \\
          --annotation annotation.gtf.gz --domains Pfam-A.hmm.gz --out filtered
    """
    from bioloom.lincrna.api import filter_settings
    from bioloom.lincrna.filtering import run_filter
    from bioloom.lincrna.inputs.files import FilterInputs
    from bioloom.report.lincrna import write_report
    from bioloom.run.settings import changed

    check_no_pipe("inputs", gtf, genome, annotation)
    inputs = FilterInputs(
        assembly=gtf,
        genome=genome,
        annotation=annotation,
        domains=domains,
        proteins=proteins,
        rfam=rfam,
        lncrna=lncrna,
        housekeeping=housekeeping,
        repeats=repeats,
        votes=votes,
        expression=expression,
        named_sets=named_sets,
        names=names,
        genome_name=genome_name,
        strict=strict,
        window_nt=changed(PartnerSettings(), partner_changes).window_nt,
    )
    settings = filter_settings(changed(filter_settings(config), changes))
    with progress_bar() as on_step:
        result = run_filter(
            inputs,
            settings,
            out=out,
            threads=threads,
            force=force,
            on_step=on_step,
            report=write_report,
        )
    for warning in result.warnings:
        click.echo(f"bioloom: warning: {warning}", err=True)
    for sentence in result.notes:
        note(sentence)
    report = out / "report.html"
    tell(
        f"{result.summary()}; report: {report}",
        n_transcripts=len(result.rows),
        n_candidates=len(result.candidates),
        n_candidate_loci=result.n_candidate_loci,
        warnings=result.warnings,
        run=out,
        report=report,
    )


@lincrna.command()
@click.option("--coding", type=PATH, help="mRNAs: FASTA, plain or gzip.")
@click.option(
    "--noncoding",
    type=PATH,
    help="lncRNAs: FASTA; without them non-coding sequence is made from the mRNAs.",
)
@click.option("--annotation", type=PATH, help="GTF or GFF3, in place of FASTA files.")
@click.option("--genome", type=PATH, help="FASTA, with --annotation.")
@settings_options(FilterSettings, "genetic_code")
@click.option("--out", type=PATH, required=True, help="Model to write, JSON.")
@seed_option("the folds")
@json_option
def train(
    coding: Path | None,
    noncoding: Path | None,
    annotation: Path | None,
    genome: Path | None,
    changes: Mapping[str, object],
    out: Path,
    rng_seed: int,
) -> None:
    """Train a coding-potential model on transcripts of known class.

    Name the model in a run's config.yaml as `coding_model`. Isoforms of one gene (by
    gene:NAME or gene=NAME in the FASTA header) and transcripts of similar sequence
    stay together in cross-validation. Without lncRNAs, non-coding sequence is made
    from the mRNAs. Give whole mRNAs: where most lack UTRs (CDS), sequence that is made
    stands in for these. Proteins, and the same sequences as both, are refused.

    \b
    Examples:
      bioloom lincrna train --coding mrna.fa --noncoding lncrna.fa --out model.json
      bioloom lincrna train --coding mrna.fa --out model.json
      bioloom lincrna train --annotation my.gtf --genome my.fa --out model.json
    """
    from bioloom.lincrna.api import filter_settings, train
    from bioloom.run.settings import changed

    is_sequences = bool(coding) and not (annotation or genome)
    is_annotation = bool(annotation and genome) and not (coding or noncoding)
    if not (is_sequences or is_annotation):
        raise click.UsageError("Give --coding, or --annotation and --genome.")
    result = train(
        coding,
        noncoding,
        annotation=annotation,
        genome=genome,
        genetic_code=changed(filter_settings(None), changes).genetic_code,
        out=out,
        rng_seed=rng_seed,
    )
    lines = [f"{name:23} {value:.4g}" for name, value in result.evaluation.items()]
    tell("\n".join(lines), **result.evaluation, model=out)


@lincrna.command()
@click.argument("name")
@click.argument("other", default="")
@click.option("--run", "run_folder", type=FOLDER, required=True, help="Run folder.")
@click.option(
    "--about",
    type=click.Choice(get_args(About)),
    default="verdict",
    show_default=True,
    help="What to explain.",
)
@output_options
def explain(
    name: str, other: str, run_folder: Path, about: About, form: str, out: Path
) -> None:
    """Show the working behind a result: of a transcript, a gene set, or a cell.

    OTHER is a partner gene of a candidate (--about partners) or a cluster (--about
    markers); without it the best one.

    \b
    Examples:
      bioloom lincrna explain MSTRG.5.1 --run my_run
      bioloom lincrna explain Malat1 --run my_run --about expression
      bioloom lincrna explain MSTRG.5.1 --run my_run --about partners
      bioloom lincrna explain MSTRG.5.1 Sox2 --run my_run --about partners
      bioloom lincrna explain GO:0006355 --run my_run --about partners
      bioloom lincrna explain Meg3 2 --run marked --about markers
      bioloom lincrna explain liver_ACGTACGTACGTACGT --run my_run --about cells
    """
    from bioloom.lincrna.api import explain

    write_explanation(explain(name, other, run=run_folder, about=about), form, out)


@lincrna.command()
def schema() -> None:
    """Print the JSON schema of config.yaml: type, limits and meaning of each setting.

    \b
    Example:
      bioloom lincrna schema > config.schema.json
    """
    import json

    from bioloom.lincrna.api import schema

    click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@lincrna.command()
@click.option(
    "--out", type=FOLDER, default="demo", show_default=True, help="Folder to write."
)
@cores_option
@seed_option("the simulated reads")
@click.option(
    "--cells", is_flag=True, help="Add a single-cell and a single-nucleus sample."
)
@json_option
def demo(out: Path, cores: int, rng_seed: int, cells: bool) -> None:
    """Run the workflow on simulated reads and compare the outcome with the truth.

    Exits with 1 if a decoy is accepted or a lincRNA is missed.

    \b
    Example:
      bioloom lincrna demo --out demo
    """
    from bioloom.lincrna.workflow.demo import run_demo

    with progress_bar() as on_step:
        result = run_demo(
            out, cores=cores, rng_seed=rng_seed, with_cells=cells, on_step=on_step
        )
    page = (out / "run" / "report.html").resolve()
    tell(
        f"{result.to_text()}\nreport: {page}\ntables: {page.parent / 'tables'}\n"
        f"genome browser: {page.parent / 'browser'}",
        is_right=result.is_right,
        n_right=result.n_right,
        n_loci=len(result.loci),
        wrong=[locus.truth.locus_id for locus in result.wrong],
        unexpected=result.unexpected,
        report=page,
    )
    sys.exit(0 if result.is_right else 1)
