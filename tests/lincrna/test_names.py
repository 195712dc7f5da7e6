"""Names of loci that survive a rerun, and candidates in named sets."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadTable
from bioloom.lincrna.loci.named_sets import match_named_sets
from bioloom.lincrna.loci.names import (
    NAME_COLUMNS,
    LocusName,
    LocusPlace,
    name_loci,
    read_names,
)
from bioloom.lincrna.output.tables import names_frame, tsv
from tests.lincrna.builders import tx


def place(locus: str, start: int, strand="+", gene="Sox2", away=100) -> LocusPlace:
    spans = ((start, start + 100), (start + 200, start + 300))
    return LocusPlace(locus, "chr1", strand, spans, gene, away)


def names(rows: tuple[LocusName, ...]) -> list[tuple[str, str]]:
    return [(row.name, row.status) for row in rows]


def test_loci_of_a_gene_are_numbered_by_distance():
    found = name_loci(
        [
            place("a", 5000, away=900),
            place("b", 1000, away=20),
            place("c", 9000, gene=""),
            place("d", 9500, gene="odd name;x"),
        ]
    )
    assert [row.name for row in found] == [
        "LINC-Sox2-2",
        "LINC-Sox2-1",
        "LINC-chr1-1",
        "LINC-odd_name_x-1",
    ]


def test_a_rerun_keeps_names_and_gives_new_loci_new_numbers():
    first = name_loci([place("a", 1000, away=500), place("b", 5000, away=900)])
    again = name_loci(
        [place("x", 3000, away=10), place("y", 1050, away=480), place("z", 5000)], first
    )
    assert names(again) == [
        ("LINC-Sox2-3", "new"),  # nearest of all, but 1 and 2 are given
        ("LINC-Sox2-1", "kept"),
        ("LINC-Sox2-2", "kept"),
    ]


def test_the_name_of_a_locus_that_is_not_found_again_is_given_to_no_other():
    first = name_loci([place("a", 1000)])
    second = name_loci([place("b", 9000)], first)
    assert names(second) == [("LINC-Sox2-2", "new"), ("LINC-Sox2-1", "absent")]
    third = name_loci([place("c", 20_000), place("d", 1000)], second)
    assert names(third) == [
        ("LINC-Sox2-3", "new"),
        ("LINC-Sox2-1", "kept"),
        ("LINC-Sox2-2", "absent"),
    ]


def test_the_other_strand_is_another_locus_and_an_unknown_one_is_not():
    first = name_loci([place("a", 1000)])
    assert names(name_loci([place("b", 1000, "-")], first))[0] == ("LINC-Sox2-2", "new")
    assert names(name_loci([place("b", 1000, ".")], first)) == [("LINC-Sox2-1", "kept")]


def test_of_two_pieces_the_larger_one_keeps_the_name():
    first = name_loci([place("a", 1000)])
    small = LocusPlace("s", "chr1", "+", ((1000, 1030),), "Sox2", 5)
    large = LocusPlace("l", "chr1", "+", ((1200, 1300),), "Sox2", 9)
    assert names(name_loci([small, large], first)) == [
        ("LINC-Sox2-2", "new"),
        ("LINC-Sox2-1", "kept"),
    ]


STARTS = st.lists(st.integers(0, 50), unique=True, max_size=8)


@given(STARTS, STARTS, st.randoms(use_true_random=False))
def test_names_are_unique_and_do_not_depend_on_the_order(old, new, random):
    first = name_loci([place(f"o{n}", 400 * n, away=n) for n in old])
    places = [place(f"n{n}", 400 * n, away=60 - n) for n in new]
    found = name_loci(places, first)
    assert len({row.name for row in found}) == len(found)
    kept = {row.place.locus_id[1:] for row in found if row.status == "kept"}
    assert kept == {str(n) for n in set(old) & set(new)}
    mixed = [*places]
    random.shuffle(mixed)
    by_locus = {row.place.locus_id: row.name for row in found}
    assert {row.place.locus_id: row.name for row in name_loci(mixed, first)} == by_locus


def test_the_table_is_read_back(tmp_path: Path):
    rows = name_loci([place("a", 1000), place("b", 5000, gene="")])
    path = tmp_path / "names.tsv"
    path.write_text(tsv(names_frame(rows)))
    assert read_names(path) == rows


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("strand", "side", "found no column strand"),
        ("1000-1100", "1000", "line 2"),
        ("\t+\t", "\tx\t", "line 2"),
    ],
)
def test_a_broken_table_is_named_by_its_line(tmp_path, old, new, words):
    path = tmp_path / "names.tsv"
    text = tsv(names_frame(name_loci([place("a", 1000)])))
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(BadTable, match=re.escape(words)):
        read_names(path)


def test_every_column_is_described():
    assert [*names_frame(()).columns] == [*NAME_COLUMNS]


THEIRS = [
    tx("lnc-1", (0, 100), (200, 300), (500, 700), gene="LNC1", gene_name="Malat9"),
    tx("lnc-2", (0, 100), (200, 300), gene="LNC1"),
    tx("lnc-m", (2000, 3000), strand="-", gene="MONO"),
]


@pytest.mark.parametrize(
    ("candidate", "match"),
    [
        (tx("q", (50, 100), (200, 300), (500, 560)), "set:lnc-1"),  # ends differ
        (tx("q", (50, 100), (200, 260)), "set:lnc-2"),
        (tx("q", (50, 100), (200, 300), (510, 700)), ""),  # another intron
        (tx("q", (50, 100), (200, 260), strand="-"), ""),  # the other strand
        (tx("q", (2100, 3100), strand="-"), "set:lnc-m"),
        (tx("q", (2600, 3600), strand="-"), ""),  # shares 40 %
        (tx("q", (7000, 7100)), ""),
    ],
)
def test_a_set_holds_a_candidate_by_its_introns(candidate, match):
    found = match_named_sets([candidate], {"set": THEIRS})
    assert [str(each) for each in found] == ([match] if match else [])


def test_the_gene_is_its_symbol_or_its_id():
    first, second = THEIRS[0], THEIRS[2]
    queries = [replace(first, transcript_id="a"), replace(second, transcript_id="b")]
    found = match_named_sets(queries, {"x": THEIRS})
    assert [each.gene for each in found] == ["Malat9", "MONO"]
