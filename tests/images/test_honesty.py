"""Intervals, the audit, the demo, prediction and bad input of the images room."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from bioloom.cli.images import PLANTS
from bioloom.images.auditing.audit import audit_folder
from bioloom.images.demonstration.creatures import SHORTCUTS, draw_families
from bioloom.images.demonstration.demo import run_demo
from bioloom.statistics.classification import accuracy
from bioloom.statistics.intervals import bootstrap, clopper_pearson


def test_all_right_is_no_proof():
    y = np.zeros(20, dtype=np.int64)
    found = bootstrap(accuracy, y, y, groups=np.arange(20))
    assert found.value == 1
    assert found.low == pytest.approx(clopper_pearson(20, 20).low)
    pairs = bootstrap(accuracy, y, y, groups=np.arange(20) // 2)
    assert pairs.low < found.low


def test_the_command_knows_every_shortcut():
    assert set(PLANTS) == set(SHORTCUTS)


@pytest.mark.parametrize("plant", PLANTS)
def test_every_planted_shortcut_is_flagged(tmp_path, plant):
    draw_families(tmp_path / "pictures", n=30, rng_seed=5, plant=plant)
    found = audit_folder(tmp_path / "pictures")
    flagged = {one.probe for one in found.shortcuts}
    flagged |= {one.probe for one in found.findings if one.verdict == "differs"}
    assert SHORTCUTS[plant].probe in flagged


@pytest.mark.parametrize("rng_seed", range(3))
def test_shuffled_labels_have_no_shortcut(tmp_path, rng_seed):
    draw_families(tmp_path / "drawn", n=30, rng_seed=rng_seed, plant="corner")
    rng = np.random.default_rng(rng_seed)
    files = sorted((tmp_path / "drawn").rglob("*.png"))
    for number, place in enumerate(rng.permutation(len(files)).tolist()):
        folder = tmp_path / "mixed" / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        files[place].rename(folder / f"{number}.png")
    assert not audit_folder(tmp_path / "mixed").shortcuts


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    return out, run_demo(out, n=40)


def test_the_demo_is_as_it_should_be(demo):
    out, found = demo
    assert found.is_right
    assert found.training.measures["accuracy"].value > 0.8
    with (out / "run/tables/classification_result.csv").open(
        encoding="utf-8-sig"
    ) as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 80
    assert {row["split"] for row in rows} == {"train", "val", "test"}
    labels = json.loads((out / "run/label_map.json").read_text())
    assert "moppets" in json.dumps(labels)


def test_predictions_of_new_pictures_have_a_row_each(demo, bioloom_cli, tmp_path):
    out, _ = demo
    new = tmp_path / "new"
    draw_families(new, n=6, rng_seed=99)
    (new / "moppets" / "broken.png").write_bytes(b"<html>no picture</html>")
    tables = {}
    for engine in ("onnx", "torch"):
        table = tmp_path / f"{engine}.csv"
        words = ("images", "predict", out / "run", new, "--engine", engine)
        assert bioloom_cli(*words, "--out", table)[0] == 0
        with table.open(encoding="utf-8-sig") as stream:
            tables[engine] = list(csv.DictReader(stream))
    rows = tables["onnx"]
    assert len(rows) == 13
    (broken,) = (row for row in rows if row["path"].endswith("broken.png"))
    assert (broken["prediction"], bool(broken["reason"])) == ("", True)
    good = [row for row in rows if row["prediction"]]
    assert sum(row["prediction"] in row["path"] for row in good) >= 10
    said = [[row["prediction"] for row in tables[one]] for one in ("onnx", "torch")]
    assert said[0] == said[1]


def test_a_picture_is_explained_in_parts_that_sum(demo, bioloom_cli, tmp_path):
    out, _ = demo
    picture = next((out / "pictures" / "moppets").iterdir())
    map_path = tmp_path / "map.png"
    words = ("images", "explain", out / "run", picture, "--map", map_path)
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert "moppets" in told
    with Image.open(map_path) as drawn:
        assert drawn.size[0] >= 64


def test_test_predictions_feed_bounds(demo, bioloom_cli):
    code, told, _ = bioloom_cli("bounds", "report", demo[0] / "run")
    assert code == 0
    assert "test examples are wrong" in told


def test_features_feed_bounds(demo, bioloom_cli):
    table = demo[0] / "run" / "tables" / "features.tsv"
    words = ("--feature", "edges", "--sample", 20, "--draws", 50)
    code, told, _ = bioloom_cli("bounds", "simulate", table, *words)
    assert code == 0, told


def one_class(folder):
    draw_families(folder, n=12, rng_seed=1)
    for path in (folder / "brackets").iterdir():
        path.unlink()
    (folder / "brackets").rmdir()


def few(folder):
    draw_families(folder, n=12, rng_seed=1)
    for path in sorted((folder / "brackets").iterdir())[3:]:
        path.unlink()


def empty(folder):
    folder.mkdir()


@pytest.mark.parametrize(
    ("make", "part"), [(one_class, "class"), (few, "at least"), (empty, "found no")]
)
def test_folders_that_cannot_be_learnt(make, part, bioloom_cli, tmp_path):
    make(tmp_path / "data")
    words = ("images", "train", tmp_path / "data", "--out", tmp_path / "run")
    code, _, told = bioloom_cli(*words)
    assert code == 1
    assert told.startswith("bioloom: error: ")
    assert part in told
    assert "Traceback" not in told


def test_a_model_of_others_is_refused_unread(bioloom_cli, tmp_path):
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"\x80\x04pickle")
    picture = tmp_path / "p.png"
    Image.new("RGB", (64, 64)).save(picture)
    code, _, told = bioloom_cli("images", "predict", model, picture)
    assert code == 1
    assert "model.safetensors" in told


def test_unequal_classes_put_the_balanced_accuracy_first(tmp_path, bioloom_cli):
    folder = draw_families(tmp_path / "in", n=36, rng_seed=1)
    for path in sorted((folder / "moppets").iterdir())[12:]:
        path.unlink()
    out = tmp_path / "run"
    words = ("images", "train", folder, "--out", out, "--side", 64, "--near", "hash")
    code, told, _ = bioloom_cli(*words)
    assert code == 0
    assert told.startswith("test balanced accuracy: ")
    text = (out / "report.html").read_text("utf-8")
    assert "The classes are of unequal size" in text
    (summary,) = (out / "tables").glob("summary.tsv")
    assert "balanced_accuracy" in summary.read_text()
