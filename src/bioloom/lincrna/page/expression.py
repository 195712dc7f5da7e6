"""The section on expression: figures, changed genes, specificity."""

from collections.abc import Iterator, Mapping
from functools import partial

from bioloom.lincrna.comparison.analysis import ExpressionAnalysis, GeneExpression
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.figures import (
    N_ROWS,
    heat_map_figure,
    pca_figure,
    specificity_figure,
    volcano_figure,
)
from bioloom.lincrna.comparison.specificity import N_MATCHED, Matched, Specificity
from bioloom.lincrna.comparison.testing import Compared
from bioloom.lincrna.output.analysis_files import gene_expression
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.page.sections import (
    ChangedGene,
    ContrastRow,
    Drawing,
    ExpressionSection,
    SamplePlace,
)
from bioloom.run.language import mark, tr, trn

MAX_OTHERS = 100
_MEASURE = mark("log2(normalised counts + 1)")


def expression_section(tables: RunTables) -> ExpressionSection | None:
    """What the page shows of expression; None where nothing was computed."""
    if tables.analysis is None or tables.genes is None:
        return None
    analysis, expression = tables.analysis, gene_expression(tables.genes)
    names = _names(expression)
    compared = analysis.compared
    return ExpressionSection(
        drawings=[*_drawings(analysis, expression, names)],
        contrasts=[*_contrasts(compared, expression)] if compared else [],
        genes=[*_changed(compared, expression, names)] if compared else [],
        alpha=compared.alpha if compared else None,
        specificity=_specificity(analysis),
        notes=analysis.notes,
        places=[*_places(analysis)],
    )


def _places(analysis: ExpressionAnalysis) -> Iterator[SamplePlace]:
    """Samples in the plane, in the order of its figure."""
    if analysis.space:
        rows = analysis.space.places.itertuples(index=False, name=None)
        for (sample, pc1, pc2), group in zip(
            rows, analysis.groups.values(), strict=True
        ):
            yield SamplePlace(str(sample), group, float(pc1), float(pc2))


def _names(expression: GeneExpression) -> Mapping[str, str]:
    """How genes are called: by their symbol, else by gene_id."""
    symbols = expression.genes["gene_name"]
    return {str(gene): str(symbol or gene) for gene, symbol in symbols.items()}


def _drawings(
    analysis: ExpressionAnalysis, expression: GeneExpression, names: Mapping[str, str]
) -> Iterator[Drawing]:
    if analysis.space:
        yield Drawing(
            name="samples_pca",
            draw=partial(pca_figure, analysis.space, [*analysis.groups.values()]),
            title=tr("Samples by their expression"),
            description=tr(
                "The first two principal components of the samples; the numbers are in "
                "{file}.",
                file="tables/size_factors.tsv",
            ),
            caption=tr(
                "Principal components of {measure}. Replicates should lie together.",
                measure=tr(_MEASURE),
            ),
        )
    genes, rule = _shown_genes(analysis, expression)
    if len(genes) > 1 and len(analysis.samples) > 2:
        yield Drawing(
            name="heat_map",
            draw=lambda: heat_map_figure(
                analysis.normalised(expression.counts),
                genes,
                [names[gene] for gene in genes],
            ),
            title=tr("Expression of genes in each sample"),
            description=tr(
                "Heat map of {genes}; the counts are in {file}.",
                genes=rule,
                file="tables/gene_counts.tsv",
            ),
            caption=tr(
                "{genes}: {measure}, as deviation from the mean of the gene. Similar "
                "genes lie beside each other.",
                genes=f"{rule[0].upper()}{rule[1:]}",
                measure=tr(_MEASURE),
            ),
        )
    if analysis.compared:
        yield from _volcanos(analysis.compared, expression, names)
    if analysis.specificity:
        yield _specificity_drawing(analysis.specificity, expression)


def _shown_genes(
    analysis: ExpressionAnalysis, expression: GeneExpression
) -> tuple[list[str], str]:
    """Genes of the heat map, and which they are: changed ones, else candidates."""
    compared = analysis.compared
    if compared is not None:
        changed = compared.genes[compared.genes["change"] != ""]
        genes = [*dict.fromkeys(changed.sort_values("q_value")["gene_id"])][:N_ROWS]
        if len(genes) > 1:
            return genes, tr("the {n} genes with the smallest q-values", n=len(genes))
    counts = expression.counts[[sample.name for sample in analysis.samples]]
    totals = counts.loc[expression.candidates].sum(axis=1)
    top = totals[totals > 0].sort_values(ascending=False, kind="stable")
    genes = [*map(str, top.index[:N_ROWS])]
    return genes, tr("the {n} candidate genes with most reads", n=len(genes))


def _volcanos(
    compared: Compared, expression: GeneExpression, names: Mapping[str, str]
) -> Iterator[Drawing]:
    for number, contrast in enumerate(compared.design.contrasts, 1):
        words = contrast_name(contrast)
        yield Drawing(
            name=f"volcano_{number}",
            draw=partial(
                volcano_figure,
                compared,
                contrast,
                candidates=expression.candidates,
                names=names,
            ),
            title=tr("Changed genes, {contrast}", contrast=words),
            description=tr(
                "Volcano plot; the numbers are in {file}.",
                file="tables/comparisons.tsv",
            ),
            caption=tr(
                "{contrast}. Changed: false discovery rate below {alpha:g}. Dots that "
                "would lie on one another are drawn once.",
                contrast=words,
                alpha=compared.alpha,
            ),
        )


def _specificity_drawing(
    specificity: Specificity, expression: GeneExpression
) -> Drawing:
    return Drawing(
        name="specificity",
        draw=partial(
            specificity_figure, specificity, expression.candidates, expression.coding
        ),
        title=tr("Specificity over {column}", column=specificity.column),
        description=tr(
            "Share of the genes up to each value of tau; the numbers are in {file}.",
            file="tables/specificity.tsv",
        ),
        caption=tr(
            "Tau of lincRNA candidates and of coding genes: 0 is equal expression in "
            "all levels, 1 expression in one level only."
        ),
    )


def _contrasts(compared: Compared, expression: GeneExpression) -> Iterator[ContrastRow]:
    candidates = expression.candidates
    for contrast in compared.design.contrasts:
        frame = compared.of(contrast)
        mine = frame[frame["gene_id"].isin(candidates)]
        yield ContrastRow(
            contrast=contrast_name(contrast),
            n_tested=len(frame),
            n_up=int((frame["change"] == "up").sum()),
            n_down=int((frame["change"] == "down").sum()),
            n_candidates=len(mine),
            n_candidates_up=int((mine["change"] == "up").sum()),
            n_candidates_down=int((mine["change"] == "down").sum()),
        )


def _changed(
    compared: Compared, expression: GeneExpression, names: Mapping[str, str]
) -> Iterator[ChangedGene]:
    """Candidates, then the other genes with the smallest q-values, by contrast."""
    candidates = expression.candidates
    for contrast in compared.design.contrasts:
        frame = compared.of(contrast).sort_values("p_value", kind="stable")
        is_candidate = frame["gene_id"].isin(candidates)
        others = frame[~is_candidate & (frame["change"] != "")].head(MAX_OTHERS)
        for part in (frame[is_candidate], others):
            for row in part.to_dict("records"):
                gene = str(row["gene_id"])
                yield ChangedGene(
                    gene_id=gene,
                    name=names[gene],
                    kind=str(expression.genes.loc[gene, "kind"]),
                    is_candidate=gene in candidates,
                    contrast=contrast_name(contrast),
                    base_mean=float(row["base_mean"]),
                    log2_fold_change=float(row["log2_fold_change"]),
                    lfc_se=float(row["lfc_se"]),
                    p_value=float(row["p_value"]),
                    q_value=float(row["q_value"]),
                    change=str(row["change"]),
                    note=str(row["note"]),
                )


def _specificity(analysis: ExpressionAnalysis) -> str:
    """Candidates against coding genes, in a sentence."""
    matched = analysis.matched
    if analysis.specificity is None:
        return ""
    if matched is None:
        return tr("Too few expressed genes to compare the specificity of candidates.")
    return _matched_sentence(matched)


def _matched_sentence(matched: Matched) -> str:
    return tr(
        "Median tau: {candidates:.2f} of {of_candidates}, {coding:.2f} of {of_coding}. "
        "Genes with few reads look specific for that reason only, so each candidate is "
        "also compared with the {n} coding genes of nearest expression: their median "
        "is {matched:.2f}, the median difference {difference:+.2f} (interval of 95 %: "
        "{low:+.2f} to {high:+.2f}).",
        candidates=matched.candidates,
        of_candidates=trn(
            "{n} candidate gene", "{n:,} candidate genes", matched.n_candidates
        ),
        coding=matched.coding,
        of_coding=trn("{n} coding gene", "{n:,} coding genes", matched.n_coding),
        n=N_MATCHED,
        matched=matched.coding_matched,
        difference=matched.difference,
        low=matched.low,
        high=matched.high,
    )
