"""Tests of markers equal scipy's and scanpy's; planted ones are found."""

import anndata
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csc_matrix, csr_matrix
from scipy.stats import mannwhitneyu

from bioloom.lincrna.marking.markers import (
    GeneCells,
    marker_frame,
    normalised,
    rank_test,
)
from bioloom.lincrna.settings.marking import MarkingSettings
from bioloom.statistics.multiple_testing import benjamini_hochberg
from tests.lincrna.marking.planted import planted

GENES = pd.DataFrame(
    {"gene_id": ["a", "b", "c"], "gene_name": ["A", "B", "C"], "kind": "coding"}
)


@given(
    arrays(np.int64, 24, elements=st.integers(0, 4)),
    arrays(np.int64, 24, elements=st.integers(0, 2)),
)
def test_u_and_p_are_scipys(values, codes):
    codes[:3] = 0, 1, 2
    sizes = np.bincount(codes).astype(float)
    has = np.flatnonzero(values)
    u, p = rank_test(GeneCells(has, values[has].astype(float)), codes, sizes)
    for cluster in range(3):
        inside, outside = values[codes == cluster], values[codes != cluster]
        judge = mannwhitneyu(inside, outside, method="asymptotic")
        assert u[cluster] == judge.statistic
        # scipy has no p-value where all are the same
        expected = judge.pvalue if len(set(values.tolist())) > 1 else 1.0
        assert p[cluster] == pytest.approx(expected, rel=1e-9)


def test_columns_are_what_they_say():
    umis = np.array([[4, 0, 1], [2, 0, 2], [0, 5, 3], [0, 5, 0], [0, 1, 4]])
    names = ["x", "x", "y", "y", "y"]
    frame = marker_frame(
        csc_matrix(umis * 1.0), names, GENES, MarkingSettings(max_q=0.9)
    )
    row = frame[(frame["gene_id"] == "a") & (frame["cluster"] == "x")].iloc[0]
    assert (row["auc"], row["u"]) == (1.0, 6.0)
    assert (row["fraction_in"], row["fraction_out"]) == (1.0, 0.0)
    assert (row["mean_in"], row["mean_out"]) == (3.0, 0.0)
    assert row["log2_fold_change"] == pytest.approx(np.log2(3.1 / 0.1))
    np.testing.assert_allclose(
        frame["q_value"], benjamini_hochberg(frame["p_value"].to_numpy())
    )
    # of two clusters, one gene's U add up to all pairs
    assert (frame.groupby("gene_id")["u"].sum() == 6).all()
    assert not frame.loc[frame["auc"] < 0.55, "is_marker"].any()
    assert frame["is_marker"].any()


def test_scores_are_scanpys():
    scanpy = pytest.importorskip("scanpy")
    cells = planted(n_cells=90)
    values = normalised(csr_matrix(cells.X))
    genes = pd.DataFrame(
        {"gene_id": cells.var_names, "gene_name": cells.var_names, "kind": ""}
    )
    frame = marker_frame(values.tocsc(), [*cells.obs["type"]], genes, MarkingSettings())
    judged = anndata.AnnData(values.copy(), obs=cells.obs.copy(), var=cells.var.copy())
    judged.obs["type"] = judged.obs["type"].astype("category")
    scanpy.pp.log1p(judged)
    scanpy.tl.rank_genes_groups(judged, "type", method="wilcoxon", tie_correct=True)
    theirs = scanpy.get.rank_genes_groups_df(judged, None)
    both = theirs.merge(
        frame, left_on=["names", "group"], right_on=["gene_id", "cluster"]
    )
    assert len(both) == len(frame)
    # scanpy takes nothing off for continuity, half a pair in hundreds
    near = both["pvals"].between(1e-3, 0.9)
    assert near.sum() > 300
    np.testing.assert_allclose(
        np.log(both["p_value"][near]), np.log(both["pvals"][near]), atol=0.05
    )
    assert (np.sign(both["scores"]) == np.sign(both["auc"] - 0.5)).mean() > 0.99
