"""Repeats in every form that programs write, and transcripts made of them."""

import bz2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadAnnotation, MissingFile
from bioloom.genome.repeats import read_repeats, repeat_kind, repeat_overlap
from bioloom.genome.transcript import Transcript

OUT = """\
   SW   perc perc perc  query     position in query    matching  repeat       position
score   div. del. ins.  sequence  begin end   (left)   repeat    class/family begin end

  463   1.3  0.6  1.7  chr1    101   300 (900) C  AluY  SINE/Alu  (1) 300 1  1
  239  29.4  1.9  1.0  chr1    251   400 (800) +  L1MA4 LINE/L1   1 150 (9) 2 *
   18  23.2  0.0  2.0  chr1    501   600 (600) +  (CA)n Simple_repeat 1 100 (0) 3
   18  23.2  0.0  2.0  chr1    601   700 (500) +  U6    snRNA     1 100 (0) 4
   18  23.2  0.0  2.0  chr2  1    10 (500) +  rnd-1 Unknown   1  10 (0) 5
"""
UCSC = """\
#bin\tswScore
585\t463\t13\t6\t17\tchr1\t100\t300\t-900\t-\tAluY\tSINE\tAlu\t-1\t300\t1\t1
585\t239\t294\t19\t10\tchr1\t250\t400\t-800\t+\tL1MA4\tLINE\tL1\t1\t150\t-9\t2
585\t18\t232\t0\t20\tchr1\t500\t600\t-600\t+\t(CA)n\tSimple_repeat\tSimple_repeat\t1\t9\t0\t3
585\t18\t232\t0\t20\tchr1\t600\t700\t-600\t+\tU6\tsnRNA\tsnRNA\t1\t9\t0\t3
585\t18\t232\t0\t20\tchr2\t0\t10\t-600\t+\trnd-1\tUnknown\tUnknown\t1\t9\t0\t3
"""
BED = """\
chr1\t100\t300\tAluY|SINE|Alu\t0\t-
chr1\t250\t400\tL1MA4#LINE/L1\t0\t+
chr1\t500\t600\t(CA)n\t0\t+
chr1\t600\t700\tU6\t0\t+
chr2\t0\t10\trnd-1|Unknown\t0\t+
"""
GTF = """\
chr1\trmsk\texon\t101\t300\t.\t-\t.\tgene_id "AluY"; family_id "Alu"; class_id "SINE";
chr1\trmsk\texon\t251\t400\t.\t+\t.\tgene_id "L1MA4"; family_id "L1"; class_id "LINE";
chr1\trmsk\texon\t501\t600\t.\t+\t.\tgene_id "(CA)n"; class_id "Simple_repeat";
chr1\trmsk\texon\t601\t700\t.\t+\t.\tgene_id "U6"; class_id "snRNA";
chr2\trmsk\texon\t1\t10\t.\t+\t.\tgene_id "rnd-1"; class_id "Unknown";
"""
GFF3 = """\
##gff-version 3
chr1\tEDTA\tAlu_SINE\t101\t300\t.\t-\t.\tID=1;Name=AluY;Classification=SINE/Alu
chr1\tEDTA\tL1_LINE\t251\t400\t.\t+\t.\tID=2;Name=L1MA4;Classification=LINE/L1
chr1\tRM\tdispersed_repeat\t501\t600\t.\t+\t.\tTarget=Motif:(CA)n 1 100
chr1\tRM\tdispersed_repeat\t601\t700\t.\t+\t.\tTarget=Motif:U6 1 100
chr2\tEDTA\trepeat_region\t1\t10\t.\t?\t.\tID=3;Name=rnd-1;Classification=Unknown
"""
FORMS = {"a.fa.out": OUT, "rmsk.txt": UCSC, "a.bed": BED, "a.gtf": GTF, "a.gff3": GFF3}


def transcript(*exons, chrom="chr1"):
    return Transcript("t", "g", chrom, "+", exons)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_repeats(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(bz2.compress(FORMS[name].encode()))
    repeats = read_repeats(path)
    assert len(repeats) == 5
    assert not repeats.warnings
    track = repeats.tracks["chr1"]
    assert [*zip(track.starts, track.ends, strict=True)] == [
        *((100, 300), (250, 400), (500, 600), (600, 700)),
    ]
    kinds = {name.name: name.kind for name in repeats.names}
    assert kinds == {
        "AluY": "transposable element",
        "L1MA4": "transposable element",
        "(CA)n": "simple repeat",
        "U6": "RNA",
        "rnd-1": "unknown",
    }
    found, none, other = repeat_overlap(
        [
            transcript((150, 260), (390, 550)),
            transcript((400, 700)),
            transcript((0, 9), chrom="chrX"),
        ],
        repeats,
    )
    assert (found.name, found.class_) == ("AluY", "SINE/Alu")
    assert found.overlap_nt == 120
    assert found.fraction == pytest.approx(120 / 270)
    assert none == other == ("", "", 0, 0.0)


@pytest.mark.parametrize(
    ("class_", "kind"),
    [
        *[(word, "transposable element") for word in ("LTR/ERVK", "DNA?/hAT", "RC")],
        *[(word, "transposable element") for word in ("SINE/tRNA-RTE", "Retroposon")],
        *[(word, "simple repeat") for word in ("Low_complexity", "Satellite/centr")],
        *[(word, "RNA") for word in ("rRNA", "tRNA", "scRNA", "srpRNA", "RNA")],
        ("Unspecified", "unknown"),
        ("Gypsy_LTR_retrotransposon", "transposable element"),
    ],
)
def test_the_class_decides_what_a_repeat_is(class_, kind):
    assert repeat_kind(class_) == kind


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=4),
)
def test_overlap_counts_the_bases_that_both_cover(tmp_path_factory, spans, exons):
    path = tmp_path_factory.mktemp("r") / "a.bed"
    path.write_text("".join(f"chr1\t{s}\t{s + n}\tTE\n" for s, n in spans))
    ends, last = [], 0
    for gap, n in exons:
        ends.append((last + gap, last + gap + n))
        last = last + gap + n + 1
    [found] = repeat_overlap([transcript(*ends)], read_repeats(path))
    covered = {base for s, n in spans for base in range(s, s + n)}
    bases = {base for s, e in ends for base in range(s, e)}
    assert found.overlap_nt == len(covered & bases)
    assert found.fraction == pytest.approx(len(covered & bases) / len(bases))


def test_rows_that_cannot_be_read_are_left_out_and_named(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text(BED + "chr1\t9\t5\tx\n")
    repeats = read_repeats(path)
    assert len(repeats) == 5
    assert "1 row cannot be read and was left out (first line 6)" in repeats.warnings[0]


@pytest.mark.parametrize("text", ["", "hello\nworld\n", "a,b\n1,2\n"])
def test_what_holds_no_repeats_is_an_error(tmp_path, text):
    path = tmp_path / "a.out"
    path.write_text(text)
    with pytest.raises(BadAnnotation, match="expected repeats: RepeatMasker"):
        read_repeats(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match="repeats of RepeatMasker"):
        read_repeats(tmp_path / "none.out")
