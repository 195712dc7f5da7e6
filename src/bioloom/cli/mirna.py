"""`bioloom mirna`: where microRNAs bind their targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.mirna_options import (
    PRESETS,
    calibration_option,
    check_pipes,
    search_rules,
    site_options,
)
from bioloom.cli.mirna_predict import predict
from bioloom.cli.mirna_sets import orthologs, sponge
from bioloom.cli.mirna_steps import step
from bioloom.cli.options import (
    COUNT,
    seed_option,
    threads_option,
    workflow_options,
)
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import (
    json_option,
    picture_files,
    tell,
    tell_plan,
    tell_written,
)
from bioloom.mirna.options import (
    PValues,
    Region,
    SeedRegion,
    options_with,
)
from bioloom.run.settings import Changes
from bioloom.run.words import counted

if TYPE_CHECKING:
    from bioloom.run.workflow import Launch

PATH = click.Path(path_type=Path)


@click.group(cls=Room)
def mirna() -> None:
    """Where microRNAs bind: energy, seed region, p-value, drawing.

    \b
    Start with:
      bioloom mirna demo --out mirna_demo
      bioloom mirna predict mirnas.fa targets.fa > sites.tsv
      bioloom mirna explain mirnas.fa targets.fa
    """


@mirna.command()
@click.argument("annotation", type=PATH)
@click.argument("genome", type=PATH)
@click.option(
    "--region",
    type=click.Choice(get_args(Region)),
    default="3utr",
    show_default=True,
    help="Part of the transcripts to write.",
)
@click.option(
    "--every-isoform",
    is_flag=True,
    help="Write every transcript, not only the longest of each gene.",
)
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
def targets(
    annotation: Path, genome: Path, region: Region, every_isoform: bool, out: Path
) -> None:
    """Write the 3'UTRs (or other regions) of an ANNOTATION on its GENOME as FASTA.

    Headers say what each sequence is and where it lies, as does the table
    OUT.places.tsv beside a file.

    \b
    Example:
      bioloom mirna targets annotation.gtf genome.fa --out utrs.fa
      bioloom mirna predict mirnas.fa utrs.fa --on-genome --format bed
    """
    from bioloom.mirna.inputs.places import table_beside, write_table
    from bioloom.mirna.inputs.regions import read_regions
    from bioloom.seq.fasta import write_fasta

    records = list(
        read_regions(annotation, genome, region, every_isoform=every_isoform)
    )
    note(counted(write_fasta(out, records), "target"))
    if out.is_file():
        write_table(table_beside(out), records)
        note(f"positions: {table_beside(out)}")


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@search_rules()
@click.option(
    "--samples", type=COUNT, help="Number of random targets; default: 5,000 to 20,000."
)
@click.option("--out", type=PATH, required=True, help="JSON file to write.")
@threads_option
@seed_option("the random targets")
@json_option
def calibrate(
    mirnas: Path,
    targets: Path,
    changes: Changes,
    seed_region: SeedRegion | None,
    samples: int | None,
    out: Path,
    threads: int,
    rng_seed: int,
) -> None:
    """Fit the law of each miRNA's best energy on random targets like TARGETS.

    \b
    Example:
      bioloom mirna calibrate mirnas.fa utrs.fa --out laws.json
      bioloom mirna predict mirnas.fa candidates.fa --calibration laws.json
    """
    from bioloom.mirna.chance.background import background_of, few_bases
    from bioloom.mirna.chance.calibration import fit_calibration
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.inputs.targets import targets_of_file

    check_pipes(mirnas, targets)
    checked = read_mirnas(mirnas)
    with targets_of_file(targets, RecordLog()) as usable:
        background = background_of(target.codes for target in usable)
    if message := few_bases(background):
        note(message)
    with progress_bar() as on_step:
        calibration = fit_calibration(
            checked,
            background,
            options_with(changes, seed_region=seed_region),
            n_samples=samples,
            rng_seed=rng_seed,
            threads=threads,
            on_step=on_step,
        )
    calibration.save(out)
    tell(
        f"written: {out}",
        rules=dict(calibration.rules),
        laws=dict(calibration.laws),
        written=out,
    )


@mirna.command()
@click.argument("pairs", type=PATH)
@json_option
def evaluate(pairs: Path) -> None:
    """Say how well energy, ratio and score tell labelled PAIRS apart, and audit them.

    PAIRS is a table (plain or gzip; - is standard input) with the sequence of a miRNA,
    that of a site, a label (1 or 0) and, if known, the miRNA's family.

    \b
    Example:
      bioloom mirna evaluate pairs.tsv.gz
    """
    from bioloom.mirna.evaluation.evaluate import evaluate_pairs

    with progress_bar() as on_step:
        evaluation = evaluate_pairs(pairs, on_step)
    for warning in evaluation.warnings():
        note(warning)
    tell(
        evaluation.to_text(),
        n=evaluation.n,
        n_positive=evaluation.n_positive,
        n_without_site=evaluation.n_without_site,
        n_trained=evaluation.n_trained,
        skipped=dict(evaluation.skipped),
        rows=evaluation.to_frame().to_dict("records"),
        warnings=evaluation.warnings(),
    )


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@site_options
@search_rules("all_seed_matches", "circular", "plant", "max_expectation")
@click.option(
    "--p-values",
    type=click.Choice(["auto", "none", *PRESETS]),
    default="auto",
    show_default=True,
    help="As for predict, which gives the same p.",
)
@calibration_option
@click.option(
    "--accessibility",
    is_flag=True,
    help="Explain the opening energy of the site too (needs ViennaRNA).",
)
@output_options
def explain(
    mirnas: Path,
    targets: Path,
    mirna_name: str | None,
    target_name: str | None,
    site: int,
    changes: Changes,
    seed_region: SeedRegion | None,
    p_values: PValues,
    calibration: Path | None,
    accessibility: bool,
    form: str,
    out: Path,
) -> None:
    """Show one site's energy loop by loop, its seed base by base, its p-value.

    \b
    Example:
      bioloom mirna explain bantam.fa hid_utr.fa --p-values 3utr_fly
    """
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.pair import explain_pair

    check_pipes(mirnas, targets)
    explanation = explain_pair(
        mirnas,
        targets,
        options_with(changes, seed_region=seed_region),
        mirna=mirna_name,
        target=target_name,
        site=site,
        law_source=LawSource(p_values, calibration),
        accessibility=accessibility,
    )
    write_explanation(explanation, form, out)


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@site_options
@click.option("--map", "as_map", is_flag=True, help="Draw all sites along one target.")
@click.option(
    "--max-mfe",
    type=click.FloatRange(max=0),
    help="Highest energy of a site in a map (kcal/mol); default: -15.",
)
@search_rules("all_seed_matches", "circular", "plant", "max_expectation")
@click.option("--out", type=PATH, required=True, help="Stem of OUT.svg and OUT.png.")
@json_option
def draw(
    mirnas: Path,
    targets: Path,
    mirna_name: str | None,
    target_name: str | None,
    site: int,
    as_map: bool,
    max_mfe: float | None,
    changes: Changes,
    seed_region: SeedRegion | None,
    out: Path,
) -> None:
    """Draw one duplex base by base, or all sites along one target.

    \b
    Examples:
      bioloom mirna draw bantam.fa hid_utr.fa --out bantam
      bioloom mirna draw mirnas.fa hid_utr.fa --map --max-mfe -20 --out hid
    """
    from bioloom.draw import save
    from bioloom.mirna.pair import draw_map, draw_site

    check_pipes(mirnas, targets)
    options = options_with(changes, seed_region=seed_region)
    names = {"mirna": mirna_name, "target": target_name}
    if as_map:
        figure = draw_map(mirnas, targets, options, max_mfe=max_mfe, **names)
    else:
        figure = draw_site(mirnas, targets, options, site=site, **names)
    save(figure, out)
    tell_written(*picture_files(out))


@mirna.command()
@click.option("--out", type=PATH, required=True, help="Folder to write.")
@json_option
def demo(out: Path) -> None:
    """Predict sites of ten miRNAs of the fly on the 3'UTR of hid and on a sponge.

    The files come with bioloom and are written into the folder, with the table of
    sites and the report.

    \b
    Example:
      bioloom mirna demo --out mirna_demo
    """
    from bioloom.mirna.api import demo as run_demo
    from bioloom.mirna.output.page import prediction_page
    from bioloom.report.mirna import write_reports
    from bioloom.run.language import mark

    sites = run_demo(out)
    page = prediction_page(
        sites.sites,
        title=mark("miRNAs of the fly on the 3'UTR of hid, and on a sponge"),
        settings=sites.options.in_words(),
        n_pairs=sites.n_pairs,
    )
    report = write_reports(page, out)
    command = f"bioloom mirna predict {out}/mirnas.fa {out}/targets.fa --top 3"
    tell(
        f"{sites.summary()}\ntable:  {out / 'sites.tsv'}\nreport: {report}\n"
        f"the same by hand: {command} --p-values 3utr_fly",
        sites=len(sites),
        table=out / "sites.tsv",
        report=report,
    )


@mirna.command()
@workflow_options
@json_option
def run(config: Path, launch: Launch, dry_run: bool) -> None:
    """Predict in blocks of targets, here or on a cluster; an interrupted run resumes.

    The table does not depend on the number of blocks.

    \b
    Examples:
      bioloom mirna run --config config.yaml --cores 8
      bioloom mirna run --config config.yaml --cores 4 --profile slurm
    """
    from bioloom.mirna.workflow.runner import plan_workflow, run_workflow

    if dry_run:
        tell_plan(plan_workflow(config, launch))
        return
    with progress_bar() as on_step:
        out = run_workflow(config, launch, on_step=on_step)
    tell(f"tables: {out / 'tables'}", run=out)


for command in (predict, sponge, orthologs, step):
    mirna.add_command(command)
