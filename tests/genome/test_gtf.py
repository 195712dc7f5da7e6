"""GTF, GFF3 and BED in, GTF and BED out."""

import gzip
import os
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioloom.errors import BadAnnotation, MissingFile
from bioloom.genome.bed import bed12_line
from bioloom.genome.gtf import (
    gtf_lines,
    read_annotation,
    write_as_gtf,
    write_gtf,
)
from bioloom.genome.transcript import Transcript, joined

GENCODE = """\
##description: evidence-based annotation
chr1 H gene 101 900 . + . gene_id "G.1"; gene_type "protein_coding"; gene_name "Abc";
chr1 H transcript 101 900 . + . gene_id "G.1"; transcript_id "T.1"; \
gene_type "protein_coding"; gene_name "Abc"; transcript_type "nonsense_mediated_decay";
chr1 H exon 101 200 . + . gene_id "G.1"; transcript_id "T.1"; exon_number 1;
chr1 H intron 201 799 . + . gene_id "G.1"; transcript_id "T.1";
chr1 H exon 800 900 . + . gene_id "G.1"; transcript_id "T.1"; exon_number 2; \
tag "basic"; tag "x; y";
chr1 H CDS 151 200 . + 0 gene_id "G.1"; transcript_id "T.1";
chr1 H CDS 800 810 . + 1 gene_id "G.1"; transcript_id "T.1";
chr1 H stop_codon 811 813 . + 0 gene_id "G.1"; transcript_id "T.1";
"""
ENSEMBL = """\
#!genome-build x
1 e gene 11 90 . - . gene_id "G"; gene_biotype "lincRNA"; gene_name "Lnc";
1 e transcript 11 90 . - . gene_id "G"; transcript_id "T"; gene_biotype "lincRNA"; \
transcript_biotype "lncRNA";
1 e exon 61 90 . - . gene_id "G"; transcript_id "T";
1 e exon 11 40 . - . gene_id "G"; transcript_id "T";
"""
STRINGTIE = """\
# stringtie -o out.gtf
1 StringTie transcript 11 90 1000 . . gene_id "MSTRG.1"; transcript_id "MSTRG.1.1"; \
cov "2.5"; TPM "7";
1 StringTie exon 11 90 1000 . . gene_id "MSTRG.1"; transcript_id "MSTRG.1.1"; \
exon_number "1";
"""
FLYBASE = """\
2R FlyBase exon 61 90 . + . gene_id "FBgn1"; transcript_id "FBtr1"
2R FlyBase exon 11 40 . + . gene_id "FBgn1"; transcript_id "FBtr1"
"""
ENSEMBL_GFF3 = """\
##gff-version 3
1 e gene 11 90 . + . ID=gene:G;Name=Abc;biotype=protein_coding;gene_id=G
1 e mRNA 11 90 . + . ID=transcript:A;Parent=gene:G;biotype=protein_coding
1 e mRNA 11 40 . + . ID=transcript:B;Parent=gene:G;biotype=retained_intron
1 e exon 11 40 . + . Parent=transcript:A,transcript:B;Name=E1
1 e exon 61 90 . + . Parent=transcript:A
1 e CDS 21 40 . + 0 ID=CDS:P;Parent=transcript:A
1 e CDS 61 69 . + 1 ID=CDS:P;Parent=transcript:A
##FASTA
>1
ACGT
"""
REFSEQ_GFF3 = """\
NC_1 RefSeq gene 11 90 . + . ID=gene-LOC1;Name=LOC1;gene_biotype=lncRNA;gene=LOC1
NC_1 RefSeq lnc_RNA 11 90 . + . ID=rna-XR_1.1;Parent=gene-LOC1;Note=the "b" form;\
gene=LOC1;transcript_id=XR_1.1
NC_1 RefSeq exon 11 90 . + . ID=exon-XR_1.1-1;Parent=rna-XR_1.1;Note=the "b" form;\
gene=LOC1;transcript_id=XR_1.1
"""


def tabbed(text):
    return "".join(
        line if line[0] in "#>" else "\t".join(line.split(" ", 8))
        for line in text.splitlines(keepends=True)
    )


def read(folder, text, name="a.gtf"):
    path = folder / name
    path.write_text(tabbed(text), encoding="utf-8")
    return read_annotation(path)


def test_gencode_with_introns_a_stop_codon_and_semicolons_in_values(tmp_path):
    found = read(tmp_path, GENCODE)
    [tx] = found.transcripts
    assert (tx.transcript_id, tx.gene_id, tx.chrom, tx.strand) == (
        *("T.1", "G.1", "chr1", "+"),
    )
    assert tx.exons == ((100, 200), (799, 900))
    assert tx.cds == ((150, 200), (799, 813))
    assert tx.biotype == "nonsense_mediated_decay"
    assert (tx.gene_biotype, tx.gene_name) == ("protein_coding", "Abc")
    assert found.has_biotypes
    assert found.has_cds
    assert found.chroms == {"chr1"}


def test_ensembl_lists_exons_of_the_minus_strand_in_descending_order(tmp_path):
    [tx] = read(tmp_path, ENSEMBL).transcripts
    assert tx.exons == ((10, 40), (60, 90))
    assert (tx.strand, tx.gene_biotype, tx.biotype) == ("-", "lincRNA", "lncRNA")
    assert (tx.gene_name, tx.cds) == ("Lnc", ())


def test_stringtie_without_strand(tmp_path):
    found = read(tmp_path, STRINGTIE)
    [tx] = found.transcripts
    assert (tx.strand, tx.exons, tx.gene_id) == (".", ((10, 90),), "MSTRG.1")
    assert not found.has_biotypes


def test_exon_rows_alone_make_transcripts(tmp_path):
    [tx] = read(tmp_path, FLYBASE).transcripts
    assert tx.exons == ((10, 40), (60, 90))
    assert (tx.gene_id, tx.biotype, tx.gene_biotype) == ("FBgn1", "", "")


def test_gff3_exon_of_several_parents_belongs_to_each(tmp_path):
    one, two = read(tmp_path, ENSEMBL_GFF3, "a.gff3").transcripts
    assert one.exons == ((10, 40), (60, 90))
    assert one.cds == ((20, 40), (60, 69))
    assert two.exons == ((10, 40),)
    assert two.cds == ()
    assert one.gene_id == two.gene_id == "gene:G"
    assert [tx.gene_biotype for tx in (one, two)] == ["protein_coding"] * 2
    assert (two.biotype, one.gene_name) == ("retained_intron", "Abc")


def test_refseq_gff3_with_quotes_in_a_note(tmp_path):
    [tx] = read(tmp_path, REFSEQ_GFF3, "a.gff").transcripts
    assert (tx.transcript_id, tx.gene_id) == ("rna-XR_1.1", "gene-LOC1")
    assert (tx.gene_biotype, tx.biotype) == ("lncRNA", "lnc_RNA")
    assert tx.gene_name == "LOC1"


def test_windows_line_ends_gzip_and_blank_lines_change_nothing(tmp_path):
    expected = read(tmp_path, ENSEMBL).transcripts
    lines = tabbed(ENSEMBL).replace("\n", "\r\n") + "\r\n"
    path = tmp_path / "b.gtf.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    assert read_annotation(path).transcripts == expected


def test_touching_exons_are_joined(tmp_path):
    text = """\
1 x exon 1 10 . + . gene_id "g"; transcript_id "t";
1 x exon 11 20 . + . gene_id "g"; transcript_id "t";
1 x exon 22 30 . + . gene_id "g"; transcript_id "t";
"""
    [tx] = read(tmp_path, text).transcripts
    assert tx.exons == ((0, 20), (21, 30))


def test_one_name_on_two_chromosomes_makes_two_transcripts(tmp_path):
    text = """\
chrX x exon 1 10 . + . gene_id "g"; transcript_id "par";
chrY x exon 5 14 . + . gene_id "g"; transcript_id "par";
"""
    found = read(tmp_path, text).transcripts
    assert [tx.transcript_id for tx in found] == ["par", "par@chrY:+"]
    assert [tx.exons for tx in found] == [((0, 10),), ((4, 14),)]


def test_a_part_of_a_coding_sequence_without_exons_is_its_exon(tmp_path):
    text = '1 x CDS 1 9 . + 0 gene_id "g"; transcript_id "t";\n'
    [tx] = read(tmp_path, text).transcripts
    assert tx.exons == tx.cds == ((0, 9),)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1 x exon 1 10 . + .", "8 columns"),
        ('1 x exon 0 10 . + . transcript_id "t";', "start '0' and end '10'"),
        ('1 x exon 11 10 . + . transcript_id "t";', "start '11' and end '10'"),
        ('1 x exon 1.5 10 . + . transcript_id "t";', "start '1.5' and end '10'"),
        ('1 x exon -1 10 . + . transcript_id "t";', "start '-1' and end '10'"),
        ('1 x exon 1 10 . * . transcript_id "t";', "strand '*'"),
        ('1 x exon 1 10 . + . score "9";', "exon without transcript_id or Parent"),
        (
            '1 x exon 1 10 . + . gene_id ""; transcript_id "";',
            "exon without transcript_id or Parent",
        ),
        ("hello", "1 column"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, line, found):
    with pytest.raises(BadAnnotation) as caught:
        read(tmp_path, f"# comment\n{line}\n")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'a.gtf'}: line 2: found {found}, expected")
    assert "gffread -T" in message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "an empty file"),
        ("# only a comment\n", "comments and no row"),
        ("1 x repeat_region 1 9 . + . ID=g\n", "no exon row"),
    ],
)
def test_a_file_without_exons_is_an_error(tmp_path, text, found):
    with pytest.raises(BadAnnotation, match=f"found {found}"):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match="no_such.gtf: found no such file"):
        read_annotation(tmp_path / "no_such.gtf")


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_gzip_file_is_an_error(tmp_path, damage):
    packed = bytearray(gzip.compress(tabbed(GENCODE).encode(), 9))
    if damage == "cut":
        packed = packed[: len(packed) // 2]
    else:
        packed[-8:-4] = bytes(4)
    path = tmp_path / "a.gtf.gz"
    path.write_bytes(packed)
    with pytest.raises(BadAnnotation, match=r"a\.gtf\.gz: found .* copy or download"):
        read_annotation(path)


def test_a_binary_file_is_an_error(tmp_path):
    path = tmp_path / "a.gtf"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(BadAnnotation, match="found a binary file, expected text"):
        read_annotation(path)


def test_bed_of_three_six_and_twelve_columns(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text(
        "track name=x\n"
        "1\t0\t10\n"
        "1\t5\t20\ttRNA Ala\t0\t-\n"
        "1\t100\t200\tt\t0\t+\t100\t100\t0\t2\t10,20,\t0,80,\n"
    )
    three, six, twelve = read_annotation(path).transcripts
    assert (three.transcript_id, three.strand, three.exons) == (
        *("bed_2", ".", ((0, 10),)),
    )
    assert (six.transcript_id, six.strand, six.exons) == ("tRNA Ala", "-", ((5, 20),))
    assert twelve.exons == ((100, 110), (180, 200))


def test_one_name_on_two_bed_lines_makes_two_names(tmp_path):
    path = tmp_path / "a.bed"
    path.write_text("1\t0\t10\t5S\t0\t+\n1\t50\t60\t5S\t0\t+\n")
    found = read_annotation(path).transcripts
    assert [tx.transcript_id for tx in found] == ["5S", "5S@2"]


@pytest.mark.parametrize(
    "line",
    [
        "1\t10\t10",
        "1\t-1\t10",
        "1\tx\t10",
        "1\t5",
        "1\t0\t9\tt\t0\t+\t0\t0\t0\t2\t3,\t0,5,",
    ],
)
def test_a_bad_bed_line_is_named(tmp_path, line):
    path = tmp_path / "a.bed"
    path.write_text(f"1\t0\t5\n{line}\n")
    with pytest.raises(BadAnnotation, match=r"a\.bed: line 2: found 1"):
        read_annotation(path, strict=True)
    annotation = read_annotation(path)
    assert len(annotation.transcripts) == 1
    [warning] = annotation.warnings
    assert f"{path}: 1 row cannot be read and was left out (line 2: 1" in warning


def test_values_with_quotes_are_written_so_that_they_can_be_read(tmp_path):
    tx = Transcript('a "b"', "g; h", "1", "+", ((0, 9),))
    write_gtf(tmp_path / "a.gtf", [tx])
    [found] = read_annotation(tmp_path / "a.gtf").transcripts
    assert (found.transcript_id, found.gene_id) == ("a 'b'", "g; h")


def test_a_gtf_is_copied_and_a_gff3_written_with_its_coding_part(tmp_path):
    gtf = read(tmp_path, GENCODE)
    write_as_gtf(gtf, tmp_path / "copy.gtf")
    assert (tmp_path / "copy.gtf").read_text() == tabbed(GENCODE)
    gff3 = read(tmp_path, ENSEMBL_GFF3, "a.gff3")
    write_as_gtf(gff3, tmp_path / "anew.gtf")
    assert read_annotation(tmp_path / "anew.gtf").transcripts == gff3.transcripts


NAMES = st.text("abcXYZ019._-|:#é<>&'日", min_size=1, max_size=8)


@st.composite
def transcripts(draw):
    sizes = draw(st.lists(st.integers(1, 50), min_size=1, max_size=9))
    sizes = sizes[: len(sizes) - (len(sizes) + 1) % 2]
    place, exons = draw(st.integers(0, 10**8)), []
    for number, size in enumerate(sizes):
        if number % 2 == 0:
            exons.append((place, place + size))
        place += size
    cds = tuple(exons) if draw(st.booleans()) else ()
    return Transcript(
        *(draw(NAMES), draw(NAMES), draw(NAMES.filter(lambda name: name[0] != "#"))),
        draw(st.sampled_from("+-.")),
        tuple(exons),
        cds,
        draw(st.just("") | NAMES),
        draw(st.just("") | NAMES),
    )


FEW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(st.lists(transcripts(), min_size=1, unique_by=lambda tx: tx.transcript_id))
def test_gtf_round_trip(tmp_path, given_transcripts):
    path = tmp_path / "a.gtf"
    write_gtf(path, given_transcripts)
    assert read_annotation(path).transcripts == tuple(given_transcripts)


@FEW
@given(st.lists(transcripts(), min_size=1, unique_by=lambda tx: tx.transcript_id))
def test_bed12_round_trip(tmp_path, given_transcripts):
    path = tmp_path / "a.bed"
    path.write_text(
        "".join(bed12_line(tx, score=500) + "\n" for tx in given_transcripts), "utf-8"
    )
    for tx, found in zip(
        given_transcripts, read_annotation(path).transcripts, strict=True
    ):
        assert (found.transcript_id, found.chrom, found.strand, found.exons) == (
            *(tx.transcript_id, tx.chrom, tx.strand, tx.exons),
        )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9))))
def test_joined_spans_cover_the_same_bases_and_do_not_touch(pairs):
    spans = [(start, start + size) for start, size in pairs]
    found = joined(spans)
    bases = {base for start, end in spans for base in range(start, end)}
    assert {base for start, end in found for base in range(start, end)} == bases
    assert all(
        left[1] < right[0] for left, right in zip(found, found[1:], strict=False)
    )


def test_rows_of_a_transcript_are_one_based_and_closed():
    tx = Transcript("t", "g", "1", "-", ((0, 10), (20, 30)), cds=((5, 10),))
    rows = [line.split("\t")[2:5] for line in gtf_lines(tx, {"note": 1})]
    assert rows == [
        ["transcript", "1", "30"],
        ["exon", "1", "10"],
        ["exon", "21", "30"],
        ["CDS", "6", "10"],
    ]


@pytest.mark.data
@pytest.mark.skipif(
    not shutil.which("gffread") and "CI" not in os.environ, reason="needs gffread"
)
@pytest.mark.parametrize(
    "name",
    ["mouse_mini/ref/annotation.gtf.gz", "human_chr9/chr9_1_1000000.ensembl91.gtf.gz"],
)
def test_exons_are_those_that_gffread_finds(data_dir, tmp_path, name):
    packed = data_dir / "lincrna" / name
    plain = tmp_path / "plain.gtf"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    told = subprocess.run(
        ["gffread", str(plain), "--table", "@id,@chr,@strand,@exons,@cds"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = {}
    for line in told.splitlines():
        tx_id, chrom, strand, *parts = line.split("\t")
        exons, cds = (spans_of(part) for part in parts)
        theirs[tx_id] = (chrom, strand, exons, cds)
    ours = {
        tx.transcript_id: (tx.chrom, tx.strand, tx.exons, tx.cds)
        for tx in read_annotation(packed).transcripts
    }
    assert len(ours) > 50
    assert ours.keys() == theirs.keys()
    for tx_id, (chrom, strand, exons, cds) in ours.items():
        assert theirs[tx_id][:3] == (chrom, strand, exons)
        # gffread's CDS leaves the stop codon out where the file does
        assert bool(cds) == bool(theirs[tx_id][3])
        assert sum(e - s for s, e in cds) - sum(e - s for s, e in theirs[tx_id][3]) in {
            0,
            3,
        }


def spans_of(told):
    pairs = (part.split("-") for part in told.split(",") if "-" in part)
    return tuple((int(first) - 1, int(last)) for first, last in pairs)
