"""Columns of every table and their meanings, taken from the code that writes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bioloom.bounds.outputs import TABLES as BOUNDS
from bioloom.debruijn.output.page import TABLES as DEBRUIJN
from bioloom.graph.linking.outputs import TABLES as LINKS
from bioloom.graph.output.outputs import TABLES as GRAPH
from bioloom.images.inspection.tables import TABLES as INSPECTION
from bioloom.images.output.label_outputs import LABEL_TABLES
from bioloom.images.output.outputs import TABLES as IMAGES
from bioloom.lincrna.inputs.sample_sheet import SAMPLE_COLUMNS
from bioloom.lincrna.loci.names import NAME_COLUMNS
from bioloom.lincrna.output.analysis_files import ANALYSIS_TABLES
from bioloom.lincrna.output.genes import GENE_COLUMNS
from bioloom.lincrna.output.partner_tables import (
    CORRELATION_COLUMNS,
    GENE_SET_COLUMNS,
    PARTNER_COLUMNS,
    TRANS_COLUMNS,
)
from bioloom.lincrna.output.tables import (
    ALL_COLUMNS,
    ATTRITION_COLUMNS,
)
from bioloom.mirna.output.result import COLUMNS as SITES

FOLDER = Path(__file__).parent / "reference" / "generated"


def setup(app: Any) -> None:
    """Have the lists written before Sphinx reads the pages that include them."""
    app.connect("builder-inited", write)


def write(_app: Any) -> None:
    """One file of columns or tables for each page part."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    transcripts = {name: entry[0] for name, entry in ALL_COLUMNS.items()}
    for name, meanings in {
        "transcripts": transcripts,
        "attrition": ATTRITION_COLUMNS,
        "samples": SAMPLE_COLUMNS,
        "genes": GENE_COLUMNS,
        "names": NAME_COLUMNS,
        **ANALYSIS_TABLES,
        "partners": {**PARTNER_COLUMNS, **CORRELATION_COLUMNS},
        "trans_partners": TRANS_COLUMNS,
        "partner_gene_sets": GENE_SET_COLUMNS,
        "sites": SITES,
        "graph": GRAPH,
        "graph_links": LINKS,
        "images": IMAGES,
        "images_labels": LABEL_TABLES,
        "images_inspection": INSPECTION,
        "debruijn": DEBRUIJN,
        "bounds": BOUNDS,
    }.items():
        (FOLDER / f"{name}.txt").write_text(_rows(meanings), "utf-8")


def _rows(meanings: Mapping[str, str]) -> str:
    lines = ["| name | meaning |", "| --- | --- |"]
    for name, meaning in meanings.items():
        lines.append(f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"
