"""Barcode and UMI go into the names of the cDNA reads; unusable ones are counted."""

import gzip
from pathlib import Path

import dnaio
import pytest

from bioloom.lincrna.cells.tags import (
    common_name,
    count_barcodes,
    extract_cdna,
    extract_plate,
)
from bioloom.lincrna.inputs.chemistry import chemistry_of
from bioloom.lincrna.inputs.sample import Lane

V2 = chemistry_of("10xv2").geometry
CELL, UMI = "ACGTACGTACGTACGT", "GATTACAGAT"
CDNA = "TTGACCATTG"


def fastq(path: Path, *reads: tuple[str, str]) -> Path:
    text = "".join(f"@{name}\n{read}\n+\n{'F' * len(read)}\n" for name, read in reads)
    path.write_bytes(gzip.compress(text.encode()))
    return path


def lane(folder: Path, *tags: str, first="r{}", second="r{}", name="a") -> Lane:
    numbered = list(enumerate(tags))
    return Lane(
        (
            fastq(
                folder / f"{name}1.fq.gz", *((first.format(i), t) for i, t in numbered)
            ),
            fastq(
                folder / f"{name}2.fq.gz",
                *((second.format(i), CDNA) for i, _ in numbered),
            ),
        )
    )


def written(path: Path) -> list[tuple[str, str]]:
    with dnaio.open(path) as reader:
        return [(record.name, record.sequence) for record in reader]


UNUSABLE = (CELL, CELL + UMI[:-1], CELL + "GATNACAGAT", CELL + "G" * 10)


def test_reads_without_a_whole_barcode_and_umi_are_counted_and_left_out(tmp_path):
    lanes = [lane(tmp_path, CELL + UMI, *UNUSABLE)]
    counted = count_barcodes(lanes, V2)
    assert counted == ({CELL: 1}, 4)
    found = extract_cdna(lanes, V2, {CELL: CELL}, tmp_path / "out.fastq.gz")
    assert (found.n_reads, found.n_unusable, found.n_written) == (5, 4, 1)
    assert written(tmp_path / "out.fastq.gz") == [(f"r0_{CELL}_{UMI}", CDNA)]


def test_barcodes_are_corrected_and_unknown_ones_left_out(tmp_path):
    near, far = "C" + CELL[1:], "TTTT" + CELL[4:]
    lanes = [lane(tmp_path, near + UMI + "TTTT", far + UMI)]
    found = extract_cdna(lanes, V2, {near: CELL}, tmp_path / "out.fastq.gz")
    assert (found.n_unlisted, found.n_written) == (1, 1)
    assert written(tmp_path / "out.fastq.gz")[0][0] == f"r0_{CELL}_{UMI}"


def test_lanes_follow_each_other(tmp_path):
    lanes = [lane(tmp_path, CELL + UMI, name=name) for name in "ab"]
    assert count_barcodes(lanes, V2).counts == {CELL: 2}
    found = extract_cdna(lanes, V2, {CELL: CELL}, tmp_path / "out.fastq.gz")
    assert found.n_written == 2


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("A:1:{}/1", "A:1:{}/2", "A:1:0"),
        ("SRR1.{}.1 1 length=26", "SRR1.{}.2 1 length=90", "SRR1.0"),
        ("SRR1.{} 1 length=26", "SRR1.{} 1 length=90", "SRR1.0"),
        ("A:1:{} 1:N:0:ACGT", "A:1:{} 2:N:0:ACGT", "A:1:0"),
        ("x_{}", "x_{}", "x_0"),
    ],
)
def test_names_lose_what_tells_mates_apart(tmp_path, first, second, name):
    lanes = [lane(tmp_path, CELL + UMI, first=first, second=second)]
    extract_cdna(lanes, V2, {CELL: CELL}, tmp_path / "out.fastq.gz")
    assert written(tmp_path / "out.fastq.gz")[0][0] == f"{name}_{CELL}_{UMI}"


def test_the_name_of_a_file_alone_stays():
    assert common_name("SRR1.1 length=9", "SRR1.1 length=9") == "SRR1.1"
    assert common_name("a", "a") == "a"


def test_a_third_file_may_hold_the_umi(tmp_path):
    geometry = chemistry_of("10xv1").geometry
    files = tuple(
        fastq(tmp_path / f"{n}.fq.gz", ("r", text))
        for n, text in enumerate((CDNA, CELL[:14], UMI))
    )
    extract_cdna(
        [Lane(files)], geometry, {CELL[:14]: CELL[:14]}, tmp_path / "out.fastq.gz"
    )
    assert written(tmp_path / "out.fastq.gz") == [(f"r_{CELL[:14]}_{UMI}", CDNA)]


def test_of_smartseq3_the_tag_is_cut_off_and_other_reads_have_no_umi(tmp_path):
    tagged = "ATTGCGCAATG" + "ACGTTGCA" + "GGG" + CDNA
    cells = [
        Lane(
            (
                fastq(tmp_path / f"{cell}1.fq.gz", ("r0", tagged), ("r1", CDNA)),
                fastq(tmp_path / f"{cell}2.fq.gz", ("r0", CDNA), ("r1", CDNA)),
            ),
            cell,
        )
        for cell in ("A1", "A2")
    ]
    out = [tmp_path / "out1.fastq.gz", tmp_path / "out2.fastq.gz"]
    from collections import Counter

    counts: Counter[str] = Counter()
    assert extract_plate(cells, "smartseq3", out, counts) == 2
    assert counts == {"A1": 2, "A2": 2}
    names = ["r0_A1_ACGTTGCA", "r1_A1_-", "r0_A2_ACGTTGCA", "r1_A2_-"]
    for path in out:
        assert written(path) == [(name, CDNA) for name in names]
    assert extract_plate(cells, "smartseq2", out, counts) == 0
    assert written(out[0])[0] == ("r0_A1_-", tagged)
