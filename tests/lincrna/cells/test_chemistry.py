"""A protocol is stated, or told by read 1; wrong files are named."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadFastq, BadInput
from bioloom.lincrna.inputs.chemistry import (
    CHEMISTRY_NAMES,
    PLATES,
    cdna_file,
    chemistry_of,
    tell_chemistry,
)
from bioloom.lincrna.inputs.geometry import Tag, parse_geometry
from bioloom.lincrna.inputs.sample import Lane, Sample
from bioloom.lincrna.simulate.cells import laid_out
from bioloom.lincrna.workflow.cell_steps import find_barcodes

WITH_TAGS = [name for name in CHEMISTRY_NAMES if name not in PLATES]


def fastq(path: Path, *reads: str) -> Path:
    records = (f"@r{i}\n{read}\n+\n{'F' * len(read)}\n" for i, read in enumerate(reads))
    path.write_text("".join(records))
    return path


@pytest.fixture
def pair(tmp_path):
    def make(first: int, second: int = 90) -> tuple[Path, Path]:
        return (
            fastq(tmp_path / "1.fq", *["A" * first] * 5),
            fastq(tmp_path / "2.fq", *["A" * second] * 5),
        )

    return make


@pytest.mark.parametrize(("length", "name"), [(26, "10xv2"), (28, "10xv3")])
def test_length_of_read_1_tells_the_kit(pair, length, name):
    assert tell_chemistry(pair(length), "auto").name == name


TAG = "ACGTACGTACGTACGT" + "GATTACAGAT"


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (TAG + "T" * 40, "10xv2"),
        (TAG + "CA" + "T" * 40, "10xv3"),
        (TAG + "TTTCTTATATGGG" + "ACGT" * 20, "10x5v2"),
        (TAG + "GA" + "TTTCTTATATGGG" + "ACGT" * 20, "10x5v3"),
    ],
)
def test_of_a_longer_read_1_what_follows_the_umi_tells_the_kit(tmp_path, read, name):
    files = fastq(tmp_path / "1.fq", read), fastq(tmp_path / "2.fq", "A" * 90)
    assert tell_chemistry(files, "auto").name == name


def test_swapped_files_are_named(pair):
    with pytest.raises(BadFastq, match="The two files look swapped"):
        tell_chemistry(pair(90, 28), "auto")


def test_unknown_length_is_an_error(pair):
    with pytest.raises(BadFastq, match=r"found reads of 39 nt, expected 26 nt \(10xv2"):
        tell_chemistry(pair(39), "auto")


def test_read_1_may_be_longer_if_the_kit_is_stated(pair):
    assert tell_chemistry(pair(150, 150), "10xv3").name == "10xv3"


def test_read_1_too_short_for_the_stated_kit(pair):
    with pytest.raises(
        BadFastq, match=r"5 of 5 reads shorter than 28 nt \(most have 26 nt\), expected"
    ):
        tell_chemistry(pair(26), "10xv3")


def test_a_trimmed_read_1_is_refused_early_with_its_reason(tmp_path):
    reads = ["A" * length for length in (28, 20, 15, 27, 11)]
    files = fastq(tmp_path / "1.fq", *reads), fastq(tmp_path / "2.fq", "A" * 90)
    with pytest.raises(BadFastq, match="4 of 5 reads shorter .* Read 1 was trimmed"):
        tell_chemistry(files, "10xv3")


def test_a_protocol_of_three_files_wants_three(pair):
    with pytest.raises(BadFastq, match="2 files, expected 3 files, as 10xv1 has"):
        tell_chemistry(pair(98, 14), "10xv1")


def test_lanes_of_two_kits_are_refused(tmp_path):
    lanes = []
    for number, length in enumerate((26, 28)):
        (tmp_path / str(number)).mkdir()
        files = ("1.fq", length), ("2.fq", 90)
        lanes.append(
            Lane(tuple(fastq(tmp_path / str(number) / n, "A" * nt) for n, nt in files))
        )
    sample = Sample("liver", tuple(lanes), "auto", "cell", chemistry="auto")
    with pytest.raises(BadFastq, match="found reads of 10xv3, expected 10xv2, as the"):
        find_barcodes(sample, tmp_path / "out")


def test_real_reads_are_v2(data_dir):
    raw = data_dir / "lincrna" / "sc_raw"
    mates = [raw / f"SRR8599150_S1_L001_R{n}_001.sub5000.fastq.gz" for n in (1, 2)]
    assert tell_chemistry(mates, "auto").name == "10xv2"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        BadInput, match=r"found chemistry '10x', expected auto, 10xv1, "
    ):
        chemistry_of("10x")


def test_the_cdna_is_in_the_file_that_the_protocol_says():
    files = {name: cdna_file(name) for name in ("auto", *CHEMISTRY_NAMES)}
    assert {name for name, file in files.items() if file == 0} == {
        *("10xv1", "indropv3", "splitseq", "parse"),
        *PLATES,
    }


@given(st.sampled_from(WITH_TAGS), st.integers(0, 2**32 - 1))
def test_barcode_and_umi_are_read_where_the_geometry_lays_them(name, rng_seed):
    rng = np.random.default_rng(rng_seed)
    geometry = parse_geometry(chemistry_of(name).geometry.text)
    n_umi = sum(p.min_nt for file in geometry.files for p in file if p.kind == "umi")
    barcode, umi = (
        "".join(rng.choice(list("ACGT"), size=length))
        for length in (sum(geometry.barcode_parts_nt), n_umi)
    )
    reads = laid_out(rng, geometry, Tag(barcode, umi), "GATTACA")
    assert geometry.tag_of(reads) == (barcode, umi)
    assert reads[geometry.cdna_file] == "GATTACA"
    short = [read[:-1] for read in reads]
    assert geometry.tag_of(short) is None


# STARsolo's --soloCBposition and --soloUMIposition, first and last base from 0
# (alexdobin/STAR issues 1111, 1517; pachterlab kb for Parse)
POSITIONS = {
    "bdrhapsody": ([(0, 8), (21, 29), (43, 51)], (52, 59)),
    "splitseq": ([(10, 17), (48, 55), (86, 93)], (0, 9)),
    "parse": ([(10, 17), (48, 55), (78, 85)], (0, 9)),
    "10xv2": ([(0, 15)], (16, 25)),
    "10xv3": ([(0, 15)], (16, 27)),
    "dropseq": ([(0, 11)], (12, 19)),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_positions_are_those_that_starsolo_is_told(name):
    rng = np.random.default_rng(1)
    geometry = chemistry_of(name).geometry
    barcodes, umi = POSITIONS[name]
    read = list("".join(rng.choice(list("ACGT"), size=120)))
    place = 0
    for part in geometry.files[geometry.tag_files[0]]:
        if part.kind == "fixed":
            read[place : place + part.min_nt] = part.sequence
        place += part.min_nt
    text = "".join(read)
    reads = [text] * len(geometry.files)
    assert geometry.tag_of(reads) == (
        "".join(text[first : last + 1] for first, last in barcodes),
        text[umi[0] : umi[1] + 1],
    )


@pytest.mark.parametrize("length", [8, 9, 10, 11])
def test_a_linker_tells_where_a_barcode_of_any_length_ends(length):
    geometry = chemistry_of("indropv2").geometry
    linker = "GAGTGATTGCTTGTGACGCCTT"
    first, second, umi = "ACCATTGGTCA"[:length], "TTGACCAT", "GATTAC"
    read = first + linker.replace("TTGCTTG", "TTACTTG") + second + umi + "TTTT"
    assert geometry.tag_of([read, ""]) == (first + second, umi)
    lost = first + "A" * len(linker) + second + umi
    assert geometry.tag_of([lost, ""]) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b16u10", "parts of each file"),
        ("2{r:}1{b[4]u[5]}", "files 1, 2, … in order"),
        ("1{b[4]u[4]}", "exactly one r:"),
        ("1{b[4]u[4]}2{r:}3{r:}", "exactly one r:"),
        ("1{b[4]x:}2{r:}", "a barcode b[…] and a UMI"),
        ("1{b[16]q[3]}2{r:}", "found 'q[3]'"),
        ("1{b[8]x:u[4]}2{r:}", "as the last part"),
        ("1{b[8-11]u[6]x:}2{r:}", "only before f[…]"),
        ("1{b[9-8]f[ACGT]u[6]x:}2{r:}", "only before f[…]"),
        ("1{b[8]f[A]u[6-8]f[C]}2{r:}", "only before f[…]"),
        ("1{b[16]u[40]x:}2{r:}", "umi of 40 nt"),
    ],
)
def test_a_geometry_that_cannot_be_read_says_why(text, told):
    with pytest.raises(BadInput) as caught:
        parse_geometry(text)
    assert told in str(caught.value)
