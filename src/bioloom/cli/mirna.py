"""`bioloom mirna`: where microRNAs bind their targets."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.mirna_options import (
    calibration_option,
    check_pipes,
    record_options,
    search_rules,
    site_options,
)
from bioloom.cli.mirna_steps import step
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
    OnBadRecord,
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
      bioloom mirna demo --out mirna_demo
      bioloom mirna predict mirnas.fa targets.fa > sites.tsv
      bioloom mirna explain mirnas.fa targets.fa
    """


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@search_rules(
    *("top", "max_mfe", "min_mfe_ratio"),
    *("all_seed_matches", "circular", "plant", "max_expectation"),
)
@click.option(
    "--p-values",
    type=click.Choice(["auto", "none", *PRESETS]),
    default="auto",
    show_default=True,
    help="auto: against random targets of each target's composition; or a preset of "
    "RNAhybrid.",
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
    help="Annotation of the targets: gives positions on the genome.",
)
@click.option(
    "--region",
    type=click.Choice(get_args(Region)),
    help="With --gtf: the part of the transcripts that the targets are, where their "
    "headers do not say it; default: the part of the same length.",
)
@click.option(
    "--on-genome",
    is_flag=True,
    help="Positions on the genome by the targets' headers, as `bioloom mirna targets` "
    "writes them, without --gtf.",
)
@click.option(
    "--evidence",
    type=PATH,
    help="Peaks (CLIP, degradome), BED on the genome with --gtf or --on-genome, else "
    "on the targets: a column, and whether more sites overlap one than by chance.",
)
@record_options
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
    region: Region | None,
    on_genome: bool,
    evidence: Path | None,
    species: tuple[str, ...],
    on_bad_record: OnBadRecord,
    bad_records: Path | None,
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
      bioloom mirna predict mirnas.fa utrs.fa --all-seed-matches
      bioloom mirna predict mature.fa utrs.fa --species dme --gtf genes.gtf --format bed
    """
    from bioloom.mirna.evidence.overlap import Evidence
    from bioloom.mirna.evidence.peaks import read_peaks
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.output.writers import write_sites
    from bioloom.mirna.prediction import GenomeSource, LawSource, TargetFile, opened

    check_pipes(mirnas, targets)
    if form == "parquet" and str(out) == "-":
        raise click.UsageError(
            "--format parquet needs --out: a file, not standard output."
        )
    if region and not gtf:
        raise click.UsageError("--region needs --gtf, the annotation of the targets.")
    log = RecordLog(on_bad_record)
    genome = GenomeSource(gtf, region) if gtf or on_genome else None
    beside = Evidence(read_peaks(evidence)) if evidence else None
    with (
        progress_bar() as on_step,
        opened(
            read_mirnas(mirnas, log=log, species=species),
            TargetFile(targets, genome, beside),
            options_with(changes, seed_region=seed_region),
            LawSource(p_values, calibration, rng_seed),
            log=log,
            threads=threads,
            on_step=on_step,
        ) as search,
    ):
        for message in filter(None, (search.laws.reason, search.laws.warning)):
            note(message)
        sites = search.sites(on_step)
        reported = list(sites) if report else []
        n_sites = write_sites(
            reported if report else sites,
            out,
            "jsonl" if is_json() else form,
            n_pairs=search.n_pairs,
        )
    note(counted(n_sites, "site"))
    if beside:
        note(f"evidence: {beside.enrichment().in_words()}")
    if bad_records:
        log.write(bad_records)
        note(f"odd records: {bad_records}")
    if report:
        from bioloom.mirna.output.page import prediction_page
        from bioloom.report.mirna import write_report

        settings = {"miRNAs": str(mirnas), "targets": str(targets)}
        if beside:
            settings["evidence"] = beside.enrichment().in_words()
        page = prediction_page(
            reported,
            title=f"{mirnas.name} on {targets.name}",
            settings=settings | search.options.in_words() | log.in_words(),
            n_pairs=search.n_pairs,
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


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("rnas", type=PATH)
@click.option(
    "--shared-with",
    type=PATH,
    help="Other RNAs, such as 3'UTRs: which pairs share more miRNAs than by chance.",
)
@click.option("--circular", is_flag=True, help="RNAS are circular.")
@record_options
@click.option("--out", type=PATH, default="-", help="Table; - is standard output.")
@click.option("--pairs", type=PATH, help="Table of pairs that share miRNAs, to write.")
@click.option("--edges", type=PATH, help="Edges for `bioloom graph`, CSV, to write.")
def sponge(
    mirnas: Path,
    rnas: Path,
    shared_with: Path | None,
    circular: bool,
    species: tuple[str, ...],
    on_bad_record: OnBadRecord,
    bad_records: Path | None,
    out: Path,
    pairs: Path | None,
    edges: Path | None,
) -> None:
    """Find RNAS with more seed sites of MIRNAS than by chance.

    Sites are 7mers and 8mers; chance is a shuffle with the same dinucleotides.

    \b
    Examples:
      bioloom mirna sponge mirnas.fa lincrna_run/candidates.fa --out sponges.tsv
      bioloom mirna sponge mirnas.fa circ.fa --circular --shared-with utrs.fa \\
          --pairs pairs.tsv --edges edges.csv --out sponges.tsv
    """
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import Target, read_mirnas
    from bioloom.mirna.inputs.targets import targets_of_file
    from bioloom.mirna.sponges.result import find_sponges
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    check_pipes(mirnas, rnas)
    if pairs and not shared_with:
        raise click.UsageError("--pairs needs --shared-with, the other RNAs.")
    log = RecordLog(on_bad_record)
    checked = read_mirnas(mirnas, log=log, species=species)
    with targets_of_file(rnas, log) as usable:
        targets = tuple(usable)
    others: tuple[Target, ...] = ()
    if shared_with:
        with targets_of_file(shared_with, log) as usable:
            others = tuple(usable)
    sponges = find_sponges(checked, targets, others, circular=circular)
    sponges.write(out)
    note(sponges.summary())
    if pairs:
        write_text(pairs, to_tsv(sponges.pairs_to_frame()))
        note(f"pairs: {pairs}")
    if edges:
        sponges.edges().to_csv(edges, index=False)
        note(f"edges: {edges}")
    if bad_records:
        log.write(bad_records)


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@click.argument("table", type=PATH)
@search_rules()
@click.option(
    "--p-values",
    type=click.Choice(["auto", *PRESETS]),
    default="auto",
    show_default=True,
    help="As for predict.",
)
@record_options
@click.option("--out", type=PATH, default="-", help="Table; - is standard output.")
@threads_option
@seed_option("the random miRNAs")
def orthologs(
    mirnas: Path,
    targets: Path,
    table: Path,
    changes: Changes,
    seed_region: SeedRegion | None,
    p_values: PValues,
    species: tuple[str, ...],
    on_bad_record: OnBadRecord,
    bad_records: Path | None,
    out: Path,
    threads: int,
    rng_seed: int,
) -> None:
    """Find sites of MIRNAS that all orthologs among TARGETS have, by a TABLE of groups.

    TABLE has the columns group and target, or a row per group with a target of each
    species. Orthologs count as fewer than they are, as far as random miRNAs bind them
    alike (RNAhybrid's effective number).

    \b
    Example:
      bioloom mirna orthologs mirnas.fa utrs.fa orthologs.tsv --out conserved.tsv
    """
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.inputs.targets import targets_of_file
    from bioloom.mirna.joint.groups import read_groups
    from bioloom.mirna.joint.search import joint_sites
    from bioloom.mirna.prediction import LawSource

    check_pipes(mirnas, targets)
    log = RecordLog(on_bad_record)
    checked = read_mirnas(mirnas, log=log, species=species)
    names: list[str] = []
    with (
        targets_of_file(targets, log, lambda each: names.append(each.name)) as usable,
        progress_bar() as on_step,
    ):
        sites = joint_sites(
            checked,
            usable,
            read_groups(table, names),
            options_with(changes, seed_region=seed_region),
            law_source=LawSource(p_values, None, rng_seed),
            threads=threads,
            on_step=on_step,
        )
    sites.write(out)
    note(sites.summary())
    if bad_records:
        log.write(bad_records)


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
    from bioloom.report.mirna import write_report

    sites = run_demo(out)
    page = prediction_page(
        sites.sites,
        title="miRNAs of the fly on the 3'UTR of hid, and on a sponge",
        settings=sites.options.in_words(),
        n_pairs=sites.n_pairs,
    )
    report = write_report(page, out / "report.html")
    command = f"bioloom mirna predict {out}/mirnas.fa {out}/targets.fa --top 3"
    tell(
        f"{sites.summary()}\ntable:  {out / 'sites.tsv'}\nreport: {report}\n"
        f"the same by hand: {command} --p-values 3utr_fly",
        sites=len(sites),
        table=out / "sites.tsv",
        report=report,
    )


@mirna.command()
@click.option("--config", type=PATH, required=True, help="Configuration, YAML.")
@click.option(
    "--cores",
    type=COUNT,
    default=2,
    show_default=True,
    help="Processors; with --profile those of one job.",
)
@click.option("--force", is_flag=True, help="Rerun a finished folder.")
@click.option("--dry-run", is_flag=True, help="Only log what would be done.")
@click.option(
    "--profile",
    default="",
    help="slurm, kubernetes, or the folder of a Snakemake profile.",
)
@json_option
def run(config: Path, cores: int, force: bool, dry_run: bool, profile: str) -> None:
    """Predict in blocks of targets, here or on a cluster; an interrupted run resumes.

    The table does not depend on the number of blocks.

    \b
    Examples:
      bioloom mirna run --config config.yaml --cores 8
      bioloom mirna run --config config.yaml --cores 4 --profile slurm
    """
    from bioloom.mirna.workflow.runner import run_workflow

    with progress_bar() as on_step:
        out = run_workflow(
            config,
            cores=cores,
            profile=profile,
            force=force,
            dry_run=dry_run,
            on_step=on_step,
        )
    if not dry_run:
        tell(f"tables: {out / 'tables'}", run=out)


mirna.add_command(step)
