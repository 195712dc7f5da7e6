"""The working behind a gene's expression and its changes, from a run folder."""

from pathlib import Path

from bioloom.explain import Explanation
from bioloom.lincrna.comparison.explain import (
    count_steps,
    explain_changes,
    specificity_steps,
)
from bioloom.lincrna.output.analysis_files import read_gene
from bioloom.run.language import tr


def explain_expression(run: Path, name: str) -> Explanation:
    """Show where the counts of a gene come from, and how specific it is.

    Raises
    ------
    BadRunFolder, UnknownName
        As `read_gene`.
    """
    gene = read_gene(run, name)
    steps = (*count_steps(gene.counted()), *specificity_steps(gene.means()))
    return Explanation(tr("Expression of {gene}", gene=gene.gene_id), steps)


def explain_comparison(run: Path, name: str) -> Explanation:
    """Show how the changes of a gene were tested.

    Raises
    ------
    BadRunFolder, UnknownName
        As `read_gene`.
    """
    gene = read_gene(run, name)
    return explain_changes(gene.gene_id, gene.compared())
