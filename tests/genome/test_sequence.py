"""A genome with random access."""

import bz2
import gzip
import lzma
import os
import random
import zlib

import pytest

from bioloom.errors import BadFasta, MissingFile
from bioloom.genome.sequence import Genome, unpacked_genome
from bioloom.genome.transcript import Transcript

TEXT = ">c one\nACGTAcgtNN\nGGGCC\n>d\nTTTT\n"


@pytest.fixture
def genome(tmp_path):
    path = tmp_path / "in" / "genome.fa"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def fetched(path, cache, chrom="c", span=(0, 15)):
    with Genome(path, cache=cache) as genome:
        return genome.fetch(chrom, span)


def test_bases_are_upper_case_and_lengths_are_known(genome, tmp_path):
    with Genome(genome, cache=tmp_path) as found:
        assert found.lengths == {"c": 15, "d": 4}
        assert found.fetch("c", (3, 12)) == "TACGTNNGG"


@pytest.mark.parametrize(
    ("strand", "expected"), [("+", "CGGC"), (".", "CGGC"), ("-", "GCCG")]
)
def test_spliced_sequence_of_each_strand(genome, tmp_path, strand, expected):
    tx = Transcript("t", "g", "c", strand, ((1, 3), (12, 14)))
    with Genome(genome, cache=tmp_path) as found:
        assert found.spliced(tx) == expected
        assert found.spliced(tx, strand="+") == "CGGC"


def test_gzip_windows_line_ends_and_plain_files_hold_the_same(genome, tmp_path):
    packed = tmp_path / "packed.fa.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    windows = tmp_path / "windows.fa"
    windows.write_bytes(TEXT.replace("\n", "\r\n").encode())
    members = tmp_path / "members.fa.gz"  # as bgzip writes them
    members.write_bytes(
        gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode())
    )
    expected = fetched(genome, tmp_path)
    for path in (packed, windows, members):
        assert fetched(path, tmp_path / "cache") == expected


def test_the_folder_of_the_genome_is_left_alone(genome, tmp_path):
    before = sorted(genome.parent.iterdir())
    genome.parent.chmod(0o555)
    try:
        assert fetched(genome, tmp_path / "cache")
        assert sorted(genome.parent.iterdir()) == before
    finally:
        genome.parent.chmod(0o755)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_another_genome_of_the_same_name_is_never_read_by_the_old_index(
    tmp_path, suffix
):
    pack = gzip.compress if suffix else bytes
    found = []
    for number, text in enumerate((">c\nAAAA\n", ">c\nCC\nCC\nCC\n>d\nG\n")):
        path = tmp_path / str(number) / f"genome.fa{suffix}"
        path.parent.mkdir()
        path.write_bytes(pack(text.encode()))
        os.utime(path, ns=(10**18 - number, 10**18 - number))  # the second is older
        found.append(fetched(path, tmp_path / "cache", span=(0, 6)))
    assert found == ["AAAA", "CCCCCC"]


def test_an_unpacked_genome_is_kept(tmp_path):
    packed = tmp_path / "genome.fa.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    first = unpacked_genome(packed, tmp_path / "cache")
    number = first.stat().st_ino
    assert unpacked_genome(packed, tmp_path / "cache") == first
    assert first.stat().st_ino == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (">c\nACGT\nACGTAA\nAC\n", "Line length of fasta file is not consistent"),
        (">c\nACGT\n>c\nACGT\n", 'Duplicate key "c"'),
        ("hello\nACGT\n", "Unexpected text before the first sequence"),
        ("", "does not contain a valid sequence"),
    ],
)
def test_what_is_no_genome_is_an_error_and_leaves_no_index(tmp_path, text, found):
    path = tmp_path / "genome.fa"
    path.write_text(text)
    with pytest.raises(BadFasta, match=found) as caught:
        Genome(path, cache=tmp_path / "cache")
    assert str(path) in str(caught.value)
    assert not list((tmp_path / "cache").glob("*.fai"))


def damaged(packed):
    """The same with one byte changed so that it cannot be unpacked at all."""
    for place in range(200, len(packed) - 200):
        changed = packed[:place] + bytes([packed[place] ^ 0xFF]) + packed[place + 1 :]
        try:
            gzip.decompress(changed)
        except zlib.error:
            return changed
        except OSError:
            continue
    raise AssertionError


def test_a_cut_or_damaged_gzip_genome_is_an_error_and_leaves_no_copy(tmp_path):
    rng = random.Random(1)
    lines = ("".join(rng.choices("ACGT", k=60)) for _ in range(400))
    packed = gzip.compress(b">c\n" + "\n".join(lines).encode())
    for content in (packed[:-900], damaged(packed)):
        path = tmp_path / "genome.fa.gz"
        path.write_bytes(content)
        with pytest.raises(BadFasta, match="expected a complete text or packed file"):
            Genome(path, cache=tmp_path / "cache")
        assert not list((tmp_path / "cache").iterdir())


def test_a_missing_genome_is_named(tmp_path):
    with pytest.raises(MissingFile, match="expected the genome in FASTA"):
        Genome(tmp_path / "none.fa", cache=tmp_path)


GENOME = ">c first é\nACGTAC\nGT\n>d\nAC\n"


@pytest.mark.parametrize("packing", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.filterwarnings("ignore:.*as it is not UTF-8")
def test_a_genome_of_any_packing_and_encoding(tmp_path, packing, encoding, line_end):
    path = tmp_path / "g.fa"
    path.write_bytes(packing(GENOME.replace("\n", line_end).encode(encoding)))
    for _ in range(2):  # the second time from the cache
        with Genome(path, cache=tmp_path / "cache") as genome:
            assert genome.lengths == {"c": 8, "d": 2}
            assert genome.fetch("c", (4, 9)) == "ACGT"
            assert genome.fetch("d", (0, 2)) == "AC"
