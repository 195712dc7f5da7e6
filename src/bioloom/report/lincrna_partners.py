"""Tables of the report on the candidates' partners."""

import math
from collections.abc import Iterator

from bioloom.lincrna.page.sections import (
    BestPartner,
    PartnerSection,
    PartnerSetRow,
    TransPartner,
)
from bioloom.report.parts import (
    Cell,
    Column,
    Row,
    Table,
    number,
    told,
    without_empty_columns,
)
from bioloom.run.language import mark, tr, trn

_CORRELATION = (
    Column(mark("Correlation"), mark("of ranks within conditions"), is_number=True),
    Column(mark("p"), mark("permutation of the samples, two-sided"), is_number=True),
    Column(mark("q"), mark("Benjamini and Hochberg, all pairs tested"), is_number=True),
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
        caption=tr("Best partner of each candidate"),
        columns=told(
            Column(mark("Candidate"), mark("leads to its row above")),
            Column(mark("Best partner"), mark("coding gene")),
            Column(
                mark("Class"),
                mark(
                    "as FEELnc's classifier: direction, type, subtype, "
                    "location as seen from the gene"
                ),
            ),
            Column(mark("Distance, nt"), mark("between the spans"), is_number=True),
            Column(
                mark("Cis genes"),
                mark("coding genes within the window"),
                is_number=True,
            ),
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
        yield Cell(tr("none on the chromosome"), kind="wide")
        yield from [Cell("")] * 2
    else:
        yield Cell(row.gene)
        words = row.words
        if not row.is_cis:
            words = tr("{words}; beyond the window", words=words)
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
    caption = trn("{n} trans partner", "{n:,} trans partners", section.n_trans)
    if shown < section.n_trans:
        caption = tr(
            "{caption}, the {n} with the smallest p-values", caption=caption, n=shown
        )
    return Table(
        name="trans-table",
        caption=caption,
        columns=told(
            Column(mark("Gene of candidates")), Column(mark("Partner")), *_CORRELATION
        ),
        rows=[
            Row([Cell(row.candidate), Cell(row.gene), *_correlation_cells(row)])
            for row in section.trans
        ],
        is_sortable=True,
        is_searchable=True,
    )


def _sets_table(section: PartnerSection) -> Table:
    shown = len(section.sets)
    caption = trn(
        "{n} gene set that holds partners",
        "{n:,} gene sets that hold partners",
        section.n_sets,
    )
    if shown < section.n_sets:
        caption = tr(
            "{caption}, the {n} with the smallest q-values", caption=caption, n=shown
        )
    return Table(
        name="partner-sets-table",
        caption=caption,
        columns=told(
            Column(mark("Gene set")),
            Column(mark("Among"), mark("which partners")),
            Column(mark("Partners in it"), is_number=True),
            Column(mark("By chance"), mark("expected number"), is_number=True),
            Column(mark("Size"), mark("background genes in the set"), is_number=True),
            Column(mark("p"), mark("hypergeometric"), is_number=True),
            Column(
                mark("q"),
                mark("Benjamini and Hochberg, all sets tested"),
                is_number=True,
            ),
            Column(mark("Genes")),
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
