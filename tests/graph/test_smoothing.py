"""Dirichlet energy by layer, against a plain sum over edges."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.splits import split_of
from bioloom.graph.output.outputs import write_outputs
from bioloom.graph.output.smoothing import dirichlet_energy, smoothing_frame
from bioloom.graph.settings import SETTINGS, settings_for
from bioloom.graph.training_run import train_model


def by_edges(weights, rows):
    """Both energies, edge by edge."""
    n = len(rows)
    weights = np.maximum(weights, weights.T)
    looped = weights + np.diag((weights.diagonal() == 0).astype(float))
    degree, looped_degree = weights.sum(axis=1), looped.sum(axis=1)
    total = constant = 0.0
    for i in range(n):
        for j in range(n):
            scaled = (
                rows[i] / looped_degree[i] ** 0.5 - rows[j] / looped_degree[j] ** 0.5
            )
            total += looped[i, j] * (scaled**2).sum() / 2
            constant += weights[i, j] * ((rows[i] - rows[j]) ** 2).sum() / 2
    size = (rows**2).sum()
    weighted = (degree * (rows**2).sum(axis=1)).sum()
    return total / size, constant / weighted if weighted else np.nan


@given(st.integers(2, 9), st.integers(1, 130), st.integers(0, 2**32 - 1), st.booleans())
def test_energy_is_the_sum_over_edges(n, width, seed, is_sparse):
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random((n, n)) < 0.4, rng.random((n, n)), 0).astype("f4")
    rows = rng.normal(size=(n, width)).astype("f4")
    found = dirichlet_energy(csr_array(weights), csr_array(rows) if is_sparse else rows)
    expected = by_edges(weights.astype(float), rows.astype(float))
    assert found.symmetric == pytest.approx(expected[0], rel=1e-4, abs=1e-5)
    assert found.constant == pytest.approx(expected[1], rel=1e-5, nan_ok=True)
    assert -1e-6 <= found.symmetric <= 2


def test_smooth_rows_have_none():
    links = karate_club().adjacency
    degree = np.asarray(links.sum(axis=1)).ravel()
    equal, rooted = np.ones((34, 3), "f4"), np.sqrt(degree + 1)[:, None].astype("f4")
    assert dirichlet_energy(links, equal).constant == pytest.approx(0, abs=1e-9)
    assert dirichlet_energy(links, equal).symmetric > 0.05
    assert dirichlet_energy(links, rooted).symmetric == pytest.approx(0, abs=1e-6)
    assert np.isnan(dirichlet_energy(links, np.zeros((34, 2), "f4"))).all()


@pytest.mark.parametrize("model", SETTINGS)
def test_every_layer_has_a_row(model):
    graph = split_of(karate_club(), "random", rng_seed=1)
    base = SETTINGS[model]
    how = replace(base, n_layers=min(base.n_layers, 4), max_epochs=4)
    table = smoothing_frame(train_model(graph, how))
    n_hidden = {"gcnii": 5, "grand": 1}.get(model, 1)
    names = [f"hidden {number + 1}" for number in range(n_hidden)]
    assert table["layer"].tolist() == ["features", *names, "scores"]
    assert table["width"].iloc[0] == 34
    assert table["width"].iloc[-1] == 2
    assert table["energy"].between(0, 2).all()


def test_depth_smooths_and_residual_terms_delay_it(tmp_path):
    graph = split_of(karate_club(), "random", rng_seed=1)
    energy = {}
    for residual in (False, True):
        changes = {"n_layers": 9, "residual": residual, "max_epochs": 30, "hidden": 16}
        result = train_model(graph, settings_for("gcn", changes))
        energy[residual] = smoothing_frame(result)["energy"]
    assert (energy[False][2:6] < 0.8 * energy[True][2:6]).all()
    assert energy[False][6] < 0.1 * energy[False][0]
    write_outputs([result], tmp_path, with_tsne=False)
    table = pd.read_csv(tmp_path / "tables" / "smoothing.tsv", sep="\t")
    assert table["energy"].tolist() == pytest.approx(energy[True].tolist(), abs=1e-5)
    assert (tmp_path / "figures" / "gcn_smoothing.svg").is_file()
    assert "Dirichlet" in (tmp_path / "tables" / "README.md").read_text()
