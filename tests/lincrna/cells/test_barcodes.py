"""Cells are the barcodes above the knee; one error is corrected, two are not."""

import gzip
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadInput, MissingFile
from bioloom.lincrna.cells.barcodes import (
    choose_cells,
    count_barcodes,
    one_error_away,
    read_barcode_list,
    write_whitelist,
)
from bioloom.lincrna.errors import NoCells
from bioloom.lincrna.inputs.chemistry import CHEMISTRIES

pytest.importorskip("umi_tools", reason="built by `make test`")

CELL, NEAR, FAR = "A" * 16, "C" + "A" * 15, "CC" + "A" * 14
OTHER = "G" * 16


@given(st.text("ACGT", min_size=1, max_size=20))
def test_neighbours_differ_in_one_place(barcode):
    near = list(one_error_away(barcode))
    assert len(set(near)) == len(near) == 3 * len(barcode)
    assert {sum(a != b for a, b in zip(barcode, n, strict=True)) for n in near} == {1}


def test_one_error_goes_to_its_cell_and_two_do_not():
    found = choose_cells("s", {CELL: 90, OTHER: 80, NEAR: 5, FAR: 4}, n_cells=2)
    assert found.counts == {CELL: 90, OTHER: 80}
    assert found.neighbours == {CELL: {NEAR: 5}, OTHER: {}}
    assert (found.n_exact, found.n_corrected, found.n_reads) == (170, 5, 179)


def test_a_barcode_between_two_cells_goes_to_neither():
    left, right, middle = "AA" + "A" * 14, "CC" + "A" * 14, "AC" + "A" * 14
    found = choose_cells("s", {left: 50, right: 50, middle: 3}, n_cells=2)
    assert found.neighbours == {left: {}, right: {}}


def test_the_knee_parts_cells_from_empty_droplets():
    cells = {f"{'ACGT'[i // 4]}{'ACGT'[i % 4]}" + "A" * 14: 300 + i for i in range(12)}
    words = ("".join("ACGT"[i >> 2 * j & 3] for j in range(8)) for i in range(200))
    empty = {"T" * 8 + word: 1 + number % 3 for number, word in enumerate(words)}
    assert set(choose_cells("s", cells | empty).counts) == set(cells)


def test_no_barcode_above_the_knee_is_an_error():
    flat = {"T" * 8 + word: 1 for word in ("ACGTACGT", "CCGTACGT", "GGGTACGT")}
    with pytest.raises(NoCells, match=r"found 3 barcodes in 3 reads and none above"):
        choose_cells("liver", flat)


def test_barcodes_of_another_kit_are_an_error():
    with pytest.raises(BadInput, match="found 0 of 170 reads with a listed barcode"):
        choose_cells("liver", {CELL: 90, OTHER: 80}, listed={FAR})


def test_a_list_leaves_out_what_the_kit_does_not_have():
    found = choose_cells("s", {CELL: 90, OTHER: 80}, n_cells=2, listed={CELL})
    assert found.counts == {CELL: 90}


def test_barcode_lists_are_read_with_and_without_suffix(tmp_path):
    path = tmp_path / "kit.txt.gz"
    path.write_bytes(gzip.compress(f"{CELL}-1\n{OTHER}\n".encode()))
    assert read_barcode_list(path) == {CELL, OTHER}
    path.write_bytes(gzip.compress(b"gene\n"))
    with pytest.raises(BadInput, match="line 1: found 'gene', expected a cell barcode"):
        read_barcode_list(path)
    with pytest.raises(MissingFile, match="a list of cell barcodes"):
        read_barcode_list(tmp_path / "gone.txt")


def test_the_whitelist_is_in_umi_tools_form(tmp_path):
    found = choose_cells("s", {CELL: 90, OTHER: 80, NEAR: 5}, n_cells=2)
    write_whitelist(found, tmp_path / "w.tsv")
    lines = (tmp_path / "w.tsv").read_text().splitlines()
    assert lines == [f"{CELL}\t{NEAR}\t90\t5", f"{OTHER}\t\t80\t"]


def test_short_reads_are_left_out(tmp_path):
    fastq = tmp_path / "r.fq"
    whole = CELL + "C" * 12
    fastq.write_text("".join(f"@r\n{s}\n+\n{'F' * len(s)}\n" for s in (whole, CELL)))
    assert count_barcodes(fastq, CHEMISTRIES["10xv3"]) == Counter({CELL: 1})


@pytest.mark.parametrize(("sample", "n_cells"), [(58, 11), (59, 13)])
def test_real_cells_stand_above_the_knee(data_dir, sample, n_cells):
    name = f"MACA_24m_M_BLADDER_{sample}_S1_L001_R1_001.fastq.gz"
    read_1 = data_dir / "lincrna/mouse_mini/sc" / name
    found = choose_cells("s", count_barcodes(read_1, CHEMISTRIES["10xv2"]))
    # the curve falls from hundreds of reads to less than twenty right there
    assert len(found.counts) == n_cells
    assert min(found.counts.values()) > 10 * found.all_counts[n_cells]
