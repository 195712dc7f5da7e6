"""An annotation sorted by what the filters need."""

from pathlib import Path

import pytest

from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.gtf import Annotation
from bioloom.genome.matching import check_same_chroms, on_genome
from bioloom.genome.sequence import Genome
from bioloom.lincrna.inputs.reference import (
    sort_reference,
)
from bioloom.lincrna.settings import FilterSettings
from tests.lincrna.builders import tx


def annotation(*transcripts):
    return Annotation(Path("a.gtf"), transcripts)


def sort(*transcripts):
    return sort_reference(annotation(*transcripts), FilterSettings())


def names(transcripts):
    return [one.transcript_id for one in transcripts]


def of(name, gene_biotype="", biotype="", **more):
    return tx(name, (0, 300), gene_biotype=gene_biotype, biotype=biotype, **more)


SNO = of("sno", "snoRNA")


def test_genes_are_sorted_by_the_biotype_of_the_gene():
    found = sort(
        of("m", "protein_coding", "protein_coding"),
        of("retained", "protein_coding", "retained_intron"),
        of("processed", "protein_coding", "processed_transcript"),
        of("linc", "lincRNA"),
        of("lnc", "lncRNA", "lncRNA"),
        of("pseudo", "processed_pseudogene"),
        of("mir", "miRNA"),
        SNO,
    )
    assert names(found.coding) == ["m", "retained", "processed"]
    assert names(found.lncrna) == ["linc", "lnc"]
    assert names(found.housekeeping) == ["sno"]
    assert found.warnings == ()


def test_the_transcript_has_the_word_where_the_gene_has_none():
    found = sort(of("m", "", "mRNA"), of("l", "", "lnc_RNA"), SNO)
    assert names(found.coding) == ["m"]
    assert names(found.lncrna) == ["l"]


def test_a_gene_without_biotype_among_others_is_coding_by_its_cds():
    with_cds = of("a", gene="G", cds=((0, 30),))
    isoform, other = of("b", gene="G"), of("c", gene="H")
    lnc = of("l", "lncRNA", gene="L", cds=((0, 30),))
    found = sort(with_cds, isoform, other, lnc, SNO)
    assert names(found.coding) == ["a", "b"]
    assert names(found.lncrna) == ["l"]


def test_without_biotypes_a_cds_makes_a_gene_coding():
    found = sort(of("a", gene="G", cds=((0, 30),)), of("b", gene="G"), of("c"))
    assert names(found.coding) == ["a", "b"]
    assert found.lncrna == found.housekeeping == ()
    assert len(found.warnings) == 2


def test_without_either_every_gene_is_coding():
    found = sort(of("a"), of("b"))
    assert names(found.coding) == ["a", "b"]
    assert any("every gene counts as protein-coding" in one for one in found.warnings)


def test_what_is_missing_is_warned_of():
    [warning] = sort(of("m", "protein_coding")).warnings
    assert "names no housekeeping ncRNA" in warning
    [warning] = sort(of("l", "lncRNA"), SNO).warnings
    assert "names no protein-coding gene" in warning


@pytest.fixture
def genome(tmp_path):
    (tmp_path / "g.fa").write_text(">1\n" + "A" * 300 + "\n>2\nAC\n")
    with Genome(tmp_path / "g.fa", cache=tmp_path) as opened:
        yield opened


def test_transcripts_must_lie_on_the_genome(genome):
    whole = annotation(tx("a", (0, 300)))
    assert on_genome(whole, genome) == (whole, ())
    with pytest.raises(
        BadAnnotation, match=r"transcript a: found 1:1-301, but 1 of 300"
    ):
        on_genome(annotation(tx("a", (0, 301))), genome)
    with pytest.raises(ChromNamesDiffer, match="found chromosome 'chr1', 'chr2'"):
        on_genome(
            annotation(tx("a", (0, 9), chrom="chr1"), tx("b", (0, 9), chrom="chr2")),
            genome,
        )


def test_scaffolds_that_the_genome_lacks_are_left_out_with_a_warning(genome):
    kept, [warning] = on_genome(
        annotation(tx("a", (0, 9)), tx("b", (0, 9), chrom="3")), genome
    )
    assert [one.transcript_id for one in kept.transcripts] == ["a"]
    assert warning.startswith("1 transcript of ")
    assert "lies on 1 sequence " in warning
    assert "(3)" in warning


def test_two_annotations_must_share_a_chromosome():
    one, two = annotation(tx("a", (0, 9))), annotation(tx("a", (0, 9), chrom="chr1"))
    check_same_chroms(one, annotation(*one.transcripts, *two.transcripts))
    with pytest.raises(
        ChromNamesDiffer, match="found chromosome 'chr1', expected names"
    ):
        check_same_chroms(one, two)
