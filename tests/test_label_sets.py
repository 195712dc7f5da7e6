"""Cells of several labels: one way to write each set, read as it was written."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioloom.label_sets import cell_of, cells_of, label_table, labels_in

LABELS = st.sets(st.sampled_from(["a", "b", "naïve 😀", "x y", "0"]))


@given(LABELS)
def test_a_cell_holds_its_labels(labels):
    cell = cell_of(sorted(labels))
    assert cell  # never empty: that would be unknown
    assert labels_in(cell) == tuple(sorted(labels))
    assert labels_in(f" {cell} | ") == tuple(sorted(labels))


@given(st.lists(LABELS, min_size=1, max_size=12))
def test_a_table_of_cells_gives_the_cells_again(sets):
    cells = [cell_of(sorted(labels)) for labels in sets]
    names, members = label_table(cells)
    assert names == tuple(sorted(set().union(*sets)))
    assert members.shape == (len(sets), len(names))
    assert cells_of(members, names).tolist() == cells
    assert members.sum() == sum(map(len, sets))


def test_missing_words_are_no_labels():
    assert labels_in("NA|cat|") == ("cat",)
    assert label_table(["", "|"]).members.shape == (2, 0)
    assert np.array_equal(label_table(["b|a", "a|b"]).members, np.ones((2, 2), bool))
