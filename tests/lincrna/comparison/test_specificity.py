"""Tau and entropy: textbook values, bounds, and the comparison with coding genes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy

from bioloom.lincrna.comparison.specificity import (
    entropy_bits,
    matched_tau,
    specificity_of,
    tau,
)

MEANS = arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(2, 6)),
    elements=st.floats(0, 1e5, allow_subnormal=False),
)


@given(MEANS)
def test_tau_is_between_0_and_1_and_does_not_know_the_order(means):
    values = tau(means)
    known = ~np.isnan(values)
    assert (known == (means.max(axis=1) > 0)).all()
    assert ((values[known] >= -1e-12) & (values[known] <= 1 + 1e-12)).all()
    assert tau(means[:, ::-1]) == pytest.approx(values, nan_ok=True)


@given(MEANS)
def test_entropy_is_scipys(means):
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = entropy(means, base=2, axis=1)
    assert entropy_bits(means) == pytest.approx(theirs, nan_ok=True, abs=1e-9)


def test_means_are_those_of_the_samples_of_a_level():
    tpm = pd.DataFrame(
        {"a": [1.0, 0.0], "b": [3.0, 0.0], "c": [6.0, 0.0]},
        index=pd.Index(["g", "none"], name="gene_id"),
    )
    found = specificity_of(tpm, {"a": "liver", "b": "liver", "c": "brain"}, "tissue")
    gene, silent = found.genes.to_dict("records")
    assert (gene["mean_tpm_liver"], gene["mean_tpm_brain"]) == (2.0, 6.0)
    assert gene["top_level"] == "brain"
    assert gene["tau"] == pytest.approx(1 - np.log2(3) / np.log2(7))
    assert silent["top_level"] == ""
    assert np.isnan(silent["tau"])
    assert np.isnan(silent["entropy_bits"])


def test_genes_of_like_expression_take_away_what_few_reads_make():
    """Specificity falls with expression, and candidates are only weakly expressed."""
    rng = np.random.default_rng(3)
    n = 600
    top = np.exp(rng.uniform(-1, 6, n))
    other = top * np.clip(np.log2(top + 1) / 10, 0.05, 1)
    tpm = pd.DataFrame({"a": top, "b": other}, index=[f"g{i}" for i in range(n)])
    weak = [*tpm.index[top < 3]]
    candidates = weak[::4]
    coding = [name for name in tpm.index if name not in candidates]
    found = matched_tau(
        specificity_of(tpm, {"a": "x", "b": "y"}, "c"), candidates, coding
    )
    assert found is not None
    assert found.candidates - found.coding > 0.1
    assert abs(found.difference) < 0.03
    assert found.low <= found.difference <= found.high


def test_too_few_genes_are_not_compared():
    tpm = pd.DataFrame({"a": [1.0] * 9, "b": [2.0] * 9}, index=[*"abcdefghi"])
    found = specificity_of(tpm, {"a": "x", "b": "y"}, "c")
    assert matched_tau(found, ["a"], [*"bcdefghi"]) is None
