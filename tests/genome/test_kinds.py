"""What the words of annotations mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadTable, MissingFile
from bioloom.genome.kinds import (
    KINDS,
    TABLE,
    is_term,
    kind_table,
    meanings,
    normalised,
    packaged_kinds,
)
from bioloom.genome.transcript import Transcript

WORDS = [
    line.split("\t")
    for line in TABLE.read_text("utf-8").splitlines()[1:]
    if line.startswith("word")
]


def tx(name, gene_word="", word="", *, gene="", cds=(), **more):
    return Transcript(
        name,
        gene or name,
        "1",
        "+",
        ((0, 300),),
        cds=cds,
        biotype=word,
        gene_biotype=gene_word,
        **more,
    )


def kind(*transcripts):
    return [meaning.kind for meaning in meanings(transcripts)]


def test_each_word_is_listed_once_with_a_kind():
    keys = [
        word if set(word) & set("*[") else normalised(word) for _, word, *_ in WORDS
    ]
    assert len(set(keys)) == len(keys)
    assert {row[2] for row in WORDS} <= {*KINDS, "by name"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # Ensembl and GENCODE, old and new; RefSeq; Araport; FlyBase; VEuPathDB; SGD
        ("protein_coding protein-coding protein_coding_gene mRNA", "coding"),
        ("lncRNA lincRNA lnc_RNA antisense antisense_RNA macro_lncRNA", "lncRNA"),
        ("long_noncoding_rna sense_intronic processed_transcript ncRNA", "lncRNA"),
        ("rRNA Mt_rRNA tRNA snRNA snoRNA scaRNA SRP_RNA RNase_P_RNA", "housekeeping"),
        ("RNase_MRP_RNA vault_RNA Y_RNA telomerase_RNA rRNA_gene", "housekeeping"),
        ("miRNA pre_miRNA piRNA sRNA guide_RNA siRNA", "small RNA"),
        ("pseudogene processed_pseudogene pseudogenic_transcript", "pseudogene"),
        ("IG_V_pseudogene blocked_reading_frame V_segment_pseudogene", "pseudogene"),
        ("IG_V_gene TR_J_gene V_segment C_region V_gene_segment", "immune segment"),
        ("transposable_element_gene LTR_retrotransposon", "transposable element"),
        ("misc_RNA ribozyme", "by name"),
        ("TEC", "other"),
    ],
)
def test_words_of_the_databases(words, expected):
    found = {word: packaged_kinds().term(word) for word in words.split()}
    assert {word: term and term.kind for word, term in found.items()} == dict.fromkeys(
        words.split(), expected
    )


@given(st.sampled_from([row[1] for row in WORDS]), st.data())
def test_case_and_punctuation_do_not_matter(word, data):
    separator = data.draw(st.sampled_from(["_", "-", " ", "."]))
    changed = word.replace("_", separator)
    changed = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(changed)
    assert packaged_kinds().term(changed) == packaged_kinds().term(word)


@pytest.mark.parametrize(
    ("name", "rna_class"),
    [
        *(("RN7SK", "7SK"), ("7SK", "7SK"), ("snRNA:7SK", "7SK")),
        *(("RN7SL1", "SRP RNA"), ("Metazoa_SRP", "SRP RNA")),
        *(("7SLRNA:CR32864", "SRP RNA"), ("RMRP", "RNase MRP RNA")),
        *(("RPPH1", "RNase P RNA"), ("RNaseP_nuc", "RNase P RNA")),
        *(("Y_RNA", "Y RNA"), ("RNY3P5", "Y RNA"), ("VTRNA1-1", "vault RNA")),
    ],
)
@pytest.mark.parametrize("word", ["misc_RNA", "ribozyme", "ncRNA"])
def test_a_name_decides_where_the_word_does_not(name, rna_class, word):
    [meaning] = meanings([tx("ENST1", word, gene_name=name)])
    assert (meaning.kind, meaning.rna_class) == ("housekeeping", rna_class)
    assert meaning.decided_by == "name"


def test_what_is_named_otherwise_is_never_taken_wholesale():
    assert kind(tx("a", "misc_RNA", gene_name="ABC1")) == ["other"]
    assert kind(tx("a", "ncRNA", gene_name="roX1")) == ["lncRNA"]
    assert kind(tx("a", "lncRNA", gene_name="RN7SL1-DT")) == ["lncRNA"]


def test_a_product_names_it_too():
    product = "RNA component of signal recognition particle 7SL1"
    assert kind(tx("XR_1", "misc_RNA", product=product)) == ["housekeeping"]


def test_an_unknown_word_is_decided_by_a_cds_of_the_gene():
    found = kind(
        tx("a1", "odd", gene="a", cds=((0, 30),)),
        tx("a2", "odd", gene="a"),
        tx("b", "odd"),
    )
    assert found == ["coding", "coding", "other"]


def test_segments_with_a_cds_are_coding():
    found = kind(tx("v", "V_segment", cds=((0, 30),)), tx("d", "IG_D_gene"))
    assert found == ["coding", "immune segment"]
    assert kind(tx("d", "IG_D_gene")) == ["coding"]  # a file without any CDS row


def test_the_word_of_the_gene_goes_before_that_of_the_transcript():
    assert kind(tx("te", "transposable_element_gene", "mRNA")) == [
        "transposable element"
    ]
    assert kind(tx("r", "protein_coding", "retained_intron")) == ["coding"]
    assert kind(tx("r", "ncRNA_gene", "rRNA")) == ["housekeeping"]
    assert kind(tx("s", "lncRNA", "snoRNA")) == ["housekeeping"]


def test_isoforms_of_a_coding_gene_without_a_word_are_coding():
    found = kind(
        tx("m", "", "mRNA", gene="g"),
        tx("n", "", "ncRNA", gene="g"),
        tx("s", "", "snoRNA", gene="g"),
    )
    assert found == ["coding", "coding", "housekeeping"]


def test_a_placeholder_as_gene_id_joins_nobody():
    found = kind(tx("a", gene="NA", cds=((0, 30),)), tx("b", gene="NA"))
    assert found == ["coding", "other"]


def test_a_table_of_the_user_goes_first(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text(
        "matches,term,kind,class\nword,my word,lncRNA,\nword,ncRNA,other,\n"
        "name,xyz*,housekeeping,rRNA\n"
    )
    table = kind_table(path)
    found = meanings(
        [
            tx("a", "MyWord"),
            tx("b", "ncRNA"),
            tx("c", "misc_RNA", gene_name="XYZ-1"),
            tx("d", "rRNA"),
        ],
        table,
    )
    assert [meaning.kind for meaning in found] == [
        *("lncRNA", "other", "housekeeping", "housekeeping")
    ]


@pytest.mark.parametrize(
    ("matches", "pattern", "transcript"),
    [
        ("name", "rny[0-9]*", tx("a", "misc_RNA", gene_name="RNY3")),
        ("word", "*ribozyme", tx("a", "odd_ribozyme")),
    ],
)
def test_a_pattern_of_the_user_replaces_the_same_one(
    tmp_path, matches, pattern, transcript
):
    packaged = packaged_kinds()
    assert pattern in {**packaged.names, **packaged.patterns}
    path = tmp_path / "words.tsv"
    path.write_text(f"matches\tterm\tkind\n{matches}\t{pattern}\tlncRNA\n")
    [meaning] = meanings([transcript], kind_table(path))
    assert meaning.kind == "lncRNA"


def test_a_wrong_table_names_line_and_column(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("matches\tterm\tkind\nword\tx\tlincRNA\n")
    with pytest.raises(BadTable, match=r"line 2: found kind 'lincRNA'"):
        kind_table(path)
    path.write_text("term\tkind\nx\tlncRNA\n")
    with pytest.raises(BadTable, match="Add the column matches"):
        kind_table(path)
    with pytest.raises(MissingFile):
        kind_table(tmp_path / "none.tsv")


def test_programs_are_no_words():
    assert not any(map(is_term, ("StringTie", "HAVANA", "Cufflinks", "maker", "")))
