"""Tails of long reads: found, cut off, and the strand that they tell."""

import gzip
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bioloom.lincrna.alignments.orienting import OrientedReads, orient_reads
from bioloom.lincrna.alignments.read_ends import MIN_SCORE, Ends, ReadEnds
from bioloom.lincrna.alignments.tails import tail_at_start
from bioloom.lincrna.errors import NoReads
from bioloom.lincrna.inputs.sample import Lane, Sample, SampleKind
from bioloom.lincrna.workflow.long_steps import orient_sample
from bioloom.seq.alphabet import reverse_complement

BODY = "GATCCGTGCAGGTCATGCCGTAGCTTGCACGGTC" * 6
PRIMER = "GAAGATAGAGCGACAGGCAAGTA"


def best_segment(bases: str, letter: str) -> int:
    """Highest sum of a segment, by trying all: +1 for the letter, −2 for others."""
    scores = [1 if base == letter else -2 for base in bases]
    ends = range(len(scores) + 1)
    return max(sum(scores[i:j]) for i in ends for j in ends if i <= j)


@given(st.text("ACGT", max_size=40))
def test_the_best_run_is_found(bases: str) -> None:
    found = tail_at_start(bases)
    assert found.score == best_segment(bases, "T")
    assert (found.n_cut == 0) == (found.score == 0)
    if found.score:
        assert bases[found.n_cut - 1] == "T"


def read_ends(bases: str, kind: SampleKind) -> Ends:
    """What tails alone tell."""
    return ReadEnds(kind).of(bases)


@given(st.text("ACGT", min_size=20, max_size=200), st.integers(0, 60))
def test_a_read_and_its_complement_tell_opposite_strands(body: str, n: int) -> None:
    read = body + "A" * n
    there, back = (
        read_ends(each, "ont_cdna") for each in (read, reverse_complement(read))
    )
    assert {there.strand, back.strand} in ({"+", "-"}, {""})
    assert (there.n_start, there.n_end) == (back.n_end, back.n_start)


@pytest.mark.parametrize("behind", ["", PRIMER, PRIMER * 6])
@pytest.mark.parametrize("tail", ["A" * 25, "A" * 12 + "G" + "A" * 15, "A" * 400])
def test_a_tail_is_cut_off_with_what_is_behind_it(tail: str, behind: str) -> None:
    read = BODY + tail + behind
    ends = read_ends(read, "ont_drna")
    assert (ends.strand, read[: len(read) - ends.n_end]) == ("+", BODY)


def test_what_is_not_near_the_end_is_no_tail() -> None:
    inside = BODY + "A" * 30 + BODY
    assert read_ends(inside, "ont_cdna").strand == ""
    assert read_ends(BODY + "A" * (MIN_SCORE - 1), "ont_cdna").strand == ""


def test_both_tails_tell_nothing() -> None:
    chimera = "T" * 30 + BODY + "A" * 28
    assert read_ends(chimera, "ont_cdna").strand == ""
    assert read_ends("T" * 10 + BODY + "A" * 28, "ont_cdna").strand == "+"


def test_only_reads_of_either_strand_are_turned() -> None:
    # a T-rich 5' end of direct RNA is sequence
    assert read_ends("T" * 30 + BODY, "ont_drna") == Ends()
    found = read_ends("T" * 30 + BODY, "ont_cdna")
    assert found == Ends("-", "tail", n_start=30, has_tail=True)


def write_fastq(path: Path, **reads: str) -> Path:
    path.write_text(
        "".join(
            f"@{name} x=1\n{bases}\n+\n{'I' * len(bases)}\n"
            for name, bases in reads.items()
        )
    )
    return path


def test_reads_are_turned_marked_and_counted(tmp_path: Path) -> None:
    source = write_fastq(
        tmp_path / "r.fastq",
        sense=BODY + "A" * 30,
        anti=reverse_complement(BODY + "A" * 30 + PRIMER),
        plain=BODY,
        tail="A" * 60,
    )
    out = tmp_path / "made/o.fastq.gz"
    counts = orient_reads([source], out, "ont_cdna", "none")
    assert counts == OrientedReads(
        "ont_cdna", n_reads=4, n_by_tail=3, n_tails=3, n_turned=1, n_short=1
    )
    assert counts.note == (
        "poly-A tail cut off 3 of 4 reads, 1 of them turned to the RNA's strand; "
        "1 read of tail only left out"
    )
    lines = gzip.decompress(out.read_bytes()).decode().splitlines()
    assert lines[0::4] == [
        "@sense\tos:i:1\tTS:A:+",
        "@anti\tos:i:1\tTS:A:+",
        "@plain",
    ]
    assert lines[1::4] == [BODY] * 3
    # of direct RNA the strand is known without a mark
    orient_reads([source], out, "ont_drna")
    assert b"os:i" not in gzip.decompress(out.read_bytes())


def test_a_sample_of_tails_alone_is_one_clear_error(tmp_path: Path) -> None:
    reads = write_fastq(tmp_path / "r.fastq", tail="A" * 60)
    sample = Sample("L", (Lane((reads,)),), "auto", "ont_cdna")
    with pytest.raises(NoReads, match="sample L: .*no reads without tails"):
        orient_sample(
            sample, tmp_path / "o.fastq.gz", tmp_path / "o.json", primers="auto"
        )
    assert not (tmp_path / "o.json").exists()


@given(st.text("CG", min_size=30, max_size=300), st.integers(0, 300))
def test_no_base_before_the_tail_is_lost(body: str, n: int) -> None:
    assume(n == 0 or n >= MIN_SCORE)
    ends = read_ends(body + "A" * n, "pacbio")
    assert ends.n_end == n
