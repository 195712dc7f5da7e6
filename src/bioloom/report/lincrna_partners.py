"""Tables of the report on the candidates' partners."""

import math
from collections.abc import Iterator

from bioloom.lincrna.page.sections import (
    BestPartner,
    PartnerSection,
    PartnerSetRow,
    TransPartner,
)
from bioloom.report.page import Cell, Column, Row, Table, number, without_empty_columns

_CORRELATION = (
    Column("Correlation", "of ranks within conditions", is_number=True),
    Column("p", "permutation of the samples, two-sided", is_number=True),
    Column("q", "Benjamini and Hochberg, all pairs tested", is_number=True),
)


def partner_tables(section: PartnerSection) -> list[Table]:
    """Best partners, then trans partners and gene sets where there are any."""
    tables = [_best_table(section)]
    if section.trans:
        tables.append(_trans_table(section))
    if section.sets:
        tables.append(_sets_table(section))
    return tables


def _best_table(section: PartnerSection) -> Table:
    table = Table(
        name="partners-table",
        caption="Best partner of each candidate",
        columns=(
            Column("Candidate", "leads to its row above"),
            Column("Best partner", "coding gene"),
            Column(
                "Class",
                "as FEELnc's classifier: direction, type, subtype, "
                "location as seen from the gene",
            ),
            Column("Distance, nt", "between the spans", is_number=True),
            Column("Cis genes", "coding genes within the window", is_number=True),
            *_CORRELATION,
        ),
        rows=[
            Row([*_best_cells(row, place)]) for place, row in enumerate(section.best, 1)
        ],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _best_cells(row: BestPartner, place: int) -> Iterator[Cell]:
    yield Cell(row.transcript_id, href=f"#c{place}")
    if not row.gene:
        yield Cell("none on the chromosome", kind="wide")
        yield from [Cell("")] * 2
    else:
        yield Cell(row.gene)
        words = row.words if row.is_cis else f"{row.words}; beyond the window"
        yield Cell(words, kind="wide")
        yield number(row.distance_nt)
    yield number(row.n_cis)
    yield from _correlation_cells(row)


def _correlation_cells(row: BestPartner | TransPartner) -> Iterator[Cell]:
    yield Cell("") if math.isnan(row.rho) else number(row.rho, decimals=3)
    yield _small(row.p)
    yield _small(row.q)


def _small(value: float) -> Cell:
    """A number that may be very small."""
    return Cell("") if math.isnan(value) else Cell(f"{value:.3g}", key=value)


def _trans_table(section: PartnerSection) -> Table:
    shown = len(section.trans)
    caption = f"{section.n_trans:,} trans partners"
    if shown < section.n_trans:
        caption += f", the {shown} with the smallest p-values"
    return Table(
        name="trans-table",
        caption=caption,
        columns=(Column("Gene of candidates"), Column("Partner"), *_CORRELATION),
        rows=[
            Row([Cell(row.candidate), Cell(row.gene), *_correlation_cells(row)])
            for row in section.trans
        ],
        is_sortable=True,
        is_searchable=True,
    )


def _sets_table(section: PartnerSection) -> Table:
    shown = len(section.sets)
    caption = f"{section.n_sets:,} gene sets that hold partners"
    if shown < section.n_sets:
        caption += f", the {shown} with the smallest q-values"
    return Table(
        name="partner-sets-table",
        caption=caption,
        columns=(
            Column("Gene set"),
            Column("Among", "which partners"),
            Column("Partners in it", is_number=True),
            Column("By chance", "expected number", is_number=True),
            Column("Size", "background genes in the set", is_number=True),
            Column("p", "hypergeometric", is_number=True),
            Column("q", "Benjamini and Hochberg, all sets tested", is_number=True),
            Column("Genes"),
        ),
        rows=[Row([*_set_cells(row)]) for row in section.sets],
        is_sortable=True,
        is_searchable=True,
    )


def _set_cells(row: PartnerSetRow) -> Iterator[Cell]:
    yield Cell(row.name, kind="wide")
    yield Cell(row.partners)
    yield number(row.n_both)
    yield number(row.expected, decimals=2)
    yield number(row.n_in_set)
    yield _small(row.p)
    yield _small(row.q)
    yield Cell(row.genes, kind="wide")
