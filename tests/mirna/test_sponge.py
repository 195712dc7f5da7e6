"""Sponges: counts by hand, expectations beside real shuffles, shared families."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

import bioloom as bl
from bioloom.errors import UnknownName
from bioloom.mirna.inputs.records import Mirna, Target, read_mirnas
from bioloom.mirna.sponges.counts import expected_sites, n_sites, seed_words
from bioloom.mirna.sponges.result import find_sponges
from bioloom.seq.alphabet import decode, encode, reverse_complement

LET7 = Mirna("let-7", encode("UGAGGUAGUAGGUUGUAUAGUU"))


def by_hand(mirna, target, *, circular=False):
    """Sites by the letters: 7mer-m8 and 8mer, 7mer-A1."""
    letters, text = decode(mirna.codes), decode(target)
    core, m8 = (reverse_complement(letters[1:last]) for last in (7, 8))
    line = text + text[:7] if circular else text
    starts = range(len(text)) if circular else range(len(text) - 5)
    total = 0
    for start in starts:
        if line[start : start + 6] != core:
            continue
        before = line[start - 1] if start else (text[-1] if circular else "")
        total += before + core == m8 or line[start + 6 : start + 7] == "A"
    return total


@given(st.integers(0, 10**6), st.booleans())
def test_sites_are_those_of_the_letters(seed, circular):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 4, 120).astype(np.uint8)
    site = 3 - LET7.codes[1:8][::-1]
    for start in rng.integers(0, 113, 4):
        target[start : start + 7] = site
    target = np.roll(target, int(rng.integers(0, 120)))
    [found] = n_sites(seed_words([LET7]), target, circular=circular)
    assert found == by_hand(LET7, target, circular=circular)


def shuffled(codes, rng):
    """A shuffle with the same dinucleotides: a random walk that uses each one once."""
    while True:
        edges = {
            base: rng.permutation(codes[1:][codes[:-1] == base]) for base in range(4)
        }
        place, walk = dict.fromkeys(range(4), 0), [int(codes[0])]
        while place[walk[-1]] < len(edges[walk[-1]]):
            base = walk[-1]
            walk.append(int(edges[base][place[base]]))
            place[base] += 1
        if len(walk) == len(codes):  # else it ended early; draw again
            return np.array(walk, dtype=np.uint8)


def test_expected_sites_are_the_mean_of_real_shuffles():
    rng = np.random.default_rng(6)
    target = rng.choice(4, size=3000, p=[0.35, 0.15, 0.2, 0.3]).astype(np.uint8)
    mirnas = [Mirna(str(k), rng.integers(0, 4, 22).astype(np.uint8)) for k in range(60)]
    words = seed_words(mirnas)
    counts = np.mean(
        [n_sites(words, shuffled(target, rng), circular=False) for _ in range(300)],
        axis=0,
    )
    expected = expected_sites(words, target, circular=False)
    error = np.sqrt(expected / 300)
    assert np.abs((counts - expected) / error).max() < 4.5
    assert counts.sum() == pytest.approx(expected.sum(), rel=0.05)


def test_p_values_hold_on_random_rnas():
    rng = np.random.default_rng(7)
    targets = [
        Target(str(k), rng.integers(0, 4, 2000).astype(np.uint8)) for k in range(40)
    ]
    mirnas = [
        Mirna(str(k), rng.integers(0, 4, 22).astype(np.uint8)) for k in range(200)
    ]
    sponges = find_sponges(mirnas, targets)
    for level in (0.05, 0.01):
        share = (sponges.p <= level).mean()
        assert share <= level * 1.1  # counts are discrete: below the level, not on it
        assert share > level / 8
    assert (sponges.to_frame()["q"] > 0.05).all()


def test_the_sponge_of_the_demo_is_found(bioloom, tmp_path):
    bioloom("demo", "--out", tmp_path)
    files = (tmp_path / "mirnas.fa", tmp_path / "targets.fa")
    edges, pairs = tmp_path / "edges.csv", tmp_path / "pairs.tsv"
    done = bioloom(
        *("sponge", *files, "--shared-with", files[1]),
        *("--edges", edges, "--pairs", pairs),
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    # *hid* is bantam's classical target; the sponge was made with three sites
    assert [row["mirna"] for row in table[:2]] == ["dme-bantam-3p"] * 2
    counts = {row["target"]: row["n_sites"] for row in table[:2]}
    assert counts["sponge"] == "3"
    assert all(float(row["q"]) < 0.01 for row in table[:2])
    assert "dme-bantam-3p,sponge,3,sites" in edges.read_text()
    assert "sponge\thid_3utr" in pairs.read_text()


def test_shared_families_follow_fisher_s_exact_test(data_dir):
    mirnas = read_mirnas(data_dir / "mirna" / "mirbase" / "dme_mature.fa")
    rng = np.random.default_rng(8)
    rnas = [
        Target(name, rng.integers(0, 4, 4000).astype(np.uint8)) for name in ("a", "b")
    ]
    sponges = find_sponges(mirnas, rnas[:1], rnas[1:])
    [pair] = sponges.pairs
    m, k, n, x = pair.n_families, pair.n_sponge, pair.n_target, pair.n_shared
    table = [[x, k - x], [n - x, m - k - n + x]]
    assert pair.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert m == len({decode(mirna.codes[1:8]) for mirna in mirnas})
    steps = sponges.explain_pair("a", "b").steps
    assert [step.value.number for step in steps] == [pair.n_expected, pair.p]
    with pytest.raises(UnknownName):
        sponges.explain_pair("b", "a")


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_explained_numbers_are_the_table_s(seed):
    rng = np.random.default_rng(seed)
    target = decode(rng.integers(0, 4, 300).astype(np.uint8)) + "CUACCUCA" * 2
    sponges = bl.mirna.sponge({"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}, {"t": target})
    [row] = sponges.to_frame().to_dict("records")
    steps = sponges.explain("let-7", "t").steps
    values = [step.value.number for step in steps]
    assert values == pytest.approx([row["n_sites"], row["expected"], row["p"]])
    words = sum(float(line.split()[1]) for line in steps[1].detail)
    assert words == pytest.approx(row["expected"], abs=1e-4)
