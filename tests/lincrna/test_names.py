"""Names of loci that survive a rerun, and candidates in named sets."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadAnnotation, BadTable, UnknownName
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
from tests.lincrna.toy import write_toy


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


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy(tmp_path_factory.mktemp("toy"))


def filtered(toy: Path, **more):
    files = {"genome": toy / "genome.fa", "annotation": toy / "annotation.gtf"}
    settings = {"coding_model": "packaged"}
    return bl.lincrna.filter(toy / "assembly.gtf", **files, settings=settings, **more)


def test_a_run_with_the_names_of_an_earlier_one_keeps_them(toy, tmp_path):
    first = filtered(toy, out=tmp_path / "first")
    table = tmp_path / "first/tables/names.tsv"
    text = table.read_text()
    assert "LINC-COD-1\t" in text
    table.write_text(text.replace("LINC-COD-1\t", "LINC-MINE-7\t"))
    again = filtered(toy, names=table, out=tmp_path / "again")
    by_locus = {row.locus_id: row.name for row in first.candidates}
    changed = {row.locus_id: row.name for row in again.candidates}
    renamed = {name: changed[locus] for locus, name in by_locus.items()}
    assert renamed.pop("LINC-COD-1") == "LINC-MINE-7"
    assert all(old == new for old, new in renamed.items())
    assert any("3 kept, 0 new, 0 not found here" in note for note in again.notes)
    gtf = (tmp_path / "again/candidates.gtf").read_text()
    assert 'gene_name "LINC-MINE-7"' in gtf
    shown = bl.lincrna.explain("LINC-MINE-7", run=tmp_path / "again")
    assert "LINC-MINE-7" in shown.to_text()
    with pytest.raises(UnknownName):
        bl.lincrna.explain("LINC-COD-1", run=tmp_path / "again")


def test_a_run_counts_and_shows_what_named_sets_hold(toy, tmp_path):
    named = tmp_path / "lncipedia.v5.gtf"
    named.write_text(
        "".join(
            line.replace("NOV.1.1", "lnc-COD-3:1").replace('"NOV.1"', '"lnc-COD-3"')
            for line in (toy / "assembly.gtf").read_text().splitlines(keepends=True)
            if "NOV.1.1" in line
        )
    )
    result = filtered(toy, named_sets=[named], out=tmp_path / "out")
    [row] = [row for row in result.candidates if row.named_in]
    assert (row.transcript_id, str(row.named_in[0])) == (
        "NOV.1.1",
        "lncipedia.v5:lnc-COD-3:1",
    )
    assert any(note.startswith("lncipedia.v5 holds 1 of 5 ") for note in result.notes)
    text = bl.lincrna.explain("NOV.1.1", run=tmp_path / "out").to_text()
    assert "Its introns are those of lnc-COD-3:1 of lncipedia.v5 (lnc-COD-3)." in text
    page = (tmp_path / "out/report.html").read_text()
    assert "lncipedia.v5:lnc-COD-3:1" in page


def test_two_sets_of_one_name_are_refused(toy, tmp_path):
    sets = [tmp_path / "a/set.gtf", tmp_path / "b/set.gtf.gz"]
    for path in sets:
        path.parent.mkdir()
        path.write_bytes((toy / "assembly.gtf").read_bytes())
    with pytest.raises(BadAnnotation, match="a second set called set"):
        filtered(toy, named_sets=sets)
