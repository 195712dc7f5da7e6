"""Files of a run folder, with samples."""

import csv

import pytest

from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output.outputs import write_outputs
from bioloom.lincrna.output.working import FOLDER, write_working
from bioloom.lincrna.settings import FilterSettings
from tests.lincrna.toy import write_toy


@pytest.fixture
def made(tmp_path):
    toy = write_toy(tmp_path / "in")
    given = FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
    )
    result = filter_transcripts(
        given, FilterSettings(coding_model="packaged"), cache=tmp_path
    )
    write_working(
        result, tmp_path / FOLDER, genome=given.genome, annotation=given.annotation
    )
    return tmp_path, result


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_with_samples_their_table_and_the_expression_are_written(made):
    out, result = made
    (out / "q.gtf").write_text(
        "1\tS\ttranscript\t1\t9\t.\t+\t.\t"
        'transcript_id "NOV.1.1"; cov "2.0"; TPM "8";\n'
    )
    sample = SampleReport(
        *("liver", "bulk", 100, None, None, 100, 99, 95.0, "forward", "auto"),
        *(0.98, 50, 97.5, 90.25, 7, "a word"),
    )
    tables = write_outputs(
        result, out, samples=[sample], quantified={"liver": out / "q.gtf"}
    )
    [row] = table(out / "tables/samples.tsv")
    assert (row["sample"], row["mapped_percent"], row["note"]) == (
        "liver",
        "97.5",
        "a word",
    )
    tpm = {row["transcript_id"]: row["liver"] for row in table(out / "tables/tpm.tsv")}
    counts = {
        row["transcript_id"]: row["liver"] for row in table(out / "tables/counts.tsv")
    }
    assert (tpm["NOV.1.1"], counts["NOV.1.1"]) == ("8", "12")
    assert tpm.keys() == {row.transcript_id for row in result.candidates}
    assert tables.tpm is not None
    assert "## tpm.tsv, counts.tsv" in (out / "tables/README.md").read_text()


def test_without_samples_there_are_no_such_tables(made):
    out, result = made
    write_outputs(result, out)
    assert sorted(path.name for path in (out / "tables").iterdir()) == [
        *("README.md", "attrition.tsv", "transcripts.tsv")
    ]


def test_the_score_of_a_bed_line_is_a_thousand_less_the_coding_probability(made):
    out, result = made
    write_outputs(result, out)
    lines = (out / "candidates.bed").read_text().splitlines()
    for line, row in zip(lines, result.candidates, strict=True):
        expected = round(1000 * (1 - row.evidence.coding.probability))
        assert int(line.split("\t")[4]) == expected


def test_without_candidates_the_files_are_empty(made):
    from dataclasses import replace

    out, result = made
    none = replace(
        result, rows=tuple(row for row in result.rows if row.verdict == "rejected")
    )
    write_outputs(none, out)
    for name in ("candidates.gtf", "candidates.bed", "candidates.fa"):
        assert (out / name).read_text() == ""
