"""Domain hits and sites of miRNAs on the genome, base by base, and in the picture."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadTable
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.orf import open_segments
from bioloom.lincrna.page.features import (
    MOST_SITES,
    Site,
    domain_feature,
    domain_span,
    read_sites,
    site_features,
)
from bioloom.lincrna.page.locus import locus_views
from bioloom.report.lincrna_locus import locus_picture
from bioloom.seq.alphabet import reverse_complement
from tests.lincrna.builders import hit
from tests.lincrna.test_locus import judged

LENGTHS = st.lists(st.integers(1, 30), min_size=1, max_size=6)


@st.composite
def transcripts(draw):
    exons, at = [], draw(st.integers(0, 50))
    for length in draw(LENGTHS):
        exons.append((at, at + length))
        at += length + draw(st.integers(1, 40))
    strand = draw(st.sampled_from("+-."))
    return Transcript("t", "g", "1", strand, tuple(exons))


@st.composite
def placed_sites(draw):
    """A transcript and blocks on it, as BED12 has them: ascending, with gaps."""
    tx = draw(transcripts())
    n_blocks = min(draw(st.integers(1, 3)), (tx.length_nt + 1) // 2)
    cuts = draw(
        st.lists(
            st.integers(0, tx.length_nt),
            min_size=2 * n_blocks,
            max_size=2 * n_blocks,
            unique=True,
        )
    )
    cuts.sort()
    return tx, tuple(zip(cuts[::2], cuts[1::2], strict=True))


def bases_of(tx):
    """Genome positions of a transcript's bases, from its 5' end: written out."""
    forward = [base for start, end in tx.exons for base in range(start, end)]
    return forward[::-1] if tx.strand == "-" else forward


def covered(blocks):
    return [base for start, end in blocks for base in range(start, end)]


@given(placed_sites())
def test_a_site_covers_the_bases_that_a_walk_along_the_exons_gives(given_):
    tx, blocks = given_
    [found] = site_features(tx, [Site("miR", blocks)])
    walk = bases_of(tx)
    expected = sorted(walk[base] for start, end in blocks for base in range(start, end))
    assert covered(found.blocks) == expected
    exonic = set(covered(tx.exons))
    assert exonic.issuperset(expected)  # so an intron splits it


@given(
    st.text("ACGT", min_size=60, max_size=200),
    st.sampled_from("+."),
    st.data(),
)
def test_a_domain_lies_where_its_amino_acids_are_read(sequence, strand, data):
    segments = open_segments(sequence, strand, min_aa=4)
    if not segments:
        return
    name = data.draw(st.sampled_from(sorted(segments)))
    start = data.draw(st.integers(0, len(segments[name]) - 1))
    end = data.draw(st.integers(start + 1, len(segments[name])))
    found = hit(segment=name, start_aa=start, end_aa=end)
    left, right = domain_span(found, len(sequence))
    bases = sequence[left:right]
    if name[0] == "-":
        bases = reverse_complement(bases)
    assert translated(bases) == segments[name][start:end]


def translated(bases):
    [protein] = [
        one
        for name, one in open_segments(bases, "+", min_aa=1).items()
        if "+1:" in name
    ]
    return protein


def test_a_minus_transcripts_site_is_split_by_its_intron():
    tx = Transcript("t", "g", "1", "-", ((100, 110), (200, 230)))
    [found] = site_features(tx, [Site("let-7", ((25, 35),))])
    assert found.blocks == ((105, 110), (200, 205))


def bed(path, *rows):
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return path


def test_sites_elsewhere_are_counted_once(tmp_path):
    path = bed(
        tmp_path / "s.bed",
        ("t", 5, 20, "let-7", 700, "+"),
        ("t", 95, 101, "mir-1", 300, "+"),
        ("other", 0, 9, "let-7", 1, "+"),
        ("other", 20, 29, "let-7", 1, "+"),
        ("t", "x", 9),
    )
    found = read_sites(path, [Transcript("t", "t", "1", "+", ((0, 100),))])
    assert found.of == {"t": [Site("let-7", ((5, 20),), 700)]}
    assert found.notes == (
        "2 of 4 sites of miRNAs in s.bed are on transcripts that this run does not "
        "have.",
        "1 of 4 sites of miRNAs in s.bed reach beyond the end of their transcript; "
        "they are not drawn.",
        "s.bed: 1 of its lines left out, for they are not BED (first line 5).",
    )


def test_a_table_that_is_no_bed_is_refused(tmp_path):
    path = bed(tmp_path / "s.tsv", ("mirna", "target", "start"), ("a", "t", "12"))
    with pytest.raises(BadTable, match="--format bed"):
        read_sites(path, [])


def picture_of(row, sites):
    result = SimpleNamespace(rows=(row,), annotated=())
    return locus_picture(locus_views(result, None, sites)(row), "t")


def test_the_picture_draws_domain_and_sites_at_their_places(tmp_path):
    row = judged("t", (1000, 1400), (2000, 3000), domain=hit(start_aa=100, end_aa=200))
    assert domain_feature(row).blocks == ((1300, 1400), (2000, 2200))
    path = bed(tmp_path / "s.bed", ("t", 390, 412, "let-7", 700, "+"))
    drawn = picture_of(row, read_sites(path, [row.collected.transcript]))
    assert "<title>RRM_1</title>" in drawn
    assert "<title>let-7</title>" in drawn
    assert "miRNA sites: 1" in drawn
    site = drawn[drawn.index("<title>let-7</title>") :]
    boxes = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', site)]
    view = (500, 3500)
    expected = [190 + 570 * (at - view[0]) / (view[1] - view[0]) for at in (1390, 2000)]
    assert boxes[:2] == pytest.approx(expected, abs=0.06)


def test_what_is_not_drawn_is_said(tmp_path):
    weak = judged("t", (0, 5000), domain=hit(is_member=False))
    n = MOST_SITES + 3
    rows = [("t", at, at + 9, f"m{at}", at, "+") for at in range(n)]
    path = bed(tmp_path / "s.bed", *rows)
    drawn = picture_of(weak, read_sites(path, [weak.collected.transcript]))
    assert "3 weaker miRNA sites are not drawn" in drawn
    assert "below the threshold" in drawn
    assert "<title>m2</title>" not in drawn
    assert "<title>m3</title>" in drawn
