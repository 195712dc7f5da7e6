"""Duplexes of the page, against the recursion of the room."""

import numpy as np

from bioloom.mirna.energy.recursion import (
    END,
    INF,
    Move,
    Strands,
    energy_matrix,
    replay,
)
from bioloom.mirna.sites.duplex import fold_all
from bioloom.mirna.sites.hits import NumberedDuplex, hits_of, padded
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.seq.alphabet import encode
from tests.lesson.computing import N_CASES, computed
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM
TURN = str.maketrans("ACGU", "UGCA")


def rna(rng, length):
    return "".join(rng.choice(list("ACGU"), length))


def changed(rng, text, rate):
    """Bases replaced, left out or put in."""
    parts = []
    for letter in text:
        draw = rng.random()
        if draw < rate:
            parts.append(str(rng.choice(list("ACGU"))))
        elif draw < 1.4 * rate:
            parts.append(letter + rna(rng, rng.integers(1, 5)))
        elif draw > 1 - 0.4 * rate:
            parts.append("")
        else:
            parts.append(letter)
    return "".join(parts)


def random_pair(rng):
    """A miRNA, and a target with something like its complement, or nothing such."""
    mirna = rna(rng, rng.integers(1, 20))
    site = changed(rng, mirna.translate(TURN)[::-1], rng.choice([0, 0.1, 0.3, 1]))
    target = rna(rng, rng.integers(0, 8)) + site + rna(rng, rng.integers(1, 8))
    return {"mirna": mirna, "target": target}


def strands_of(case):
    return Strands(encode(case["mirna"]), encode(case["target"]))


TABLE = """((table) => {
  const starts = K.startTable(D.energies, table);
  const start = K.bestStart(starts);
  const found = start === null ? null : K.duplexFrom(D.energies, table, start);
  return { C: table.C, energy: start === null ? 0 : start.energy, found };
})(K.duplexTable(D.energies, c.mirna, c.target))"""


def test_tables_and_least_energies_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(21)
    cases = [random_pair(rng) for _ in range(N_CASES)]
    found = computed("mirna", cases, TABLE, tmp_path)
    kinds = set()
    for case, result in zip(cases, found, strict=True):
        strands = strands_of(case)
        matrix = energy_matrix(strands)
        assert result["C"] == matrix[: strands.m, : strands.n].tolist()
        best = replay(strands, matrix)
        assert result["energy"] == (best.units if best else 0)
        if best:
            judge(strands, result)
            kinds |= {loop["kind"] for loop in result["found"]["loops"]}
    loops = {"stack", "target_bulge", "mirna_bulge", "interior_loop"}
    assert kinds == loops | {"start", "end"}


def judge(strands, result):
    """Whether a duplex has the energy it is said to have, loop by loop."""
    pairs, loops = result["found"]["pairs"], result["found"]["loops"]
    energies = [sum(map(int, strands.start_parts(*pairs[0])))]
    for (i, j), (inner_i, inner_j) in zip(pairs, pairs[1:], strict=False):
        move = Move(inner_i - i - 1, inner_j - j - 1)
        energies.append(sum(map(int, strands.parts(i, j, move))))
    energies.append(sum(map(int, strands.parts(*pairs[-1], END))))
    assert [loop["energy"] for loop in loops] == energies
    assert sum(energies) == result["energy"]


def test_seeds_are_those_of_the_room(tmp_path):
    rng = np.random.default_rng(22)
    cases = []
    while len(cases) < N_CASES:
        case = random_pair(rng) if len(cases) % 2 else near_seed(rng)
        best = next(fold_all(encode(case["mirna"]), encode(case["target"])), None)
        if best:
            m = len(case["mirna"])
            pairs = [(int(p.target), m - 1 - int(p.mirna)) for p in best.pairs]
            cases.append(case | {"pairs": pairs, "expected": seed_of(case, best)})
    given = [{k: v for k, v in case.items() if k != "expected"} for case in cases]
    expression = (
        "K.seedKind(K.duplexTable(D.energies, c.mirna, c.target).strands, c.pairs)"
    )
    found = computed("mirna", given, expression, tmp_path)
    assert found == [case["expected"] for case in cases]
    assert len(set(found)) == 8


def near_seed(rng):
    """A pair that matches well around the seed."""
    mirna = rna(rng, rng.integers(9, 24))
    site = mirna[:9].translate(TURN)[::-1]
    if rng.random() < 0.7:
        at = int(rng.integers(9))
        site = site[:at] + rna(rng, rng.integers(0, 3)) + site[at + 1 :]
    if rng.random() < 0.3:  # an A opposite the first base
        site = f"{site[:-1]}A"
    return {"mirna": mirna, "target": f"{rna(rng, 6)}{site}{rna(rng, 3)}"}


def seed_of(case, duplex):
    mirna, target = encode(case["mirna"]), encode(case["target"])
    hits = hits_of([NumberedDuplex(0, duplex)], len(mirna))
    return str(seed_matches(hits, padded([mirna]), target).names[0])


def test_no_energy_is_as_large_as_no_duplex():
    assert INF == 15_000
