"""GAF, GMT and OBO as users have them."""

import gzip

import pytest

from bioloom.errors import BadTable, MissingFile
from bioloom.lincrna.partners.gene_sets import NamedGene, read_gene_sets
from bioloom.lincrna.partners.ontology import read_ontology

GENES = [
    NamedGene("ENSG01.3", "SOX2"),
    NamedGene("ENSG02.1", "Pax6"),
    NamedGene("ENSG03", ""),
    NamedGene("ENSG04@X", "TWIN"),
    NamedGene("123", "NUM"),
]
OBO = """format-version: 1.2
ontology: go

[Term]
id: GO:0000001
name: root ! of all
namespace: biological_process

[Term]
id: GO:0000002
name: middle
alt_id: GO:0000022
is_a: GO:0000001 ! root of all

[Term]
id: GO:0000003
name: leaf
is_a: GO:0000002 {is_inferred="true"} ! middle
relationship: part_of GO:0000005 ! whole
relationship: regulates GO:0000006 ! regulated

[Term]
id: GO:0000004
name: obsolete old
is_obsolete: true

[Term]
id: GO:0000044
name: obsolete replaced
is_obsolete: true
replaced_by: GO:0000005

[Term]
id: GO:0000005
name: whole

[Term]
id: GO:0000006
name: regulated

[Typedef]
id: part_of
name: part of
is_a: GO:0000001
"""


def gaf_row(gene, symbol, term, *, qualifier="involved_in", synonyms=""):
    return "\t".join(
        [
            *("UniProtKB", gene, symbol, qualifier, term, "PMID:1", "IDA", "", "P"),
            *("a protein", synonyms, "protein", "taxon:9606", "20200101", "UniProt"),
            *("", ""),
        ]
    )


def write_gaf(path, *rows, packed=False):
    text = "\n".join(["!gaf-version: 2.2", *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path


@pytest.fixture
def obo(tmp_path):
    path = tmp_path / "go.obo"
    path.write_text(OBO)
    return path


def test_genes_are_found_by_id_symbol_and_synonym(tmp_path):
    path = write_gaf(
        tmp_path / "go.gaf.gz",
        gaf_row("ENSG01", "other", "GO:1"),
        gaf_row("P1", "Pax6", "GO:1"),
        gaf_row("P2", "X", "GO:2", synonyms="old|ENSG03"),
        gaf_row("P3", "TWIN", "GO:2"),
        gaf_row("P4", "unknown", "GO:2", synonyms="Pax6"),
        packed=True,
    )
    sets = read_gene_sets(path, GENES)
    # Pax6 is P1's symbol, so that P4's synonym does not lead to it
    assert sets.genes == {
        "GO:1": {"ENSG01.3", "ENSG02.1"},
        "GO:2": {"ENSG03", "ENSG04@X"},
    }
    assert (sets.n_annotated, sets.n_matched) == (5, 4)
    assert sets.sentences() == (
        "go.gaf.gz names 5 genes in 2 sets; 4 of them are genes of this run, by "
        "gene_id, symbol or synonym.",
    )


@pytest.mark.parametrize(
    ("gene_id", "row"),
    [
        # as Ensembl Plants, RefSeq, TAIR and SGD have them
        ("gene:Os01g0101150", ("Os01g0101150", "Os01g0101150", "")),
        ("gene-YAL037W", ("S000000035", "YAL037W", "YAL037W")),
        ("Gene:WBGene00000138", ("WBGene00000138", "cdh-1", "")),
        ("AT1G01010", ("locus:2200935", "NAC001", "AT1G01010|ANAC001")),
        ("YBR085W", ("S000000289", "AAC3", "YBR085W|ANC3")),
    ],
)
def test_ids_of_other_dialects(tmp_path, gene_id, row):
    gene, symbol, synonyms = row
    path = write_gaf(
        tmp_path / "go.gaf", gaf_row(gene, symbol, "GO:1", synonyms=synonyms)
    )
    assert read_gene_sets(path, [NamedGene(gene_id, "")]).genes == {"GO:1": {gene_id}}


def test_rows_with_not_are_left_out_and_counted(tmp_path):
    path = write_gaf(
        tmp_path / "go.gaf",
        gaf_row("ENSG01", "SOX2", "GO:1"),
        gaf_row("ENSG02", "Pax6", "GO:1", qualifier="NOT|involved_in"),
        gaf_row("ENSG02", "Pax6", "GO:1", qualifier="NOT"),
        "a broken row",
    )
    sets = read_gene_sets(path, GENES)
    assert sets.genes == {"GO:1": {"ENSG01.3"}}
    assert sets.sentences()[1] == (
        "Left out of go.gaf: 2 rows with the qualifier NOT, 1 row that cannot be read."
    )


def test_terms_count_for_those_above_them(tmp_path, obo):
    path = write_gaf(
        tmp_path / "go.gaf",
        gaf_row("ENSG01", "SOX2", "GO:0000003"),
        gaf_row("ENSG02", "Pax6", "GO:0000022"),
        gaf_row("ENSG03", "", "GO:0000004"),
        gaf_row("123", "NUM", "GO:0000044"),
    )
    sets = read_gene_sets(path, GENES, ontology=obo)
    assert sets.genes == {
        "GO:0000001": {"ENSG01.3", "ENSG02.1"},
        "GO:0000002": {"ENSG01.3", "ENSG02.1"},
        "GO:0000003": {"ENSG01.3"},
        "GO:0000005": {"ENSG01.3", "123"},
    }
    assert sets.names["GO:0000002"] == "middle"
    assert "1 row with an obsolete term" in sets.sentences()[1]


def test_an_ontology_that_goes_in_circles_ends(tmp_path):
    path = tmp_path / "o.obo"
    path.write_text("[Term]\nid: A:1\nis_a: A:2\n\n[Term]\nid: A:2\nis_a: A:1\n")
    assert read_ontology(path).ancestors("A:1") == {"A:1", "A:2"}


def test_gmt(tmp_path):
    path = tmp_path / "h.gmt"
    path.write_text(
        "HALLMARK_A\thttps://x.org/A\tSOX2\tPax6,1.0\tnone\n"
        "B\twhat B is\t123\tENSG02\t\n"
        "C\tna\n"
    )
    sets = read_gene_sets(path, GENES)
    assert sets.genes == {
        "HALLMARK_A": {"ENSG01.3", "ENSG02.1"},
        "B": {"123", "ENSG02.1"},
    }
    assert sets.names == {"HALLMARK_A": "HALLMARK_A", "B": "what B is"}
    assert (sets.n_annotated, sets.n_matched, sets.n_broken) == (5, 4, 1)


def test_no_gene_of_the_run_is_an_error(tmp_path):
    path = write_gaf(tmp_path / "fly.gaf", gaf_row("FBgn1", "w", "GO:1"))
    with pytest.raises(BadTable, match=r"FBgn1, and none of this run.*ENSG01\.3"):
        read_gene_sets(path, GENES)


@pytest.mark.parametrize("text", ["", "!gaf-version: 2.2\n", "just words\n"])
def test_no_gene_set_is_an_error(tmp_path, text):
    path = tmp_path / "empty.gaf"
    path.write_text(text)
    with pytest.raises(BadTable, match="no gene set"):
        read_gene_sets(path, GENES)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(MissingFile):
        read_gene_sets(tmp_path / "x.gaf", GENES)
    path = write_gaf(tmp_path / "go.gaf", gaf_row("ENSG01", "SOX2", "GO:1"))
    with pytest.raises(MissingFile):
        read_gene_sets(path, GENES, ontology=tmp_path / "x.obo")


def test_an_ontology_without_terms_is_an_error(tmp_path):
    path = tmp_path / "o.obo"
    path.write_text("format-version: 1.2\n")
    with pytest.raises(BadTable, match="no \\[Term\\]"):
        read_ontology(path)
