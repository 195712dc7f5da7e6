"""What a run computes of its expression, and which samples it uses."""

import re

import pandas as pd
import pytest

from bioloom.lincrna.comparison.analysis import (
    ComparisonPlan,
    GeneExpression,
    analyse_expression,
    check_comparison,
    specificity_column,
)
from bioloom.lincrna.comparison.design import Described
from bioloom.lincrna.comparison.samples import sample_space
from bioloom.lincrna.errors import BadDesign
from bioloom.lincrna.settings import ComparisonSettings
from tests.lincrna.comparison.counts import simulated


def expression(n_genes: int = 150) -> tuple[GeneExpression, list[Described]]:
    data = simulated(n_genes)
    genes = pd.DataFrame(
        {
            "gene_name": "",
            "kind": ["novel lincRNA candidate", *["coding"] * (n_genes - 1)],
            "is_candidate": [True, *[False] * (n_genes - 1)],
        },
        index=data.counts.index,
    )
    tpm = 1e6 * data.counts / data.counts.sum()
    return GeneExpression(data.counts, tpm, genes), data.samples


def test_without_a_design_nothing_is_tested_but_samples_are_comparable():
    genes, samples = expression()
    found = analyse_expression(genes, samples, ComparisonPlan(ComparisonSettings()))
    assert found.compared is None
    assert found.specificity is not None  # the column of the sheet that varies
    assert found.specificity.column == "condition"
    assert found.matched is not None
    assert found.matched.n_candidates == 1
    assert found.space is not None
    assert [*found.space.places["sample"]] == [sample.name for sample in samples]
    assert any("2 levels of condition only" in note for note in found.notes)


def test_droplet_samples_are_left_out_and_named():
    genes, samples = expression()
    cells = Described("s5", {"condition": "t"}, "cell")
    settings = ComparisonSettings(design="~ condition")
    found = analyse_expression(genes, [*samples[:5], cells], ComparisonPlan(settings))
    assert [sample.name for sample in found.samples] == ["s0", "s1", "s2", "s3", "s4"]
    assert any(
        note.startswith("Comparisons") and "s5 is" in note for note in found.notes
    )


def test_droplet_samples_are_compared_with_each_other():
    genes, samples = expression()
    cells = [item._replace(kind="nucleus") for item in samples]
    settings = ComparisonSettings(design="~ condition")
    found = analyse_expression(genes, cells, ComparisonPlan(settings))
    assert len(found.samples) == 6


def test_the_column_of_specificity_is_checked_before_a_run():
    _, samples = expression(20)
    settings = ComparisonSettings(specificity_by="tissue")
    with pytest.raises(BadDesign, match=re.escape("two levels or more (condition)")):
        check_comparison(settings, samples, where="config.yaml")
    assert specificity_column(ComparisonSettings(), samples[:3]) == ""


def test_principal_components_part_the_conditions():
    genes, _ = expression()
    space = sample_space(genes.counts)
    assert space is not None
    assert sum(space.explained) <= 1 + 1e-9
    assert sample_space(genes.counts[["s0", "s1"]]) is None
