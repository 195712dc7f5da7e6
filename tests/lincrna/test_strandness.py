"""Which strand a library reads."""

import pytest

from bioloom.lincrna.errors import StrandnessMismatch
from bioloom.lincrna.inputs.strandness import (
    HISAT2_OPTIONS,
    STRINGTIE_OPTIONS,
    ExonStrands,
    StrandCheck,
    check_strandness,
    count_strands,
)
from tests.lincrna.builders import tx

# one gene on each strand; at 450-500 exons of both
EXONS = ExonStrands(
    [
        tx("p", (100, 200), (300, 500)),
        tx("m", (450, 700), strand="-"),
        tx("u", (900, 990), strand="."),
    ]
)
PAIRED, FIRST, SECOND, REVERSE = 0x1, 0x40, 0x80, 0x10


def sam(flag, place, *, cigar="10M", length=10, chrom="1"):
    """A line for a read whose first base is at a 0-based place."""
    bases = "A" * length
    return f"r\t{flag}\t{chrom}\t{place + 1}\t60\t{cigar}\t=\t1\t0\t{bases}\t{bases}\n"


def counts(*lines):
    return count_strands(["@HD\tVN:1.0\n", *lines], EXONS)


PLUS, MINUS = 120, 600


@pytest.mark.parametrize(
    ("library", "plus_gene", "minus_gene", "expected"),
    [
        ("FR", PAIRED | FIRST, PAIRED | FIRST | REVERSE, (2, 0)),
        ("RF", PAIRED | FIRST | REVERSE, PAIRED | FIRST, (0, 2)),
        ("F", 0, REVERSE, (2, 0)),
        ("R", REVERSE, 0, (0, 2)),
        ("unstranded", 0, 0, (1, 1)),
    ],
)
def test_first_mates_tell_the_library(library, plus_gene, minus_gene, expected):
    assert counts(sam(plus_gene, PLUS), sam(minus_gene, MINUS)) == expected, library


@pytest.mark.parametrize(
    "line",
    [
        sam(PAIRED | SECOND, PLUS),
        sam(0x4, PLUS),
        sam(0x100, PLUS),
        sam(0x800, PLUS),
        sam(0, PLUS, cigar="5M100N5M"),
        sam(0, 470),
        sam(0, 920),
        sam(0, 230),
        sam(0, PLUS, chrom="2"),
        sam(0, 10),
        sam(0, 800),
    ],
    ids=[
        *("second mate", "unmapped", "secondary", "supplementary", "spliced"),
        *("exons of both strands", "no strand", "intron", "other chromosome"),
        *("left of all", "right of all"),
    ],
)
def test_reads_that_say_nothing_are_left_out(line):
    assert counts(line) == (0, 0)


@pytest.mark.parametrize(
    ("place", "strand"),
    [
        (99, "."),
        (100, "+"),
        (199, "+"),
        (200, "."),
        (449, "+"),
        (450, "."),
        (500, "-"),
        (699, "-"),
        (700, "."),
    ],
)
def test_the_strand_of_each_place(place, strand):
    assert EXONS.strand_at("1", place) == strand


def test_a_read_counts_by_its_middle():
    assert counts(sam(0, 95, length=10)) == (1, 0)
    assert counts(sam(0, 94, length=10)) == (0, 0)


def auto(n_sense, n_antisense):
    return check_strandness("s", "auto", n_sense=n_sense, n_antisense=n_antisense)


@pytest.mark.parametrize(
    ("n_sense", "expected", "is_clear"),
    [
        (1000, "forward", True),
        (800, "forward", True),
        (799, "unstranded", False),
        (701, "unstranded", False),
        (700, "unstranded", True),
        (500, "unstranded", True),
        (300, "unstranded", True),
        (299, "unstranded", False),
        (201, "unstranded", False),
        (200, "reverse", True),
        (0, "reverse", True),
    ],
)
def test_boundaries_of_what_is_inferred(n_sense, expected, is_clear):
    found = auto(n_sense, 1000 - n_sense)
    assert found.strandness == expected
    assert (found.note == "") is is_clear
    assert found.sense_fraction == n_sense / 1000


def test_fewer_than_fifty_reads_say_nothing():
    assert auto(49, 0).strandness == "unstranded"
    assert "too few" in auto(49, 0).note
    assert auto(50, 0).strandness == "forward"
    assert auto(0, 0).sense_fraction == 0.5
    stated = check_strandness("s", "reverse", n_sense=49, n_antisense=0)
    assert stated == StrandCheck(49, 0, "reverse", "reverse", stated.note)
    assert "to check" in stated.note


@pytest.mark.parametrize("stated", ["forward", "reverse", "unstranded"])
@pytest.mark.parametrize(
    ("n_sense", "inferred"), [(950, "forward"), (50, "reverse"), (500, "unstranded")]
)
def test_a_contradiction_is_an_error_with_both_numbers(stated, n_sense, inferred):
    numbers = {"n_sense": n_sense, "n_antisense": 1000 - n_sense}
    if stated == inferred:
        assert check_strandness("s", stated, **numbers).strandness == stated
        return
    with pytest.raises(StrandnessMismatch) as caught:
        check_strandness("liver", stated, **numbers)
    message = str(caught.value)
    assert f"sample liver: found {n_sense} sense reads ({n_sense / 10:.1f}%)" in message
    assert f"{1000 - n_sense} antisense reads" in message
    assert f"which is {inferred}; expected {stated}" in message


def test_unclear_reads_contradict_nothing():
    for stated in ("forward", "unstranded", "reverse"):
        found = check_strandness("s", stated, n_sense=750, n_antisense=250)
        assert found.strandness == stated


def test_options_of_the_tools():
    assert HISAT2_OPTIONS["forward", True] == "--rna-strandness FR"
    assert HISAT2_OPTIONS["reverse", True] == "--rna-strandness RF"
    assert HISAT2_OPTIONS["forward", False] == "--rna-strandness F"
    assert HISAT2_OPTIONS["reverse", False] == "--rna-strandness R"
    assert (
        HISAT2_OPTIONS["unstranded", True] == HISAT2_OPTIONS["unstranded", False] == ""
    )
    assert STRINGTIE_OPTIONS == {"forward": "--fr", "reverse": "--rf", "unstranded": ""}


@pytest.mark.parametrize(
    ("n_sense", "n_antisense", "kit", "used", "note"),
    [
        (950, 50, "forward", "forward", ""),
        (50, 950, "reverse", "reverse", ""),
        (650, 350, "forward", "forward", ""),  # nuclei
        (50, 950, "forward", "reverse", "though reads of this kit are usually forward"),
        (500, 500, "reverse", "reverse", "too few or unclear reads: taken as reverse"),
        (5, 0, "reverse", "reverse", "too few or unclear reads: taken as reverse"),
        (950, 50, "mixed", "unstranded", "only reads with a UMI"),
    ],
)
def test_single_cell_kits_are_stranded(n_sense, n_antisense, kit, used, note):
    found = check_strandness(
        "s", "auto", n_sense=n_sense, n_antisense=n_antisense, kit=kit
    )
    assert found.strandness == used
    assert note in found.note
    assert bool(note) == bool(found.note)


def test_a_stated_strand_of_a_kit_is_measured_too():
    with pytest.raises(StrandnessMismatch, match="Set strandness of s to reverse"):
        check_strandness("s", "forward", n_sense=50, n_antisense=950, kit="forward")
    found = check_strandness("s", "reverse", n_sense=50, n_antisense=950, kit="forward")
    assert found.strandness == "reverse"
