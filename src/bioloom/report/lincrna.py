"""The report of a lincRNA run."""

from pathlib import Path

from bioloom.lincrna.outputs import RunTables
from bioloom.lincrna.result import FilterResult
from bioloom.run.output import write_text


def write_report(result: FilterResult, tables: RunTables, out: Path) -> Path:
    """Write ``report.html`` and the figures of a run folder."""
    path = out / "report.html"
    write_text(path, f"{len(result.rows)} {len(tables.transcripts)}")
    return path
