"""The working of a cell holds the numbers of the run."""

import gzip

import numpy as np
import pandas as pd
import pytest

from bioloom.errors import BadRunFolder, UnknownName
from bioloom.lincrna.api import explain
from bioloom.lincrna.inputs.cell_facts import BARCODES, BarcodeFacts, write_facts
from bioloom.statistics.multiple_testing import benjamini_hochberg

anndata = pytest.importorskip("anndata")
READS = {"AAAA": 500, "CCCC": 400, "GGGG": 40, "TTTT": 3, "ACGT": 1}
CALLED = ["knee", "knee", "profile", "", "gap"]
P = [np.nan, np.nan, 0.001, 0.4, np.nan]


@pytest.fixture
def run(tmp_path):
    obs = pd.DataFrame(
        {
            "sample": "S",
            "barcode": [*READS],
            "n_reads": [n - 1 for n in READS.values()],
            "n_umis": [n // 2 for n in READS.values()],
            "n_genes": 2,
            "fraction_lincrna": 0.25,
            "called_by": CALLED,
            "p": P,
            "q": [np.nan, np.nan, 0.002, 0.4, np.nan],
        },
        index=[f"S_{barcode}" for barcode in READS],
    )
    matrix = anndata.AnnData(X=np.zeros((5, 1), np.float32), obs=obs)
    matrix.write_h5ad(tmp_path / "cells_raw.h5ad")
    plate = obs.iloc[:1].assign(sample="P", called_by="plate", barcode="A1")
    plate.index = ["P_A1"]
    other = anndata.AnnData(X=np.zeros((1, 1), np.float32), obs=plate)
    other.write_h5ad(tmp_path / "cells.h5ad")
    for sample, above in (("S", ["AAAA", "CCCC"]), ("P", ["A1"])):
        folder = tmp_path / f"working/cells/{sample}"
        folder.mkdir(parents=True)
        how = "plate" if sample == "P" else "knee"
        facts = BarcodeFacts("10xv3", "forward", above, how, 944, 0, [700])
        write_facts(facts, folder / BARCODES)
    lines = "".join(f"{barcode}\t{n}\n" for barcode, n in READS.items())
    path = tmp_path / "working/cells/S/barcodes.tsv.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    return tmp_path


def shown(run, name):
    return explain(name, run=run, about="cells").to_text()


def test_a_cell_above_the_knee_says_by_how_much(run):
    text = shown(run, "S_CCCC")
    assert "400 reads have the barcode" in text
    assert "rank 2 of 5" in text
    assert "The 2 barcodes with most reads, 400 or more" in text
    assert "✓ pass, a cell, 0 reads to spare" in text
    assert "399 of them align once. Molecules on genes: 200" in text
    assert "drawn from the ambient" not in text


def test_a_cell_by_its_profile_shows_the_test(run):
    steps = explain("S_GGGG", run=run, about="cells").steps
    assert steps[0].verdict.outcome == "fail"
    assert str(steps[0].verdict.margin) == "360 reads"
    test = steps[2]
    assert test.value.number == benjamini_hochberg(np.array([0.001, 0.4]))[0] == 0.002
    assert "0.001 \\cdot 2 / 1 = 0.002" in test.substitution
    assert test.verdict.outcome == "pass"
    assert steps[3].value.number == 0.25


def test_an_empty_droplet_fails_both(run):
    steps = explain("S_TTTT", run=run, about="cells").steps
    assert [step.verdict.outcome for step in steps if step.verdict] == ["fail", "fail"]


def test_a_cell_by_a_gap_and_one_of_a_plate(run):
    assert "A gap in the curve" in shown(run, "S_ACGT")
    assert "files of its own on a plate" in shown(run, "P_A1")


def test_a_name_that_is_no_barcode_and_a_run_without_cells(run, tmp_path):
    with pytest.raises(UnknownName, match="found no barcode 'S_AAAC'"):
        shown(run, "S_AAAC")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadRunFolder, match="found no cells"):
        shown(tmp_path / "empty", "S_AAAA")
