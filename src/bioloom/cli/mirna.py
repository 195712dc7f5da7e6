"""`bioloom mirna`: where microRNAs bind their targets."""

from pathlib import Path
from typing import Any

import click

from bioloom.cli.explanation import output_options, write_explanation
from bioloom.cli.group import Room
from bioloom.cli.mirna_inputs import (
    PRESETS,
    bases_at_most,
    check_pipes,
    laws_of,
    named,
    options_of,
    transcripts_of,
)
from bioloom.cli.options import COUNT, seed_option, threads_option
from bioloom.cli.progress import note, progress_bar
from bioloom.cli.result import (
    counted,
    is_json,
    json_option,
    picture_files,
    tell,
    tell_written,
)

PATH = click.Path(path_type=Path)


class SeedRegion(click.ParamType[tuple[int, int]]):
    """Two positions of the miRNA, as in 2-8."""

    name = "first-last"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read ``2-8`` (or RNAhybrid's ``2,8``)."""
        if isinstance(value, tuple):
            return value
        first, _, last = str(value).replace(",", "-").partition("-")
        if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last)):
            self.fail(f"{value!r} is not two positions, as in 2-8.", param, ctx)
        return int(first), int(last)


def _search_options(command: Any) -> Any:
    """Rules that several commands share."""
    for option in (
        click.option(
            "--max-bulge",
            type=click.IntRange(0, 15),
            default=15,
            show_default=True,
            help="Longest bulge, unpaired bases on one side alone, nt.",
        ),
        click.option(
            "--max-loop",
            type=click.IntRange(0, 15),
            default=15,
            show_default=True,
            help="Longest side of an interior loop, nt.",
        ),
        click.option("--no-gu", is_flag=True, help="No G:U pair in the seed region."),
        click.option(
            "--seed-region",
            type=SeedRegion(),
            help="miRNA bases that must form one helix, e.g. 2-8.",
        ),
    ):
        command = option(command)
    return command


def _site_options(command: Any) -> Any:
    """Options that say which site of which pair is shown."""
    for option in (
        click.option(
            "--site",
            type=COUNT,
            default=1,
            show_default=True,
            help="Which one; 1 is the best.",
        ),
        click.option(
            "--target", "target_name", help="Which target; default the first."
        ),
        click.option("--mirna", "mirna_name", help="Which miRNA; default the first."),
    ):
        command = option(command)
    return command


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
@click.option(
    "--top",
    type=COUNT,
    help="Sites per miRNA and target; default 1, or all if --max-mfe is given.",
)
@click.option(
    "--max-mfe",
    type=click.FloatRange(max=0),
    help="Highest energy of a site, kcal/mol, e.g. -20.",
)
@_search_options
@click.option(
    "--p-values",
    type=click.Choice(["auto", "none", *PRESETS]),
    default="auto",
    show_default=True,
    help="auto: fitted on random targets like these, if they hold 20,000 bases; or a "
    "preset of RNAhybrid's.",
)
@click.option("--calibration", type=PATH, help="File of `bioloom mirna calibrate`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tsv", "jsonl", "rnahybrid", "bed", "gff3", "parquet"]),
    default="tsv",
    show_default=True,
    help="rnahybrid: the lines of RNAhybrid -c; bed is BED12.",
)
@click.option("--gtf", type=PATH, help="Where the targets lie: lifts bed and gff3.")
@click.option("--report", type=PATH, help="Page to write beside the table, HTML.")
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
@threads_option
@seed_option("the random targets")
@json_option
def predict(mirnas: Path, targets: Path, out: Path, threads: int, **given: Any) -> None:
    """Predict sites of MIRNAS on TARGETS (FASTA, plain or gzip; - is standard input).

    \b
    Examples:
      bioloom mirna predict mirnas.fa utrs.fa.gz --out sites.tsv --threads 2
      bioloom mirna predict mirnas.fa utrs.fa --max-mfe -20 --seed-region 2-8
    """
    from bioloom.mirna.inputs.records import read_mirnas, read_targets
    from bioloom.mirna.output.writers import write_sites
    from bioloom.mirna.prediction import predicted

    check_pipes(mirnas, targets)
    if given["form"] == "parquet" and str(out) == "-":
        binary = "--format parquet needs --out: a file, not standard output."
        raise click.UsageError(binary)
    options = options_of(given)
    found = read_mirnas(mirnas)
    places = transcripts_of(given["gtf"])
    with progress_bar() as show:
        laws = laws_of(found, targets, options, given | {"threads": threads}, show=show)
        rows = predicted(
            found,
            read_targets(targets),
            options,
            laws=laws,
            threads=threads,
            target_nt=bases_at_most(targets),
        )
        kept: list[Any] = []
        rows = _told(rows, show, kept if given["report"] else None)
        form: Any = "jsonl" if is_json() else given["form"]
        n = write_sites(rows, out, form, places)
    note(counted(n, "site"))
    if given["report"]:
        _report(kept, given["report"], (mirnas, targets), options)


@mirna.command()
@click.argument("annotation", type=PATH)
@click.argument("genome", type=PATH)
@click.option(
    "--region",
    type=click.Choice(["3utr", "5utr", "cds", "transcript"]),
    default="3utr",
    show_default=True,
    help="Part of the transcripts to write.",
)
@click.option(
    "--every-isoform",
    is_flag=True,
    help="Of each transcript, not the longest of each gene alone.",
)
@click.option("--out", type=PATH, default="-", help="File; - is standard output.")
def targets(
    annotation: Path, genome: Path, region: Any, every_isoform: bool, out: Path
) -> None:
    """Write the 3'UTRs (or other regions) of an ANNOTATION on its GENOME as FASTA.

    \b
    Example:
      bioloom mirna targets annotation.gtf genome.fa --out utrs.fa
      bioloom mirna predict mirnas.fa utrs.fa
    """
    from bioloom.mirna.inputs.targets import read_regions
    from bioloom.seq.fasta import write_fasta

    found = read_regions(annotation, genome, region, every_isoform=every_isoform)
    note(counted(write_fasta(out, found), "target"))


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@_search_options
@click.option("--samples", type=COUNT, help="Random targets; default 5,000 to 20,000.")
@click.option("--out", type=PATH, required=True, help="File to write, JSON.")
@threads_option
@seed_option("the random targets")
@json_option
def calibrate(
    mirnas: Path,
    targets: Path,
    samples: int | None,
    out: Path,
    threads: int,
    rng_seed: int,
    **given: Any,
) -> None:
    """Fit the law of each miRNA's best energy on random targets like TARGETS.

    \b
    Example:
      bioloom mirna calibrate mirnas.fa utrs.fa --out laws.json
      bioloom mirna predict mirnas.fa candidates.fa --calibration laws.json
    """
    from bioloom.mirna.chance.background import MIN_BASES, background_of
    from bioloom.mirna.chance.calibration import calibrate as fit_laws
    from bioloom.mirna.chance.calibration import save_calibration
    from bioloom.mirna.inputs.records import read_mirnas, read_targets

    check_pipes(mirnas, targets)
    found = read_mirnas(mirnas)
    background = background_of(one.codes for one in read_targets(targets))
    if background.n_bases < MIN_BASES:
        note(
            f"few targets: {counted(background.n_bases, 'base')} tell little of what "
            f"random targets look like; give {MIN_BASES:,} or more"
        )
    with progress_bar() as show:
        laws = fit_laws(
            found,
            background,
            options_of(given | {"top": 1, "max_mfe": None}),
            n_samples=samples,
            rng_seed=rng_seed,
            threads=threads,
            on_step=show,
        )
    save_calibration(laws, out)
    tell(f"written: {out}", rules=dict(laws.rules), laws=dict(laws.laws), written=out)


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@_site_options
@_search_options
@click.option(
    "--p-values",
    type=click.Choice(["none", *PRESETS]),
    default="none",
    show_default=True,
    help="A preset of RNAhybrid's.",
)
@click.option("--calibration", type=PATH, help="File of `bioloom mirna calibrate`.")
@output_options
def explain(mirnas: Path, targets: Path, form: str, out: Path, **given: Any) -> None:
    """Show one site's energy loop by loop, its seed base by base, its p-value.

    \b
    Example:
      bioloom mirna explain bantam.fa hid_utr.fa --p-values 3utr_fly
    """
    from bioloom.mirna.inputs.records import read_mirnas, read_targets
    from bioloom.mirna.output.explain import explain as explained

    check_pipes(mirnas, targets)
    own = named(read_mirnas(mirnas), given["mirna_name"], "miRNA", mirnas)
    target = named(read_targets(targets), given["target_name"], "target", targets)
    options = options_of(given | {"top": 1, "max_mfe": None})
    laws = laws_of((own,), targets, options, given, show=None)
    told = explained(
        own, target, options, number=given["site"], law=laws[0] if laws else None
    )
    write_explanation(told, form, out)


@mirna.command()
@click.argument("mirnas", type=PATH)
@click.argument("targets", type=PATH)
@_site_options
@click.option("--map", "is_map", is_flag=True, help="All sites along one target.")
@click.option("--max-mfe", type=click.FloatRange(max=0), help="Of a map; default -15.")
@_search_options
@click.option("--out", type=PATH, required=True, help="Stem of OUT.svg and OUT.png.")
@json_option
def draw(mirnas: Path, targets: Path, is_map: bool, out: Path, **given: Any) -> None:
    """Draw one duplex base by base, or all sites along one target.

    \b
    Examples:
      bioloom mirna draw bantam.fa hid_utr.fa --out bantam
      bioloom mirna draw mirnas.fa hid_utr.fa --map --max-mfe -20 --out hid
    """
    from bioloom.draw import save
    from bioloom.errors import NoSite
    from bioloom.mirna.inputs.records import read_mirnas, read_targets
    from bioloom.mirna.output.figures import map_figure, site_figure
    from bioloom.mirna.prediction import predict as predicted

    check_pipes(mirnas, targets)
    found = read_mirnas(mirnas)
    if not is_map or given["mirna_name"]:
        found = (named(found, given["mirna_name"], "miRNA", mirnas),)
    target = named(read_targets(targets), given["target_name"], "target", targets)
    limit = (given["max_mfe"] or -15.0) if is_map else None
    top = None if is_map else given["site"]
    options = options_of(given | {"top": top, "max_mfe": limit})
    sites = predicted(found, [target], options).sites[0]
    if len(sites) < (1 if is_map else given["site"]):
        raise NoSite(found[0].name, target.name)
    figure = map_figure(sites) if is_map else site_figure(sites, given["site"] - 1)
    save(figure, out)
    tell_written(*picture_files(out))


def _told(rows: Any, show: Any, kept: list[Any] | None) -> Any:
    """The same rows, kept if asked; tells how many targets are done."""
    for done, one in enumerate(rows, 1):
        show("targets", done, 0)
        if kept is not None:
            kept.append(one)
        yield one


def _report(kept: list[Any], path: Path, files: tuple[Path, Path], rules: Any) -> None:
    from dataclasses import asdict

    from bioloom.report.mirna import write_report

    settings = {"miRNAs": str(files[0]), "targets": str(files[1])}
    settings |= {name: str(value) for name, value in asdict(rules).items()}
    title = f"{files[0].name} on {files[1].name}"
    write_report(kept, path, title=title, settings=settings)
    note(f"report: {path}")
