"""Tables of changed genes in the lincRNA report."""

import math
from collections.abc import Iterator

from bioloom.lincrna.page.sections import ChangedGene, ExpressionSection
from bioloom.report.page import Cell, Column, Row, Table, number, without_empty_columns


def contrasts_table(section: ExpressionSection) -> Table:
    """How many genes changed in each contrast."""
    return Table(
        name="contrasts-table",
        caption=f"Changed genes, false discovery rate below {section.alpha or 0:g}",
        columns=(
            Column("Contrast"),
            Column("Tested", is_number=True),
            Column("Up", is_number=True),
            Column("Down", is_number=True),
            Column("Candidates tested", is_number=True),
            Column("Candidates up", is_number=True),
            Column("Candidates down", is_number=True),
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
        caption="Candidates, and the other genes with the smallest q-values",
        columns=(
            Column("Gene", "symbol, or gene_id"),
            Column("Kind"),
            Column("Contrast"),
            Column("Mean count", "normalised, of all samples", is_number=True),
            Column("log2 fold change", is_number=True),
            Column("Standard error", is_number=True),
            Column("p-value", is_number=True),
            Column("q-value", "Benjamini-Hochberg", is_number=True),
            Column("Change"),
            Column("Note", "why there is no q-value"),
        ),
        rows=[Row([*_cells(gene)]) for gene in section.genes],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _cells(gene: ChangedGene) -> Iterator[Cell]:
    yield Cell(gene.name)
    yield Cell("lincRNA candidate" if gene.is_candidate else gene.kind)
    yield Cell(gene.contrast)
    yield number(gene.base_mean, decimals=1)
    yield number(gene.log2_fold_change, decimals=2)
    yield number(gene.lfc_se, decimals=2)
    yield _probability(gene.p_value)
    yield _probability(gene.q_value)
    yield Cell(gene.change)
    yield Cell(gene.note)


def _probability(value: float) -> Cell:
    """A p-value or q-value; empty where there is none."""
    if math.isnan(value):
        return Cell("")
    return Cell(f"{value:.2g}", key=value)
