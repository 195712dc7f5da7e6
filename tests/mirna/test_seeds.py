"""Seed classes, on sites made for each."""

import numpy as np
import pytest

from bioloom.mirna.sites.duplex import fold_all
from bioloom.mirna.sites.hits import hits_of
from bioloom.mirna.sites.seeds import KINDS, seed_matches
from bioloom.seq.alphabet import encode, reverse_complement

LET7 = "TGAGGTAGTAGGTTGTATAGTT"
# pairs with miRNA bases 12 to 21, firm enough to hold the rest in its place
ANCHOR = reverse_complement(LET7[11:21])


def matched(site, left="CCC", anchor=ANCHOR):
    """Seed match of let-7 on an anchor, a gap, the site and a tail."""
    mirna, target = encode(LET7), encode(f"CCCC{anchor}{left}{site}CCCC")
    [duplex] = fold_all(mirna, target)
    table = mirna[None, :]
    found = seed_matches(hits_of([(0, duplex)], len(mirna)), table, target)
    start = 4 + len(anchor) + len(left)
    return found.names[0], found.start[0] - start, found.end[0] - start


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("CTACCTCA", ("8mer", 0, 8)),
        ("CTACCTCC", ("7mer-m8", 0, 7)),
        ("ATACCTCA", ("7mer-A1", 1, 8)),
        ("ATACCTCC", ("6mer", 1, 7)),
        ("CTACCTAC", ("offset 6mer", 0, 6)),
        ("CTATCTCC", ("GU", 0, 7)),
        ("CTACGCTCC", ("bulged", 0, 8)),
    ],
)
def test_each_class_is_read_off_its_pairs(site, expected):
    assert matched(site) == expected


def test_without_a_seed_there_is_no_span():
    mirna, target = encode(LET7), encode(f"CCCC{ANCHOR}CCCC")
    [duplex] = fold_all(mirna, target)
    found = seed_matches(hits_of([(0, duplex)], len(mirna)), mirna[None, :], target)
    assert (found.names[0], found.start[0], found.end[0]) == ("none", -1, -1)


def test_the_a_opposite_base_1_may_lie_beyond_the_target():
    mirna = encode(LET7)
    target = encode(f"CC{reverse_complement(LET7[1:20])}")  # ends opposite base 2
    [duplex] = fold_all(mirna, target)
    found = seed_matches(hits_of([(0, duplex)], len(mirna)), mirna[None, :], target)
    assert found.names[0] == "7mer-m8"


def test_a_short_mirna_and_no_hit_are_no_harm():
    mirna = encode("ACGTACGTA")
    none = seed_matches(hits_of([], 9), mirna[None, :], encode("ACGT"))
    assert len(none.kind) == 0
    assert KINDS[-1] == "none"
    assert np.array(KINDS)[none.kind].shape == (0,)
