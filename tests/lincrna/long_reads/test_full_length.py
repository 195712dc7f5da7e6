"""Full-length long reads of transcripts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.alignments.full_length import (
    JUNCTION_NT,
    FullLength,
    LongAlignment,
    count_full_length,
)
from bioloom.lincrna.inputs.full_length import read_full_length
from tests.lincrna.builders import tx

END_NT = 50
SPLICED = tx("s", (1000, 1200), (1500, 1600), (2000, 2300))
MONO = tx("m", (5000, 6000), strand="-")


def of(transcript, *, start=0, end=0, shift=0, strand="", drop=0):
    """A read of a transcript, its ends and one junction moved."""
    introns = list(transcript.introns)[drop:]
    if introns and shift:
        introns[0] = (introns[0][0] + shift, introns[0][1])
    first = transcript.start + start if not drop else introns[0][0] - 30
    return LongAlignment(
        transcript.chrom,
        strand or transcript.strand,
        first,
        transcript.end + end,
        tuple(introns),
    )


@pytest.mark.parametrize(
    ("read", "is_whole"),
    [
        (of(SPLICED), True),
        (of(SPLICED, start=END_NT, end=-END_NT), True),
        (of(SPLICED, start=END_NT + 1), False),
        (of(SPLICED, end=-END_NT - 1), False),
        (of(SPLICED, start=-500, end=500), True),
        (of(SPLICED, shift=JUNCTION_NT), True),
        (of(SPLICED, shift=-JUNCTION_NT), True),
        (of(SPLICED, shift=JUNCTION_NT + 1), False),
        (of(SPLICED, strand="-"), False),
        (of(SPLICED, strand="."), True),
        (of(SPLICED, drop=1), False),
        (of(MONO), True),
        (of(MONO, start=-END_NT, end=END_NT), True),
        (of(MONO, start=-END_NT - 1), False),
        (of(MONO, end=END_NT + 1), False),
    ],
)
def test_a_whole_read_has_all_junctions_and_both_ends(read, is_whole):
    found = FullLength([SPLICED, MONO], end_nt=END_NT).of_read(read)
    assert bool(found) is is_whole


def naive(read, transcripts):
    """By looking at every transcript."""
    found = set()
    for one in transcripts:
        strands = {one.strand, read.strand}
        if one.chrom != read.chrom or strands == {"+", "-"}:
            continue
        if len(one.introns) != len(read.introns):
            continue
        if not read.introns:
            ends = (read.start - one.start, read.end - one.end)
            if max(map(abs, ends)) <= END_NT:
                found.add(one.transcript_id)
            continue
        moved = [
            abs(x - y)
            for ours, theirs in zip(read.introns, one.introns, strict=True)
            for x, y in zip(ours, theirs, strict=True)
        ]
        reaches = read.start - one.start <= END_NT and one.end - read.end <= END_NT
        if reaches and max(moved) <= JUNCTION_NT:
            found.add(one.transcript_id)
    return found


spans = st.tuples(
    *[st.integers(10, 60)] * 5, st.integers(0, 120), st.sampled_from("+-.")
)


def placed(name, lengths):
    *steps, start, strand = lengths
    places = [start]
    for step in steps:
        places.append(places[-1] + step)
    exons = [(places[0], places[1]), (places[2], places[3]), (places[4], places[5])]
    return tx(name, *exons[: 1 + steps[0] % 3], strand=strand)


@given(st.lists(spans, max_size=12), spans)
def test_the_index_finds_what_a_plain_search_finds(many, one):
    transcripts = [placed(f"t{number}", each) for number, each in enumerate(many)]
    shape = placed("r", one)
    read = LongAlignment("1", shape.strand, shape.start, shape.end, shape.introns)
    found = FullLength(transcripts, end_nt=END_NT).of_read(read)
    assert set(found) == naive(read, transcripts)


def test_only_first_and_placed_alignments_count(tmp_path):
    pysam = pytest.importorskip("pysam")
    header = pysam.AlignmentHeader.from_references(["1"], [10_000])
    reads = []
    for flag, quality in [(0, 60), (0, 0), (256, 60), (2048, 60), (4, 0)]:
        read = pysam.AlignedSegment(header)
        read.flag, read.mapping_quality = flag, quality
        read.reference_id, read.reference_start = 0, 1000
        read.cigarstring = "200M300N100M400N300M"
        reads.append(read)
    assert count_full_length(reads, [SPLICED, MONO], end_nt=9) == {"s": 1, "m": 0}


def test_counts_of_samples_are_added(tmp_path: Path):
    for name, rows in {"a": "t\t2\n", "b": "t\t3\nu\t1\n"}.items():
        (tmp_path / name).write_text(f"transcript_id\tn_reads\n{rows}")
    assert read_full_length([tmp_path / "a", tmp_path / "b"]) == {"t": 5, "u": 1}
    assert read_full_length([]) is None
