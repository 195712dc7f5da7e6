"""Planted marker lincRNAs are found, by made clusters and by labels; the run folder."""

import json

import anndata
import numpy as np
import pandas as pd
import pytest

import bioloom as bl
from bioloom.errors import BadRunFolder, BadTable, MissingFile, UnknownName
from bioloom.lincrna.marking.counts import read_cells
from tests.lincrna.marking.planted import N_MARKERS, TYPES, planted

pytest.importorskip("scanpy", reason="of the extra cells")
pytest.importorskip("igraph", reason="of the extra cells")


@pytest.fixture(scope="module")
def made():
    return bl.lincrna.mark(planted())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("marking")
    planted().write_h5ad(path / "cells.h5ad")
    bl.lincrna.mark(path / "cells.h5ad", out=path / "run")
    return path


def marked_by(result):
    rows = result.lincrnas
    return rows.groupby("cluster")["gene_id"].agg(set).to_dict()


def test_clusters_are_the_planted_types_and_have_their_lincrnas(made):
    types = planted().obs["type"]
    table = pd.crosstab(types.to_numpy(), np.array(made.clusters))
    assert (table.max(axis=1) == 60).all()
    for place, kind in enumerate(TYPES):
        cluster = table.loc[kind].idxmax()
        planted_here = {f"l{n}" for n in range(place, N_MARKERS, 3)}
        assert marked_by(made)[cluster] == planted_here
    assert made.summary() == (
        "3 clusters of 180 cells; 9 of 36 lincRNAs tested mark one or more"
    )
    assert made.top_lincrnas(3)[0] in {f"l{n}" for n in range(N_MARKERS)}


def test_planted_lincrnas_are_the_specific_ones(made):
    genes = made.genes.set_index("gene_id")
    planted_ones = [f"l{n}" for n in range(N_MARKERS)]
    others = [f"l{n}" for n in range(N_MARKERS, 40)]
    assert genes.loc[planted_ones, "tau"].min() > genes.loc[others, "tau"].median()
    assert (
        genes.loc[planted_ones, "marks"] == genes.loc[planted_ones, "top_cluster"]
    ).all()
    assert made.matched.n_candidates == 40
    assert made.specificity_words().startswith("Specificity (tau) of 40 lincRNAs")


def test_it_says_that_cells_are_used_twice(made):
    assert made.notes[-1] == (
        "Coding genes made the clusters that they are tested in, so their p- and "
        "q-values are too small; lincRNAs made none."
    )
    assert "3 clusters of 180 cells by 300 coding genes" in made.notes[0]


def test_the_same_seed_gives_the_same(made):
    again = bl.lincrna.mark(planted())
    assert again.clusters == made.clusters
    np.testing.assert_array_equal(again.umap, made.umap)


def test_all_genes_can_make_clusters():
    result = bl.lincrna.mark(planted(), cluster_genes="all")
    assert "by 340 genes" in result.notes[0]


def test_labels_of_the_cells_and_of_another_file(made, tmp_path):
    own = bl.lincrna.mark(planted(), labels="type")
    assert [*own.cluster_rows["cluster"]] == sorted(TYPES)
    assert marked_by(own)["B cell"] == {"l0", "l3", "l6"}
    assert "If the labels were made of these cells' own counts" in own.notes[-1]
    other = planted(names="{}-1")[20:].copy()
    other.write_h5ad(tmp_path / "atlas.h5ad")
    theirs = bl.lincrna.mark(planted(), labels=f"{tmp_path / 'atlas.h5ad'}:type")
    assert theirs.clusters[20:] == own.clusters[20:]
    assert set(theirs.clusters[:20]) == {""}
    assert any("20 cells of 180 without a label" in note for note in theirs.notes)


def test_a_lincrna_without_a_cluster_marks_nothing():
    """Labels at random: no marker beyond the false discovery rate."""
    cells = planted()
    rng = np.random.default_rng(5)
    cells.obs["random"] = rng.permutation(["a", "b"] * 90)
    result = bl.lincrna.mark(cells, labels="random")
    assert result.markers["is_marker"].sum() <= 2
    p = result.markers.loc[result.markers["cluster"] == "a", "p_value"]
    assert 0.02 < (p <= 0.05).mean() < 0.1


def equal_cells(depth_sd, rng_seed=0, n_cells=400):
    """Cells of one type, 500 coding genes and 100 lincRNAs."""
    rng = np.random.default_rng(rng_seed)
    is_lincrna = np.arange(600) >= 500
    level = rng.lognormal(size=600) * np.where(is_lincrna, 0.3, 1)
    depth = np.exp(depth_sd * rng.normal(size=n_cells))
    cells = anndata.AnnData(rng.poisson(depth[:, None] * level).astype(np.float32))
    cells.var["is_candidate"] = is_lincrna
    cells.var["kind"] = np.where(is_lincrna, "novel lincRNA candidate", "coding")
    return cells


def shares_of_small_p(result):
    is_small = result.markers["p_value"] <= 0.05
    return is_small.groupby(result.markers["kind"]).mean()


def test_where_all_cells_are_alike_only_genes_that_made_clusters_differ():
    found = shares_of_small_p(bl.lincrna.mark(equal_cells(0.0)))
    assert 0.03 < found["lincRNA"] < 0.07
    assert found["coding"] > 0.08
    both = shares_of_small_p(bl.lincrna.mark(equal_cells(0.0), cluster_genes="all"))
    assert both["lincRNA"] > 0.07


def test_clusters_of_unlike_depth_are_told():
    result = bl.lincrna.mark(equal_cells(0.8))
    assert any("Clusters differ in depth" in note for note in result.notes)
    alike = bl.lincrna.mark(equal_cells(0.0))
    assert not any("Clusters differ in depth" in note for note in alike.notes)


def test_a_foreign_file_names_its_lincrnas(made):
    cells = planted()
    cells.layers["counts"] = cells.X.copy()
    cells.X = np.log1p(cells.X)
    biotype = np.where(cells.var["is_candidate"], "lncRNA", "protein_coding")
    cells.var = pd.DataFrame({"biotype": biotype}, index=cells.var_names)
    result = bl.lincrna.mark(cells, lincrna_column="biotype")
    assert result.clusters == made.clusters
    np.testing.assert_array_equal(result.markers["u"], made.markers["u"])
    assert set(result.genes["kind"]) == {"lincRNA", "coding"}


def test_without_biotypes_all_others_are_coding_and_that_is_said():
    cells = planted()
    cells.var = cells.var[["is_candidate"]]
    table = read_cells(cells)
    assert table.is_coding.sum() == 300
    assert table.notes == (
        "No column says which genes are coding: all 300 other genes count as such.",
    )


def test_samples_that_are_clusters_are_told():
    cells = planted()
    cells.obs["sample"] = cells.obs["type"].replace("T cell", "B cell")
    result = bl.lincrna.mark(cells)
    assert any(
        "of 3 have 90% or more of their cells from one sample" in note
        for note in result.notes
    )
    assert [*result.cluster_rows["main_sample_share"]] == [1, 1, 1]


def test_errors_say_what_to_do(tmp_path):
    cells = planted(n_cells=30)
    with pytest.raises(MissingFile, match=r"cells \(.h5ad\)"):
        bl.lincrna.mark(tmp_path / "gone.h5ad")
    with pytest.raises(UnknownName, match="found no column 'tipe'"):
        bl.lincrna.mark(cells, labels="tipe")
    with pytest.raises(UnknownName, match="found no column 'lnc'"):
        bl.lincrna.mark(cells, lincrna_column="lnc")
    with pytest.raises(BadTable, match=r"var\['gene_name'\]: found no lincRNA"):
        bl.lincrna.mark(cells, lincrna_column="gene_name")
    cells.obs["one"] = "all"
    with pytest.raises(BadTable, match="found 1 cluster of 3 cells or more"):
        bl.lincrna.mark(cells, labels="one")
    with pytest.raises(BadTable, match="found 10 cells, 2.. genes in three or more"):
        bl.lincrna.mark(cells[:10].copy())
    del cells.var["is_candidate"]
    with pytest.raises(BadTable, match="--lincrna-column"):
        bl.lincrna.mark(cells)
    cells.X = np.log1p(cells.X)
    with pytest.raises(BadTable, match="Give counts in X"):
        bl.lincrna.mark(cells)
    (tmp_path / "broken.h5ad").write_text("no")
    with pytest.raises(BadTable, match="found an unreadable file"):
        bl.lincrna.mark(tmp_path / "broken.h5ad")


def test_small_labels_are_left_out():
    cells = planted()
    cells.obs["type"] = ["few", "few", *cells.obs["type"][2:]]
    result = bl.lincrna.mark(cells, labels="type")
    assert "few" not in set(result.markers["cluster"])
    assert any("fewer than 3 cells: few" in note for note in result.notes)


def test_the_run_folder(folder):
    run = folder / "run"
    names = {path.relative_to(run).as_posix() for path in run.rglob("*.*")}
    assert {
        "report.html",
        "report.zh.html",
        "run.json",
        "cells.h5ad",
        "figures/map.svg",
        "figures/lincrnas.svg",
        "figures/dots.svg",
        "tables/markers.tsv",
        "tables/clusters.tsv",
        "tables/genes.tsv",
        "tables/README.md",
    } <= names
    cells = anndata.read_h5ad(run / "cells.h5ad")
    assert [*cells.obs["cluster"].cat.categories] == ["1", "2", "3"]
    assert cells.obsm["X_umap"].shape == (180, 2)
    markers = pd.read_csv(run / "tables/markers.tsv", sep="\t", dtype={"cluster": str})
    lincrnas = markers[markers["is_marker"] & (markers["kind"] == "lincRNA")]
    assert lincrnas["gene_id"].nunique() == N_MARKERS
    page = (run / "report.html").read_text("utf-8")
    assert "9 of 36 lincRNAs tested mark one or more" in page
    assert "<image" not in page


def test_a_marker_is_explained_as_in_the_table(folder):
    run = folder / "run"
    explanation = bl.lincrna.explain("Nl0", run=run, about="markers")
    markers = pd.read_csv(run / "tables/markers.tsv", sep="\t", dtype={"cluster": str})
    row = markers[markers["gene_id"] == "l0"].sort_values("auc").iloc[-1]
    assert explanation.title == f"Nl0 in cluster {row['cluster']}"
    shown = [step.value.number for step in explanation.steps if step.value]
    columns = ["log2_fold_change", "u", "auc", "p_value", "q_value"]
    np.testing.assert_allclose(shown, row[columns].to_numpy(dtype=float), rtol=1e-5)
    assert "a marker" in explanation.to_text()
    other = bl.lincrna.explain("l0", "2", run=run, about="markers")
    assert other.title == "Nl0 in cluster 2"
    with pytest.raises(UnknownName, match="found no tested gene 'Nl99'"):
        bl.lincrna.explain("Nl99", run=run, about="markers")
    with pytest.raises(UnknownName, match="found no cluster '9'"):
        bl.lincrna.explain("Nl0", "9", run=run, about="markers")
    with pytest.raises(BadRunFolder, match="no cells with clusters"):
        bl.lincrna.explain("Nl0", run=folder, about="markers")


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_the_command(folder, bioloom_cli, tmp_path):
    cells, out = folder / "cells.h5ad", tmp_path / "run"
    options = ["--labels", "type", "--max-q", "0.01", "--json"]
    code, told, notes = bioloom_cli("lincrna", "mark", cells, "--out", out, *options)
    assert code == 0, notes
    assert json.loads(told)["report"] == str(out / "report.html")
    assert "Specificity (tau) of 40 lincRNAs" in notes
    assert json.loads((out / "run.json").read_text())["arguments"]["max_q"] == 0.01
    code, _, notes = bioloom_cli("lincrna", "mark", cells, "--out", out)
    assert code == 1
    assert "--force" in notes


def test_figures_of_many_cells_draw_some(made):
    figure = made.plot("Nl0")
    assert figure.axes[0].get_title("left") == "Nl0"
    with pytest.raises(UnknownName, match="found no gene 'Nx'"):
        made.plot("Nx")
    from bioloom.lincrna.marking.figures import MAX_DRAWN, map_figure

    umap = np.random.default_rng(0).normal(size=(MAX_DRAWN + 1, 2))
    title = map_figure(umap, ["a", ""] * 1500 + ["b"]).axes[0].get_title("left")
    assert title == "Cells by cluster (3,000 of 3,001 cells)"
