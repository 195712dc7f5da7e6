"""Rules by which rows become transcripts, each with neighbours of the usual case."""

import bz2
import gzip
import lzma
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioloom.errors import BadAnnotation
from bioloom.genome.gtf import gtf_lines, read_annotation, write_as_gtf
from bioloom.genome.transcript import Transcript

COPIES = "of a name that an earlier one has"


def rows(text):
    """Tabs in place of the first eight blanks of each line."""
    return "".join(
        line if line[0] in "#>\n" else "\t".join(line.split(" ", 8))
        for line in text.splitlines(keepends=True)
    )


@pytest.fixture
def read(tmp_path):
    def run(text, name="a.gff3", **options):
        path = tmp_path / name
        path.write_text(rows(text))
        return read_annotation(path, **options)

    return run


def exons(annotation):
    return {tx.transcript_id: tx.exons for tx in annotation.transcripts}


def gtf(kind, first, last, name="t", more="", gene="g", strand="+"):
    return (
        f"1 x {kind} {first} {last} . {strand} . "
        f'gene_id "{gene}"; transcript_id "{name}";{more}\n'
    )


@pytest.mark.parametrize(
    "word", ["exon", "noncoding_exon", "pseudogenic_exon", "Exon", "non_coding_exon"]
)
def test_exons_of_every_kind(read, word):
    text = f"1 x {word} 1 9 . + . Parent=t\n1 x {word} 21 29 . + . Parent=t\n"
    assert exons(read(text)) == {"t": ((0, 9), (20, 29))}


@pytest.mark.parametrize(
    ("five", "three"),
    [
        ("five_prime_UTR", "three_prime_UTR"),
        ("5UTR", "3UTR"),
        ("UTR", "UTR"),
        ("five_prime_utr", "three_prime_utr"),
        ("5'-UTR", "3'-UTR"),
        ("UTR5", "UTR3"),
    ],
)
def test_exons_are_restored_from_cds_and_utr(read, five, three):
    annotation = read(
        gtf(five, 1, 10)
        + gtf(five, 21, 24)
        + gtf("CDS", 25, 40)
        + gtf("stop_codon", 41, 43)
        + gtf(three, 44, 60),
        "a.gtf",
    )
    [tx] = annotation.transcripts
    assert tx.exons == ((0, 10), (20, 60))
    assert tx.cds == ((24, 43),)
    assert "without exon rows: 1 (t)" in annotation.warnings[0]
    assert not annotation.is_standard_gtf


def test_cds_beyond_the_exons_counts_as_exon_and_is_named(read):
    annotation = read(gtf("exon", 1, 10) + gtf("CDS", 5, 14), "a.gtf")
    assert exons(annotation) == {"t": ((0, 14),)}
    assert "beyond their exons: 1 (t)" in annotation.warnings[0]


@pytest.mark.parametrize(
    "word",
    [
        *("tRNA", "rRNA", "snoRNA", "ncRNA", "miRNA", "lnc_RNA", "SRP_RNA", "Y_RNA"),
        *("antisense_RNA", "RNase_P_RNA", "V_gene_segment", "pre_miRNA", "ribozyme"),
        *("pseudogenic_tRNA", "telomerase_RNA", "tmRNA", "SSU_rRNA_eukarya", "7SK"),
    ],
)
def test_an_rna_of_one_row_is_one_exon(read, word):
    annotation = read(f"1 x {word} 11 90 . - . ID=r;Name=some\n")
    [tx] = annotation.transcripts
    assert (tx.exons, tx.biotype, tx.strand) == (((10, 90),), word, "-")
    is_small = word not in {"ncRNA", "lnc_RNA", "antisense_RNA", "V_gene_segment"}
    if is_small and word != "ribozyme":  # such rows are all that programs write
        assert not annotation.warnings
    else:
        assert "of one row, without parts: 1 (r)" in annotation.warnings[0]
    assert not annotation.is_standard_gtf


@pytest.mark.parametrize("word", ["pseudogene", "transposable_element_gene"])
def test_a_gene_of_one_row_keeps_its_word(read, word):
    annotation = read(f"1 x {word} 11 90 . - . ID=r\n")
    [tx] = annotation.transcripts
    assert (tx.transcript_id, tx.exons, tx.gene_biotype) == ("r", ((10, 90),), word)
    assert "genes without a transcript: 1 (r)" in annotation.warnings[0]


@pytest.mark.parametrize(
    "word",
    [
        *("cDNA_match", "EST_match", "match_part", "expressed_sequence_match"),
        *("nucleotide_to_protein_match", "region", "chromosome", "contig", "intron"),
        *("biological_region", "sequence_feature", "protein", "polypeptide"),
        *("transposable_element", "repeat_region", "transposon_fragment", "SNP"),
        *("long_terminal_repeat", "mobile_genetic_element", "start_codon", "tss"),
        *("transcription_start_site", "origin_of_replication", "centromere"),
        *("silencer", "enhancer", "direct_repeat", "CpG_island", "helitron"),
    ],
)
def test_other_features_are_no_transcripts(read, word):
    text = f"1 x {word} 11 90 . - . ID=r;Name=some\n1 x exon 1 9 . + . Parent=t\n"
    assert exons(read(text)) == {"t": ((0, 9),)}


def test_alignments_are_transcripts_if_asked(read):
    text = """\
1 g cDNA_match 1 9 . + . ID=p1;Name=c;Target=c 1 9 +
1 g cDNA_match 21 29 . + . ID=p1;Name=c;Target=c 10 18 +
1 g match 101 190 . - . ID=m
1 g match_part 101 120 . - . ID=m1;Parent=m
1 g match_part 171 190 . - . ID=m2;Parent=m
1 g protein_match 301 390 . - . ID=pm
1 g match_part 301 390 . - . ID=pm1;Parent=pm
"""
    found = exons(read(text, matches=True))
    assert found == {"p1": ((0, 9), (20, 29)), "m": ((100, 120), (170, 190))}


def test_parts_directly_under_a_gene_are_its_transcript(read):
    annotation = read("""\
1 R gene 1 90 . + . ID=gene-ND1;Name=ND1;gene_biotype=protein_coding
1 R CDS 1 90 . + 0 ID=cds-1;Parent=gene-ND1
1 R pseudogene 201 290 . + . ID=gene-P;gene=P;pseudo=true
1 R exon 201 290 . + . ID=id-P;Parent=gene-P
""")
    one, two = annotation.transcripts
    assert (one.transcript_id, one.gene_id, one.cds) == (
        *("gene-ND1", "gene-ND1", ((0, 90),)),
    )
    assert (one.gene_biotype, one.gene_name) == ("protein_coding", "ND1")
    assert (two.gene_biotype, two.gene_name) == ("pseudogene", "P")


def test_cds_of_a_gene_belongs_to_its_transcripts_that_hold_it(read):
    annotation = read("""\
1 R gene 1 90 . + . ID=g
1 R mRNA 1 90 . + . ID=t;Parent=g
1 R exon 1 90 . + . Parent=t
1 R CDS 11 40 . + 0 Parent=g
""")
    [tx] = annotation.transcripts
    assert (tx.transcript_id, tx.cds) == ("t", ((10, 40),))


def test_parents_far_up_give_the_gene_and_lists_give_each(read):
    annotation = read("""\
1 R exon 1 9 . + . Parent=m,t;Name=e
1 R miRNA 1 9 . + . ID=m;Parent=t
1 R primary_transcript 1 30 . + . ID=t;Parent=g
1 R exon 21 30 . + . Parent=t
1 R gene 1 30 . + . ID=g;Name=Mir1;biotype=miRNA
""")
    by_id = {tx.transcript_id: tx for tx in annotation.transcripts}
    assert exons(annotation) == {"m": ((0, 9),), "t": ((0, 9), (20, 30))}
    assert {tx.gene_id for tx in by_id.values()} == {"g"}
    assert (by_id["m"].biotype, by_id["t"].biotype) == ("miRNA", "")
    assert by_id["m"].gene_biotype == "miRNA"


def test_a_protein_among_the_parents_is_no_transcript(read):
    text = """\
1 T mRNA 1 90 . + . ID=A.1;Parent=A
1 T exon 1 90 . + . Parent=A.1
1 T CDS 11 40 . + 0 Parent=A.1,A.1-Protein;
"""
    protein = "1 T protein 11 40 . + . ID=A.1-Protein;Derives_from=A.1\n"
    for given_text in (text, text + protein, protein + text):
        assert exons(read(given_text)) == {"A.1": ((0, 90),)}


def test_a_parent_without_row_is_one_transcript_and_counted(read):
    annotation = read("1 x exon 1 9 . + . Parent=t\n1 x exon 21 29 . + . Parent=t\n")
    assert exons(annotation) == {"t": ((0, 9), (20, 29))}
    assert "that have no row: 1 (t)" in annotation.warnings[0]


TRANS_SPLICED = """\
1 R gene 1 100 . {a} . ID=gene-r;exception=trans-splicing;gene=r{p1}
1 R gene 901 999 . {b} . ID=gene-r;exception=trans-splicing;gene=r{p2}
1 R CDS 1 100 . {a} 0 ID=cds-r;Parent=gene-r;exception=trans-splicing{p1}
1 R CDS 901 920 . {b} 0 ID=cds-r;Parent=gene-r;exception=trans-splicing{p2}
1 R CDS 981 999 . {b} 0 ID=cds-r;Parent=gene-r;exception=trans-splicing{p2}
"""


@pytest.mark.parametrize("strands", ["++", "+-", "--"])
@pytest.mark.parametrize("parts", [("", ""), (";part=1", ";part=2")])
def test_parts_of_a_trans_spliced_gene_stay_apart(read, strands, parts):
    text = TRANS_SPLICED.format(a=strands[0], b=strands[1], p1=parts[0], p2=parts[1])
    annotation = read(text)
    assert [tx.exons for tx in annotation.transcripts] == [
        ((0, 100),),
        ((900, 920), (980, 999)),
    ]
    assert len({tx.transcript_id for tx in annotation.transcripts}) == 2
    assert {tx.gene_id for tx in annotation.transcripts} == {"gene-r"}


def test_parts_are_told_by_number_where_the_gene_has_one_row(read):
    text = TRANS_SPLICED.format(a="+", b="+", p1=";part=1", p2=";part=2")
    _, _, *cds = text.splitlines(keepends=True)
    gene = "1 R gene 1 999 . + . ID=gene-r;exception=trans-splicing\n"
    found = read(gene + "".join(cds)).transcripts
    assert [tx.exons for tx in found] == [((0, 100),), ((900, 920), (980, 999))]


COPY_A = gtf("transcript", 1, 90) + gtf("exon", 1, 20) + gtf("exon", 71, 90)
COPY_B = gtf("transcript", 501, 590) + gtf("exon", 501, 590) + gtf("CDS", 511, 520)
COPY_C = gtf("transcript", 1, 90) + gtf("exon", 1, 30) + gtf("exon", 61, 90)


def test_own_rows_keep_transcripts_of_one_name_apart(read):
    annotation = read(COPY_A + COPY_B, "a.gtf")
    one, two = annotation.transcripts
    assert one.exons == ((0, 20), (70, 90))
    assert (two.exons, two.cds) == (((500, 590),), ((510, 520),))
    assert (one.transcript_id, two.transcript_id) == ("t", "t@1:+")
    assert f"{COPIES}: 1 (t)" in annotation.warnings[0]
    assert not annotation.is_standard_gtf


def test_own_rows_of_one_span_are_told_by_their_order(read):
    found = read(COPY_A + COPY_C + COPY_B, "a.gtf").transcripts
    assert [tx.exons for tx in found] == [
        ((0, 20), (70, 90)),
        ((0, 30), (60, 90)),
        ((500, 590),),
    ]
    assert [tx.transcript_id for tx in found] == ["t", "t@1:+", "t@2"]


def test_own_rows_hold_their_exons_in_any_order(read):
    lines = (COPY_A + COPY_B).splitlines(keepends=True)
    for seed in range(9):
        random.Random(seed).shuffle(lines)
        found = {tx.exons for tx in read("".join(lines), "a.gtf").transcripts}
        assert found == {((0, 20), (70, 90)), ((500, 590),)}


def test_a_file_put_twice_into_one_is_read_once_and_said(read):
    annotation = read(2 * (COPY_A + COPY_B), "a.gtf")
    assert len(annotation.transcripts) == 2
    assert any("again at the same place: 2 (t" in one for one in annotation.warnings)


def exon_rows(*numbered, name="t"):
    return "".join(
        gtf("exon", first, first + 9, name, f" exon_number {number};" if number else "")
        for first, number in numbered
    )


OTHER = exon_rows((301, 1), (331, 2), name="u")


@pytest.mark.parametrize("numbers", [(1, 2, 1, 2), (0, 0, 0, 0)])
def test_exons_that_come_back_are_another_copy(read, numbers):
    a, b, c, d = numbers
    text = exon_rows((1, a), (31, b)) + OTHER + exon_rows((9001, c), (9031, d))
    # between the copies the file went up and down
    text += exon_rows((1, 0), name="v")
    last = gtf("exon", 5001, 5009, "w") + exon_rows((9101, c), (9131, d))
    found = read(text + last, "a.gtf").transcripts
    of_t = [tx.exons for tx in found if tx.gene_id == "g" and tx.exons[0][0] > 8000]
    first = next(tx for tx in found if tx.transcript_id == "t")
    assert ((9000, 9010), (9030, 9040)) in of_t or not numbers[0]
    assert first.exons[:2] == ((0, 10), (30, 40))


def test_exons_that_overlap_those_of_an_earlier_run_are_another_copy(read):
    text = exon_rows((1, 0), (31, 0)) + OTHER + exon_rows((5, 0), (41, 0))
    found = read(text, "a.gtf").transcripts
    assert [tx.exons for tx in found if tx.transcript_id.startswith("t")] == [
        ((0, 10), (30, 40)),
        ((4, 14), (40, 50)),
    ]


@pytest.mark.parametrize("is_descending", [False, True])
def test_exons_sorted_by_place_stay_one_transcript(read, is_descending):
    """Rows of overlapping transcripts are mixed in a file sorted by place."""
    lines = (
        exon_rows((1, 0), (31, 0), (91, 0))
        + exon_rows(*((11, 0), (61, 0), (99, 0)), name="u")
    ).splitlines(keepends=True)
    lines.sort(key=lambda line: int(line.split(" ")[3]), reverse=is_descending)
    found = exons(read("".join(lines), "a.gtf"))
    assert found == {
        "t": ((0, 10), (30, 40), (90, 100)),
        "u": ((10, 20), (60, 70), (98, 108)),
    }


def test_numbered_exons_in_any_order_stay_one_transcript(read):
    lines = (
        exon_rows((1, 1), (31, 2), (91, 3)) + exon_rows((11, 1), (61, 2), name="u")
    ).splitlines(keepends=True)
    for seed in range(9):
        random.Random(seed).shuffle(lines)
        assert len(read("".join(lines), "a.gtf").transcripts) == 2


def test_rows_whose_parts_bear_another_name_are_left_out(read):
    """AUGUSTUS and TSEBRA write gene and transcript rows of bare, older names."""
    annotation = read(
        "1 A gene 1 90 . + . g1\n1 A transcript 1 90 . + . g1.t1\n"
        + gtf("CDS", 1, 30, "x_g1.t1", gene="x_g1")
        + gtf("CDS", 61, 90, "x_g1.t1", gene="x_g1"),
        "a.gtf",
    )
    assert exons(annotation) == {"x_g1.t1": ((0, 30), (60, 90))}
    assert any("in which others lie: 2 (g1.t1, g1)" in w for w in annotation.warnings)


@pytest.mark.parametrize("gene", ["", ".", "NA"])
def test_a_gene_without_name_keeps_what_is_there(read, gene):
    [tx] = read(gtf("exon", 1, 9, gene=gene), "a.gtf").transcripts
    assert tx.gene_id == (gene or "t")


def test_words_come_from_attributes_notes_and_row_types(read):
    annotation = read("""\
1 x gene 1 9 . + . ID=g1;Note=rRNA
1 x rRNA 1 9 . + . ID=t1;Parent=g1
1 x gene 11 19 . + . ID=g2;Note=a kinase
1 x transcript 11 19 . + . ID=t2;Parent=g2;Note=some%2C text;type=tRNA
1 x ncRNA_gene 21 29 . + . ID=g3
1 x ncRNA 21 29 . + . ID=t3;Parent=g3;ncrna_class=SRP_RNA
1 x gene 31 39 . + . ID=g4;locus_type=long_noncoding_rna
1 x lnc_RNA 31 39 . + . ID=t4;Parent=g4;biotype=lincRNA;type=nonsense
""")
    words = [(tx.gene_biotype, tx.biotype) for tx in annotation.transcripts]
    assert words == [
        ("rRNA", "rRNA"),
        ("", "tRNA"),
        ("ncRNA_gene", "SRP_RNA"),
        ("long_noncoding_rna", "lincRNA"),
    ]
    assert annotation.transcripts[1].product == "some, text"


def test_regions_tell_length_circle_and_genome(read):
    annotation = read("""\
##sequence-region NC_2 1 777
NC_1 R region 1 500 . + . ID=r;Is_circular=true;Name=MT;genome=mitochondrion
NC_1 R region 20 30 . + . ID=r2;Is_circular=false;genome=plastid
NC_2 R exon 1 9 . + . Parent=t
""")
    assert annotation.regions["NC_1"] == (500, True, "mitochondrion")
    assert annotation.regions["NC_2"] == (777, False, "")
    assert annotation.row_types == {"region": 2, "exon": 1}


def test_rows_that_cannot_be_read_are_left_out_counted_and_named(read):
    bad = gtf("exon", 9, 1, "b") + "1 x exon 1 9\n" + gtf("exon", 1, 9, strand="*")
    text = gtf("exon", 1, 9) + bad + "".join(gtf("exon", 1, 9, f"n{n}") for n in "abc")
    annotation = read(text + gtf("exon", "x", 9), "a.gtf")
    assert len(annotation.transcripts) == 4
    [warning] = annotation.warnings
    assert (
        "4 rows cannot be read and were left out (line 2: start '9' and end '1'; "
        "line 3: 5 col" in (warning)
    )
    with pytest.raises(BadAnnotation, match=r"line 2: found start '9' and end '1'"):
        read(text, "a.gtf", strict=True)


def test_a_file_of_other_content_is_one_clear_error(read):
    with pytest.raises(BadAnnotation, match=r"a\.gtf: found a page of HTML"):
        read("<html>\n<body>not found</body>\n" + gtf("exon", 1, 9), "a.gtf")


def test_only_standard_gtf_is_copied(read, tmp_path):
    plain = read(gtf("transcript", 1, 9) + gtf("exon", 1, 9), "a.gtf")
    write_as_gtf(plain, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == plain.path.read_text()
    restored = read(gtf("CDS", 1, 9) + gtf("UTR", 10, 19), "b.gtf")
    write_as_gtf(restored, tmp_path / "anew")
    assert exons(read_annotation(tmp_path / "anew")) == {"t": ((0, 19),)}


def test_blanks_in_place_of_tabs_and_columns_behind_are_read(tmp_path):
    path = tmp_path / "a.gtf"
    blanks = gtf("exon", 1, 9).replace(" ", "  ", 3)
    path.write_text(blanks + rows(gtf("exon", 21, 29)).rstrip("\n") + "\t\t\n\n")
    assert exons(read_annotation(path)) == {"t": ((0, 9), (20, 29))}


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "": bytes}


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_packing_and_encoding_gives_the_same(
    tmp_path, packing, encoding, line_end
):
    text = rows(gtf("exon", 1, 9, more=' gene_name "café";') + gtf("CDS", 1, 9))
    raw = text.replace("\n", line_end).encode(encoding)
    path = tmp_path / "a.gtf"
    path.write_bytes(PACKED[packing](raw))
    annotation = read_annotation(path)
    [tx] = annotation.transcripts
    assert (tx.transcript_id, tx.exons, tx.cds) == ("t", ((0, 9),), ((0, 9),))
    assert tx.gene_name == "café"
    is_odd = encoding in {"utf-16", "latin-1"}
    assert ["read as" in warning for warning in annotation.warnings] == [True] * is_odd


def test_latin_1_bed_is_read_and_named_with_its_line(tmp_path):
    path = tmp_path / "a.bed"
    path.write_bytes("1\t0\t9\ta\n1\t0\t9\té\n".encode("latin-1"))
    annotation = read_annotation(path)
    assert [tx.transcript_id for tx in annotation.transcripts] == ["a", "é"]
    assert "Windows-1252 (Latin-1) text" in annotation.warnings[0]
    assert "line 2" in annotation.warnings[0]


@st.composite
def gene_rows(draw):
    """GFF3 rows of genes with transcripts, parts and single-row RNAs, and the truth."""
    lines, truth, place = [], {}, 0
    for number in range(draw(st.integers(1, 4))):
        gene, strand = f"g{number}", draw(st.sampled_from("+-"))
        lines.append(f"1 x gene {place + 1} {place + 900} . {strand} . ID={gene}")
        for copy in range(draw(st.integers(1, 3))):
            name = f"{gene}.{copy}"
            starts = draw(st.lists(st.integers(0, 40), min_size=1, unique=True))
            spans = [(place + 20 * s, place + 20 * s + 15) for s in sorted(starts)]
            head = f"{spans[0][0] + 1} {spans[-1][1]} . {strand} ."
            lines.append(f"1 x mRNA {head} ID={name};Parent={gene}")
            kind = draw(st.sampled_from(["exon", "CDS"]))
            lines += [
                f"1 x {kind} {s + 1} {e} . {strand} . Parent={name}" for s, e in spans
            ]
            truth[name] = (gene, strand, tuple(spans))
        lines.append(
            f"1 x tRNA {place + 950} {place + 960} . + . ID=r{number};Parent=rg{number}"
        )
        truth[f"r{number}"] = (f"rg{number}", "+", ((place + 949, place + 960),))
        place += 2000
    return lines, truth


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gene_rows(), st.randoms(use_true_random=False))
def test_rows_of_gff3_may_stand_in_any_order(tmp_path, genes, order):
    lines, truth = genes
    lines = list(lines)
    order.shuffle(lines)
    path = tmp_path / "a.gff3"
    path.write_text(rows("\n".join(lines) + "\n"))
    annotation = read_annotation(path)
    found = {
        tx.transcript_id: (tx.gene_id, tx.strand, tx.exons)
        for tx in annotation.transcripts
    }
    assert found == truth
    again = tmp_path / "b.gtf"
    again.write_text(
        "\n".join(x for tx in annotation.transcripts for x in gtf_lines(tx))
    )
    assert read_annotation(again).transcripts == annotation.transcripts


def test_a_transcript_with_unknown_strand_takes_part(tmp_path):
    tx = Transcript("t", "g", "1", ".", ((0, 9), (20, 30)))
    path = tmp_path / "a.gtf"
    path.write_text("\n".join(gtf_lines(tx)) + "\n")
    annotation = read_annotation(path)
    assert annotation.transcripts == (tx,)
    assert annotation.is_standard_gtf


def test_the_parent_is_the_gene_where_gene_id_names_no_row(read):
    annotation = read("""\
1 x gene 1 90 . + . ID=gene:G;Name=Abc;biotype=lncRNA
1 x transcript 1 90 . + . ID=transcript:T;Parent=gene:G;gene_id=G;transcript_id=T
1 x exon 1 90 . + . Parent=transcript:T
""")
    [tx] = annotation.transcripts
    assert (tx.gene_id, tx.gene_biotype, tx.gene_name) == ("gene:G", "lncRNA", "Abc")
    assert not annotation.warnings


def test_a_chain_of_parents_without_a_gene_row_ends_at_its_top(read):
    annotation = read("""\
1 x ncRNA 1 90 . + . ID=t;Parent=g
1 x miRNA 11 30 . + . ID=m;Parent=t
1 x exon 11 30 . + . Parent=m
1 x exon 1 90 . + . Parent=t
""")
    assert {tx.gene_id for tx in annotation.transcripts} == {"g"}


@pytest.mark.parametrize("name", ["a.bed", "a.bed12.gz", "a.BED"])
def test_bed_is_told_by_any_usual_suffix(tmp_path, name):
    path = tmp_path / name
    path.write_text("1\t0\t9\tt\t0\t-\n")
    assert exons(read_annotation(path)) == {"t": ((0, 9),)}
