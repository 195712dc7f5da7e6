"""The page of a miRNA prediction."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from bioloom.draw import to_svg
from bioloom.mirna.output.figures import energies_figure, site_figure
from bioloom.mirna.output.result import COLUMNS, Sites
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
from bioloom.statistics.multiple_testing import benjamini_hochberg

MAX_ROWS = 2000
MAX_DRAWN = 12
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


def write_report(
    sites: Sequence[Sites], path: Path, *, title: str, settings: Mapping[str, str]
) -> Path:
    """Write the page: sites per miRNA, energies and p-values, the best duplexes.

    Parameters
    ----------
    sites
        All sites, target by target.
    path
        File to write.
    title
        Its heading.
    settings
        Rules of the search, in words.

    Returns
    -------
    The path. The page holds the 2,000 firmest sites; the rest is in the table's file.
    """
    rows = _strongest(sites)
    n_sites = sum(map(len, sites))
    return write_page(
        path,
        "mirna.html",
        kind="miRNA binding sites",
        title=title,
        n_sites=n_sites,
        n_targets=len(sites),
        n_mirnas=len(sites[0].mirna_names) if sites else 0,
        n_shown=len(rows),
        counts=_counts_table(sites),
        energies=_energies(sites),
        duplexes=_duplexes(sites, rows[:MAX_DRAWN]),
        table=_sites_table(sites, rows),
        settings=settings,
    )


def _strongest(sites: Sequence[Sites]) -> list[tuple[int, int]]:
    """Target and row of the firmest sites, firmest first."""
    units = np.concatenate([np.empty(0, np.int64), *(one.hits.units for one in sites)])
    owner = np.repeat(np.arange(len(sites)), [len(one) for one in sites])
    row = np.concatenate([np.empty(0, np.int64), *(np.arange(len(s)) for s in sites)])
    order = np.argsort(units, kind="stable")[:MAX_ROWS]
    return list(zip(owner[order].tolist(), row[order].tolist(), strict=True))


def _counts_table(sites: Sequence[Sites]) -> Table:
    counts: Counter[tuple[str, str]] = Counter()
    best: dict[str, float] = {}
    for one in sites:
        names = one.mirna_names[one.hits.mirna].tolist()
        counts.update(zip(names, one.seeds.names.tolist(), strict=True))
        for name, mfe in zip(names, one.hits.mfe.tolist(), strict=True):
            best[name] = min(best.get(name, 0.0), mfe)
    columns = [Column("miRNA"), Column("Sites", is_number=True)]
    columns += [Column("Firmest, kcal/mol", is_number=True)]
    columns += [
        Column(kind, "sites of this seed class", is_number=True) for kind in KINDS
    ]
    rows = [
        Row(
            [
                Cell(name),
                number(sum(counts[name, kind] for kind in KINDS)),
                number(best[name], decimals=2),
                *(number(counts[name, kind]) for kind in KINDS),
            ]
        )
        for name in sorted(best)
    ]
    return Table("counts-table", "Sites of each miRNA", columns, rows, is_sortable=True)


def _energies(sites: Sequence[Sites]) -> Picture:
    mfe = np.concatenate([np.empty(0), *(one.hits.mfe for one in sites)])
    p = np.concatenate([np.empty(0), *(one.p for one in sites)])
    svg = inline_svg(
        to_svg(energies_figure(mfe, p)),
        name="energies",
        title="Energies and p-values of all sites",
        description="Histograms; the numbers are in the table of sites.",
    )
    return Picture("energies", svg, "Energies and, where known, p-values of all sites.")


def _duplexes(
    sites: Sequence[Sites], rows: Sequence[tuple[int, int]]
) -> Iterator[Picture]:
    for place, (owner, row) in enumerate(rows, 1):
        one = sites[owner]
        name = one.mirna_names[one.hits.mirna[row]]
        svg = inline_svg(
            to_svg(site_figure(one, row)),
            name=f"duplex{place}",
            title=f"{name} on {one.target}, {one.hits.mfe[row]:.2f} kcal/mol",
            description=" / ".join(one.lines[row].tolist()),
        )
        caption = f"Seed {one.seeds.names[row]}; miRNA bases 2 to 8 in red."
        yield Picture(f"duplex{place}", svg, caption)


def _sites_table(sites: Sequence[Sites], rows: Sequence[tuple[int, int]]) -> Table:
    p = np.concatenate([np.empty(0), *(one.p for one in sites)])
    q = (
        benjamini_hochberg(p)
        if len(p) and not np.isnan(p).any()
        else np.full(len(p), np.nan)
    )
    before = np.cumsum([0, *map(len, sites)])
    columns = [
        Column(label, COLUMNS.get(name, ""), is_number=name not in _WORDS)
        for name, label in _LABELS.items()
    ]
    cells = [
        Row(list(_site_cells(sites[owner], row, float(q[before[owner] + row]))))
        for owner, row in rows
    ]
    table = Table(
        name="sites-table",
        caption=f"The {len(cells):,} firmest sites",
        columns=columns,
        rows=cells,
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


_WORDS = ("mirna", "target", "place", "seed")


def _site_cells(one: Sites, row: int, q: float) -> Iterator[Cell]:
    hits = one.hits
    start, end = int(hits.start[row]), int(hits.end[row])
    yield Cell(str(one.mirna_names[hits.mirna[row]]))
    yield Cell(one.target)
    yield Cell(f"{start + 1:,}-{end:,}", key=start)
    yield number(float(hits.mfe[row]), decimals=2)
    yield number(float(hits.units[row] / one.perfect[hits.mirna[row]]), decimals=3)
    yield Cell(str(one.seeds.names[row]))
    yield number(float(one.score[row]), decimals=3)
    for chance in (float(one.p[row]), q):
        yield Cell("" if np.isnan(chance) else f"{chance:.2g}", key=chance)
