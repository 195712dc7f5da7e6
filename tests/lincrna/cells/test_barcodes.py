"""Cells are the barcodes above the knee; one error is corrected, two are not."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadInput, MissingFile
from bioloom.lincrna.cells.barcodes import (
    BarcodeList,
    choose_barcodes,
    one_error_away,
    read_barcode_lists,
    read_barcodes,
    write_barcodes,
)
from bioloom.lincrna.errors import NoCells
from bioloom.lincrna.inputs.cell_facts import read_counts

CELL, NEAR, FAR = "A" * 16, "C" + "A" * 15, "CC" + "A" * 14
OTHER = "G" * 16


@given(st.text("ACGT", min_size=1, max_size=20))
def test_neighbours_differ_in_one_place(barcode):
    near = list(one_error_away(barcode))
    assert len(set(near)) == len(near) == 3 * len(barcode)
    assert {sum(a != b for a, b in zip(barcode, n, strict=True)) for n in near} == {1}


def test_one_error_goes_to_the_barcode_with_ten_times_the_reads():
    counts = {CELL: 90, OTHER: 80, NEAR: 5, FAR: 4, "T" + OTHER[1:]: 9}
    found = choose_barcodes("s", counts, n_cells=2)
    assert found.above == [CELL, OTHER]
    assert found.corrections == {NEAR: CELL}
    assert found.counts == {CELL: 95, OTHER: 80, "T" + OTHER[1:]: 9, FAR: 4}
    assert found.n_reads == sum(counts.values())


def test_a_barcode_between_two_cells_goes_to_neither():
    left, right, middle = "AA" + "A" * 14, "CC" + "A" * 14, "AC" + "A" * 14
    found = choose_barcodes("s", {left: 50, right: 50, middle: 3}, n_cells=2)
    assert not found.corrections
    listed = choose_barcodes(
        "s", {left: 50, right: 50, middle: 3}, listed={left, right}, n_cells=2
    )
    assert not listed.corrections
    clear = choose_barcodes(
        "s", {left: 500, right: 50, middle: 3}, listed={left, right}, n_cells=2
    )
    assert clear.corrections == {middle: left}


def test_a_base_not_called_is_corrected_as_an_error_is():
    unread = "N" + "A" * 15
    assert choose_barcodes("s", {CELL: 90, unread: 2}, n_cells=1).counts == {CELL: 92}
    listed = choose_barcodes("s", {CELL: 90, unread: 2}, n_cells=1, listed={CELL})
    assert listed.counts == {CELL: 92}


def words(n: int, start: str) -> list[str]:
    return [start + "".join("ACGT"[i >> 2 * j & 3] for j in range(8)) for i in range(n)]


AMBIENT = {word: 1 + number % 3 for number, word in enumerate(words(200, "T" * 8))}
# barcodes that differ in three places or more
CELLS = {
    f"{word[:4] * 2}{word[:4] * 2}": 300 + n for n, word in enumerate(words(12, ""))
}


def test_the_knee_parts_cells_from_empty_droplets():
    assert set(choose_barcodes("s", CELLS | AMBIENT).above) == set(CELLS)


@pytest.mark.parametrize("n_ambient", [0, 3, 20])
def test_the_knee_is_found_before_a_list_narrows_the_barcodes(n_ambient):
    listed = {*CELLS, *list(AMBIENT)[:n_ambient]}
    found = choose_barcodes("s", CELLS | AMBIENT, listed=listed)
    assert set(found.above) == set(CELLS)
    assert set(found.counts) == listed


def test_no_barcode_above_the_knee_is_an_error():
    flat = {"T" * 8 + word: 1 for word in ("ACGTACGT", "CCGTACGT", "GGGTACGT")}
    with pytest.raises(NoCells, match=r"found 3 barcodes in 3 reads and none above"):
        choose_barcodes("liver", flat)


def test_barcodes_of_another_kit_are_an_error():
    with pytest.raises(BadInput, match="found 0 of 170 reads with a listed barcode"):
        choose_barcodes("liver", {CELL: 90, OTHER: 80}, listed={FAR[::-1]})


def test_a_list_leaves_out_what_the_kit_does_not_have():
    found = choose_barcodes("s", {CELL: 90, OTHER: 80}, n_cells=2, listed={CELL})
    assert found.counts == {CELL: 90}
    assert found.above == [CELL]


def test_barcode_lists_are_read_with_and_without_suffix(tmp_path):
    path = tmp_path / "kit.txt.gz"
    path.write_bytes(gzip.compress(f"{CELL}-1\n{OTHER}\n".encode()))
    found = read_barcode_lists([path], [16])
    assert CELL in found
    assert FAR not in found
    path.write_bytes(gzip.compress(f"{CELL.lower()}-12\r\n\r\n{OTHER}\tX\n".encode()))
    assert OTHER in (again := read_barcode_lists([path], [16]))
    assert CELL in again
    path.write_bytes(gzip.compress(b"gene\n"))
    with pytest.raises(BadInput, match="line 1: found 'gene', expected a cell barcode"):
        read_barcode_lists([path], [16])
    with pytest.raises(MissingFile, match="a list of cell barcodes"):
        read_barcode_lists([tmp_path / "gone.txt"], [16])


def test_each_part_of_a_barcode_may_have_its_list(tmp_path):
    for name, text in (("a", "AAAA\nCCCC\n"), ("b", "GGGG\nTTTT\n")):
        (tmp_path / name).write_text(text)
    found = read_barcode_lists([tmp_path / "a", tmp_path / "b"], [4, 4])
    assert "CCCCGGGG" in found
    assert "GGGGCCCC" not in found
    with pytest.raises(
        BadInput, match="2 lists, expected one list, or 3: one for each"
    ):
        read_barcode_lists([tmp_path / "a", tmp_path / "b"], [4, 4, 4])
    parts = choose_barcodes(
        "s", {"CCCCGGGG": 50, "CCCAGGGG": 1}, listed=found, n_cells=1
    )
    assert parts.counts == {"CCCCGGGG": 51}


def test_a_list_of_whole_barcodes_needs_no_lengths():
    assert "AC" in BarcodeList((frozenset({"AC"}),))


def test_barcodes_come_back_from_their_files(tmp_path):
    found = choose_barcodes("s", {CELL: 90, OTHER: 80, NEAR: 5}, n_cells=2)
    write_barcodes(found, tmp_path)
    assert read_counts(tmp_path) == found.counts
    assert read_barcodes(tmp_path) == {CELL: CELL, OTHER: OTHER, NEAR: CELL}
