"""The transcript collection."""

from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.inputs.collect import collect, n_supporting_samples, twins_of
from tests.lincrna.builders import tx

LNC = tx("LNC", (100, 200), (300, 400))


def names(found):
    return [
        (item.transcript.transcript_id, item.origin, item.known_as) for item in found
    ]


def gather(assembled, *, lncrna=(), annotated=None, samples=None):
    annotated = lncrna if annotated is None else annotated
    return collect(assembled, lncrna=lncrna, annotated=annotated, samples=samples)


def test_known_ones_come_first_and_novel_ones_follow():
    novel = tx("N", (900, 1200))
    assert names(gather([novel], lncrna=[LNC])) == [
        *(("LNC", "known", "LNC"), ("N", "novel", "")),
    ]


def test_a_copy_of_an_annotated_transcript_is_left_out():
    coding = tx("C", (1000, 1100), (1200, 1300))
    assert names(gather([LNC, coding], lncrna=[LNC], annotated=[LNC, coding])) == [
        ("LNC", "known", "LNC")
    ]


def test_a_copy_whose_ends_were_moved_is_left_out():
    longer = tx("LNC", (50, 200), (300, 450), gene="MSTRG.1")
    mono, longer_mono = tx("M", (900, 1000)), tx("M", (890, 1300))
    found = gather([longer, longer_mono], lncrna=[LNC, mono])
    assert [item.transcript for item in found] == [LNC, mono]


def test_another_transcript_of_an_annotated_name_is_kept_under_a_new_name():
    other = tx("LNC", (5000, 5300), (5400, 5500))
    found = gather([other], lncrna=[LNC])
    assert names(found) == [("LNC", "known", "LNC"), ("LNC@2", "novel", "")]
    assert found[1].transcript.exons == other.exons


def test_a_twin_of_a_known_lncrna_is_represented_by_it():
    twin = tx("MSTRG.1.1", (10, 200), (300, 900))
    assert names(gather([twin], lncrna=[LNC])) == [("LNC", "known", "LNC")]


def test_a_twin_of_another_annotated_transcript_is_known_as_it():
    coding = tx("C", (1000, 1100), (1200, 1300))
    twin = tx("MSTRG.2.1", (900, 1100), (1200, 1350))
    assert names(gather([twin], annotated=[coding])) == [("MSTRG.2.1", "known", "C")]


def test_of_one_intron_chain_the_longest_stands():
    short, long = tx("a", (50, 100), (200, 250)), tx("b", (0, 100), (200, 300))
    assert names(gather([short, long])) == [("b", "novel", "")]
    assert names(gather([long, short])) == [("b", "novel", "")]


def test_an_annotated_lncrna_stands_before_a_longer_one_of_the_extra_file():
    extra = tx("EXTRA", (0, 200), (300, 999))
    found = gather([], lncrna=[extra, LNC], annotated=[LNC])
    assert names(found) == [("LNC", "known", "LNC")]


def test_a_retained_intron_or_another_strand_is_another_transcript():
    retained = tx("R", (100, 400))
    opposite = tx("O", *LNC.exons, strand="-")
    unknown = tx("U", *LNC.exons, strand=".")
    found = gather([retained, opposite, unknown], lncrna=[LNC])
    assert [item.origin for item in found] == ["known", "novel", "novel", "novel"]


def test_one_exon_on_either_or_no_strand_is_known_from_eighty_percent():
    known = tx("K", (1000, 2000))
    for strand, start, is_twin in (
        ("+", 1200, True),
        (".", 1200, True),
        ("-", 1200, False),
        ("+", 1201, False),
        (".", 1201, False),
    ):
        asked = tx("a", (start, 2000), strand=strand)
        assert bool(twins_of([asked], [known])) is is_twin
    assert twins_of([tx("a", (1000, 2250))], [known])
    assert not twins_of([tx("a", (1000, 2251))], [known])


def test_one_exon_is_no_twin_of_several():
    assert not twins_of([tx("a", (100, 400))], [LNC])


def test_samples_support_chains_by_their_introns():
    asked = tx("a", (0, 100), (200, 300), (400, 500))
    samples = {
        "whole": [tx("x", (50, 100), (200, 300), (400, 450), (600, 700))],
        "in pieces": [tx("x", (50, 100), (200, 300)), tx("y", (210, 300), (400, 500))],
        "half": [tx("x", (50, 100), (200, 300))],
        "other strand": [tx("x", *asked.exons, strand="-")],
        "other chromosome": [tx("x", *asked.exons, chrom="2")],
        "empty": [],
    }
    assert n_supporting_samples([asked], samples) == [2]
    [item] = gather([asked], samples=samples)
    assert item.n_samples == 2


def test_samples_support_single_exons_from_half_of_them():
    asked = tx("a", (0, 100))
    samples = {
        "half": [tx("x", (50, 150))],
        "less": [tx("x", (51, 150))],
        "no strand": [tx("x", (0, 60), strand=".")],
        "other strand": [tx("x", (0, 100), strand="-")],
        "within an intron": [tx("x", (0, 10), (90, 200))],
        "pieces": [tx("x", (0, 30)), tx("y", (60, 100))],
    }
    assert n_supporting_samples([asked], samples) == [2]


def test_without_samples_the_support_is_not_known():
    assert gather([LNC])[0].n_samples is None
    assert gather([LNC], samples={})[0].n_samples == 0


@st.composite
def transcripts(draw):
    chain = draw(
        st.sampled_from(
            [(), ((100, 200),), ((100, 200), (300, 400)), ((150, 200), (300, 400))]
        )
    )
    borders = [draw(st.integers(0, 90)), *sum(chain, ()), draw(st.integers(410, 900))]
    exons = tuple(zip(borders[::2], borders[1::2], strict=True))
    name = draw(st.sampled_from(["a", "b", "c", "d"]))
    return tx(name, *exons, strand=draw(st.sampled_from("+-.")))


MANY = st.lists(transcripts(), max_size=8)


@given(MANY, MANY)
def test_every_transcript_is_represented_and_names_are_distinct(assembled, lncrna):
    found = gather(assembled, lncrna=lncrna)
    held = [item.transcript for item in found]
    assert len({tx.transcript_id for tx in held}) == len(held)
    chains = {(tx.strand, tx.introns) for tx in held if tx.introns}
    for given_tx in (*assembled, *lncrna):
        if given_tx.introns:
            assert (given_tx.strand, given_tx.introns) in chains
        else:
            assert any(not tx.introns for tx in held)
    known_chains = {(tx.strand, tx.introns) for tx in lncrna if tx.introns}
    for item in found:
        if item.origin == "novel" and item.transcript.introns:
            place = item.transcript.strand, item.transcript.introns
            assert place not in known_chains


@given(MANY)
def test_one_of_each_chain_is_left(assembled):
    held = [item.transcript for item in gather(assembled)]
    chains = [(tx.strand, tx.introns) for tx in held if tx.introns]
    assert len(set(chains)) == len(chains)
    for one in held:
        same = [
            tx
            for tx in assembled
            if tx.introns and (tx.strand, tx.introns) == (one.strand, one.introns)
        ]
        assert not same or one.length_nt == max(tx.length_nt for tx in same)
