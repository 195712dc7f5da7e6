"""Files of a run folder, with samples."""

import csv

import pytest

from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.inputs.known_models import KnownModel
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.output import outputs
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
        *(0.98, 50, 97.5, 90.25, 7),
        note="a word",
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
    assert (tpm["NOV.1.1"], counts["NOV.1.1"]) == ("8", "13")
    assert tpm.keys() == {row.transcript_id for row in result.candidates}
    assert tables.tpm is not None
    assert "## tpm.tsv, counts.tsv" in (out / "tables/README.md").read_text()


@pytest.fixture
def measured(made):
    """Outputs of two samples, one of them with an abundance of a known gene."""
    out, result = made
    known = [
        KnownModel("COD.1", "COD", "Abc", "coding", 900),
        KnownModel("LNC1.1", "LNC1", "", "lncRNA", 600),
        KnownModel("SNHG.1", "SNHG", "", "lncRNA", 600),
    ]
    quantified = {}
    for sample, coverage in (("liver", 4.0), ("gut", 0.5)):
        quantified[sample] = out / f"{sample}.gtf"
        names = {model.transcript_id for model in known}
        names |= {row.transcript_id for row in result.rows}
        quantified[sample].write_text(
            "".join(
                "1\tS\ttranscript\t1\t9\t.\t+\t.\t"
                f'transcript_id "{name}"; cov "{coverage}"; TPM "{coverage / 8}";\n'
                for name in sorted(names)
            )
        )
    samples = [
        SampleReport(
            *(name, "bulk", 100, None, None, 100, 99, 100.0, "forward", "auto"),
            *(0.98, 50, 97.5, 90.25, 7),
        )
        for name in quantified
    ]

    def write():
        return write_outputs(
            result, out, samples=samples, quantified=quantified, known=known
        )

    return out, result, write


def test_all_genes_are_counted(measured):
    out, result, write = measured
    assert write().notes == ()
    counts = {row["gene_id"]: row for row in table(out / "tables/gene_counts.tsv")}
    assert counts["COD"] == {"gene_id": "COD", "liver": "36", "gut": "5"}
    assert counts.keys() == {row["gene_id"] for row in table(out / "tables/genes.tsv")}
    assert {row.locus_id for row in result.candidates} <= counts.keys()
    tx2gene = table(out / "tables/tx2gene.tsv")
    assert {row["transcript_id"] for row in tx2gene} == {
        *("COD.1", *(row.transcript_id for row in result.rows))
    }


def test_gene_and_transcript_tables_have_the_same_sums(measured):
    out, _, write = measured
    write()
    for what in ("counts", "tpm"):
        genes, transcripts = (
            table(out / f"tables/{level}_{what}.tsv")
            for level in ("gene", "transcript")
        )
        for sample in ("liver", "gut"):
            assert sum(float(row[sample]) for row in genes) == pytest.approx(
                sum(float(row[sample]) for row in transcripts)
            )


def test_the_tables_of_the_candidates_are_rows_of_those_of_all(measured):
    out, _, write = measured
    write()
    for part, whole in (("counts", "transcript_counts"), ("tpm", "transcript_tpm")):
        rows = table(out / f"tables/{whole}.tsv")
        assert all(row in rows for row in table(out / f"tables/{part}.tsv"))


def test_every_column_of_the_gene_tables_is_described(measured):
    out, _, write = measured
    write()
    readme = (out / "tables/README.md").read_text()
    for path in (out / "tables").glob("*.tsv"):
        assert path.name in readme
    for name in ("genes", "tx2gene", "samples"):
        for column in table(out / f"tables/{name}.tsv")[0]:
            assert f"- `{column}`: " in readme


def test_the_matrix_holds_the_tables(measured):
    anndata = pytest.importorskip("anndata")
    out, _, write = measured
    tables = write()
    matrix = anndata.read_h5ad(out / "expression.h5ad")
    counts = tables.genes.gene_counts.set_index("gene_id")
    tpm = tables.genes.gene_tpm.set_index("gene_id")
    assert (counts == matrix.to_df().T).all(axis=None)
    assert (tpm == matrix.to_df("tpm").T).all(axis=None)
    assert matrix.obs.loc["gut", "n_assembled"] == 7
    assert matrix.obs["n_cells"].isna().all()
    assert matrix.var.loc["COD", "kind"] == "coding"
    assert not matrix.var.loc["COD", "is_candidate"]


def test_without_anndata_a_note_says_so(measured, monkeypatch):
    out, _, write = measured
    (out / "expression.h5ad").write_text("of an earlier run")
    monkeypatch.setattr(outputs, "is_anndata_installed", lambda: False)
    [note] = write().notes
    assert "bioloom doctor lincrna" in note
    assert not (out / "expression.h5ad").exists()


def test_without_samples_there_are_no_such_tables(made):
    out, result = made
    write_outputs(result, out)
    assert sorted(path.name for path in (out / "tables").iterdir()) == [
        *("README.md", "attrition.tsv", "names.tsv", "partners.tsv"),
        "transcripts.tsv",
    ]


def test_the_score_of_a_bed_line_is_a_thousand_less_the_coding_probability(made):
    out, result = made
    write_outputs(result, out)
    lines = (out / "candidates.bed").read_text().splitlines()
    scores = {line.split("\t")[3]: int(line.split("\t")[4]) for line in lines}
    assert scores == {
        row.transcript_id: round(1000 * (1 - row.evidence.coding.probability))
        for row in result.candidates
    }


def test_without_candidates_the_files_are_empty(made):
    from dataclasses import replace

    out, result = made
    none = replace(
        result, rows=tuple(row for row in result.rows if row.verdict == "rejected")
    )
    write_outputs(none, out)
    for name in ("candidates.gtf", "candidates.bed", "candidates.fa"):
        assert (out / name).read_text() == ""
