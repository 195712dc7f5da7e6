"""Annotations that lie on a genome, beyond its contigs, or on another one."""

import gzip
from pathlib import Path

import pytest

from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.annotation import Annotation, Region
from bioloom.genome.gtf import read_annotation
from bioloom.genome.matching import check_names, on_genome
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Transcript

LENGTH = 300


@pytest.fixture
def genome(tmp_path):
    (tmp_path / "g.fa").write_text(f">1\n{'A' * LENGTH}\n>2\n{'C' * 50}\n")
    with Genome(tmp_path / "g.fa", cache=tmp_path) as opened:
        yield opened


def tx(name, *exons, chrom="1", cds=()):
    return Transcript(name, name, chrom, "+", exons, cds)


def annotation(*transcripts, circular=()):
    regions = {chrom: Region(LENGTH, is_circular=True) for chrom in circular}
    return Annotation(Path("a.gff3"), transcripts, regions, is_standard_gtf=True)


def exons(placed):
    return {one.transcript_id: one.exons for one in placed.annotation.transcripts}


INSIDE = (tx("i", (0, 9)), tx("j", (0, 9)), tx("k", (20, 300)))


def test_a_feature_beyond_its_contig_is_clipped_and_named(genome):
    over = tx("o", (200, 220), (280, 310), (320, 330), cds=((290, 310),))
    placed = on_genome(annotation(*INSIDE, over), genome)
    assert exons(placed)["o"] == ((200, 220), (280, 300))
    assert placed.annotation.transcripts[-1].cds == ((290, 300),)
    assert not placed.annotation.is_standard_gtf
    [warning] = placed.warnings
    assert warning.startswith("1 transcript of a.gff3 ends beyond the contig")
    assert warning.endswith("(o at 1:201-330): 1 clipped.")


def test_on_a_circular_contig_it_continues_at_the_start(genome):
    over = tx("o", (280, 310), (320, 330), cds=((290, 310),))
    whole = annotation(*INSIDE, over, tx("w", (310, 320)), circular="1")
    placed = on_genome(whole, genome)
    found = exons(placed)
    assert found["o"] == ((280, 300),)
    assert found["o@origin"] == ((0, 10), (20, 30))
    assert found["w"] == ((10, 20),)
    by_id = {one.transcript_id: one for one in placed.annotation.transcripts}
    assert by_id["o@origin"].cds == ((0, 10),)
    assert by_id["o@origin"].gene_id == "o"
    assert "2 continued at the start" in placed.warnings[0]


def test_a_feature_wholly_outside_is_left_out_and_counted(genome):
    placed = on_genome(annotation(*INSIDE, tx("o", (300, 310))), genome)
    assert exons(placed).keys() == {"i", "j", "k"}
    assert placed.warnings[0].endswith(": 1 left out, being wholly outside.")


@pytest.mark.parametrize(
    ("n_beyond", "n_inside", "is_refused"),
    [
        (1, 2, False),
        (1, 1, False),
        (1, 0, True),  # all of them
        (3, 2, True),  # most on the contig
        (3, 3, False),
        (20, 30, False),
        (21, 30, True),  # more than 20 and more than 1 %
        (21, 2100, False),
        (22, 2100, True),
    ],
)
def test_many_features_beyond_their_contigs_are_another_assembly(
    genome, n_beyond, n_inside, is_refused
):
    inside = (tx(f"i{n}", (0, 9)) for n in range(n_inside))
    beyond = (tx(f"o{n}", (290, 301)) for n in range(n_beyond))
    whole = annotation(*inside, *beyond)
    if is_refused:
        with pytest.raises(BadAnnotation, match=r"transcript o0: found 1:291-301"):
            on_genome(whole, genome)
    else:
        assert len(on_genome(whole, genome).annotation.transcripts) == (
            n_inside + n_beyond
        )


def test_the_case_of_a_feature_over_the_origin(cases_dir, tmp_path):
    case = cases_dir / "lincrna"
    with Genome(case / "base/g.fa.gz", cache=tmp_path) as genome:
        whole = read_annotation(case / "c10_origin/a.gtf")
        placed = on_genome(whole, genome)
    assert exons(placed)["TO"] == ((199899, 200000),)
    assert "TO at chr1:199900-200100" in placed.warnings[0]


@pytest.mark.parametrize("packed", [False, True])
def test_names_are_compared_before_anything_is_read_whole(tmp_path, packed):
    genome, annotation = tmp_path / "g.fa", tmp_path / "a.gtf"
    genome.write_text(">1 first\nACGT\n>2\nACGT\n")
    rows = [f"{chrom}\t.\texon\t1\t4\t.\t+\t.\tx\n" for chrom in ("scaffold", "2")]
    annotation.write_text("#!made\ntrack name=a\n" + "".join(rows))
    if packed:
        for path in (genome, annotation):
            path.write_bytes(gzip.compress(path.read_bytes()))
    check_names(annotation, genome)
    text = "".join(rows[:1] * 20_000 + ["chr2\t.\n"])
    annotation.write_text(text)
    with pytest.raises(ChromNamesDiffer) as caught:
        check_names(annotation, genome)
    assert caught.value.only_first == ("1", "2")
    assert caught.value.only_second == ("chr2", "scaffold")
    annotation.write_text(text + rows[1])  # far behind
    check_names(annotation, genome)


def test_a_genome_without_end_is_not_read_to_it(tmp_path, monkeypatch):
    def endless(path):
        yield "1"
        pytest.fail("read on")

    monkeypatch.setattr("bioloom.genome.matching.contig_names", endless)
    (tmp_path / "a.bed").write_text("1\t0\t10\n")
    check_names(tmp_path / "a.bed", tmp_path / "g.fa")
