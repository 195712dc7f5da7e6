"""miRNAs and targets from FASTA, and what is said of files that are none."""

import gzip

import numpy as np
import pytest

from bioloom.errors import BadFasta, MissingFile
from bioloom.mirna.errors import BadMirna
from bioloom.mirna.inputs.oddities import RecordLog
from bioloom.mirna.inputs.records import read_mirnas, read_targets
from bioloom.seq import coded, fasta_lines
from bioloom.seq.alphabet import decode

LET7 = ">let-7 MIMAT0000416\nugagguaguagguuguauagu\n"


@pytest.fixture
def fasta(tmp_path):
    def write(text, name="in.fa"):
        path = tmp_path / name
        content = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def test_case_u_line_ends_and_packing_do_not_matter(fasta):
    [plain] = read_mirnas(fasta(LET7))
    [other] = read_mirnas(
        fasta(">let-7\r\nTGAGGTAGTAGG\r\nTTGTATAGT", name="other.fa.gz")
    )
    assert (plain.name, decode(plain.codes)) == ("let-7", "TGAGGTAGTAGGTTGTATAGT")
    assert (plain.codes == other.codes).all()


def test_a_line_longer_than_a_piece_loses_nothing(fasta, monkeypatch):
    sequence = "ACGT" * 700  # RNAhybrid loses one base in 999 of such a line
    monkeypatch.setattr(fasta_lines, "BLOCK_BYTES", 999)
    [one, two] = read_targets(fasta(f">a\n{sequence}\n>b x\n{sequence}"))
    assert decode(one.codes) == decode(two.codes) == sequence
    assert (one.name, two.name) == ("a", "b")


def test_a_long_sequence_is_kept_in_a_file(fasta, monkeypatch):
    sequence = "ACGTN" * 700
    path = fasta(f">a\n{sequence}\n>b\n{sequence[:60]}\n{sequence[60:]}\n>c\nAC\n")
    monkeypatch.setattr(coded, "HELD_NT", 1000)
    found = list(read_targets(path))
    assert [decode(one.codes) for one in found] == [sequence, sequence, "AC"]
    assert isinstance(found[0].codes, np.memmap)


def test_a_header_is_one_only_at_the_start_of_a_line(fasta, monkeypatch):
    monkeypatch.setattr(fasta_lines, "BLOCK_BYTES", 4)
    with pytest.raises(BadFasta, match="line 1: a: found '>'"):
        list(read_targets(fasta(">a\nACGT>CGT\n"), log=RecordLog("stop")))


def test_ambiguous_bases_are_unknown(fasta):
    [one] = read_targets(fasta(">a\nACNRYgt\n"))
    assert decode(one.codes) == "ACNNNGT"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found no record, expected FASTA records"),
        ("ACGT\n", "line 1: found 'ACGT', expected FASTA"),
        (">a\n>b\nACGT\n", "a: found no base, expected a sequence"),
        ("> \nACGT\n", "line 1: found a header without a name"),
        (">p\nMKLVEFSGQ\n", "line 1: p: found a protein sequence, expected nucleo"),
        (">a\nAC?T\n", r"line 1: a: found '\?'"),
    ],
)
def test_what_is_no_fasta_is_told_with_its_line(fasta, text, words):
    with pytest.raises(BadFasta, match=words):
        list(read_targets(fasta(text), log=RecordLog("stop")))


def test_a_cut_gzip_file_is_told(fasta, tmp_path):
    path = fasta(">a\n" + "ACGT" * 5000, name="in.fa.gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadFasta, match=r"in\.fa\.gz: found .*end-of-stream"):
        list(read_targets(path))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingFile, match="expected miRNAs in FASTA"):
        read_mirnas(tmp_path / "none.fa")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f">utr\n{'ACGU' * 100}\n", "found 400 nt, .* Were the two files swapped"),
        (f">m\n{'A' * 31}\n", "found 31 nt, expected a mature miRNA of 8 to 30 nt"),
        (">m\nACGUACG\n", "found 7 nt"),
        (">m\nACGUNACGU\n", "found an ambiguous base"),
        (LET7 + LET7, "let-7: found the name a second time"),
    ],
)
def test_what_is_no_mirna_is_told_by_name(fasta, text, words):
    with pytest.raises(BadMirna, match=words):
        read_mirnas(fasta(text), log=RecordLog("stop"))


def test_the_longest_mirna_is_30_nt(fasta):
    assert len(read_mirnas(fasta(f">m\n{'A' * 30}\n"))[0].codes) == 30
