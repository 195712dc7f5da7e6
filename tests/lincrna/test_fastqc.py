"""FastQC's archives: read as FastQC wrote them, against the reads themselves."""

import gzip
import subprocess

import numpy as np
import pytest

from bioloom.errors import InputWarning
from bioloom.lincrna.inputs.fastqc import BadFastqc, parts_of_sample, read_fastqc
from bioloom.lincrna.output.read_quality import (
    MOST_NAMED,
    QUIET,
    QualityLine,
    quality_figure,
    sample_colours,
)
from bioloom.lincrna.page.quality import quality_drawing, read_quality
from tests.lincrna.fastqc import WRITTEN, packed_fastqc
from tests.programs import needed


def test_numbers_are_those_that_fastqc_wrote(tmp_path):
    report = read_fastqc(packed_fastqc(tmp_path, "x"))
    assert (report.n_reads, report.length, report.gc_percent) == (5742, "100", 44)
    assert report.duplicate_percent == pytest.approx(100 - 83.71647509578544)
    first, last = report.quality[0], report.quality[-2]
    assert first == (1, 1, 32.01671891327064, 32.0, 31.0, 33.0)
    assert last[:3] == (98, 99, 32.51010101010101)
    assert len(report.gc) == 101
    assert sum(report.gc) == pytest.approx(5742, rel=0.01)  # FastQC smooths them
    assert report.duplication[0] == ("1", pytest.approx(76.1929641239986))
    assert sum(share for _, share in report.duplication) == pytest.approx(100)
    assert report.verdicts["Per sequence GC content"] == "FAIL"


def test_a_newer_fastqc_has_one_column_of_duplication(tmp_path):
    text = (WRITTEN / "fastqc_data.txt").read_text()
    start = text.index(">>Sequence Duplication Levels")
    end = text.index(">>END_MODULE", start)
    lines = [
        "\t".join([line.split("\t")[0], line.split("\t")[-1]])
        for line in text[start:end].splitlines()
    ]
    newer = text[:start] + "\n".join(lines) + "\n" + text[end:]
    report = read_fastqc(packed_fastqc(tmp_path / "new", "x", fastqc_data=newer))
    assert report == read_fastqc(packed_fastqc(tmp_path / "old", "x"))


def test_without_data_there_are_verdicts(tmp_path):
    archive = packed_fastqc(tmp_path, "x", fastqc_data="")
    report = read_fastqc(archive)
    assert report.verdicts["Basic Statistics"] == "PASS"
    assert report.n_reads is None
    assert not report.quality


@pytest.mark.parametrize("n_bytes", [0, 100, 5000])
def test_a_cut_archive_is_said(tmp_path, n_bytes):
    archive = packed_fastqc(tmp_path, "x")
    archive.write_bytes(archive.read_bytes()[:n_bytes])
    with pytest.raises(BadFastqc, match="x_fastqc.zip"):
        read_fastqc(archive)


@pytest.mark.parametrize(
    ("stems", "parts"),
    [
        (["A"], [""]),
        (["A_2"], [""]),
        (["A_1", "A_2"], ["R1", "R2"]),
        (["A_val_1", "A_val_2"], ["R1", "R2"]),
        (["a.R1", "a.R2"], ["R1", "R2"]),
        (["a_S1_L001_R1_001", "a_S1_L001_R2_001"], ["L001 R1", "L001 R2"]),
        (["a_L001_R2", "a_L002_R2"], ["L001 R2", "L002 R2"]),
        (["first", "second"], ["first", "second"]),
        (["x_1", "y_1"], ["x_1", "y_1"]),
    ],
)
def test_mates_and_lanes(stems, parts):
    assert parts_of_sample(stems) == parts


@pytest.mark.parametrize("count", ["filtered", "none"])
def test_a_run_without_fastqc_shows_nothing(tmp_path, count):
    if count == "filtered":
        (tmp_path / "qc/raw/liver").mkdir(parents=True)
    found = [*read_quality(tmp_path, ["liver"])]
    assert found == []
    assert quality_drawing(found) is None


def test_a_broken_archive_is_left_out_with_a_word(tmp_path):
    packed_fastqc(tmp_path / "qc/raw/liver", "liver_1")
    broken = packed_fastqc(tmp_path / "qc/raw/liver", "liver_2")
    broken.write_bytes(b"PK")
    with pytest.warns(InputWarning, match="liver_2_fastqc.zip"):
        (found,) = read_quality(tmp_path, ["liver"])
    assert found.part == "R1"


def lines(n, report, part=""):
    return [QualityLine(f"s{i}", part, "raw", report) for i in range(n)]


def test_the_figure_draws_what_fastqc_wrote(tmp_path):
    report = read_fastqc(packed_fastqc(tmp_path, "x"))
    figure = quality_figure([*lines(1, report), *lines(1, report, "R2")])
    quality, gc, _, copies = figure.axes
    first, second = quality.lines
    assert list(first.get_ydata()) == [row.mean for row in report.quality]
    assert (first.get_linestyle(), second.get_linestyle()) == ("-", "--")
    assert sum(gc.lines[0].get_ydata()) == pytest.approx(100)
    assert [text.get_text() for text in copies.get_xticklabels()][:2] == ["1", "2"]
    assert [text.get_text() for text in figure.legends[0].texts] == [
        "s0",
        "second mate",
    ]


def test_of_many_samples_the_worst_are_named(tmp_path):
    report = read_fastqc(packed_fastqc(tmp_path, "x"))
    many = lines(MOST_NAMED, report)
    assert len(set(sample_colours(many).values())) == MOST_NAMED
    worse = report.quality[0]._replace(mean=2.0)
    bad = QualityLine("bad", "", "raw", type(report)({}, quality=[worse]))
    colours = sample_colours([*many, bad])
    assert colours["bad"] != QUIET
    assert sum(colour != QUIET for colour in colours.values()) == 8


@pytest.mark.tools
def test_fastqc_of_known_reads(tmp_path):
    needed("fastqc")
    rng = np.random.default_rng(7)
    bases = rng.choice([*"ACGT"], size=(400, 50), p=[0.2, 0.3, 0.3, 0.2])
    qualities = rng.integers(2, 41, size=(400, 50))
    qualities[0] = 2  # from the lowest, FastQC knows the encoding
    path = tmp_path / "m_2.fastq.gz"
    with gzip.open(path, "wt") as stream:
        for n, (row, marks) in enumerate(zip(bases, qualities, strict=True)):
            quality = "".join(chr(33 + mark) for mark in marks)
            stream.write(f"@r{n}\n{''.join(row)}\n+\n{quality}\n")
    folder = tmp_path / "qc/raw/muscle"
    folder.mkdir(parents=True)
    command = ["fastqc", "--quiet", "--nogroup", "--outdir", folder, path]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = read_quality(tmp_path, ["muscle"])
    report = found.report
    assert (found.sample, found.part, report.n_reads) == ("muscle", "", 400)
    assert report.length == "50"
    assert report.gc_percent == pytest.approx(
        100 * np.isin(bases, ["G", "C"]).mean(), abs=1
    )
    means = [row.mean for row in report.quality]
    np.testing.assert_allclose(means, qualities.mean(axis=0))
    assert report.duplicate_percent == 0
    assert found.page[-1] == "m_2_fastqc.html"
