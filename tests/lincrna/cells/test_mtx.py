"""The folder is read by scanpy and scipy as it was written."""

import gzip

import numpy as np
import pytest
from scipy.io import mmread
from scipy.sparse import csr_matrix

from bioloom.errors import BadInput
from bioloom.lincrna.cells.mtx import write_mtx

NAMES = {
    "barcodes": ["AAAC", "CCCG-1", "GGGT"],
    "gene_ids": ["g1", "g2", "g3", "g4"],
    "gene_names": ["Xist", "g2", "Malat1", "Malat1"],
}
UMIS = np.array([[3, 0, 0, 1], [0, 0, 0, 0], [0, 12, 0, 70_000]])


def written(folder, umis=UMIS, **names):
    write_mtx(csr_matrix(umis), folder, **(NAMES | names))
    return folder


@pytest.mark.filterwarnings("ignore:.*unique.*:UserWarning")
def test_scanpy_reads_it(tmp_path):
    scanpy = pytest.importorskip("scanpy")
    cells = scanpy.read_10x_mtx(written(tmp_path / "raw_feature_bc_matrix"))
    assert [*cells.obs_names] == ["AAAC-1", "CCCG-1", "GGGT-1"]
    assert [*cells.var["gene_ids"]] == NAMES["gene_ids"]
    assert [*cells.var_names] == ["Xist", "g2", "Malat1", "Malat1-1"]
    assert set(cells.var["feature_types"]) == {"Gene Expression"}
    np.testing.assert_array_equal(cells.X.toarray(), UMIS)


def test_counts_are_integers_of_genes_by_barcodes(tmp_path):
    path = written(tmp_path, UMIS.astype(np.float32)) / "matrix.mtx.gz"
    with gzip.open(path, "rt") as stream:
        lines = stream.read().splitlines()
    assert lines[0] == "%%MatrixMarket matrix coordinate integer general"
    assert lines[2:] == ["4 3 4", "1 1 3", "4 1 1", "2 3 12", "4 3 70000"]
    matrix = mmread(path)
    assert matrix.dtype.kind == "i"
    np.testing.assert_array_equal(matrix.toarray(), UMIS.T)


def test_equal_counts_give_equal_bytes(tmp_path):
    first, second = written(tmp_path / "a"), written(tmp_path / "b")
    files = sorted(path.name for path in first.iterdir())
    assert files == ["barcodes.tsv.gz", "features.tsv.gz", "matrix.mtx.gz"]
    for name in files:
        content = (first / name).read_bytes()
        assert content == (second / name).read_bytes()
        assert content[3:8] == bytes(5)  # no name, no time


@pytest.mark.parametrize("umi", [0.5, -1])
def test_what_is_no_umi_is_an_error(tmp_path, umi):
    with pytest.raises(BadInput, match="negative or no whole numbers"):
        written(tmp_path, np.full((3, 4), umi))
    assert not [*tmp_path.iterdir()]


def test_no_barcode_or_no_count_is_a_matrix_too(tmp_path):
    written(tmp_path, np.zeros((0, 4)), barcodes=[])
    assert mmread(tmp_path / "matrix.mtx.gz").shape == (4, 0)
