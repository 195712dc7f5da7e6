"""The page of a miRNA prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.draw import to_svg
from bioloom.mirna.output.result import COLUMNS
from bioloom.mirna.sites.seeds import KINDS
from bioloom.report.page import (
    Cell,
    Column,
    Picture,
    Row,
    Table,
    inline_svg,
    number,
    without_empty_columns,
    write_page,
)

if TYPE_CHECKING:
    from bioloom.mirna.output.page import MirnaRow, PredictionPage, SiteRow

_LABELS: Mapping[str, str] = {
    "mirna": "miRNA",
    "target": "Target",
    "place": "Place",
    "mfe": "Energy, kcal/mol",
    "mfe_ratio": "Of perfect",
    "seed": "Seed",
    "score": "Score",
    "p": "p",
    "q": "q",
}
_TEXT_COLUMNS = ("mirna", "target", "place", "seed")


def write_report(page: PredictionPage, path: Path) -> Path:
    """Write the page: sites, the strongest duplexes, energies, sites of each miRNA.

    Parameters
    ----------
    page
        What it shows.
    path
        File to write.

    Returns
    -------
    The path.
    """
    return write_page(
        path,
        "mirna.html",
        room="mirna",
        kind="miRNA binding sites",
        title=page.title,
        n_sites=page.n_sites,
        n_targets=page.n_targets,
        n_mirnas=page.n_mirnas,
        n_shown=len(page.rows),
        counts=_counts_table(page),
        energies=_energies(page),
        duplexes=list(_duplexes(page)),
        table=_sites_table(page),
        settings=page.settings,
    )


def _counts_table(page: PredictionPage) -> Table:
    columns = [
        Column("miRNA"),
        Column("Sites", is_number=True),
        Column("Strongest, kcal/mol", is_number=True),
        *(Column(kind, "sites of this seed class", is_number=True) for kind in KINDS),
    ]
    rows = [Row(_mirna_cells(mirna)) for mirna in page.mirnas]
    return Table("counts-table", "Sites of each miRNA", columns, rows, is_sortable=True)


def _mirna_cells(mirna: MirnaRow) -> list[Cell]:
    return [
        Cell(mirna.name),
        number(mirna.n_sites),
        number(mirna.lowest_mfe, decimals=2),
        *map(number, mirna.n_by_kind.values()),
    ]


def _energies(page: PredictionPage) -> Picture:
    svg = inline_svg(
        to_svg(page.energies),
        name="energies",
        title="Energies and p-values of all sites",
        description="Histograms; the numbers are in the table of sites.",
    )
    return Picture("energies", svg, "Energies and, where known, p-values of all sites.")


def _duplexes(page: PredictionPage) -> Iterator[Picture]:
    for place, duplex in enumerate(page.duplexes, 1):
        svg = inline_svg(
            to_svg(duplex.figure),
            name=f"duplex{place}",
            title=duplex.title,
            description=" / ".join(duplex.lines),
        )
        caption = f"Seed {duplex.seed}; miRNA bases 2 to 8 in red."
        yield Picture(f"duplex{place}", svg, caption)


def _sites_table(page: PredictionPage) -> Table:
    columns = [
        Column(label, COLUMNS.get(name, ""), is_number=name not in _TEXT_COLUMNS)
        for name, label in _LABELS.items()
    ]
    table = Table(
        name="sites-table",
        caption=f"The {len(page.rows):,} strongest sites",
        columns=columns,
        rows=[Row(_site_cells(site)) for site in page.rows],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _site_cells(site: SiteRow) -> list[Cell]:
    return [
        Cell(site.mirna),
        Cell(site.target),
        Cell(f"{site.start + 1:,}-{site.end:,}", key=site.start),
        number(site.mfe, decimals=2),
        number(site.mfe_ratio, decimals=3),
        Cell(site.seed),
        number(site.score, decimals=3),
        *map(_chance_cell, (site.p, site.q)),
    ]


def _chance_cell(chance: float) -> Cell:
    return Cell("" if math.isnan(chance) else f"{chance:.2g}", key=chance)
