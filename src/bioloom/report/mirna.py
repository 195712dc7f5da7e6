"""The page of a miRNA prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.draw import to_svg
from bioloom.mirna.output.result import COLUMNS
from bioloom.mirna.sites.seeds import KINDS
from bioloom.report.page import write_page, write_pages
from bioloom.report.parts import (
    Cell,
    Column,
    Picture,
    Row,
    Table,
    inline_svg,
    number,
    told,
    without_empty_columns,
)
from bioloom.run.language import language_in_force, mark, tr, trn

if TYPE_CHECKING:
    from bioloom.mirna.output.page import MirnaRow, PredictionPage, SiteRow

_LABELS: Mapping[str, str] = {
    "mirna": mark("miRNA"),
    "target": mark("Target"),
    "place": mark("Place"),
    "mfe": mark("Energy, kcal/mol"),
    "mfe_ratio": mark("Of perfect"),
    "seed": mark("Seed"),
    "score": mark("Score"),
    "p": mark("p"),
    "q": mark("q"),
}
_TEXT_COLUMNS = ("mirna", "target", "place", "seed")


def write_report(page: PredictionPage, path: Path) -> Path:
    """Write the page: sites, duplexes, energies, sites of each miRNA.

    It is in the language in force.

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
        language=language_in_force(),
        **_values(page, _drawn(page)),
    )


def write_reports(page: PredictionPage, out: Path) -> Path:
    """Write the page into a folder, once in each language; the English one.

    Parameters
    ----------
    page
        What it shows.
    out
        Folder.
    """
    drawn = _drawn(page)
    return write_pages(out, "mirna.html", lambda: _values(page, drawn), room="mirna")


def _drawn(page: PredictionPage) -> dict[str, str]:
    """The figures' SVG by name."""
    duplexes = enumerate(page.duplexes, 1)
    return {
        "energies": to_svg(page.energies),
        **{f"duplex{place}": to_svg(duplex.figure) for place, duplex in duplexes},
    }


def _values(page: PredictionPage, drawn: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": tr("miRNA binding sites"),
        "title": tr(page.title),
        "words": _words(page),
        "n_sites": page.n_sites,
        "n_shown": len(page.rows),
        "counts": _counts_table(page),
        "energies": _energies(drawn["energies"]),
        "duplexes": list(_duplexes(page, drawn)),
        "table": _sites_table(page),
        "settings": page.settings,
    }


def _words(page: PredictionPage) -> dict[str, str]:
    return {
        "lead": tr(
            "**{sites}** of {mirnas} on {targets}.",
            sites=trn("{n} site", "{n:,} sites", page.n_sites),
            mirnas=trn("{n} miRNA", "{n:,} miRNAs", page.n_mirnas),
            targets=trn("{n} target", "{n:,} targets", page.n_targets),
        ),
        "model": tr(
            "Energies follow the nearest-neighbour model of Turner 1999, as in "
            "RNAhybrid; the structure of the target itself is not considered. A "
            "strong site is a candidate, not a proof of binding."
        ),
        "sections": tr("Sections"),
        "sites": tr("Sites"),
        "shown": tr("The {n:,} strongest are shown.", n=len(page.rows)),
        "best": tr("Strongest duplexes"),
        "energies": tr("Energies"),
        "spread": tr("Energies and p-values"),
        "by_mirna": tr("By miRNA"),
        "of_each": tr("Sites of each miRNA"),
        "rules": tr("Rules"),
        "rules_of": tr("Rules of the search"),
    }


def _counts_table(page: PredictionPage) -> Table:
    meaning = tr("sites of this seed class")
    columns = [
        *told(
            Column(mark("miRNA")),
            Column(mark("Sites"), is_number=True),
            Column(mark("Strongest, kcal/mol"), is_number=True),
        ),
        *(Column(kind, meaning, is_number=True) for kind in KINDS),
    ]
    rows = [Row(_mirna_cells(mirna)) for mirna in page.mirnas]
    caption = tr("Sites of each miRNA")
    return Table("counts-table", caption, columns, rows, is_sortable=True)


def _mirna_cells(mirna: MirnaRow) -> list[Cell]:
    return [
        Cell(mirna.name),
        number(mirna.n_sites),
        number(mirna.lowest_mfe, decimals=2),
        *map(number, mirna.n_by_kind.values()),
    ]


def _energies(svg: str) -> Picture:
    shown = inline_svg(
        svg,
        name="energies",
        title=tr("Energies and p-values of all sites"),
        description=tr("Histograms; the numbers are in the table of sites."),
    )
    caption = tr("Energies and, where known, p-values of all sites.")
    return Picture("energies", shown, caption)


def _duplexes(page: PredictionPage, drawn: Mapping[str, str]) -> Iterator[Picture]:
    for place, duplex in enumerate(page.duplexes, 1):
        svg = inline_svg(
            drawn[f"duplex{place}"],
            name=f"duplex{place}",
            title=tr(
                "{mirna} on {target}, {mfe:.2f} kcal/mol",
                mirna=duplex.mirna,
                target=duplex.target,
                mfe=duplex.mfe,
            ),
            description=" / ".join(duplex.lines),
        )
        caption = tr("Seed {seed}; miRNA bases 2 to 8 in red.", seed=tr(duplex.seed))
        yield Picture(f"duplex{place}", svg, caption)


def _sites_table(page: PredictionPage) -> Table:
    columns = [
        Column(
            tr(label), tr(COLUMNS.get(name, "")), is_number=name not in _TEXT_COLUMNS
        )
        for name, label in _LABELS.items()
    ]
    table = Table(
        name="sites-table",
        caption=tr("The {n:,} strongest sites", n=len(page.rows)),
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
