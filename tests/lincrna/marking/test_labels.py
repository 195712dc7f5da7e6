"""Labels of another file find their cells, however these are named."""

import numpy as np
import pandas as pd
import pytest

from bioloom.errors import BadTable, UnknownName
from bioloom.lincrna.marking.labels import barcode_in, labels_of, matched_labels

ONE, TWO, THREE = "AAACCTGAGAAACCAT", "CCCGGGTTTAAACCAT", "GGGTTTAAACCCATAT"


def obs(*names, labels=("x", "y", "z")):
    return pd.DataFrame({"type": labels[: len(names)]}, index=[*names])


@pytest.mark.parametrize(
    "names",
    [
        (ONE, TWO, THREE),
        (f"{ONE}-1", f"{TWO}-1", f"{THREE}-1"),
        (f"liver_{ONE}-1", f"liver_{TWO}-1", f"liver_{THREE}-1"),
        (f"{ONE}-1-0", f"{TWO}-1-0", f"{THREE}-1-1"),
        (f"a#{ONE}-1", f"b#{TWO}-1", f"b#{THREE}-1"),
        (f"x:{ONE}", f"x:{TWO}", f"x:{THREE}"),
    ],
)
def test_names_match_with_and_without_sample_and_suffix(names):
    mine = [f"D_{barcode}" for barcode in (ONE, TWO, THREE)]
    found = matched_labels(mine, obs(*names), "type", where="o.h5ad")
    assert found.labels == ("x", "y", "z")
    assert found.notes == ()


def test_a_barcode_of_two_samples_needs_its_sample():
    theirs = obs(f"a_{ONE}-1", f"b_{ONE}-1", f"c_{TWO}-1")
    found = matched_labels([f"a_{ONE}", f"d_{ONE}", TWO], theirs, "type", where="o")
    assert found.labels == ("x", "", "z")
    assert found.notes == (
        "1 cell of 3 without a label in o: type: left out of the tests.",
    )


def test_labels_of_other_cells_are_an_error():
    with pytest.raises(BadTable, match=f"found cells such as '{TWO}-1', expected some"):
        matched_labels([ONE], obs(f"{TWO}-1"), "type", where="o.h5ad")
    with pytest.raises(UnknownName, match="o.h5ad: obs: found no column 'tipe'"):
        matched_labels([ONE], obs(ONE), "tipe", where="o.h5ad")


def test_missing_labels_are_counted():
    frame = obs(ONE, TWO, THREE, labels=("x", np.nan, "z"))
    found = labels_of(frame, "type", where="c.h5ad")
    assert found.labels == ("x", "", "z")
    assert "1 cell of 3 without a label in c.h5ad: type" in found.notes[0]


@pytest.mark.parametrize("name", ["cell_1", "GAP", "s-1", ""])
def test_names_without_a_barcode_have_none(name):
    assert barcode_in(name) == ""
