"""Planted doublets have higher scores than single cells."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bioloom.lincrna.cells import doublets
from bioloom.lincrna.cells.doublets import doublet_scores
from bioloom.statistics.ranking import roc_auc


def sample(rng_seed, n_cells=300, n_doublets=20, n_genes=400):
    rng = np.random.default_rng(rng_seed)
    types = rng.gamma(0.3, size=(3, n_genes))
    cells = rng.poisson(2 * types[rng.integers(0, 3, size=n_cells)])
    pairs = rng.poisson(2 * types[[0] * n_doublets]) + rng.poisson(
        2 * types[[1] * n_doublets]
    )
    return csr_matrix(np.vstack([cells, pairs]))


def test_doublets_of_two_types_stand_out():
    pytest.importorskip("scanpy")
    umis = sample(1)
    scores, note = doublet_scores(umis)
    assert note == ""
    assert ((scores >= 0) & (scores <= 1)).all()
    assert roc_auc(scores, np.arange(320) >= 300) > 0.9
    np.testing.assert_array_equal(scores, doublet_scores(umis).scores)


def test_a_cell_without_umis_has_no_score():
    pytest.importorskip("scanpy")
    umis = sample(2).tolil()
    umis[7] = 0
    scores, _ = doublet_scores(umis.tocsr())
    assert np.flatnonzero(np.isnan(scores)).tolist() == [7]


@pytest.mark.parametrize(
    ("umis", "reason"),
    [
        (sample(3, n_cells=20), "40 cells, of 50 that are needed"),
        (sample(4, n_genes=20), "genes in 3 cells or more, of 50 that are needed"),
    ],
)
def test_too_little_gives_no_scores_and_says_so(umis, reason):
    pytest.importorskip("scanpy")
    scores, note = doublet_scores(umis, name="D")
    assert np.isnan(scores).all()
    assert note.startswith("Sample D: no doublet scores: ")
    assert reason in note


def test_without_scanpy_the_note_names_the_extra(monkeypatch):
    monkeypatch.setattr(doublets, "find_spec", lambda _: None)
    scores, note = doublet_scores(sample(5))
    assert len(scores) == 320
    assert note.endswith(
        "not installed (`bioloom doctor cells` says how to install it)."
    )
