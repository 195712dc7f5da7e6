"""`bioloom mirna predict`: sites of miRNAs on targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import click

from bioloom.cli.explanation import language_option
from bioloom.cli.help import Command
from bioloom.cli.mirna_options import (
    PRESETS,
    calibration_option,
    check_pipes,
    context_options,
    record_options,
    search_rules,
)
from bioloom.cli.options import seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import is_json, json_option
from bioloom.cli.told import told_note
from bioloom.mirna.options import (
    Format,
    OnBadRecord,
    PValues,
    Region,
    SeedRegion,
    options_with,
)
from bioloom.run.progress import OnStep
from bioloom.run.settings import Changes
from bioloom.run.words import counted

if TYPE_CHECKING:
    from bioloom.mirna.genes.scores import GeneScores
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.output.result import Sites
    from bioloom.mirna.prediction import Search

PATH = click.Path(path_type=Path)


@click.command(cls=Command)
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
@language_option
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
    accessibility: bool,
    position: bool,
    alignments: Path | None,
    conservation: Path | None,
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
      bioloom mirna predict mirnas.fa utrs.fa --all-seed-matches
      bioloom mirna predict mature.fa utrs.fa --species dme --gtf genes.gtf --format bed
    """
    from bioloom.mirna.chance.laws import LawSource
    from bioloom.mirna.context.columns import context_of
    from bioloom.mirna.context.conservation_track import ConservationTrack
    from bioloom.mirna.evidence.overlap import Evidence, in_words
    from bioloom.mirna.evidence.peaks import read_peaks
    from bioloom.mirna.inputs.oddities import RecordLog
    from bioloom.mirna.inputs.records import read_mirnas
    from bioloom.mirna.prediction import GenomeSource, TargetFile, opened

    check_pipes(mirnas, targets)
    _check_together(form, out, {"--region": region, "--gtf": gtf})
    _check_together(form, out, {"--genes": genes, "--gene-table": gene_table})
    on_chromosomes = gtf or on_genome
    positions = {"--conservation": conservation, "--gtf or --on-genome": on_chromosomes}
    _check_together(form, out, positions)
    log = RecordLog(on_bad_record)
    genome = GenomeSource(gtf, region) if gtf or on_genome else None
    beside = Evidence(read_peaks(evidence)) if evidence else None
    context = context_of(
        accessibility=accessibility, position=position, alignments=alignments
    )
    aside = _Aside(report, gene_table, genes, bad_records)
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
        track = ConservationTrack(conservation) if conservation else None
        whole = replace(search, context=context, track=track)
        written = _write(whole, out, "jsonl" if is_json() else form, aside, on_step)
    note(counted(written.n_sites, "site"))
    settings = {"miRNAs": str(mirnas), "targets": str(targets)}
    if beside:
        settings["evidence"] = in_words(beside.enrichment())
        note(f"evidence: {settings['evidence']}")
    title = f"{mirnas.name} on {targets.name}"
    _write_aside(aside, whole, written, log, title, settings)


class _Aside(NamedTuple):
    """Files to write beside the sites; None for those that are not asked for."""

    report: Path | None
    gene_table: Path | None
    genes: Path | None
    bad_records: Path | None


class _Written(NamedTuple):
    """What the files beside the sites are made of, once the sites are written."""

    n_sites: int
    reported: list[Sites]
    scores: GeneScores | None


def _check_together(form: Format, out: Path, options: Mapping[str, object]) -> None:
    """Refuse an option without the one that it belongs to, and Parquet on a pipe."""
    if form == "parquet" and str(out) == "-":
        raise click.UsageError(
            "--format parquet needs --out: a file, not standard output."
        )
    dependent, needed = options
    if options[dependent] and not options[needed]:
        raise click.UsageError(f"{dependent} needs {needed}.")


def _write(
    search: Search, out: Path, form: Format, aside: _Aside, on_step: OnStep
) -> _Written:
    """Write the sites as they are found; hold them only for a page."""
    from bioloom.mirna.genes.names import genes_of, read_genes
    from bioloom.mirna.genes.scores import GeneCollector
    from bioloom.mirna.output.writers import write_sites

    for message in filter(None, (search.laws.reason, search.laws.warning)):
        note(told_note(message))
    by_gene = GeneCollector()
    sites = search.sites(on_step)
    if aside.gene_table:
        sites = by_gene.watched(sites)
    reported = list(sites) if aside.report else []
    every = reported if aside.report else sites
    n_sites = write_sites(every, out, form, n_pairs=search.n_pairs)
    if not aside.gene_table:
        return _Written(n_sites, reported, None)
    genes = read_genes(aside.genes) if aside.genes else genes_of(search.targets)
    return _Written(n_sites, reported, by_gene.scores(genes))


def _write_aside(
    aside: _Aside,
    search: Search,
    written: _Written,
    log: RecordLog,
    title: str,
    settings: Mapping[str, str],
) -> None:
    """Write the files beside the sites."""
    from bioloom.mirna.output.page import prediction_page
    from bioloom.report.mirna import write_report
    from bioloom.run.output import write_text
    from bioloom.run.tables import to_tsv

    if aside.bad_records:
        log.write(aside.bad_records)
        note(f"odd records: {aside.bad_records}")
    if aside.gene_table and written.scores:
        write_text(aside.gene_table, to_tsv(written.scores.to_frame()))
        note(f"gene table: {aside.gene_table}: {written.scores.summary()}")
    if aside.report:
        page = prediction_page(
            written.reported,
            title=title,
            settings={**settings, **search.options.in_words(), **log.in_words()},
            n_pairs=search.n_pairs,
        )
        write_report(page, aside.report)
        note(f"report: {aside.report}")
