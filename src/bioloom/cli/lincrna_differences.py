"""`bioloom lincrna compare` and `mark`: between conditions, between clusters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from bioloom.cli.help import Command
from bioloom.cli.options import seed_option, threads_option
from bioloom.cli.progress import note
from bioloom.cli.result import json_option, tell
from bioloom.cli.settings import settings_options
from bioloom.lincrna.settings import ComparisonSettings
from bioloom.lincrna.settings.marking import MarkingSettings

PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(cls=Command)
@click.option(
    "--counts", type=PATH, required=True, help="Table: genes by samples, read counts."
)
@click.option(
    "--samples", type=PATH, required=True, help="Table that describes the samples."
)
@click.option(
    "--contrast",
    "contrasts",
    multiple=True,
    help="COLUMN,TESTED,REFERENCE; by default each level of the last column with its "
    "first one.",
)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@threads_option
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@settings_options(ComparisonSettings, "design", "alpha", "min_count", "min_replicates")
@json_option
def compare(
    counts: Path,
    samples: Path,
    contrasts: tuple[str, ...],
    out: Path,
    threads: int,
    force: bool,
    changes: Mapping[str, object],
) -> None:
    """Test genes for changes between conditions, by PyDESeq2.

    The tables of a run fit, and those of other programs: one column of the counts for
    each sample. A run from reads does the same where its configuration has a design.

    \b
    Example:
      bioloom lincrna compare --counts run/tables/gene_counts.tsv \\
          --samples run/tables/samples.tsv --design "~ condition" --out compared
    """
    from dataclasses import replace

    from bioloom.lincrna.output.comparison import run_comparison
    from bioloom.report.lincrna_comparison import write_comparison_page
    from bioloom.run.settings import changed

    settings = changed(ComparisonSettings(), changes)
    if not settings.design:
        raise click.UsageError('Give --design, such as "~ condition".')
    parts = [tuple(text.split(",")) for text in contrasts]
    if any(len(part) != 3 for part in parts):
        raise click.UsageError("Give --contrast as COLUMN,TESTED,REFERENCE.")
    result = run_comparison(
        counts,
        samples,
        replace(settings, contrasts=tuple((a, b, c) for a, b, c in parts)),
        threads=threads,
        out=out,
        force=force,
        report=write_comparison_page,
    )
    for sentence in result.notes:
        note(sentence)
    report = out / "report.html"
    tell(f"{result.summary()}; report: {report}", run=out, report=report)


@click.command(cls=Command)
@click.argument("cells", type=PATH)
@click.option("--out", type=FOLDER, required=True, help="Run folder to write.")
@click.option(
    "--labels",
    default="",
    help="Clusters that are given: a column of the cells' obs, or OTHER.h5ad:COLUMN.",
)
@click.option(
    "--lincrna-column",
    default="",
    help="Column of var that says which genes are lincRNAs (true, or a biotype); by "
    "default is_candidate.",
)
@seed_option("clusters and map")
@click.option("--force", is_flag=True, help="Replace a finished run folder.")
@settings_options(
    MarkingSettings, "resolution", "cluster_genes", "min_cells", "min_auc", "max_q"
)
@json_option
def mark(
    cells: Path,
    out: Path,
    labels: str,
    lincrna_column: str,
    rng_seed: int,
    force: bool,
    changes: Mapping[str, object],
) -> None:
    """Find the lincRNAs that mark clusters of cells.

    CELLS is cells.h5ad of a run, or any .h5ad with UMIs. Clusters are made by scanpy of
    coding genes alone, or given; every gene is tested in each of them by Wilcoxon's
    test.

    \b
    Examples:
      bioloom lincrna mark run/cells.h5ad --out marked
      bioloom lincrna mark run/cells.h5ad --labels atlas.h5ad:cell_type --out marked
      bioloom lincrna mark atlas.h5ad --lincrna-column biotype --out marked
    """
    from bioloom.lincrna.output.marking import run_marking
    from bioloom.report.lincrna_marking import write_marking_page
    from bioloom.run.settings import changed

    result = run_marking(
        cells,
        changed(MarkingSettings(), changes),
        labels=labels,
        lincrna_column=lincrna_column,
        rng_seed=rng_seed,
        out=out,
        force=force,
        report=write_marking_page,
    )
    for sentence in filter(None, (*result.notes, result.specificity_words())):
        note(sentence)
    report = out / "report.html"
    tell(f"{result.summary()}; report: {report}", run=out, report=report)
