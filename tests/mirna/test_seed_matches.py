"""Every seed match with its exact best energy, and sites on circles."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadInput
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.circular import CircularSearcher
from bioloom.mirna.search.searcher import search
from bioloom.mirna.search.seed_matches import SeedMatchSearcher, matches_by_letters
from bioloom.mirna.sites.duplex import fold_all
from bioloom.mirna.sites.hits import padded
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.seq.alphabet import decode, encode, reverse_complement

LET7 = encode("UGAGGUAGUAGGUUGUAUAGUU")
EVERY = SearchOptions(top=None, all_seed_matches=True)


@st.composite
def strands(draw, longest=120):
    """A miRNA, and a target with one to three seed sites planted in it."""
    bases = st.integers(0, 3)
    mirna = np.array(draw(st.lists(bases, min_size=18, max_size=24)), dtype=np.uint8)
    target = np.array(draw(st.lists(bases, min_size=60, max_size=longest)), np.uint8)
    for _ in range(draw(st.integers(1, 3))):
        first = draw(st.integers(0, len(target) - 8))
        target[first : first + 7] = 3 - mirna[1:8][::-1]
    return mirna, target


def classes(hits, mirna, target):
    return seed_matches(hits, padded([mirna]), target).names


@settings(max_examples=20)
@given(strands())
def test_the_best_of_the_strict_matches_is_that_of_a_search_with_a_helix(pair):
    mirna, target = pair
    hits = SeedMatchSearcher([mirna], EVERY).search(target)
    rules = SearchOptions(seed_region=(2, 8), allow_gu=False)
    best = next(fold_all(mirna, target, rules), None)
    strict = hits.mfe[np.isin(classes(hits, mirna, target), ("8mer", "7mer-m8"))]
    assert (best.mfe if best else 0) == min(strict, default=0)


@given(strands())
def test_matches_are_those_of_the_letters_one_by_one(pair):
    mirna, target = pair
    text, letters = decode(target), decode(mirna)
    wanted = set()
    for last, first in ((8, 2), (7, 2), (8, 3)):
        site = reverse_complement(letters[first - 1 : last])
        at = text.find(site)
        while at >= 0:
            wanted.add(at + last - 2)  # the base opposite base 2 of the miRNA
            at = text.find(site, at + 1)
    found = {
        match.columns[0] + match.region.first - 2
        for match in matches_by_letters(mirna, target)
        if all(
            mirna[place - 1] + target[column] == 3
            for place, column in zip(
                range(match.region.first, match.region.last + 1),
                match.columns,
                strict=True,
            )
        )
        and all(left - right == 1 for left, right in pairwise(match.columns))
    }
    assert found == wanted


def test_a_site_beside_a_better_one_is_not_hidden():
    """Two sites 10 nt apart: the masked search shows one, this one both."""
    site = reverse_complement(decode(LET7))
    target = "CCCC" + site + "CC" + site[-8:] + "ACC"
    frame = bl.mirna.predict("UGAGGUAGUAGGUUGUAUAGUU", target, top=5).to_frame()
    both = bl.mirna.predict(
        "UGAGGUAGUAGGUUGUAUAGUU", target, all_seed_matches=True
    ).to_frame()
    ends = both.loc[both["seed"].isin(["8mer", "7mer-m8"]), "seed_end"]
    assert sorted(ends) == [26, 36]
    assert len(frame) >= 1
    assert both["mfe"].min() == frame["mfe"].min()


@pytest.mark.parametrize(
    ("site", "kind"),
    [
        ("CUACCUCA", "8mer"),
        ("CUACCUCC", "7mer-m8"),
        ("GUACCUCA", "7mer-A1"),
        ("GUACCUCC", "6mer"),
        ("CUACCUAC", "offset 6mer"),
        ("CUAUCUCC", "GU"),
        ("CUACGCUCC", "bulged"),
    ],
)
def test_each_class_is_listed(site, kind):
    target = encode("GGG" + site + "GGG")
    hits = SeedMatchSearcher([LET7], EVERY).search(target)
    assert kind in classes(hits, LET7, target)


def test_a_seed_region_beside_all_matches_is_refused():
    with pytest.raises(BadInput, match="leave the seed region out"):
        bl.mirna.predict(
            "UGAGGUAGUAGGU", "ACGU" * 9, all_seed_matches=True, seed_region="2-8"
        )


def test_a_site_across_the_junction_is_found(bioloom, cases_dir):
    folder = cases_dir / "mirna"
    given_files = ("predict", folder / "let7.fa", folder / "circ.fa")
    done = bioloom(*given_files, "--circular", "--format", "bed")
    [row] = [line.split("\t") for line in done.stdout.splitlines()]
    assert row[1:3] == ["0", "221"]
    assert row[9:] == ["2", "10,11", "0,210"]
    frame = bl.mirna.predict(folder / "let7.fa", folder / "circ.fa", circular=True)
    [site] = frame.to_frame().to_dict("records")
    assert (site["start"], site["end"], site["mfe"]) == (210, 10, -41.0)
    assert frame.explain(0).title.startswith("let-7a on circ: -41.00")


@settings(max_examples=15)
@given(strands(longest=90), st.integers(0, 89), st.sampled_from([1, 3]))
def test_sites_of_a_circle_do_not_depend_on_where_it_is_cut(pair, cut, top):
    mirna, target = pair
    cut %= len(target)
    options = SearchOptions(top=top, circular=True)
    here, there = (
        CircularSearcher([mirna], options).search(np.roll(target, -shift))
        for shift in (0, cut)
    )
    assert here.units[:1].tolist() == there.units[:1].tolist()
    spans = [
        {base % len(target) for base in range(start, end)}
        for start, end in zip(here.start.tolist(), here.end.tolist(), strict=True)
    ]
    assert len(set().union(*spans)) == sum(map(len, spans))  # none overlaps another
    line = search([mirna], target)
    if len(line):
        assert here.units[0] <= line.units[0]


@settings(max_examples=8)
@given(strands(longest=90), st.integers(0, 89))
def test_seed_matches_of_a_circle_do_not_depend_on_where_it_is_cut(pair, cut):
    mirna, target = pair
    cut %= len(target)
    options = SearchOptions(top=None, all_seed_matches=True, circular=True)
    here, there = (
        CircularSearcher([mirna], options).search(np.roll(target, -shift))
        for shift in (0, cut)
    )
    assert sorted(here.units.tolist()) == sorted(there.units.tolist())
    turned = (there.partners[:, 1] + cut) % len(target)
    paired = (here.partners[:, 1] >= 0).sum()
    assert paired == (there.partners[:, 1] >= 0).sum()
    if paired == len(here):
        assert sorted(here.partners[:, 1] % len(target)) == sorted(turned)
