"""Counts and TPM of all genes, from hand-made output of StringTie."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.annotation import Annotation
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.inputs.files import Collection
from bioloom.lincrna.inputs.known_models import (
    KnownModel,
    known_models,
    read_known_models,
    write_known_models,
)
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.loci.classcodes import ClassCode
from bioloom.lincrna.output.gene_tables import gene_tables
from bioloom.lincrna.output.genes import measured_genes
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.judged import judged
from tests.lincrna.builders import collected, evidence, tx

SETTINGS = FilterSettings(coding_threshold=0.5, strictness="transcript")
CODING = tx("C.1", (0, 500), gene="C", gene_biotype="protein_coding", gene_name="Abc")
CODING_2 = tx("C.2", (0, 300), gene="C", gene_biotype="protein_coding")
LNC = tx("L.1", (9000, 9400), gene="L", gene_biotype="lncRNA")
SNO = tx("S.1", (7000, 7100), gene="S", gene_biotype="snoRNA")
ON_X = tx("P.1", (0, 300), gene="P", chrom="X", gene_biotype="lncRNA")
ON_Y = tx("P.2", (0, 300), gene="P", chrom="Y", gene_biotype="lncRNA")
NAMELESS = [
    tx(f"N.{n}", (20_000 * n, 20_000 * n + 400), gene="NA", gene_biotype="lncRNA")
    for n in (1, 2)
]


def collection(annotated, *items):
    annotation = Annotation(Path("a.gtf"), tuple(annotated))
    reference = sort_reference(annotation, SETTINGS)
    return Collection(reference, tuple(items), (), None)


def known(*annotated, items=()):
    return known_models(collection(annotated, *items))


def judge(*entries):
    """Rows of (collected, locus, changes of the evidence)."""
    items, loci, changes = zip(*entries, strict=True)
    facts = [
        evidence(item.transcript, **change)
        for item, change in zip(items, changes, strict=True)
    ]
    return judged(items, facts, loci, SETTINGS)


def novel(name, *exons, locus="M.1", code="u", ref="", **changes):
    item = collected(tx(name, *(exons or ((50_000, 50_600),)), gene=locus))
    return item, locus, {"class_code": ClassCode(code, ref, "")} | changes


def genes_by_name(measured):
    return {gene.gene_id: gene for gene in measured.genes}


def owners(measured):
    return {model.transcript_id: model.gene_id for model in measured.models}


def test_an_annotated_transcript_belongs_to_its_annotated_gene():
    models = known(CODING, CODING_2, LNC, SNO)
    assert [(m.transcript_id, m.gene_id, m.kind, m.length_nt) for m in models] == [
        ("C.1", "C", "coding", 500),
        ("C.2", "C", "coding", 300),
        ("L.1", "L", "lncRNA", 400),
        ("S.1", "S", "housekeeping", 100),
    ]


def test_one_name_on_two_chromosomes_is_two_genes():
    assert [model.gene_id for model in known(ON_X, ON_Y)] == ["P", "P@Y"]


def test_a_placeholder_joins_nothing():
    assert [model.gene_id for model in known(*NAMELESS)] == ["N.1", "N.2"]


def test_an_assembled_twin_belongs_to_the_gene_of_its_twin():
    twin = Collected(tx("MSTRG.7.1", (0, 480), gene="MSTRG.7"), "known", "C.1")
    last = known(CODING, items=[twin])[-1]
    assert last == KnownModel("MSTRG.7.1", "C", "Abc", "coding", 480)


def test_a_known_lncrna_of_another_file_is_one():
    extra = collected(tx("E.1", (3000, 3500), gene="E"), origin="known")
    last = known(CODING, items=[extra])[-1]
    assert last == KnownModel("E.1", "E", "", "lncRNA", 500)


def test_known_models_are_read_back(tmp_path):
    models = [KnownModel('a "b"\tc', "g", "Żółw", "coding", 7), *known(CODING, ON_Y)]
    write_known_models(models, tmp_path / "known.jsonl")
    assert list(read_known_models(tmp_path / "known.jsonl")) == models


def test_a_novel_transcript_belongs_to_its_locus():
    rows = judge(
        novel("M.1.1"),
        novel("M.1.2", orf_aa=200),
        novel("M.2.1", locus="M.2", orf_aa=200),
    )
    measured = measured_genes(known(CODING), rows)
    assert owners(measured) == {
        "C.1": "C",
        "M.1.1": "M.1",
        "M.1.2": "M.1",
        "M.2.1": "M.2",
    }
    genes = genes_by_name(measured)
    assert (genes["C"].kind, genes["C"].gene_name) == ("coding", "Abc")
    assert (genes["M.1"].kind, genes["M.1"].n_transcripts) == (
        "novel lincRNA candidate",
        2,
    )
    assert genes["M.1"].is_candidate
    assert (genes["M.2"].kind, genes["M.2"].is_candidate) == ("novel, rejected", False)


@pytest.mark.parametrize("code", "=ckmnjeo")
def test_an_isoform_of_a_coding_gene_counts_for_it(code):
    rows = judge(novel("M.1.1", code=code, ref="C.1"))
    measured = measured_genes(known(CODING), rows)
    assert owners(measured)["M.1.1"] == "C"
    assert genes_by_name(measured)["C"].n_transcripts == 2


@pytest.mark.parametrize("code", "ixspyu")
def test_what_shares_no_exonic_base_on_the_strand_does_not(code):
    rows = judge(novel("M.1.1", code=code, ref="C.1"))
    assert owners(measured_genes(known(CODING), rows))["M.1.1"] == "M.1"


def test_a_novel_isoform_in_the_locus_of_a_known_lncrna_counts_for_it():
    rows = judge((collected(LNC, origin="known"), "L.2", {}), novel("M.1", locus="L.2"))
    measured = measured_genes(known(LNC), rows)
    assert set(owners(measured).values()) == {"L"}
    gene = genes_by_name(measured)["L"]
    assert (gene.kind, gene.is_candidate) == ("lncRNA", True)


def test_a_novel_locus_named_as_an_annotated_gene_is_another_gene():
    rows = judge(novel("M.1.1", locus="C"), novel("M.1.2", locus="C.2"))
    assert owners(measured_genes(known(CODING), rows)) == {
        "C.1": "C",
        "M.1.1": "C.3",
        "M.1.2": "C.2",
    }


def test_a_gene_with_a_coding_isoform_is_coding():
    models = [
        KnownModel("a", "g", "", "lncRNA", 300),
        KnownModel("b", "g", "Xyz", "coding", 300),
        KnownModel("c", "g", "", "housekeeping", 100),
    ]
    [gene] = measured_genes(models, ()).genes
    assert (gene.kind, gene.gene_name, gene.n_transcripts) == ("coding", "Xyz", 3)


def report(sample, trimmed_length_nt=100.0):
    return SampleReport(
        *(sample, "bulk", 100, None, None, 100, 99, trimmed_length_nt),
        *("forward", "auto", 0.98, 50, 97.5, 90.25, 7),
    )


def quantify(path, *rows):
    path.write_text(
        "".join(
            f"1\tStringTie\ttranscript\t1\t9\t.\t+\t.\ttranscript_id "
            f'"{name}"; cov "{coverage}"; TPM "{tpm}";\n'
            for name, coverage, tpm in rows
        )
    )
    return path


def test_a_gene_has_the_sum_of_its_transcripts(tmp_path):
    rows = judge(novel("M.1.1"))
    measured = measured_genes(known(CODING, CODING_2, LNC), rows)
    quantified = {
        "a": quantify(
            tmp_path / "a.gtf",
            *(("C.1", 1.01, 10.5), ("C.2", 2.0, 4.25), ("M.1.1", 5.0, 1.0)),
            ("L.1", 0.0, 0.0),
        ),
        "b": quantify(tmp_path / "b.gtf", ("C.2", 1.0, 7.0), ("gone", 1.0, 1.0)),
    }
    tables = gene_tables(measured, quantified, [report("a"), report("b", 50.0)])
    # ceil(1.01 × 500 / 100) + ceil(2 × 300 / 100), ceil(5 × 600 / 100); b: 300 / 50
    assert tables.gene_counts.to_dict("list") == {
        "gene_id": ["C", "L", "M.1"],
        "a": [6 + 6, 0, 30],
        "b": [6, 0, 0],
    }
    assert tables.gene_tpm.to_dict("list") == {
        "gene_id": ["C", "L", "M.1"],
        "a": [14.75, 0.0, 1.0],
        "b": [7.0, 0.0, 0.0],
    }
    assert tables.transcript_counts["transcript_id"].tolist() == [
        *("C.1", "C.2", "L.1", "M.1.1")
    ]
    assert tables.transcript_counts["a"].tolist() == [6, 6, 0, 30]
    unmeasured, unlisted = tables.notes
    assert "nothing on 3 transcripts" in unmeasured  # C.1, L.1, M.1.1 in b
    assert "on 1 transcripts" in unlisted


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 1e4), st.floats(0, 1e5)),
        max_size=8,
    )
)
def test_genes_and_transcripts_have_the_same_totals(tmp_path_factory, entries):
    models = [
        KnownModel(f"t{number}", gene, "", "coding", 100 + number)
        for number, (gene, _, _) in enumerate(entries)
    ]
    path = quantify(
        tmp_path_factory.mktemp("q") / "s.gtf",
        *((f"t{number}", *values) for number, (_, *values) in enumerate(entries)),
    )
    measured = measured_genes(models, ())
    tables = gene_tables(measured, {"s": path}, [report("s", 73.3)])
    assert tables.gene_counts["s"].sum() == tables.transcript_counts["s"].sum()
    assert tables.gene_tpm["s"].sum() == pytest.approx(tables.transcript_tpm["s"].sum())
    assert list(tables.gene_counts["gene_id"]) == list(tables.genes["gene_id"])
    assert list(tables.tx2gene["transcript_id"]) == [m.transcript_id for m in models]
