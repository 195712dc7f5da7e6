"""Pictures unlike the training pictures are called unknown, at the stated rate."""

import csv

import numpy as np
import pytest
from PIL import Image

from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.models.familiarity import (
    FALSE_ALARMS,
    Familiarity,
    fit_familiarity,
)
from bioloom.images.models.opening import open_model


def cloud(rng, n, width=64):
    return (np.eye(width)[:8].sum(0) + 0.3 * rng.normal(size=(n, width))).astype("f4")


def test_the_third_nearest_counts_as_scikit_learn_finds_it():
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(1)
    train, new = cloud(rng, 90), cloud(rng, 20)
    found = fit_familiarity(train, np.arange(90), rng_seed=1).of(new)
    peer = NearestNeighbors(n_neighbors=3, metric="cosine").fit(train)
    assert found == pytest.approx(1 - peer.kneighbors(new)[0][:, 2], abs=1e-5)


def test_false_alarms_are_as_stated():
    rates = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        known = fit_familiarity(cloud(rng, 400), np.arange(400), rng_seed=seed)
        rates.append((known.of(cloud(rng, 1000)) < known.threshold).mean())
    assert known.false_alarms <= FALSE_ALARMS
    assert 0.2 * FALSE_ALARMS < np.mean(rates) < 2 * FALSE_ALARMS


def test_few_pictures_state_what_few_can_promise():
    rng = np.random.default_rng(1)
    assert fit_familiarity(cloud(rng, 20), np.arange(20), rng_seed=1).false_alarms == (
        pytest.approx(1 / 21)
    )


def test_pictures_of_a_group_do_not_vouch_for_each_other():
    rng = np.random.default_rng(1)
    train = np.repeat(cloud(rng, 30), 4, axis=0)
    apart = fit_familiarity(train, np.repeat(np.arange(30), 4), rng_seed=1)
    assert (
        apart.threshold < fit_familiarity(train, np.arange(120), rng_seed=1).threshold
    )


def test_it_goes_through_a_file_unchanged():
    rng = np.random.default_rng(1)
    known = fit_familiarity(cloud(rng, 50), np.arange(50), rng_seed=1)
    again = Familiarity.from_text(known.to_text())
    new = cloud(rng, 10)
    assert again.of(new) == pytest.approx(known.of(new), abs=1e-3)
    assert again.threshold == known.threshold


@pytest.fixture(scope="module")
def strange(tmp_path_factory):
    """Creatures like the trained ones, and pictures of nothing that was trained."""
    folder = tmp_path_factory.mktemp("new")
    draw_families(folder, n=5, rng_seed=77)
    rng = np.random.default_rng(1)
    (folder / "strange").mkdir()
    for name, colour in (("white", 255), ("black", 0), ("grey", 128)):
        image = Image.new("RGB", (120, 120), (colour,) * 3)
        image.save(folder / "strange" / f"{name}.png")
    static = rng.integers(0, 256, (120, 120, 3)).astype("u1")
    Image.fromarray(static).save(folder / "strange" / "static.png")
    return folder


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_strange_pictures_are_unknown_and_creatures_are_not(
    run, strange, bioloom_cli, tmp_path, engine
):
    out = tmp_path / "new.csv"
    words = ("images", "predict", run[0], strange, "--engine", engine, "--out", out)
    assert bioloom_cli(*words)[0] == 0
    with out.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        is_strange = "strange" in row["path"]
        assert (row["prediction"] == "unknown") == is_strange, row["path"]
        assert (row["confidence"] == "") == is_strange
        assert float(row["familiarity"]) <= 1.001


def test_the_working_says_what_is_unknown(run, strange, bioloom_cli):
    out, _ = run
    threshold = open_model(out).familiarity.threshold
    code, told, _ = bioloom_cli("images", "explain", out, strange / "strange/white.png")
    assert code == 0
    assert "The picture is unknown to the model" in told
    assert f"< {threshold:.4f}" in told


def test_the_report_says_how_many_test_pictures_would_be_unknown(run):
    out, training = run
    assert training.unknown_share.value <= 0.25
    card = (out / "MODEL_CARD.md").read_text()
    assert "is called unknown; so are" in card
