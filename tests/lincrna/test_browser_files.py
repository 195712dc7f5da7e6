"""Sorted and indexed candidates."""

import gzip
import subprocess
from itertools import pairwise

import pytest

from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.browser import candidates as browser_files
from bioloom.lincrna.browser.candidates import write_browser_files
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import judged
from tests.lincrna.builders import collected, evidence, tx
from tests.programs import needed

MODELS = [
    tx("B.2", (500, 700), (900, 1000), gene="B", gene_name="Bee"),
    tx("Z.1", (10, 400), chrom="10", gene="Z"),
    tx("B.1", (100, 600), (2000, 2100), gene="B"),
    tx("C.1", (150, 450), gene="C", strand="-"),
    tx("B.9", (5000, 5300), gene="B", strand="-"),
    tx("a.1", (5, 300), chrom="2", gene="NA"),
    tx("a.2", (5, 250), chrom="2", gene="NA"),
]


def rows(models):
    return judged(
        [collected(model) for model in models],
        [evidence(model) for model in models],
        [f"L_{model.gene_id}" for model in models],
        FilterSettings(coding_threshold=0.5),
    )


def columns(path):
    return [line.split("\t") for line in path.read_text().splitlines()]


def test_rows_go_up_and_a_gene_stands_before_its_parts(tmp_path):
    assert write_browser_files(rows(MODELS), tmp_path) == ()
    lines = columns(tmp_path / "candidates.gtf")
    places = [(line[0].encode(), int(line[3])) for line in lines]
    assert places == sorted(places)
    assert [(line[0], line[2]) for line in lines[:6]] == [
        *(("1", "gene"), ("1", "transcript"), ("1", "exon")),
        *(("1", "gene"), ("1", "transcript"), ("1", "exon")),
    ]
    bed = [(line[0].encode(), int(line[1])) for line in columns(bed_of(tmp_path))]
    assert bed == sorted(bed)
    assert len(bed) == len(MODELS)


def bed_of(folder):
    return folder / "candidates.bed"


def test_a_gene_row_spans_its_candidates(tmp_path):
    write_browser_files(rows(MODELS), tmp_path)
    genes = {
        (line[0], line[6], line[8].split('"')[1]): (line[3], line[4], line[8])
        for line in columns(tmp_path / "candidates.gtf")
        if line[2] == "gene"
    }
    assert genes.keys() == {
        *(("1", "+", "B"), ("1", "-", "B"), ("1", "-", "C"), ("10", "+", "Z")),
        *(("2", "+", "a.1"), ("2", "+", "a.2")),  # "NA" joins nothing
    }
    assert genes["1", "+", "B"] == (
        "101",
        "2100",
        'gene_id "B"; gene_name "Bee"; locus_id "L_B";',
    )


def test_sorting_changes_no_model(tmp_path):
    write_browser_files(rows(MODELS), tmp_path)
    expected = {(model.transcript_id, model.chrom, model.exons) for model in MODELS}
    for name in ("candidates.gtf", "candidates.bed"):
        models = read_annotation(tmp_path / name).transcripts
        assert {(tx.transcript_id, tx.chrom, tx.exons) for tx in models} == expected


def test_the_index_finds_what_overlaps(tmp_path):
    pysam = pytest.importorskip("pysam")
    write_browser_files(rows(MODELS), tmp_path)
    for name, start in (("candidates.gtf", 3), ("candidates.bed", 1)):
        lines = columns(tmp_path / name)
        with pysam.TabixFile(str(tmp_path / f"{name}.gz")) as packed:
            assert sorted(packed.contigs) == ["1", "10", "2"]
            found = [line.split("\t") for line in packed.fetch("1", 450, 600)]
        offset = 1 if start == 3 else 0
        assert found == [
            line
            for line in lines
            if line[0] == "1"
            and int(line[start]) - offset < 600
            and int(line[start + 1]) > 450
        ]


@pytest.mark.tools
def test_tabix_reads_the_index(tmp_path):
    needed("tabix")
    write_browser_files(rows(MODELS), tmp_path)
    found = subprocess.run(
        ["tabix", tmp_path / "candidates.bed.gz", "1:5001-5100"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split("\t")[3] for line in found.stdout.splitlines()] == ["B.9"]


@pytest.mark.tools
def test_tabix_looks_beyond_512_mb(tmp_path):
    """By CSI, since TBI ends there: a candidate over the border, and one at 900 Mb."""
    needed("tabix")
    limit = browser_files.TBI_LIMIT_NT
    border = tx("border", (limit - 10, limit + 300))
    far = tx("far", (600_000_000, 600_000_400), (900_000_000, 900_000_100))
    write_browser_files(rows([*MODELS, border, far]), tmp_path)
    for place, expected in (
        (f"1:{limit + 1}-{limit + 20}", "border"),
        ("1:900000050-900000060", "far"),
    ):
        for name, column in (("candidates.bed.gz", 3), ("candidates.gtf.gz", 8)):
            done = subprocess.run(
                ["tabix", tmp_path / name, place],
                capture_output=True,
                text=True,
                check=True,
            )
            lines = done.stdout.splitlines()
            assert lines
            assert all(expected in line.split("\t")[column] for line in lines)


def test_long_chromosomes_get_a_csi_index_and_stale_files_go(tmp_path):
    pytest.importorskip("pysam")
    write_browser_files(rows(MODELS), tmp_path)
    assert (tmp_path / "candidates.gtf.gz.tbi").is_file()
    far = tx("far", (600_000_000, 600_000_400))
    write_browser_files(rows([*MODELS, far]), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("candidates.gtf", "candidates.gtf.gz", "candidates.gtf.gz.csi"),
        *("candidates.bed", "candidates.bed.gz", "candidates.bed.gz.csi"),
    }


def test_without_candidates_there_are_empty_files(tmp_path):
    assert write_browser_files((), tmp_path) == ()
    assert (tmp_path / "candidates.gtf").read_text() == ""
    assert gzip.decompress((tmp_path / "candidates.gtf.gz").read_bytes()) == b""


def test_the_bytes_are_always_the_same(tmp_path):
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_browser_files(rows(MODELS), tmp_path / name)
        contents.append(
            {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        )
    assert all(left == right for left, right in pairwise(contents))


@pytest.mark.tools
def test_programs_do_where_pysam_is_not(tmp_path, monkeypatch):
    needed("tabix", "bgzip")
    hide_pysam(monkeypatch)
    assert write_browser_files(rows(MODELS), tmp_path) == ()
    assert (tmp_path / "candidates.bed.gz.tbi").is_file()


def test_without_either_a_note_says_so(tmp_path, monkeypatch):
    (tmp_path / "candidates.gtf.gz").write_text("of an earlier run")
    hide_pysam(monkeypatch)
    monkeypatch.setattr(browser_files, "which", lambda name: None)
    [note] = write_browser_files(rows(MODELS), tmp_path)
    assert "pysam" in note
    assert {path.name for path in tmp_path.iterdir()} == {
        *("candidates.gtf", "candidates.bed")
    }


def hide_pysam(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
