"""One p-value for all orthologs of a target."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadTable, InputWarning
from bioloom.mirna.joint.groups import read_groups
from bioloom.mirna.joint.result import effective_number
from bioloom.seq.alphabet import decode

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
SITE = "AACUAUACAACCUACUACCUCAGG"


def related(rng, length, changed):
    """Three orthologs: copies of one RNA with a share of their bases changed."""
    first = rng.integers(0, 4, length)
    copies = []
    for _ in range(3):
        is_new = rng.random(length) < changed
        copies.append(np.where(is_new, rng.integers(0, 4, length), first))
    return [decode(copy.astype(np.uint8)) for copy in copies]


@given(st.floats(1.0, 3.0), st.integers(0, 100))
def test_the_effective_number_is_that_of_the_law_it_is_fitted_to(k, seed):
    """If P(p_max <= t) = t**k, the estimate is k up to its standard error."""
    draws = np.random.default_rng(seed).random(4000) ** (1 / k)
    assert effective_number(draws, 5) == pytest.approx(k, rel=5 / np.sqrt(4000))


@pytest.mark.parametrize(("changed", "low", "high"), [(0.0, 1.0, 1.2), (1.0, 2.4, 3.0)])
def test_copies_count_once_and_strangers_fully(changed, low, high):
    rng = np.random.default_rng(11)
    names = {f"s{k}": rna for k, rna in enumerate(related(rng, 800, changed))}
    table = {"group": ["g"] * 3, "target": [*names]}
    sites = bl.mirna.orthologs({"let-7": LET7}, names, table)
    [group] = sites.groups
    # of 300 random miRNAs, with a standard error of 6 %
    assert low <= group.k_effective <= high


def test_joint_p_values_hold_for_new_random_mirnas():
    rng = np.random.default_rng(12)
    targets, table = {}, {"group": [], "target": []}
    for number in range(20):
        for k, rna in enumerate(related(rng, 500, 0.4)):
            targets[f"g{number}_{k}"] = rna
            table["group"].append(f"g{number}")
            table["target"].append(f"g{number}_{k}")
    mirnas = {
        f"m{k}": decode(rng.integers(0, 4, 22).astype(np.uint8)) for k in range(100)
    }
    sites = bl.mirna.orthologs(mirnas, targets, table)
    p = np.concatenate([group.joint_p for group in sites.groups])
    assert 0.03 <= (p <= 0.05).mean() <= 0.07
    assert (sites.to_frame()["q"] > 0.05).all()


def test_a_conserved_site_is_found_and_explained():
    rng = np.random.default_rng(13)
    targets = {
        f"s{k}": rna[:200] + SITE + rna[200:]
        for k, rna in enumerate(related(rng, 400, 0.5))
    }
    table = {"gene": ["g"], "fly": ["s0"], "bee": ["s1"], "ant": ["s2"]}
    sites = bl.mirna.orthologs({"let-7": LET7}, targets, table)
    [row] = sites.to_frame().to_dict("records")
    assert (row["group"], row["n_sites"]) == ("g", 3)
    assert row["p"] < row["p_max"] < 1e-6
    steps = sites.explain("let-7", "g").steps
    values = [step.value.number for step in steps]
    assert values == pytest.approx([row["p_max"], row["k_effective"], row["p"]])


def test_a_group_without_targets_is_left_out_with_a_word():
    table = {"group": ["a", "a", "b"], "target": ["x", "y", "z"]}
    with pytest.warns(InputWarning, match="1 target not among those searched; 1 group"):
        assert read_groups(table, ["x", "y"]) == {"a": ("x", "y")}
    with pytest.raises(BadTable, match="no group with two"):
        read_groups(table, ["x"])


def test_the_command_writes_the_table(bioloom, tmp_path):
    (tmp_path / "m.fa").write_text(f">let-7\n{LET7}\n")
    (tmp_path / "t.fa").write_text(f">x\nCCC{SITE}\n>y\n{SITE}GGG\n")
    (tmp_path / "o.csv").write_text("group,target\ng,x\ng,y\n")
    files = [tmp_path / name for name in ("m.fa", "t.fa", "o.csv")]
    done = bioloom("orthologs", *files, "--p-values", "3utr_fly")
    header, row = done.stdout.splitlines()
    assert header.startswith("mirna\tgroup\tn_targets")
    assert row.startswith("let-7\tg\t2\t2")
