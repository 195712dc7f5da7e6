"""Pictures that come into a folder are predicted as they come, once each."""

import shutil

import numpy as np
import pytest
from PIL import Image

from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.models.opening import open_model
from bioloom.images.training import predictions
from bioloom.images.training.predictions import watched_parts


@pytest.fixture(scope="module")
def arriving(tmp_path_factory):
    folder = draw_families(tmp_path_factory.mktemp("in"), n=3, rng_seed=9)
    return sorted(folder.rglob("*.png"))


def test_each_picture_comes_once_and_not_before_it_is_whole(run, arriving, tmp_path):
    content = arriving[2].read_bytes()

    def second(_):
        (tmp_path / "c.png").write_bytes(content[:200])  # still being written

    def third(_):
        (tmp_path / "c.png").write_bytes(content)

    def stop(_):
        raise KeyboardInterrupt

    shutil.copy(arriving[0], tmp_path / "a.png")
    shutil.copy(arriving[1], tmp_path / "b.png")
    steps = iter([lambda _: None, second, third, lambda _: None, lambda _: None, stop])
    parts = watched_parts(
        open_model(run[0]),
        [tmp_path],
        every_s=9,
        wait=lambda seconds: next(steps)(seconds),
    )
    seen = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(list(part["path"]) for part in parts)
    assert [[path[-5:] for path in part] for part in seen] == [
        ["a.png", "b.png"],
        ["c.png"],
    ]


def test_the_table_has_one_head_and_ctrl_c_ends_it_well(
    run, arriving, bioloom_cli, tmp_path, monkeypatch
):
    folder = tmp_path / "in"
    folder.mkdir()
    looks = []

    def wait(_):
        if len(looks) == 4:
            raise KeyboardInterrupt
        shutil.copy(arriving[len(looks)], folder)
        looks.append(1)

    monkeypatch.setattr(predictions.time, "sleep", wait)
    monkeypatch.setattr(watched_parts, "__kwdefaults__", {"wait": wait})
    out = tmp_path / "seen.csv"
    words = ("images", "predict", run[0], folder, "--watch", 1, "--out", out)
    assert bioloom_cli(*words)[0] == 0
    lines = out.read_text().splitlines()
    assert sum(line.startswith("path,") for line in lines) == 1
    assert len(lines) >= 3


def test_a_file_cannot_be_watched(run, arriving, bioloom_cli):
    code, _, told = bioloom_cli("images", "predict", run[0], arriving[0], "--watch", 1)
    assert code == 2
    assert "give folders" in told


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_stretched_greys_are_said_when_predicting(run, bioloom_cli, tmp_path):
    deep = np.linspace(0, 4095, 64 * 64).reshape(64, 64).astype("u2")
    Image.fromarray(deep).save(tmp_path / "deep.png")
    code, _, told = bioloom_cli("images", "predict", run[0], tmp_path / "deep.png")
    assert code == 0
    assert "1 picture with greys of more than 8 bits" in told
