"""The section of bioloom in a MultiQC report: its numbers are those of the tables."""

import csv
import json
import os
import shutil
import subprocess

import pytest

from bioloom.report.lincrna_multiqc import (
    CANDIDATES,
    PATTERNS,
    dropped_of,
    samples_of,
)


def lines_of(run, table):
    return (run.out / "tables" / table).read_text("utf-8").splitlines()


def test_every_transcript_is_counted_once(plain):
    rows = [*csv.DictReader(lines_of(plain, "transcripts.tsv"), delimiter="\t")]
    counts = dropped_of(lines_of(plain, "attrition.tsv"))
    assert sum(counts.values()) == len(rows)
    candidates = [row for row in rows if row["verdict"] == "candidate"]
    assert counts[CANDIDATES] == len(candidates)


def test_numbers_that_a_sample_lacks_are_left_out(sampled):
    found = samples_of(lines_of(sampled, "samples.tsv"))
    for row in csv.DictReader(lines_of(sampled, "samples.tsv"), delimiter="\t"):
        for name, value in found[row["sample"]].items():
            assert float(row[name]) == value
        assert found[row["sample"]]["mapped_percent"] > 0
    assert samples_of(["sample\tkind\tn_reads", "a\tbulk\t"]) == {"a": {}}


def test_the_tables_begin_as_multiqc_looks_for_them(sampled):
    for pattern in PATTERNS.values():
        first, *_ = lines_of(sampled, pattern["fn"])
        assert first.startswith(pattern["contents"])


@pytest.mark.multiqc
def test_a_report_of_multiqc_shows_the_runs(plain, sampled, tmp_path):
    for name, run in (("first", plain), ("second", sampled)):
        shutil.copytree(run.out, tmp_path / name)
    subprocess.run(
        [os.environ["BIOLOOM_MULTIQC"], ".", "--outdir", "shown", "--strict"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    data = json.loads((tmp_path / "shown/multiqc_data/multiqc_data.json").read_text())
    raw = data["report_saved_raw_data"]
    assert raw["multiqc_bioloom_attrition"] == {
        name: dropped_of(lines_of(run, "attrition.tsv"))
        for name, run in (("first", plain), ("second", sampled))
    }
    general = str(data["report_general_stats_data"])
    for sample in samples_of(lines_of(sampled, "samples.tsv")):
        assert sample in general
    page = (tmp_path / "shown/multiqc_report.html").read_text("utf-8")
    assert "What became of the transcripts" in page
