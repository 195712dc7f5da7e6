"""Compare conditions on tables of counts, and write a run folder."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.lincrna.comparison.design import Design, checked_design
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.lincrna.comparison.samples import SIZE_FACTOR_COLUMNS
from bioloom.lincrna.comparison.tables import CountTable, read_counts
from bioloom.lincrna.comparison.testing import COMPARISON_COLUMNS, compare_conditions
from bioloom.lincrna.inputs.samples import comparable
from bioloom.lincrna.output.tables import described, tsv
from bioloom.lincrna.settings import ComparisonSettings
from bioloom.run.external import require_packages
from bioloom.run.output import write_text
from bioloom.run.record import recorded_run
from bioloom.run.table_reader import TableSource

if TYPE_CHECKING:
    import pandas as pd

ReportWriter = Callable[[ComparisonResult, Path], object]


def run_comparison(
    counts: TableSource,
    samples: TableSource,
    settings: ComparisonSettings,
    *,
    threads: int = 1,
    out: Path | None = None,
    force: bool = False,
    report: ReportWriter | None = None,
) -> ComparisonResult:
    """Test genes for changes; write tables and a page into `out` unless it is None.

    Parameters
    ----------
    counts, samples, settings, threads, out, force
        As `bioloom.lincrna.compare`.
    report
        Writes the page.

    Raises
    ------
    BioloomError
        As `bioloom.lincrna.compare`.
    """
    require_packages("pydeseq2", extra="lincrna")
    # errors show before a folder is touched
    table = read_counts(counts, samples)
    design = checked_design(settings, comparable(table.samples))
    if out is None:
        return _compared(table, design, settings, threads)
    paths = [path for path in (counts, samples) if isinstance(path, Path | str)]
    with recorded_run(
        out,
        command="lincrna compare",
        arguments=asdict(settings),
        inputs=[Path(path) for path in paths if str(path) != "-"],
        tools={},
        force=force,
    ):
        result = _compared(table, design, settings, threads)
        _write_tables(result, out / "tables")
        if report is not None:
            report(result, out)
    return result


def _compared(
    table: CountTable, design: Design, settings: ComparisonSettings, threads: int
) -> ComparisonResult:
    compared = compare_conditions(table.counts, design, settings, threads=threads)
    return ComparisonResult(compared, table.counts, (*table.notes, *compared.notes))


def _write_tables(result: ComparisonResult, folder: Path) -> None:
    write_text(folder / "comparisons.tsv", tsv(result.to_frame()))
    write_text(folder / "size_factors.tsv", tsv(_size_factors(result)))
    parts = [
        "# Tables",
        "Tab-separated, with a header; an empty field has no value.",
        "## comparisons.tsv\nEvery contrast and tested gene.",
        described(COMPARISON_COLUMNS),
        "## size_factors.tsv",
        described(SIZE_FACTOR_COLUMNS),
    ]
    write_text(folder / "README.md", "\n\n".join(parts) + "\n")


def _size_factors(result: ComparisonResult) -> "pd.DataFrame":
    import pandas as pd

    factors = result.compared.size_factors
    return pd.DataFrame({"sample": [*factors], "size_factor": [*factors.values()]})
