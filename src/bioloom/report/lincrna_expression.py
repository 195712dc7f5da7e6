"""Tables of changed genes in the lincRNA report."""

import math
from collections.abc import Iterator

from bioloom.lincrna.page.sections import ChangedGene, ExpressionSection
from bioloom.report.page import (
    Cell,
    Column,
    Row,
    Table,
    number,
    told,
    without_empty_columns,
)
from bioloom.run.language import mark, tr


def contrasts_table(section: ExpressionSection) -> Table:
    """How many genes changed in each contrast."""
    return Table(
        name="contrasts-table",
        caption=tr(
            "Changed genes, false discovery rate below {alpha:g}",
            alpha=section.alpha or 0,
        ),
        columns=told(
            Column(mark("Contrast")),
            Column(mark("Tested"), is_number=True),
            Column(mark("Up"), is_number=True),
            Column(mark("Down"), is_number=True),
            Column(mark("Candidates tested"), is_number=True),
            Column(mark("Candidates up"), is_number=True),
            Column(mark("Candidates down"), is_number=True),
        ),
        rows=[
            Row(
                [
                    Cell(row.contrast),
                    number(row.n_tested),
                    number(row.n_up),
                    number(row.n_down),
                    number(row.n_candidates),
                    number(row.n_candidates_up),
                    number(row.n_candidates_down),
                ]
            )
            for row in section.contrasts
        ],
    )


def changed_table(section: ExpressionSection) -> Table:
    """Every candidate, and the other genes that changed most."""
    table = Table(
        name="changed-table",
        caption=tr("Candidates, and the other genes with the smallest q-values"),
        columns=told(
            Column(mark("Gene"), mark("symbol, or gene_id")),
            Column(mark("Kind")),
            Column(mark("Contrast")),
            Column(
                mark("Mean count"), mark("normalised, of all samples"), is_number=True
            ),
            Column(mark("log2 fold change"), is_number=True),
            Column(mark("Standard error"), is_number=True),
            Column(mark("p-value"), is_number=True),
            Column(mark("q-value"), mark("Benjamini-Hochberg"), is_number=True),
            Column(mark("Change")),
            Column(mark("Note"), mark("why there is no q-value")),
        ),
        rows=[Row([*_cells(gene)]) for gene in section.genes],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _cells(gene: ChangedGene) -> Iterator[Cell]:
    yield Cell(gene.name)
    yield Cell(tr("lincRNA candidate") if gene.is_candidate else gene.kind)
    yield Cell(gene.contrast)
    yield number(gene.base_mean, decimals=1)
    yield number(gene.log2_fold_change, decimals=2)
    yield number(gene.lfc_se, decimals=2)
    yield _probability(gene.p_value)
    yield _probability(gene.q_value)
    yield Cell(gene.change)
    yield Cell(gene.note, is_english=bool(gene.note))


def _probability(value: float) -> Cell:
    """A p-value or q-value; empty where there is none."""
    if math.isnan(value):
        return Cell("")
    return Cell(f"{value:.2g}", key=value)
