"""A genome as 2bit, read back by a reader that is not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.sequence import Genome
from bioloom.lincrna.browser import two_bit
from bioloom.lincrna.browser.two_bit import UNKNOWN, unknown_spans, write_two_bit

SEQUENCES = {
    "chr2": "NNNNacgtACGTNNRYacgu" * 7 + "A",
    "chr10": "G",
    "all_N": "N" * 9,
    "last": "ACGTTGCAAC",
}


@pytest.fixture
def genome(tmp_path):
    path = tmp_path / "g.fa"
    path.write_text(
        "".join(f">{name} words\n{bases}\n" for name, bases in SEQUENCES.items()),
        "utf-8",
    )
    with Genome(path, cache=tmp_path) as source:
        yield source


def expected(bases):
    known = bases.upper().replace("U", "T")
    return "".join(base if base in "ACGT" else "N" for base in known)


@pytest.mark.parametrize("block_nt", [4, 8, 1 << 24])
def test_another_reader_reads_the_same_bases(genome, tmp_path, monkeypatch, block_nt):
    twobitreader = pytest.importorskip("twobitreader")
    monkeypatch.setattr(two_bit, "BLOCK_NT", block_nt)
    write_two_bit(genome, tmp_path / "g.2bit")
    with twobitreader.TwoBitFile(str(tmp_path / "g.2bit")) as source:
        assert {name: str(source[name][:]) for name in source} == {
            name: expected(bases) for name, bases in SEQUENCES.items()
        }
        assert source["chr2"][3:11] == expected(SEQUENCES["chr2"])[3:11]


def test_the_bytes_follow_the_format(tmp_path):
    """Written by hand from UCSC's description."""
    (tmp_path / "g.fa").write_text(">s\nTCAGNNNA\n")
    with Genome(tmp_path / "g.fa", cache=tmp_path) as genome:
        write_two_bit(genome, tmp_path / "g.2bit")
    numbers = [0x1A412743, 0, 1, 0]
    index = b"\x01s" + (22).to_bytes(4, "little")
    record = [8, 1, 4, 3, 0, 0]
    assert (tmp_path / "g.2bit").read_bytes() == (
        b"".join(number.to_bytes(4, "little") for number in numbers)
        + index
        + b"".join(number.to_bytes(4, "little") for number in record)
        + bytes([0b00011011, 0b00000010])
    )


def test_beyond_four_gigabytes_offsets_have_64_bits(genome, tmp_path, monkeypatch):
    monkeypatch.setattr(two_bit, "MAX_OFFSET", 10)
    write_two_bit(genome, tmp_path / "long.2bit")
    content = (tmp_path / "long.2bit").read_bytes()
    assert content[4] == 1
    assert content[16:21] == b"\x04chr2"
    first = int.from_bytes(content[21:29], "little")
    assert int.from_bytes(content[first : first + 4], "little") == len(
        SEQUENCES["chr2"]
    )


@given(codes=st.lists(st.integers(0, UNKNOWN), max_size=40), offset=st.integers(0, 9))
def test_spans_hold_the_unknown_bases(codes, offset):
    spans = unknown_spans(bytes(codes), offset)
    inside = {base for start, end in spans for base in range(start, end)}
    assert inside == {
        place + offset for place, code in enumerate(codes) if code == UNKNOWN
    }
