"""The fast search against the plain recursion, and what must not change its result."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioloom.errors import BadInput
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search import searcher as search_module
from bioloom.mirna.search.choose import searcher_for
from bioloom.mirna.search.plain import PlainSearcher
from bioloom.mirna.search.searcher import Searcher, search
from bioloom.mirna.sites.duplex import fold_all
from bioloom.seq.alphabet import encode
from tests.mirna.reference import random_mirnas, random_targets

# two letters make long loops and many equal structures
LETTERS = st.sampled_from(["ACGT", "GT", "GC", "ACGTN", "AAT"])
LIMITS = st.integers(0, 15)
HELICES = st.one_of(st.none(), st.tuples(st.integers(1, 6), st.integers(0, 6)))


@st.composite
def sequences(draw, low, high):
    letters = draw(LETTERS)
    return encode(draw(st.text(letters, min_size=low, max_size=high)))


@st.composite
def options(draw):
    helix = draw(HELICES)
    return SearchOptions(
        top=draw(st.sampled_from([1, 2, 5, None])),
        max_mfe=draw(st.sampled_from([0.0, -3.0, -8.0])),
        seed_region=helix and (helix[0], helix[0] + helix[1]),
        allow_gu=draw(st.booleans()),
        max_loop=draw(LIMITS),
        max_bulge=draw(LIMITS),
    )


def listed(mirna, target, rules):
    return [(d.start, d.end, d.mfe, d.summed) for d in fold_all(mirna, target, rules)]


def listed_fast(hits, mirna):
    of = hits.of(mirna)
    columns = (of.start, of.end, of.mfe, of.summed)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@settings(max_examples=150)
@given(sequences(4, 26), sequences(1, 90), options(), st.sampled_from([1, 6]))
def test_fast_and_plain_search_agree(mirna, target, rules, n_copies):
    # six copies go through the bounds in lanes, one through exact rows
    hits = Searcher([mirna] * n_copies, rules).search(target)
    expected = listed(mirna, target, rules)
    for copy in range(n_copies):
        assert listed_fast(hits, copy) == expected


@pytest.mark.slow
@pytest.mark.parametrize("n_mirnas", [3, 40])
def test_fast_and_plain_search_agree_on_many_pairs(n_mirnas):
    rng = np.random.default_rng(n_mirnas)
    mirnas = random_mirnas(rng, n_mirnas)
    rules = SearchOptions(top=2)
    for target in random_targets(rng, mirnas, 60 // n_mirnas, longest=300):
        hits = search(mirnas, target, rules)
        for number, mirna in enumerate(mirnas):
            assert listed_fast(hits, number) == listed(mirna, target, rules)


@pytest.mark.parametrize("n_mirnas", [1, 6])
def test_fast_and_plain_search_agree_on_many_sites(n_mirnas):
    rng = np.random.default_rng(11)
    mirnas = random_mirnas(rng, n_mirnas)
    # three letters: most pieces have a site, many are equal
    target = rng.integers(1, 4, 330).astype(np.uint8)
    rules = SearchOptions(top=10)
    hits = search(mirnas, target, rules)
    assert len(hits) == 10 * n_mirnas
    assert listed_fast(hits, n_mirnas - 1) == listed(mirnas[-1], target, rules)


def test_the_first_sites_of_many_are_the_sites_of_few():
    rng = np.random.default_rng(12)
    mirnas = random_mirnas(rng, 33)
    target = rng.integers(0, 4, 1_500).astype(np.uint8)
    # more sites than there is room for at first
    every = search(mirnas, target, SearchOptions(top=None, max_mfe=-12.0))
    few = search(mirnas, target, SearchOptions(top=4, max_mfe=-12.0))
    for number in range(len(mirnas)):
        assert listed_fast(every, number)[:4] == listed_fast(few, number)


@pytest.mark.parametrize("n_mirnas", [2, 7])
def test_a_long_target_is_cut_without_a_trace(monkeypatch, n_mirnas):
    rng = np.random.default_rng(3)
    mirnas = random_mirnas(rng, n_mirnas)
    target = rng.integers(0, 4, 9_000).astype(np.uint8)
    searcher = Searcher(mirnas, SearchOptions(top=20))
    whole = searcher.search(target)
    monkeypatch.setattr(search_module, "BLOCK", 1024)
    monkeypatch.setattr(search_module, "MAX_PIECES", 20)
    for threads in (1, 3):
        cut = searcher.search(target, threads=threads)
        assert cut.start.tolist() == whole.start.tolist()
        assert cut.summed.tolist() == whole.summed.tolist()
        assert cut.mirna.tolist() == whole.mirna.tolist()


def test_threads_keep_the_order_of_targets():
    rng = np.random.default_rng(4)
    mirnas = random_mirnas(rng, 6)
    targets = random_targets(rng, mirnas, 30)
    searcher = Searcher(mirnas)
    alone = [hits.start.tolist() for hits in searcher.search_all(iter(targets))]
    two = [hits.start.tolist() for hits in searcher.search_all(targets, threads=2)]
    assert alone == two


def test_flanks_never_raise_the_energy():
    rng = np.random.default_rng(5)
    mirnas = random_mirnas(rng, 8)
    core = rng.integers(0, 4, 40).astype(np.uint8)
    flank = rng.integers(0, 4, 30).astype(np.uint8)
    inner, outer = (
        search(mirnas, target).mfe
        for target in (core, np.concatenate([flank, core, flank]))
    )
    assert (outer <= inner).all()


def test_hits_of_a_search_do_not_overlap():
    rng = np.random.default_rng(6)
    mirnas = random_mirnas(rng, 5)
    target = rng.integers(0, 4, 2_000).astype(np.uint8)
    hits = search(mirnas, target, SearchOptions(top=None, max_mfe=-10.0))
    for number in range(5):
        of = hits.of(number)
        assert (np.diff(of.mfe) >= 0).all() and (of.mfe <= -10).all()
        order = np.argsort(of.start)
        assert (of.end[order][:-1] <= of.start[order][1:]).all()


def test_empty_targets_and_short_mirnas_have_no_site():
    rules = SearchOptions(seed_region=(2, 8))
    for mirnas in ([encode("ACGU")], [encode("ACGU")] * 6):
        assert len(search(mirnas, encode("ACGUACGUACGU"), rules)) == 0
        assert len(search(mirnas, encode(""))) == 0
        assert len(search(mirnas, encode("NNNN"))) == 0
    assert len(search([], encode("ACGU"))) == 0


def test_a_mirna_of_a_wrong_length_is_refused():
    for sequence in ("", "A" * 61):
        with pytest.raises(BadInput, match="miRNA 2: found .* expected 1 to 60 nt"):
            Searcher([encode("ACGU"), encode(sequence)])


def test_small_jobs_are_done_without_numba_and_alike():
    mirna = encode("UGAGGUAGUAGGUUGUAUAGUU")
    target = encode("AAACUACAACCUACUACCUCAGGNNNACUACAACCUACUACCACAGG")
    rules = SearchOptions(top=2)
    plain = searcher_for([mirna], rules, target_nt=len(target))
    fast = searcher_for([mirna], rules, target_nt=None)
    assert isinstance(plain, PlainSearcher) and isinstance(fast, Searcher)
    for one, other in zip(
        plain.search_all([target]), fast.search_all([target]), strict=True
    ):
        assert listed_fast(one, 0) == listed_fast(other, 0)
        drawn = [list(s.duplexes(target, one)) for s in (plain, fast)]
        assert drawn[0] == drawn[1] and len(drawn[0]) == 2


def test_the_plain_search_imports_nothing_heavy():
    code = "import sys, bioloom.mirna.search.plain; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert not {"numba", "scipy", "pandas"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"max_loop": 16}, "max_loop: found 16, expected a whole number, 0 to 15"),
        ({"max_bulge": -1}, "max_bulge: found -1"),
        ({"top": 0}, "top: found 0, expected a whole number, at least 1"),
        ({"max_mfe": 1.0}, "max_mfe: found 1.0, expected a number, at most 0"),
        ({"seed_region": (0, 7)}, "seed_region: found 0-7"),
        ({"seed_region": (8, 2)}, "seed_region: found 8-2, expected two positions"),
    ],
)
def test_options_out_of_range_are_refused(wrong, message):
    with pytest.raises(BadInput, match=message):
        SearchOptions(**wrong)
