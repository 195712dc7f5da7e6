"""The working of a comparison holds the table's numbers, in both languages."""

import numpy as np
import pytest

import bioloom as bl
from bioloom.errors import BadTable, OutputExists, UnknownName
from bioloom.explain import Explanation
from bioloom.lincrna.comparison.explain import (
    CountedGene,
    MeasuredTranscript,
    count_steps,
    specificity_steps,
)
from bioloom.lincrna.comparison.result import ComparisonResult
from bioloom.lincrna.comparison.specificity import entropy_bits, tau
from bioloom.lincrna.inputs.expression import Abundance
from bioloom.run.language import use_language
from tests.chinese import only_words_differ
from tests.lincrna.comparison.counts import simulated


@pytest.fixture(scope="module")
def result() -> ComparisonResult:
    data = simulated(120)
    samples = {
        "sample": [item.name for item in data.samples],
        "condition": [item.factors["condition"] for item in data.samples],
    }
    return bl.lincrna.compare(
        data.counts.reset_index(),
        samples,
        design="~ condition",
        contrasts=[("condition", "t", "c")],
    )


def test_every_value_of_the_working_is_the_tables(result):
    for row in result.to_frame().to_dict("records"):
        steps = result.explain(row["gene_id"]).steps
        values = [step.value.number for step in steps if step.value is not None]
        base, dispersion, change, p, q = values
        assert base == pytest.approx(row["base_mean"], rel=1e-9)
        assert dispersion == row["dispersion"]
        assert change == row["log2_fold_change"]
        assert p == pytest.approx(row["p_value"], rel=1e-6, abs=1e-300)
        assert q == pytest.approx(row["q_value"], rel=1e-9)
        assert (steps[-1].verdict.outcome == "pass") == (row["change"] != "")


def test_the_counts_of_the_working_are_the_given_ones(result):
    [gene] = result.counts.index[:1]
    lines = result.explain(gene).steps[1].detail
    counts = [int(line.split("/")[0].split()[-1]) for line in lines]
    assert counts == [*result.counts.loc[gene]]


def test_in_chinese_only_the_words_differ(result):
    gene = result.to_frame()["gene_id"][0]
    only_words_differ(
        lambda: result.explain(gene), kept=("condition", "vs", "Var", "p_")
    )


def test_a_gene_that_was_not_tested_is_unknown(result):
    with pytest.raises(UnknownName, match="no tested gene 'g999'"):
        result.explain("g999")


def test_a_figure_and_a_short_repr(result):
    assert repr(result).startswith("<ComparisonResult: condition: t vs c: ")
    assert result.plot().axes[0].get_title(loc="left") == "condition: t vs c"


def test_counts_are_explained_by_prepdes_rule():
    transcripts = [
        MeasuredTranscript("a", Abundance(0.0, 10.0), 1000),
        MeasuredTranscript("b", Abundance(0.0, 0.01), 500),
    ]
    row = CountedGene("s", 75.0, transcripts, 135, 2.5)
    [step] = count_steps([row])
    assert step.substitution == "k = 134 + 1"  # both rounded up: 133.3 and 0.07
    assert step.value.number == 134 + 1


def test_what_salmon_counted_is_rounded():
    measured = [
        MeasuredTranscript("a", Abundance(2.0, 0.0, 133.4), 1000),
        MeasuredTranscript("b", Abundance(0.5, 0.0, 0.6), 500),
    ]
    [step] = count_steps([CountedGene("s", 75.0, measured, 134, 2.5)])
    assert (step.formula, step.value.number) == (r"k = [\sum_t n_t]", 134)
    assert step.detail == ("a: 133.400", "b: 0.600")
    assert "those that Salmon estimates" in step.claim


def test_specificity_is_explained_by_its_own_functions():
    means = {"liver": 0.0, "brain": 12.0, "testis": 3.0}
    values = np.array([[*means.values()]])
    first, second = specificity_steps(means)
    assert first.value.number == tau(values)[0]
    assert second.value.number == entropy_bits(values)[0]


def test_expression_in_chinese():
    def make() -> Explanation:
        row = CountedGene(
            "s", 75.0, [MeasuredTranscript("a", Abundance(0.0, 1.5), 900)], 18, 2.5
        )
        steps = (*count_steps([row]), *specificity_steps({"x": 1.0, "y": 4.0}))
        return Explanation("t", steps)

    only_words_differ(make, kept=("log_2", "x_max"))
    with use_language("zh"):
        assert "比特" in make().to_text()


@pytest.mark.parametrize(
    ("cell", "words"),
    [("-3", "found '-3'"), ("NA", "found 'NA'"), ("x", "found 'x'"), ("inf", "'inf'")],
)
def test_what_is_no_count_is_named_by_gene_and_sample(cell, words):
    counts = {"gene": ["g1", "g2"], "a": ["1", "2"], "b": ["3", cell]}
    samples = {"sample": ["a", "b"], "c": ["x", "y"]}
    with pytest.raises(BadTable, match="gene g2, sample b") as problem:
        bl.lincrna.compare(counts, samples, design="~ c")
    assert words in str(problem.value)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"gene": ["g"], "a": ["1"]}, "no column 'b'"),
        ({"gene": ["g", "g"], "a": ["1", "2"], "b": ["3", "4"]}, "'g' twice"),
    ],
)
def test_tables_that_do_not_fit_are_refused(counts, words):
    samples = {"sample": ["a", "b"], "c": ["x", "y"]}
    with pytest.raises(BadTable, match=words):
        bl.lincrna.compare(counts, samples, design="~ c")


def test_a_sample_named_twice_is_refused():
    counts = {"gene": ["g"], "a": ["1"]}
    with pytest.raises(BadTable, match="'a' twice, expected each sample once"):
        bl.lincrna.compare(
            counts, {"sample": ["a", "a"], "c": ["x", "y"]}, design="~ c"
        )


def test_a_wrong_design_leaves_a_finished_folder_as_it_was(result, tmp_path):
    counts = result.counts.reset_index()
    samples = {"sample": [*result.counts], "c": [*"xxxyyy"]}
    out = tmp_path / "out"
    bl.lincrna.compare(counts, samples, design="~ c", out=out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(UnknownName):
        bl.lincrna.compare(counts, samples, design="~ d", out=out, force=True)
    after = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert after == before


def test_estimates_are_rounded_and_other_columns_named(tmp_path):
    data = simulated(80)
    counts = data.counts + 0.4
    counts.insert(0, "Chr", "1")
    samples = {
        "sample": [item.name for item in data.samples],
        "c": [item.factors["condition"] for item in data.samples],
    }
    result = bl.lincrna.compare(
        counts.reset_index(), samples, design="~ c", out=tmp_path / "out"
    )
    assert result.counts.equals(data.counts)
    notes = " ".join(result.notes)
    assert "Counts of 80 genes are no whole numbers: rounded." in notes
    assert "no sample: Chr." in notes
    written = {
        str(path.relative_to(tmp_path / "out"))
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert written == {
        *("report.html", "report.zh.html", "run.json"),
        *("figures/volcano_1.svg", "figures/volcano_1.png"),
        *("tables/README.md", "tables/comparisons.tsv", "tables/size_factors.tsv"),
    }
    with pytest.raises(OutputExists):
        bl.lincrna.compare(
            counts.reset_index(), samples, design="~ c", out=tmp_path / "out"
        )
