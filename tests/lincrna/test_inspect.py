"""What bioloom says that it understood of an annotation."""

import json

import pytest

import bioloom as bl

MODELS = (
    ("chr1", "exon", 101, 400, "A", "protein_coding"),
    ("chr1", "CDS", 101, 400, "A", "protein_coding"),
    ("chr1", "exon", 901, 1200, "B", "lincRNA"),
    ("chr1", "exon", 1901, 2000, "RN7SK", "misc_RNA"),
    ("chr1", "exon", 2901, 3000, "D", "gizmo"),
    ("MtDNA", "exon", 1, 80, "E", "tRNA"),
    ("chr9", "exon", 1, 80, "F", "gizmo"),
    ("chr1", "exon", 5, 1, "G", "lincRNA"),
)
ROWS = "".join(
    f"{chrom}\tx\t{kind}\t{first}\t{last}\t.\t+\t.\t"
    f'gene_id "{name}"; transcript_id "{name}.1"; gene_biotype "{word}";\n'
    for chrom, kind, first, last, name, word in MODELS
)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "a.gtf").write_text(ROWS)
    (tmp_path / "g.fa").write_text(f">chr1\n{'ACGT' * 1000}\n>MtDNA\n{'ACGT' * 100}\n")
    return tmp_path


def test_kinds_words_organelles_contigs_and_worth(files):
    inspection = bl.lincrna.inspect(files / "a.gtf", genome=files / "g.fa")
    understood = inspection.understood
    kinds = {(row.kind, row.rna_class): row.n_genes for row in understood.kinds}
    assert kinds == {
        ("coding", ""): 1,
        ("lncRNA", ""): 1,
        ("housekeeping", "7SK"): 1,
        ("housekeeping", "tRNA"): 1,
        ("other", ""): 2,
    }
    words = {row.word: (row.is_known, row.decided_by) for row in understood.words}
    assert words["misc_RNA"] == (True, "name")
    assert words["gizmo"] == (False, "nothing")
    assert [row.contig for row in understood.organelles] == ["MtDNA"]
    assert [(row.only_in, row.names) for row in understood.contigs] == [
        ("annotation", ("chr9",))
    ]
    assert understood.row_types == {"exon": 7, "CDS": 1}
    assert {row.criterion for row in understood.worth} >= {"coding", "housekeeping"}
    warnings = " ".join(inspection.warnings())
    assert "gizmo (2)" in warnings
    assert "line 8" in warnings
    assert "No threshold could be learned" in warnings


def test_a_table_of_the_user_changes_what_is_understood(files):
    (files / "words.tsv").write_text("matches\tterm\tkind\nword\tgizmo\tlncRNA\n")
    inspection = bl.lincrna.inspect(
        files / "a.gtf", settings={"biotypes": str(files / "words.tsv")}
    )
    assert "3 lncRNA" in inspection.summary()
    assert not any("gizmo" in warning for warning in inspection.warnings())


def test_the_command_prints_tables_json_and_a_page(files, bioloom_cli):
    page = files / "page.html"
    command = ("lincrna", "inspect", "--annotation", files / "a.gtf")
    code, text, _ = bioloom_cli(*command, "--out", page)
    assert code == 0
    for part in (
        "Genes and transcripts by kind",
        "gizmo (not known)",
        "7SK",
        str(page),
    ):
        assert part in text
    assert "gizmo (not known)" in page.read_text()
    code, text, _ = bioloom_cli(*command, "--json")
    assert json.loads(text)["n_transcripts"] == 6
    code, _, error = bioloom_cli(*command, "--strict")
    assert code == 1
    assert "line 8" in error


def test_the_report_holds_the_same_tables(files):
    result = bl.lincrna.filter(
        files / "a.gtf",
        genome=files / "g.fa",
        annotation=files / "a.gtf",
        settings={"coding_model": "packaged"},
        out=files / "out",
    )
    page = (files / "out/report.html").read_text()
    assert "What was understood of the annotation" in page
    assert "gizmo (not known)" in page
    assert result.understood.n_transcripts == 6
