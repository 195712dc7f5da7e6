"""Thresholds on one column: all samples, reproducible draws, bounds above both."""

import json
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.bounds.explaining import explain_simulation
from bioloom.bounds.losses import losses_of
from bioloom.bounds.outputs import run_simulation
from bioloom.bounds.representative import check
from bioloom.bounds.simulation import BOUNDS, Draws, read_thresholds, simulate
from bioloom.bounds.thresholds import thresholds_of
from bioloom.errors import BadTable, OutputExists, UnknownName
from tests.bounds import naive


def pictures(n=300, rng_seed=4):
    """Edge pixels of two classes that overlap."""
    rng = np.random.default_rng(rng_seed)
    labels = rng.choice(["digi", "poke"], n)
    edges = np.where(labels == "poke", 3200, 2400) + 600 * rng.standard_normal(n)
    return edges.round(), labels.tolist()


def predictions_of(found):
    """What each hypothesis says of each example, 1 for the positive class."""
    value = found.cuts[found.group]
    above = value > found.cuts[:, None]
    return np.concatenate([above, ~above]).astype(np.int8)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=8),
    st.data(),
)
def test_all_samples_are_enumerated_as_a_plain_loop_does(examples, data):
    values, flags = (list(one) for one in zip(*examples, strict=True))
    if len(set(flags)) < 2:
        flags[0] = not flags[0]
    labels = ["b" if flag else "a" for flag in flags]
    n = data.draw(st.integers(1, len(values)))
    found = simulate(thresholds_of(values, labels), Draws(n_sample=n, tolerance=0.3))
    everything = range(len(values))
    whole = np.array(naive.threshold_losses(values, flags, everything)).T.ravel()
    assert found.losses == pytest.approx(whole)
    assert found.is_exact
    rows = naive.samples(len(values), n)
    assert len(found.most) == len(rows) == comb(len(values), n)
    for k, sample in enumerate(rows):
        losses = np.array(naive.threshold_losses(values, flags, sample)).T.ravel()
        assert found.gaps[k] == pytest.approx(np.abs(losses - whole).max())
        assert losses[found.chosen[k]] == pytest.approx(losses.min())
        assert found.n_wrong[k] == round(losses.min() * n)
    assert found.missed.low == found.missed.value == found.missed.high
    for name in BOUNDS:
        assert found.bound(name, found.epsilon) >= found.missed.value - 1e-12


def test_one_draw_is_what_check_says_of_the_same_predictions():
    values, labels = pictures()
    found = thresholds_of(values, labels)
    drawn = simulate(found, Draws(n_sample=60, n_draws=5, tolerance=0.1))
    rng = np.random.default_rng(42)
    truth = (found.sign > 0).astype(np.int8)
    for k in range(5):
        rows = rng.choice(300, 60, replace=False, shuffle=False)
        mask = np.isin(np.arange(300), rows)
        told = check(losses_of(predictions_of(found), truth, mask), tolerance=0.1)
        assert np.nanmax(told.gaps) == pytest.approx(drawn.gaps[k])
        assert told.excess == pytest.approx(drawn.excess[k], abs=0.02)
        assert told.losses.sample.min() == pytest.approx(drawn.n_wrong[k] / 60)


def test_draws_repeat_and_agree_with_the_exact_chance():
    values, labels = pictures(18)
    found = thresholds_of(values, labels)
    draws = Draws(n_sample=6, tolerance=0.5, n_draws=10_000)
    exact = simulate(found, draws)
    assert exact.is_exact
    assert len(exact.most) == comb(18, 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bioloom.bounds.simulation.MOST_ENUMERATED", 0)
        drawn, again = simulate(found, draws), simulate(found, draws)
    assert drawn.to_frame().equals(again.to_frame())
    assert drawn.missed.low <= exact.missed.value <= drawn.missed.high
    assert drawn.excess.mean() == pytest.approx(exact.excess.mean(), abs=0.01)


def test_bounds_lie_above_what_is_measured_at_every_epsilon():
    values, labels = pictures(1000)
    found = simulate(
        thresholds_of(values, labels), Draws(n_sample=300, tolerance=0.1, n_draws=2000)
    )
    curve = found.curve(np.linspace(0.001, 0.3, 40))
    # an event that never came in 2,000 draws has a chance below 0.2 % with 95 %
    for name in BOUNDS:
        assert (curve[name] >= curve["measured"] - 0.002).all()
    assert (curve["exact"] <= curve["serfling"] + 1e-12).all()
    assert (curve["serfling"] <= curve["hoeffding"] + 1e-12).all()
    beyond = np.mean(found.excess > 0.1)
    assert beyond <= found.missed.value


def test_classes():
    found = thresholds_of([1, 2, 3], ["x", "y", "z"], positive="y")
    assert (found.positive, found.negative) == ("y", "the rest")
    assert found.words(0) == "'y' above 1"
    assert found.words(3) == "'y' up to 1"
    with pytest.raises(BadTable, match="found 3 classes"):
        thresholds_of([1, 2, 3], ["x", "y", "z"])
    with pytest.raises(BadTable, match="found 1 classes"):
        thresholds_of([1, 2], ["x", "x"])
    with pytest.raises(BadTable, match="no example of class 'w'"):
        thresholds_of([1, 2], ["x", "y"], positive="w")
    with pytest.raises(BadTable, match="at most the 2 of the table"):
        simulate(thresholds_of([1, 2], ["x", "y"]), Draws(n_sample=3))


@pytest.fixture
def table(tmp_path):
    """As the images room writes it."""
    values, labels = pictures(200)
    frame = pd.DataFrame(
        {
            "path": [f"{k}.png" for k in range(200)],
            "label": labels,
            "edges": values.astype(int),
            "mean": 0.5,
        }
    )
    path = tmp_path / "features.tsv"
    frame.to_csv(path, sep="\t", index=False)
    return path


def test_a_run_folder_repeats_byte_for_byte(table, tmp_path):
    columns = {"feature": "edges", "label": "label", "positive": None}
    draws = Draws(n_sample=50, n_draws=200, tolerance=0.2)
    outs = tmp_path / "a", tmp_path / "b"
    for out in outs:
        found = run_simulation(table, columns, draws, out=out)
    names = ("draws", "thresholds", "curve")
    for name in names:
        one, other = (out / "tables" / f"{name}.tsv" for out in outs)
        assert one.read_bytes() == other.read_bytes()
        assert f"## {name}.tsv" in (outs[0] / "tables" / "README.md").read_text()
    assert (outs[0] / "figures" / "simulation.png").is_file()
    record = json.loads((outs[0] / "run.json").read_text())
    assert (record["state"], record["rng_seed"]) == ("finished", 42)
    frame = pd.read_csv(outs[0] / "tables" / "draws.tsv", sep="\t")
    assert frame["largest_gap"].to_numpy() == pytest.approx(found.gaps, rel=1e-5)
    with pytest.raises(OutputExists):
        run_simulation(table, columns, draws, out=outs[0])


def test_the_working_tells_what_was_measured(table):
    thresholds = read_thresholds(table, feature="edges", label="label")
    found = simulate(thresholds, Draws(n_sample=50, n_draws=500, tolerance=0.2))
    told = explain_simulation(found)
    values = [one.value.number for one in told.steps]
    assert values[0] == len(thresholds)
    assert values[1] == pytest.approx(100 * found.losses.min())
    assert values[2] == pytest.approx(100 * found.n_missed / 500)
    wanted = [found.bound(name, 0.1) for name in BOUNDS]
    assert values[3:7] == pytest.approx(wanted)
    assert values[7] == pytest.approx(100 * found.excess.mean())
    assert not [one for one in told.steps if "below what" in str(one.verdict)]
    assert "<math" in told.to_html()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("label,edges\na,1\nb,\n", BadTable, "row 2, column 'edges': found ''"),
        ("label,edges\na,1\nb,inf\n", BadTable, "row 2, column 'edges': found 'inf'"),
        ("label,edge\na,1\n", UnknownName, "no column 'edges'.*Did you mean 'edge'"),
    ],
)
def test_bad_tables(tmp_path, text, error, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_thresholds(path, feature="edges", label="label")


def test_a_bound_that_is_met_to_the_last_digit_holds():
    """The tails of six cuts sum to 2 of 20 samples, but for the last digit."""
    found = simulate(
        thresholds_of([1, 2, 3, 4, 5, 6], list("ababbb")),
        Draws(n_sample=3, tolerance=0.9),
    )
    assert found.is_exact
    assert found.bound("exact", found.epsilon) < found.missed.value == 0.1
    step = explain_simulation(found).steps[3]
    assert (step.verdict.outcome, step.verdict.text) == ("pass", "holds")
