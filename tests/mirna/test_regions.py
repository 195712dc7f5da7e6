"""Target sequences out of an annotation."""

import pytest

from bioloom.errors import BadAnnotation
from bioloom.genome.transcript import Transcript
from bioloom.mirna.inputs.regions import read_regions, region_of
from bioloom.seq.alphabet import reverse_complement

GENOME = "ACGTTGCAAC" * 30
EXONS = ((10, 60), (100, 150), (200, 260))
CDS = ((40, 60), (100, 150), (200, 210))


def row(kind, span, name, strand="+", gene="G"):
    told = f'gene_id "{gene}"; transcript_id "{name}";'
    place = ("c", "x", kind, span[0] + 1, span[1])
    return "\t".join(map(str, (*place, ".", strand, ".", told)))


@pytest.fixture
def files(tmp_path):
    """An annotation of these rows, and its genome."""

    def write(*rows):
        (tmp_path / "g.fa").write_text(f">c\n{GENOME}\n")
        (tmp_path / "a.gtf").write_text("\n".join(rows) + "\n")
        return tmp_path / "a.gtf", tmp_path / "g.fa"

    return write


def model(name, strand="+", gene="G", cds=CDS, exons=EXONS):
    return [
        *(row("exon", span, name, strand, gene) for span in exons),
        *(row("CDS", span, name, strand, gene) for span in cds),
    ]


@pytest.mark.parametrize("strand", ["+", "-"])
def test_the_regions_of_a_transcript_make_up_the_whole(strand):
    tx = Transcript("t", "g", "c", strand, EXONS, CDS)
    before, after = region_of(tx, "5utr"), region_of(tx, "3utr")
    if strand == "-":
        before, after = after, before
    assert before == ((10, 40),)
    assert after == ((210, 260),)
    assert region_of(tx, "cds") == CDS
    assert region_of(tx, "transcript") == EXONS


def test_a_region_that_spans_an_intron_keeps_its_exons_apart():
    tx = Transcript("t", "g", "c", "+", EXONS, ((10, 50),))
    assert region_of(tx, "3utr") == ((50, 60), (100, 150), (200, 260))


def test_without_cds_or_strand_there_is_the_whole_alone():
    for tx in (
        Transcript("t", "g", "c", "+", EXONS),
        Transcript("t", "g", "c", ".", EXONS, CDS),
    ):
        assert region_of(tx, "3utr") == region_of(tx, "cds") == ()
        assert region_of(tx, "transcript") == EXONS


def test_sequences_run_from_5_to_3(files):
    (forward,) = read_regions(*files(*model("t")), "3utr")
    assert forward.sequence == GENOME[210:260]
    assert (forward.name, forward.description) == (
        "G",
        "region=3utr gene=G transcript=t at=c:211-260(+)",
    )
    (backward,) = read_regions(*files(*model("t", "-")), "3utr")
    assert backward.sequence == reverse_complement(GENOME[10:40])


def test_a_gene_gives_its_longest_or_each_of_its_isoforms(files):
    short = model("short", exons=((10, 60), (100, 150), (200, 240)))
    given = files(*short, *model("long"), *model("other", gene="H"))
    found = [(r.name, len(r.sequence)) for r in read_regions(*given, "3utr")]
    assert found == [("G", 50), ("H", 50)]
    each = read_regions(*given, "3utr", every_isoform=True)
    assert [r.name for r in each] == ["short", "long", "other"]


def test_nothing_to_give_is_an_error_that_says_why(files):
    with pytest.raises(BadAnnotation, match="no transcript with a 3utr.*CDS rows"):
        list(read_regions(*files(*model("t", cds=())), "3utr"))


def test_the_command_writes_what_predict_reads(files, bioloom_cli, tmp_path):
    annotation, genome = files(*model("t"))
    out = tmp_path / "utrs.fa"
    assert bioloom_cli("mirna", "targets", annotation, genome, "--out", out)[0] == 0
    (tmp_path / "m.fa").write_text(">m\nUGAGGUAGUAGGUUGUAUAGUU\n")
    code, table, _ = bioloom_cli("mirna", "predict", tmp_path / "m.fa", out)
    assert code == 0
    assert "\tG\t" in table
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("a.gtf", "g.fa", "m.fa", "utrs.fa", "utrs.fa.places.tsv")
    ]
