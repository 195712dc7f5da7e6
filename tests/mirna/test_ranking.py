"""The ranking score: features, both implementations, behaviour, parts."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bioloom as bl
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.prediction import predict_records
from bioloom.mirna.ranking.features import FEATURES, GROUPS, features
from bioloom.mirna.ranking.model import (
    by_group,
    model_of_entries,
    packaged,
    save_model,
    scores,
)
from bioloom.mirna.search.best_energies import perfect_energies
from bioloom.mirna.search.searcher import Searcher
from bioloom.mirna.sites.hits import MirnaTable, padded
from bioloom.mirna.sites.seeds import KINDS, seed_matches
from bioloom.seq.alphabet import encode

LET7, MIR16 = "UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"
NAMES = list(FEATURES)


def table_of(mirnas):
    codes = [encode(mirna) for mirna in mirnas]
    return MirnaTable(
        names=np.array([f"m{k}" for k in range(len(codes))]),
        codes=padded(codes),
        lengths=np.array([len(each) for each in codes]),
        perfect=perfect_energies(codes),
    )


def sites(mirnas, target, **rules):
    """Arguments of `features` and `scores`."""
    options = SearchOptions(**rules)
    codes, table = encode(target), table_of(mirnas)
    hits = Searcher([encode(mirna) for mirna in mirnas], options).search(codes)
    return hits, seed_matches(hits, table.codes, codes), table, codes


def sequences(low, high, letters="ACGU"):
    return st.text(letters, min_size=low, max_size=high)


@settings(max_examples=40)
@given(st.lists(sequences(8, 30), min_size=1, max_size=6), sequences(1, 90, "ACGUN"))
def test_the_kernel_gives_the_same_scores_to_the_last_bit(mirnas, target):
    known = sites(mirnas, target, top=None)
    compiled, plain = scores(*known), scores(*known, is_compiled=False)
    assert compiled.tolist() == plain.tolist()


@settings(max_examples=40)
@given(sequences(15, 30), sequences(20, 80))
def test_features_agree_with_the_loops_of_the_duplex(mirna, target):
    known = sites([mirna], target, top=None)
    options = SearchOptions(top=None)
    duplexes = Searcher([encode(mirna)], options).duplexes(known[3], known[0])
    for row, duplex in zip(features(*known), duplexes, strict=True):
        value = dict(zip(NAMES, row.tolist(), strict=True))
        stacks = [loop for loop in duplex.loops if loop.kind == "stack"]
        energy = math.fsum(loop.energy for loop in stacks)
        assert value["mfe"] == pytest.approx(duplex.mfe)
        assert value["loop_energy"] == pytest.approx(duplex.mfe - energy, abs=1e-9)
        for loop in stacks:
            if loop.mirna.end <= 22:
                found = value[f"stack_{loop.mirna.start + 1}"]
                assert found == pytest.approx(loop.energy)
        above, paired, below, free = duplex.lines
        pairs = [a + b for a, b in zip(below, paired, strict=True) if a != " "]
        assert value["n_pairs"] == len(pairs)
        for pair in ("AU", "UA", "GC", "CG", "GU", "UG"):
            assert value[f"pairs_{pair}"] == pairs.count(pair)
        for base in "ACGU":
            assert value[f"mirna_free_{base}"] == free.count(base)
        first, last = paired.index(paired.strip()[0]), len(paired.rstrip())
        for base in "ACGU":
            assert value[f"target_free_{base}"] == above[first:last].count(base)


def test_seed_helix_and_surroundings_by_hand():
    #        flank  3' part        gap seed    A  flank
    target = "GGGA" + "ACUAUACAACC" + "CC" + "CUACCUC" + "A" + "UUUU"
    row = features(*sites([LET7], target))[0]
    value = dict(zip(NAMES, row.tolist(), strict=True))
    assert value["seed_class"] == len(KINDS) - 1
    assert value["a_opposite_1"] == 1
    assert value["seed_helix"] == 8
    assert value["au_after"] == 1.0
    # the site begins with the pair of base 22: before it, GGGA A
    assert value["supplement_helix"] >= 10


def test_parts_add_up_exactly_to_the_score():
    rng = np.random.default_rng(8)
    target = "".join(rng.choice(list("ACGU"), 300))
    known = sites([LET7, MIR16], target, top=6)
    model = packaged()
    for row, score in zip(features(*known), scores(*known), strict=True):
        parts = model.parts(row)
        assert model.base + math.fsum(parts) == pytest.approx(score, abs=1e-9)
        groups = by_group(parts)
        assert tuple(groups) == GROUPS
        assert math.fsum(groups.values()) == pytest.approx(math.fsum(parts))


@pytest.mark.parametrize("number", [1, 3])
def test_explain_shows_the_score_of_the_table(number):
    rng = np.random.default_rng(4)
    target = {"utr": "".join(rng.choice(list("ACGU"), 400))}
    prediction = bl.mirna.predict({"let-7": LET7}, target, top=3)
    step = prediction.explain(number - 1).steps[4]
    score = float(prediction.to_frame()["score"][number - 1])
    assert step.value.number == score
    left, _, total = step.substitution.removeprefix("s = ").rpartition(" = ")
    assert float(total) == pytest.approx(score, abs=5e-4)
    terms = [float(term) for term in left.split()]
    assert len(terms) == 1 + len(GROUPS)
    assert sum(terms) == pytest.approx(score, abs=0.005)


def test_lines_of_a_group_add_up_to_it():
    target = {"utr": "GGGACUAUACAACCAACUACCUCAUUUU"}
    step = bl.mirna.explain({"let-7": LET7}, target).steps[4]
    sums, group = {}, ""
    for line in step.detail[1:]:
        added = float(line[-8:])
        if line.startswith("  "):
            sums[group][1] += added
        else:
            group = line[:42].strip()
            sums[group] = [added, 0.0]
    assert set(sums) == set(GROUPS)
    for shown, added in sums.values():
        assert added == pytest.approx(shown, abs=0.004)


def test_a_run_of_a_scores_below_real_sites(cases_dir):
    mirnas = {"let-7": LET7, "mir-16": MIR16}
    found = bl.mirna.predict(mirnas, cases_dir / "mirna" / "tenA.fa").to_frame()
    score = found.set_index(["mirna", "target"])["score"]
    assert score["let-7", "tenA"] < -3
    assert score["let-7", "real"] > 3
    assert score["mir-16", "tenA"] < score["mir-16", "real"]


@pytest.fixture(scope="module", params=[0.3, 0.5, 0.65])
def random_sites(request):
    """All sites of 20 miRNAs on random targets of one G+C content."""
    rng = np.random.default_rng(11)
    odds = np.array([1 - request.param, request.param] * 2)[[0, 1, 3, 2]] / 2
    mirnas = [
        Mirna(f"m{k}", rng.integers(0, 4, 22).astype(np.uint8)) for k in range(20)
    ]
    targets = [
        Target(f"t{k}", rng.choice(4, 400, p=odds).astype(np.uint8)) for k in range(20)
    ]
    return predict_records(mirnas, targets, SearchOptions(top=None)).to_frame()


def test_none_of_the_best_scores_is_of_a_weak_site(random_sites):
    best = random_sites.nlargest(200, "score")
    assert best["mfe"].max() < -8
    weak = random_sites[random_sites["mfe"] > -8]
    assert len(weak) > 5_000
    assert weak["score"].max() < best["score"].min()


def test_weaker_sites_score_lower(random_sites):
    bins = (random_sites["mfe"] // 2 * 2).clip(lower=-26)
    score = random_sites.groupby(bins)["score"]
    assert (score.median().diff().dropna() < 0).all()
    weak = score.quantile(0.99).tail(6)  # from -12 kcal/mol on
    assert (weak.diff().dropna() < 0).all()


def test_a_model_that_is_written_and_read_scores_alike(tmp_path):
    path = tmp_path / "model.json"
    save_model(packaged(), path)
    again = model_of_entries(json.loads(path.read_text()))
    table = features(*sites([LET7], "GGGACUAUACAACCAACUACCUCAUUUU"))
    assert again.log_odds(table).tolist() == packaged().log_odds(table).tolist()
    assert path.stat().st_size < 300_000


def test_no_feature_is_of_the_mirna_alone():
    """Such a feature would not differ between the sites of one miRNA."""
    rng = np.random.default_rng(3)
    varies = np.zeros(len(NAMES), dtype=bool)
    for mirna in ("".join(rng.choice(list("ACGU"), 23)) for _ in range(6)):
        target = "".join(rng.choice(list("ACGU"), 1500))
        varies |= np.ptp(features(*sites([mirna], target, top=None)), axis=0) > 0
    assert [
        name for name, varied in zip(NAMES, varies, strict=True) if not varied
    ] == []
