"""Groups of samples, and why a correlation gets no p-value."""

import pytest

from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.partners.strata import columns_within, strata_of, why_no_p_value
from bioloom.lincrna.settings import PartnerSettings


def sample(name, kind="bulk", **factors):
    return SampleReport(
        *(name, kind, 100, None, None, 100, 99, 95.0, "forward", "auto"),
        *(0.98, 50, 97.5, 90.25, 7),
        factors=factors,
    )


def samples(*conditions):
    return [
        sample(f"s{n}", condition=condition, batch="x")
        for n, condition in enumerate(conditions)
    ]


def why(*conditions, design="", **settings):
    chosen = PartnerSettings(**settings)
    strata = strata_of(samples(*conditions), chosen, design=design)
    return why_no_p_value(strata, strata.null(chosen, 1), chosen)


def test_without_a_design_all_samples_are_one_group():
    strata = strata_of(samples("b", "a", "b"), PartnerSettings())
    assert [group.samples for group in strata.groups] == [("s0", "s1", "s2")]
    assert strata.sentences() == ()


def test_the_columns_of_the_design_make_the_groups():
    strata = strata_of(
        samples("b", "a", "b", "a"), PartnerSettings(), design="~ batch + condition"
    )
    assert [(group.name, group.samples) for group in strata.groups] == [
        ("x, a", ("s1", "s3")),
        ("x, b", ("s0", "s2")),
    ]
    assert strata.sizes == (2, 2)
    [sentence] = strata.sentences()
    assert sentence == (
        "Expression is correlated within the levels of batch and condition: 2 (x, a) "
        "and 2 (x, b) samples."
    )


def test_the_setting_comes_before_the_design():
    settings = PartnerSettings(within=("batch",))
    assert columns_within(settings, "~ condition") == ("batch",)


def test_words_of_a_formula_that_are_no_column_are_passed_over():
    strata = strata_of(
        samples("a", "a"), PartnerSettings(), design="~ C(condition, Treatment)"
    )
    assert strata.within == ("condition",)


def test_a_column_that_the_sheet_lacks_is_an_error():
    settings = PartnerSettings(within=("tissue",))
    with pytest.raises(BadSampleSheet, match=r"'tissue', .*\(batch and condition\)"):
        strata_of(samples("a", "a"), settings)


def test_a_sample_alone_counts_in_nothing():
    strata = strata_of(samples("a", "b", "a"), PartnerSettings(), design="~condition")
    assert (strata.samples, strata.n_single) == (("s0", "s2"), 1)
    assert "1 sample alone in a level of condition" in strata.sentences()[1]


def test_droplet_samples_count_where_all_are():
    bulk, cell = sample("b"), sample("c", kind="cell")
    mixed = strata_of([bulk, cell, sample("d")], PartnerSettings())
    assert (mixed.samples, mixed.n_droplet) == (("b", "d"), 1)
    told = "1 droplet or long-read sample counts in no correlation"
    assert mixed.sentences()[0].startswith(told)
    long = sample("l", kind="pacbio")
    assert strata_of([bulk, long, sample("d")], PartnerSettings()).n_droplet == 1
    # without short reads long ones are compared, and droplets are not
    of_long = strata_of([cell, long, sample("m", kind="ont_drna")], PartnerSettings())
    assert (of_long.samples, of_long.n_droplet) == (("l", "m"), 1)
    alone = strata_of([cell, sample("e", kind="nucleus")], PartnerSettings())
    assert (alone.samples, alone.n_droplet) == (("c", "e"), 0)


def test_four_samples_show_nothing():
    assert why(*"aaaa") == (
        "4 samples have 24 permutations: the smallest p-value that could come out is "
        "0.083, so nothing can be shown about correlations."
    )


def test_three_pairs_show_nothing():
    assert why(*"aabbcc", design="~ condition") == (
        "6 samples in 3 groups have 8 permutations: the smallest p-value that could "
        "come out is 0.25, so nothing can be shown about correlations."
    )


def test_fewer_samples_than_asked_for():
    assert why(*"aaaaa") == (
        "5 samples have 120 permutations: the smallest p-value that could come out is "
        "0.017; p-values are given from 6 samples on (partners.min_samples)."
    )
    assert why(*"aaaaa", min_samples=5) == ""


def test_six_samples_are_enough():
    assert why(*"aaaaaa") == ""
    assert why(*"aaabbb", design="~ condition", alpha=0.06) == ""
    assert "0.056, so nothing" in why(*"aaabbb", design="~ condition")


@pytest.mark.parametrize("conditions", ["", "a", "ab"])
def test_nothing_to_compare(conditions):
    assert why(*conditions, design="~ condition").startswith("No two samples")
