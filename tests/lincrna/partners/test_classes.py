"""Classes of partners: FEELnc's definitions, written out by hand."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.partners.classes import place_class, place_partners
from tests.lincrna.builders import tx

CHROM_NT = 10_000
GENE = ((1000, 1200), (1600, 1800), (2500, 3000))
ONE_EXON = ((1000, 3000),)

# candidate's strand and exons, partner's strand and exons, and the answer: direction,
# type, subtype, location as FEELnc's classifier defines them
HAND_MADE = [
    # beside the gene, on its strand
    ("+", [(100, 400)], "+", GENE, "sense intergenic same_strand upstream"),
    ("+", [(4000, 4400)], "+", GENE, "sense intergenic same_strand downstream"),
    # on the other strand: head to head, tail to tail
    ("-", [(100, 400)], "+", GENE, "antisense intergenic divergent upstream"),
    ("-", [(4000, 4400)], "+", GENE, "antisense intergenic convergent downstream"),
    # touching spans share no base
    ("+", [(800, 1000)], "+", GENE, "sense intergenic same_strand upstream"),
    ("-", [(3000, 3300)], "+", GENE, "antisense intergenic convergent downstream"),
    # a strand is not known: the gene still has a side, unless it is the gene's
    (".", [(100, 400)], "+", GENE, "unknown intergenic unknown upstream"),
    (".", [(4000, 4400)], "+", GENE, "unknown intergenic unknown downstream"),
    ("+", [(100, 400)], ".", GENE, "unknown intergenic unknown unknown"),
    (".", [(4000, 4400)], ".", GENE, "unknown intergenic unknown unknown"),
    # the partner's span holds the candidate
    ("+", [(1250, 1500)], "+", GENE, "sense genic nested intronic"),
    ("-", [(1250, 1500)], "+", GENE, "antisense genic nested intronic"),
    ("-", [(1250, 1300), (1900, 2000)], "+", GENE, "antisense genic nested intronic"),
    ("-", [(1150, 1300)], "+", GENE, "antisense genic nested exonic"),
    ("+", [(1199, 1300)], "+", GENE, "sense genic nested exonic"),
    ("+", [(1200, 1600)], "+", GENE, "sense genic nested intronic"),
    (".", [(1250, 1500)], "+", GENE, "unknown genic nested intronic"),
    ("+", [(1250, 1500)], ".", GENE, "unknown genic nested intronic"),
    ("-", [(1250, 1500)], "+", ONE_EXON, "antisense genic nested exonic"),
    # the candidate's span holds the partner
    ("+", [(500, 700), (3500, 3700)], "+", GENE, "sense genic containing intronic"),
    ("-", [(500, 700), (3500, 3700)], "+", ONE_EXON, "antisense genic containing none"),
    ("-", [(500, 1001), (3500, 3700)], "+", GENE, "antisense genic containing exonic"),
    # equal spans: containing is asked first
    ("-", ONE_EXON, "+", ONE_EXON, "antisense genic containing exonic"),
    # each reaches over one end of the other
    ("-", [(500, 1100)], "+", GENE, "antisense genic overlapping exonic"),
    (
        "-",
        [(500, 700), (1300, 1500)],
        "+",
        GENE,
        "antisense genic overlapping intronic",
    ),
    (".", [(2900, 3500)], "+", GENE, "unknown genic overlapping exonic"),
]
OPPOSITE = {"+": "-", "-": "+", ".": "."}


def mirrored(transcript: Transcript, length=CHROM_NT) -> Transcript:
    """The same on the reverse complement of the chromosome."""
    exons = tuple((length - end, length - start) for start, end in transcript.exons)
    return Transcript(
        transcript.transcript_id,
        transcript.gene_id,
        transcript.chrom,
        OPPOSITE[transcript.strand],
        exons[::-1],
    )


@pytest.mark.parametrize(("strand", "exons", "gene_strand", "gene", "words"), HAND_MADE)
def test_classes_are_those_that_feelnc_defines(strand, exons, gene_strand, gene, words):
    candidate = tx("l", *exons, strand=strand)
    partner = tx("c", *gene, strand=gene_strand)
    assert " ".join(place_class(candidate, partner)) == words
    assert " ".join(place_class(mirrored(candidate), mirrored(partner))) == words


def test_the_hand_made_set_has_every_word():
    words = {word for *_, answer in HAND_MADE for word in answer.split()}
    assert words == {
        *("sense", "antisense", "unknown", "genic", "intergenic"),
        *("containing", "nested", "overlapping"),
        *("same_strand", "divergent", "convergent"),
        *("exonic", "intronic", "none", "upstream", "downstream"),
    }


def placed(candidates, coding, window_nt=1000):
    return place_partners(
        candidates, coding, [tx.gene_id for tx in coding], window_nt=window_nt
    )


def genes(result):
    return [(row.gene_id, row.distance_nt, row.is_best, row.is_cis) for row in result]


def test_the_best_genic_partner_shares_the_most_exonic_bases():
    candidate = tx("l", (1000, 2000))
    few, many = tx("few", (1990, 4000)), tx("many", (1900, 2100), strand="-")
    beside = tx("beside", (2001, 2100))
    result = placed([candidate], [beside, few, many])
    assert genes(result.rows) == [
        ("many", 0, True, True),
        ("few", 0, False, True),
        ("beside", 1, False, True),
    ]
    assert [row.overlap_nt for row in result.rows] == [100, 10, 0]


def test_a_genic_partner_is_better_than_a_touching_one():
    candidate = tx("l", (1000, 1100), (2000, 2100))
    inside, touching = tx("z", (1400, 1500)), tx("a", (2100, 2500))
    assert placed([candidate], [touching, inside]).best["l"].gene_id == "z"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # sides of one distance: upstream of its gene before downstream, then strand
        (tx("b", (1500, 1700)), tx("a", (300, 500))),
        (tx("b", (1500, 1700)), tx("a", (1500, 1700), strand=".")),
        (tx("b", (1500, 1700)), tx("a", (300, 500), strand="-")),
        (tx("a", (1500, 1700)), tx("b", (1500, 1700))),
    ],
)
def test_ties_have_a_rule(better, worse):
    candidate = tx("l", (900, 1100))
    for coding in ([better, worse], [worse, better]):
        assert placed([candidate], coding).best["l"].gene_id == better.gene_id


def test_a_gene_has_one_row_by_its_best_transcript():
    candidate = tx("l", (1000, 1200))
    coding = [tx(f"g.{n}", (1300 + 10 * n, 2000), gene="g") for n in (3, 1, 2)]
    [row] = placed([candidate], coding).rows
    assert (row.gene_id, row.partner_id, row.distance_nt) == ("g", "g.1", 110)


@pytest.mark.parametrize(("distance_nt", "is_cis"), [(1000, True), (1001, False)])
def test_the_window_holds_its_edge(distance_nt, is_cis):
    coding = [tx("g", (1200 + distance_nt, 5000))]
    [row] = placed([tx("l", (1000, 1200))], coding, window_nt=1000).rows
    assert (row.distance_nt, row.is_cis, row.is_best) == (distance_nt, is_cis, True)


def test_beyond_the_window_the_nearest_gene_alone_is_named():
    coding = [tx("near", (9000, 9100)), tx("far", (10_000, 10_100))]
    result = placed([tx("l", (1000, 1200))], coding, window_nt=100)
    assert genes(result.rows) == [("near", 7800, True, False)]
    assert (result.n_candidates, result.n_without, result.n_alone) == (1, 1, 0)


def test_a_gene_that_overlaps_is_in_the_window_whatever_lies_further():
    coding = [tx("over", (1100, 1400)), tx("far", (9000, 9100))]
    result = placed([tx("l", (1000, 1200))], coding, window_nt=100)
    assert genes(result.rows) == [("over", 0, True, True)]


def test_a_chromosome_without_coding_genes():
    result = placed([tx("l", (1000, 1200), chrom="X")], [tx("g", (0, 10))])
    assert (result.rows, result.n_without, result.n_alone) == ((), 1, 1)


def test_nothing_at_all():
    assert placed([], []).rows == ()


# ---- properties

STRANDS = st.sampled_from("+-.")


@st.composite
def transcripts(draw, name):
    borders = draw(
        st.lists(st.integers(0, 120), min_size=2, max_size=6, unique=True).filter(
            lambda numbers: len(numbers) % 2 == 0
        )
    )
    ordered = sorted(borders)
    exons = tuple(zip(ordered[::2], ordered[1::2], strict=True))
    gene = draw(st.sampled_from("gh")) if name.startswith("c") else name
    return Transcript(name, gene, draw(st.sampled_from("12")), draw(STRANDS), exons)


@st.composite
def scenes(draw):
    candidates = [draw(transcripts(f"l{n}")) for n in range(draw(st.integers(0, 3)))]
    coding = [draw(transcripts(f"c{n}")) for n in range(draw(st.integers(0, 5)))]
    return candidates, coding, draw(st.integers(0, 30))


def bases(exons):
    return {base for start, end in exons for base in range(start, end)}


def slow_class(candidate, partner):
    """The definitions, base by base and exon by exon."""
    known = "." not in (candidate.strand, partner.strand)
    same = candidate.strand == partner.strand
    direction = ("sense" if same else "antisense") if known else "unknown"
    ours = set(range(candidate.start, candidate.end))
    theirs = set(range(partner.start, partner.end))
    if ours & theirs:
        subtype = "overlapping"
        if theirs <= ours:
            subtype = "containing"
        elif ours <= theirs:
            subtype = "nested"
        return direction, "genic", subtype, slow_location(candidate, partner)
    location = "unknown"
    if partner.strand != ".":
        is_before = (
            max(ours) < min(theirs)
            if partner.strand == "+"
            else min(ours) > max(theirs)
        )
        location = "upstream" if is_before else "downstream"
    subtype = "unknown"
    if known:
        facing = "divergent" if location == "upstream" else "convergent"
        subtype = "same_strand" if same else facing
    return direction, "intergenic", subtype, location


def slow_location(candidate, partner):
    if bases(candidate.exons) & bases(partner.exons):
        return "exonic"
    introns = [
        set(range(end, start))
        for (_, end), (start, _) in zip(partner.exons, partner.exons[1:], strict=False)
    ]
    touching = [
        set(range(start, end))
        for start, end in candidate.exons
        if start < partner.end and end > partner.start
    ]
    inside = all(any(exon <= intron for intron in introns) for exon in touching)
    return "intronic" if introns and inside else "none"


def slow_distance(candidate, partner):
    return max(0, partner.start - candidate.end, candidate.start - partner.end)


def slow_rows(candidates, coding, window_nt):
    """Genes of each candidate: class, distance, whether best; every pair looked at."""
    found = set()
    for candidate in candidates:
        pairs = [
            (partner, slow_distance(candidate, partner))
            for partner in coding
            if partner.chrom == candidate.chrom
        ]
        near = [pair for pair in pairs if pair[1] <= window_nt]
        least = min((distance for _, distance in pairs), default=0)
        listed = near or [pair for pair in pairs if pair[1] == least]
        keyed = sorted(slow_key(candidate, *pair) for pair in listed)
        seen = set()
        for place, key in enumerate(keyed):
            gene, name = key[-2:]
            if gene not in seen:
                found.add((candidate.transcript_id, gene, name, place == 0))
            seen.add(gene)
    return found


def slow_key(candidate, partner, distance):
    direction, kind, _, location = slow_class(candidate, partner)
    shared = len(bases(candidate.exons) & bases(partner.exons))
    locations = ["exonic", "intronic", "none", "upstream", "downstream", "unknown"]
    return (
        kind == "intergenic",
        -shared,
        distance,
        locations.index(location),
        ["sense", "antisense", "unknown"].index(direction),
        partner.gene_id,
        partner.transcript_id,
    )


@given(scenes())
def test_every_pair_looked_at_gives_the_same(scene):
    candidates, coding, window_nt = scene
    result = placed(candidates, coding, window_nt)
    assert {
        (row.transcript_id, row.gene_id, row.partner_id, row.is_best)
        for row in result.rows
    } == slow_rows(candidates, coding, window_nt)
    by_name = {tx.transcript_id: tx for tx in (*candidates, *coding)}
    for row in result.rows:
        pair = by_name[row.transcript_id], by_name[row.partner_id]
        assert row.place_class == slow_class(*pair)
        assert row.distance_nt == slow_distance(*pair)
        assert row.is_cis == (row.distance_nt <= window_nt)


@given(scenes())
def test_the_mirrored_chromosome_has_the_same_partners(scene):
    candidates, coding, window_nt = scene
    there = placed(
        [mirrored(tx, 120) for tx in candidates],
        [mirrored(tx, 120) for tx in coding],
        window_nt,
    )
    for row, other in zip(
        placed(candidates, coding, window_nt).rows, there.rows, strict=True
    ):
        assert (row.gene_id, row.partner_id, row.place_class, row.is_best) == (
            *(other.gene_id, other.partner_id, other.place_class, other.is_best),
        )
        assert (row.distance_nt, row.overlap_nt) == (
            *(other.distance_nt, other.overlap_nt),
        )


@given(scenes())
def test_each_candidate_on_a_chromosome_with_genes_has_one_best(scene):
    candidates, coding, window_nt = scene
    result = placed(candidates, coding, window_nt)
    chroms = {tx.chrom for tx in coding}
    wanted = [tx.transcript_id for tx in candidates if tx.chrom in chroms]
    assert [row.transcript_id for row in result.rows if row.is_best] == wanted
    assert result.n_alone == len(candidates) - len(wanted)


def test_all_strands_and_sides():
    """Direction and subtype follow from strands and side alone."""
    for strand, other, left in product("+-.", "+-.", (True, False)):
        exons = (100, 200) if left else (800, 900)
        found = place_class(
            tx("l", exons, strand=strand), tx("c", (400, 600), strand=other)
        )
        assert found == slow_class(
            tx("l", exons, strand=strand), tx("c", (400, 600), strand=other)
        )
