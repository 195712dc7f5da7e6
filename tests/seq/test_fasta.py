"""FASTA and FASTQ files."""

import gzip
import io
import random
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioloom.errors import BadFasta, BadFastq, MissingFile
from bioloom.seq.fasta import (
    ReadStats,
    Record,
    check_fastq,
    read_fasta,
    write_fasta,
)
from bioloom.seq.fasta_lines import first_line

WORD = st.text("abcXYZ019._-|:>#é日", min_size=1)
RECORDS = st.lists(
    st.builds(
        Record,
        WORD,
        st.text("ACGTNacgtn*-", max_size=150),
        st.lists(WORD, max_size=3).map(" ".join),
    )
)


def fastq(n, length=30, name="r"):
    return "".join(f"@{name}{i}\n{'A' * length}\n+\n{'I' * length}\n" for i in range(n))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_fasta_round_trip(tmp_path, records):
    for name in ("a.fa", "a.fa.gz"):
        write_fasta(tmp_path / name, records)
        assert list(read_fasta(tmp_path / name)) == records


def test_lines_have_sixty_letters(tmp_path):
    write_fasta(tmp_path / "a.fa", [Record("x", "A" * 121, "of y")])
    assert (tmp_path / "a.fa").read_text() == f">x of y\n{'A' * 60}\n{'A' * 60}\nA\n"


def test_windows_line_ends_and_blank_lines_are_no_bases(tmp_path):
    (tmp_path / "a.fa").write_bytes(b">x\r\nAC\r\n\r\nGT\r\n>y\r\n")
    assert list(read_fasta(tmp_path / "a.fa")) == [Record("x", "ACGT"), Record("y", "")]


def test_standard_input_plain_or_packed(monkeypatch):
    for content in (b">x\nAC\n", gzip.compress(b">x\nAC\n", mtime=0)):
        stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))
        monkeypatch.setattr(sys, "stdin", stdin)
        assert list(read_fasta("-")) == [Record("x", "AC")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ACGT\n", r"a\.fa: line 1: found 'ACGT', expected FASTA records"),
        (b"\n@r\nACGT\n", r"a\.fa: line 2: found '@r'"),
        (">x\nAC\nGé\n".encode(), r"a\.fa: line 3: found 'Gé'"),
        pytest.param(
            b">x\nAC\xff\n",
            r"a\.fa: line 2: found 'ACÿ'",
            marks=pytest.mark.filterwarnings("ignore:.*read as Windows-1252"),
        ),
        (
            gzip.compress(b">x\n" + b"AC" * 999, mtime=0)[:-9],
            r"a\.fa: found Compressed file end",
        ),
    ],
)
def test_what_is_no_fasta_is_named_by_its_line(tmp_path, content, message):
    path = tmp_path / "a.fa"
    path.write_bytes(content)
    with pytest.raises(BadFasta, match=message):
        list(read_fasta(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFile, match=r"none\.fa: found no such file"):
        list(read_fasta(tmp_path / "none.fa"))


def test_reads_are_counted_and_measured(tmp_path):
    one, two = tmp_path / "1.fq.gz", tmp_path / "2.fq"
    one.write_bytes(gzip.compress((fastq(3, 30) + fastq(1, 50, "s")).encode()))
    two.write_text(fastq(3, 20) + fastq(1, 35, "s"))
    assert check_fastq([one]) == ReadStats(4, 30, 50, 35.0)
    assert check_fastq([one, two]) == ReadStats(4, 20, 50, (140 + 95) / 8)
    (tmp_path / "empty.fq").write_text("")
    assert check_fastq([tmp_path / "empty.fq"]) == ReadStats(0, 0, 0, 0.0)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (fastq(2)[:-40].encode(), r"\(after 1 good records\)"),
        (fastq(3).replace("+\n", "", 1).encode(), "line 3"),
        (b">x\nACGT\n>y\nACGT\n", "'@'"),
        (gzip.compress(fastq(4000).encode(), mtime=0)[:-20], "good records"),
    ],
)
def test_a_broken_fastq_is_told(tmp_path, content, found):
    path = tmp_path / "r.fq"
    path.write_bytes(content)
    with pytest.raises(BadFastq, match=found) as caught:
        check_fastq([path])
    assert str(caught.value).startswith(f"{path}: found ")
    assert "copy or download it again" in str(caught.value)


def test_a_damaged_gzip_file_is_told(tmp_path):
    rng = random.Random(1)
    reads = "".join(
        f"@{i}\n{''.join(rng.choices('ACGT', k=90))}\n+\n{'I' * 90}\n"
        for i in range(99)
    )
    packed = gzip.compress(reads.encode())
    path = tmp_path / "r.fq.gz"
    path.write_bytes(packed[:900] + bytes(60) + packed[960:])
    with pytest.raises(BadFastq, match=r"r\.fq\.gz: found "):
        check_fastq([path])
    with pytest.raises(BadFasta, match=r"r\.fq\.gz: (line 1: )?found "):
        list(read_fasta(path))


@pytest.mark.parametrize("second", [fastq(2), fastq(3, name="other")])
def test_mates_that_do_not_belong_together_are_told(tmp_path, second):
    one, two = tmp_path / "1.fq", tmp_path / "2.fq"
    one.write_text(fastq(3))
    two.write_text(second)
    with pytest.raises(BadFastq, match=r"1\.fq and .*2\.fq: found .*mates in the same"):
        check_fastq([one, two])


def test_first_line_of_a_message_or_the_name_of_the_error():
    assert first_line(ValueError("one.\ntwo")) == "one"
    assert first_line(EOFError()) == "EOFError"
