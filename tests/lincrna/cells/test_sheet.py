"""Lanes, plates and alignments in the sample sheet."""

import pytest

from bioloom.errors import BadInput
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.config import read_run_config

CONFIG = "samples: s.tsv\ngenome: g.fa\nannotation: a.gtf\nout: run\n"


@pytest.fixture
def read(tmp_path):
    for name in ("g.fa", "a.gtf", "x.bam", "kit.txt", "own.txt", *"123456"):
        (tmp_path / name).touch()

    def read_sheet(*rows, config=""):
        (tmp_path / "s.tsv").write_text("".join(f"{row}\n" for row in rows))
        (tmp_path / "c.yaml").write_text(CONFIG + config)
        return read_run_config(tmp_path / "c.yaml").samples

    return read_sheet


def names(sample):
    return [tuple(file.name for file in lane.files) for lane in sample.lanes]


def test_rows_of_one_sample_are_its_lanes(read):
    one, other = read(
        "sample,fastq_1,fastq_2,strandedness",
        "A,1,2,auto",
        "A,3,4,auto",
        "B,5,,reverse",
    )
    assert names(one) == [("1", "2"), ("3", "4")]
    assert (names(other), other.strandness) == ([("5",)], "reverse")


def test_paths_that_commas_separate_are_lanes(read):
    [sample] = read("sample\tfastq_1\tfastq_2\tkind", "A\t1,3\t2, 4\tcell")
    assert names(sample) == [("1", "2"), ("3", "4")]
    assert sample.reads == tuple(f for lane in sample.lanes for f in lane.files)


def test_what_a_row_does_not_state_is_as_in_the_configuration(read):
    rows = (
        "sample\tfastq_1\tfastq_2\tkind\tchemistry\tbarcodes\tn_cells",
        "A\t1\t2\tcell\t10xv2\town.txt\t40",
        "B\t3\t4\tnucleus\t\t\t",
        "C\t5\t6\tbulk\t\t\t",
    )
    config = "cells: {chemistry: 10x5v2, barcodes: kit.txt, n_cells: 7}\n"
    own, default, bulk = read(*rows, config=config)
    assert (own.chemistry, own.barcodes[0].name, own.n_cells) == (
        "10xv2",
        "own.txt",
        40,
    )
    assert (default.chemistry, default.barcodes[0].name, default.n_cells) == (
        "10x5v2",
        "kit.txt",
        7,
    )
    assert (bulk.chemistry, bulk.barcodes, bulk.n_cells) == ("", (), None)


def test_a_plate_has_a_row_for_each_cell(read):
    [plate] = read(
        "sample\tfastq_1\tfastq_2\tkind\tchemistry\tcell",
        "P\t1\t2\tcell\tsmartseq2\tA1",
        "P\t3\t4\tcell\tsmartseq2\tA2",
    )
    assert (plate.is_plate, plate.is_droplets, plate.is_paired) == (True, False, True)
    assert [lane.cell for lane in plate.lanes] == ["A1", "A2"]


def test_alignments_stand_in_place_of_reads(read):
    [sample] = read("sample\tbam\tkind", "A\tx.bam\tcell")
    assert (sample.bam.name, sample.reads, sample.is_droplets) == ("x.bam", (), True)


@pytest.mark.parametrize(
    ("row", "route"),
    [
        ("A\t1\t2\t\t\t\t", "reads"),
        ("A\t\t\tbulk\t\t\tx.bam", "alignments"),
        ("A\t1\t2\tnucleus\t\t\t", "droplets"),
        ("A\t\t\tcell\t\t\tx.bam", "tagged_alignments"),
        ("A\t1\t\tcell\tsmartseq2\tA1\t", "plate"),
    ],
)
def test_kind_and_source_decide_on_the_way_of_a_sample(read, row, route):
    [sample] = read(HEAD, row)
    assert sample.route == route
    assert sample.source == ("alignments" if "x.bam" in row else "reads")
    assert sample.is_paired == (route == "reads")


def test_droplets_may_be_of_either_strand(read):
    rows = ("sample\tfastq_1\tfastq_2\tkind\tstrandness", "A\t1\t2\tcell\treverse")
    assert read(*rows)[0].strandness == "reverse"


HEAD = "sample\tfastq_1\tfastq_2\tkind\tchemistry\tcell\tbam"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A\t1\t\tcell\t\t\t", "sample 'A': one file, expected barcodes and cDNA"),
        ("A\t1\t2\tcell\t\tA1\t", "expected chemistry smartseq2 or smartseq3"),
        ("A\t1\t2\tcell\tsmartseq2\t\t", "cell '', expected a name of each cell"),
        ("A\t1\t2\tcell\tsmartseq2\tA_1\t", "cell 'A_1', expected a name of each"),
        ("A\t1\t2\tcell\t\t\tx.bam", "line 2: found fastq_1 and bam"),
        ("A\t\t\tcell\tsmartseq2\t\tx.bam", "sample 'A': a plate with bam"),
        ("A\t1\t2\tbulk\t\tA1\t", "sample 'A' of kind bulk with cells"),
        ("A\t\t\tcell\t\t\t", "line 2: found no fastq_1"),
    ],
)
def test_what_does_not_go_together_is_refused(read, row, told):
    with pytest.raises(BadSampleSheet) as caught:
        read(HEAD, row)
    assert told in str(caught.value)


def test_a_chemistry_that_is_none_names_the_sample(read):
    with pytest.raises(BadInput, match=r"sample A: found chemistry '10x'"):
        read(HEAD, "A\t1\t2\tcell\t10x\t\t")


@pytest.mark.parametrize("n", ["0", "-1", "many", "1.5"])
def test_a_number_of_cells_is_a_whole_number(read, n):
    with pytest.raises(BadSampleSheet, match=f"line 2: found n_cells '{n}'"):
        read("sample\tfastq_1\tfastq_2\tkind\tn_cells", f"A\t1\t2\tcell\t{n}")
