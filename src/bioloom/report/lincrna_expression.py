"""Tables of changed genes in the lincRNA report."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bioloom.lincrna.page.sections import ChangedGene, ExpressionSection
from bioloom.report.parts import (
    Cell,
    Column,
    Row,
    Table,
    number,
    told,
    without_empty_columns,
)
from bioloom.report.plots import Axis, plot_of
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


def places_table(section: ExpressionSection) -> Table:
    """Samples in the plane of their principal components."""
    return Table(
        name="places-table",
        caption=tr("Samples by their expression"),
        columns=told(
            Column(mark("Sample")),
            Column(mark("Group")),
            Column("PC1", is_number=True),
            Column("PC2", is_number=True),
        ),
        rows=[
            Row(
                [
                    Cell(row.sample),
                    Cell(row.group),
                    number(row.pc1, decimals=2),
                    number(row.pc2, decimals=2),
                ]
            )
            for row in section.places
        ],
        is_sortable=True,
    )


def expression_plots(section: ExpressionSection) -> dict[str, Mapping[str, Any] | None]:
    """Interactive twins of the section's figures, by the figure's name."""
    changed, titles = (
        changed_table(section),
        {x.name: x.title for x in section.drawings},
    )
    plots = {
        f"volcano_{n}": plot_of(
            changed,
            Axis(tr("log2 fold change")),
            Axis(tr("p-value"), "-log10"),
            title=titles.get(f"volcano_{n}", ""),
            group=tr("Kind"),
            only=(tr("Contrast"), row.contrast),
        )
        for n, row in enumerate(section.contrasts, 1)
    }
    plane = plot_of(
        places_table(section),
        Axis("PC1"),
        Axis("PC2"),
        title=titles.get("samples_pca", ""),
        group=tr("Group"),
    )
    return {"samples_pca": plane, **plots}


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
