"""`bioloom mirna`: where microRNAs bind their targets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.mirna_options import (
    calibration_option,
    check_pipes,
    context_options,
    search_rules,
    site_options,
)
from bioloom.cli.options import COUNT, seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import (
    is_json,
    json_option,
    picture_files,
    tell,
    tell_written,
)
from bioloom.mirna.options import (
    Format,
    Preset,
    PValues,
    Region,
    SeedRegion,
    options_with,
)
from bioloom.run.settings import Changes
from bioloom.run.words import counted

PATH = click.Path(path_type=Path)
PRESETS: tuple[Preset, ...] = get_args(Preset)


@click.group(cls=Room)
def mirna() -> None:
    """Where microRNAs bind: energy, seed region, p-value, drawing.

    \b
    Start with:
      bioloom mirna predict mirnas.fa targets.fa > sites.tsv
      bioloom mirna explain mirnas.fa targets.fa
    """


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@search_rules("top", "max_mfe")
@click.option(
    "--p-values",
    type=click.Choice(["auto", "none", *PRESETS]),
    default="auto",
    show_default=True,
    help="auto: laws fitted to random targets like these, if they have 20,000 bases or "
    "more; or a preset of RNAhybrid.",
)
@calibration_option
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="tsv",
    show_default=True,
    help="rnahybrid: the lines of RNAhybrid -c; bed is BED12.",
)
@click.option(
    "--gtf",
    type=PATH,
    help="Annotation of the targets; lifts bed and gff3 to the genome.",
)
@context_options
@click.option(
    "--gene-table",
    type=PATH,
    help="Also write a score for each miRNA and gene, over sites and isoforms.",
)
@click.option(
    "--genes",
    type=PATH,
    help="With --gene-table: table of targets and genes; default: gene= in the headers "
    "of TARGETS.",
)
@click.option("--report", type=PATH, help="Also write an HTML page.")
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@threads_option
@seed_option("the random targets")
@json_option
def predict(
    mirnas: Path,
    targets: Path,
    changes: Changes,
    seed_region: SeedRegion | None,
    p_values: PValues,
    calibration: Path | None,
    form: Format,
    gtf: Path | None,
    accessibility: bool,
    position: bool,
    alignments: Path | None,
    gene_table: Path | None,
    genes: Path | None,
    report: Path | None,
    out: Path,
    threads: int,
    rng_seed: int,
) -> None:
    """Predict sites of MIRNAS on TARGETS (FASTA, plain or gzip; - is standard input).

    \b
    Examples:
      bioloom mirna predict mirnas.fa utrs.fa.gz --out sites.tsv --threads 2
      bioloom mirna predict mirnas.fa utrs.fa --max-mfe -20 --seed-region 2-8
    """
    from bioloom.mirna.context.columns import context_of
    from bioloom.mirna.genes.names import genes_of, read_genes
    from bioloom.mirna.genes.scores import GeneCollector
    from bioloom.mirna.inputs.records import Targets, read_mirnas
    from bioloom.mirna.output.writers import read_transcripts, write_sites
    from bioloom.mirna.prediction import prepared
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    check_pipes(mirnas, targets)
    if form == "parquet" and str(out) == "-":
        raise click.UsageError(
            "--format parquet needs --out: a file, not standard output."
        )
    if genes and not gene_table:
        raise click.UsageError("--genes needs --gene-table, the file to write.")
    transcripts = read_transcripts(gtf) if gtf else None
    context = context_of(
        accessibility=accessibility, position=position, alignments=alignments
    )
    by_gene = GeneCollector()
    with progress_bar() as on_step:
        search = prepared(
            read_mirnas(mirnas),
            Targets(targets),
            options_with(changes, seed_region=seed_region),
            p_values=p_values,
            calibration=calibration,
            rng_seed=rng_seed,
            threads=threads,
            on_step=on_step,
        )
        search = replace(search, context=context)
        if search.laws.reason:
            note(search.laws.reason)
        sites = search.sites(on_step)
        if gene_table:
            sites = by_gene.watched(sites)
        reported = list(sites) if report else []
        n_sites = write_sites(
            reported if report else sites,
            out,
            "jsonl" if is_json() else form,
            transcripts,
        )
    note(counted(n_sites, "site"))
    if gene_table:
        known = read_genes(genes) if genes else genes_of(search.targets)
        scores = by_gene.scores(known)
        write_text(gene_table, to_tsv(scores.to_frame()))
        note(f"gene table: {gene_table}: {scores.summary()}")
    if report:
        from bioloom.mirna.output.page import prediction_page
        from bioloom.report.mirna import write_report

        settings = {"miRNAs": str(mirnas), "targets": str(targets)}
        page = prediction_page(
            reported,
            title=f"{mirnas.name} on {targets.name}",
            settings=settings | search.options.in_words(),
        )
        write_report(page, report)
        note(f"report: {report}")


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

    \b
    Example:
      bioloom mirna targets annotation.gtf genome.fa --out utrs.fa
      bioloom mirna predict mirnas.fa utrs.fa
    """
    from bioloom.mirna.inputs.regions import read_regions
    from bioloom.seq.fasta import write_fasta

    records = read_regions(annotation, genome, region, every_isoform=every_isoform)
    note(counted(write_fasta(out, records), "target"))


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
    from bioloom.mirna.inputs.records import read_mirnas, read_targets

    check_pipes(mirnas, targets)
    checked = read_mirnas(mirnas)
    background = background_of(target.codes for target in read_targets(targets))
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
@search_rules()
@click.option(
    "--p-values",
    type=click.Choice(["none", *PRESETS]),
    default="none",
    show_default=True,
    help="A p-value preset of RNAhybrid.",
)
@calibration_option
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
    form: str,
    out: Path,
) -> None:
    """Show one site's energy loop by loop, its seed base by base, its p-value.

    \b
    Example:
      bioloom mirna explain bantam.fa hid_utr.fa --p-values 3utr_fly
    """
    from bioloom.mirna.prediction import explain_pair

    check_pipes(mirnas, targets)
    explanation = explain_pair(
        mirnas,
        targets,
        options_with(changes, seed_region=seed_region),
        mirna=mirna_name,
        target=target_name,
        site=site,
        p_values=p_values,
        calibration=calibration,
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
@search_rules()
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
    from bioloom.mirna.prediction import draw_map, draw_site

    check_pipes(mirnas, targets)
    options = options_with(changes, seed_region=seed_region)
    names = {"mirna": mirna_name, "target": target_name}
    if as_map:
        figure = draw_map(mirnas, targets, options, max_mfe=max_mfe, **names)
    else:
        figure = draw_site(mirnas, targets, options, site=site, **names)
    save(figure, out)
    tell_written(*picture_files(out))
