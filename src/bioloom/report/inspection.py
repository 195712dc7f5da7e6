"""The page of ``bioloom lincrna inspect``."""

from pathlib import Path

from bioloom.lincrna.output.inspection import Inspection
from bioloom.report.frames import frame_table
from bioloom.report.page import Table
from bioloom.report.run import Content, write_run_page


def understood_tables(inspection: Inspection) -> list[Table]:
    """The tables of what was understood of an annotation."""
    return [
        frame_table(f"understood-{name}", caption, frame)
        for name, caption, frame in inspection.captioned()
    ]


def write_inspection(inspection: Inspection, path: Path) -> Path:
    """Write the page; its path."""
    understood = inspection.understood
    warnings = " ".join(inspection.warnings())
    content = Content(
        kind="What bioloom understood of an annotation",
        title=Path(understood.path).name,
        lead=f"{inspection.summary()}. {warnings}".strip(),
        tables=understood_tables(inspection),
    )
    return write_run_page(content, path)
