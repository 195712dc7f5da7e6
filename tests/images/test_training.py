"""Training: what it sees, what it learns, what repeats, killed or in company."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torchvision.transforms import functional as peer

from bioloom.errors import BadConfig, OutputExists
from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.models import head
from bioloom.images.models.augment import Draws, augmented, colour_maps, draw
from bioloom.images.models.networks import Classifier
from bioloom.images.models.opening import open_model
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.images.training import finetune, preparing
from bioloom.images.training.finetune import Checkpoint, fine_tune, short_floats
from bioloom.images.training.norms import SharedBatchNorm2d
from bioloom.images.training_run import train_classifier
from tests.images.things import draw_things

SMALL = Settings(
    fit="all",
    backbone="resnet18",
    side=64,
    epochs=3,
    batch_size=16,
    precision="fp32",
    learning_rate=1e-3,
)


def data(n=48, side=64, seed=0):
    """Two classes of noise, one brighter on the left."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    pixels = rng.integers(0, 120, (n, side, side, 3), dtype=np.uint8)
    pixels[y == 1, :, : side // 2] += 100
    pixels[y == 0, : side // 2] += 100
    split = np.array(["train"] * (n - 16) + ["val"] * 8 + ["test"] * 8)
    return pixels, y, split


def start(settings=SMALL, num_classes=2):
    model = Classifier(settings.backbone, num_classes)
    load_weights(model, "scratch", rng_seed=settings.rng_seed)
    return model


# -- augmentation ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "step"),
    [
        ((1.2, 1, 1, 0), lambda x: peer.adjust_brightness(x, 1.2)),
        ((1, 0.8, 1, 0), lambda x: peer.adjust_contrast(x, 0.8)),
        ((1, 1, 0.8, 0), lambda x: peer.adjust_saturation(x, 0.8)),
    ],
)
def test_colours_are_jittered_as_torchvision_does(factors, step):
    x = torch.rand(1, 3, 32, 32, dtype=torch.float64) * 0.5 + 0.2
    draws = Draws(np.array([False]), np.array([factors], dtype=float))
    ours = augmented(x.permute(0, 2, 3, 1), draws)
    grey = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)
    theirs = step(x)
    if factors[1] != 1:  # torchvision's greys have four digits as well
        mean = (x[0] * grey[:, None, None]).sum(0).mean()
        assert torch.allclose(ours, 0.8 * x + 0.2 * mean, atol=1e-9)
    assert torch.allclose(ours, theirs, atol=2e-4)


def test_hue_turns_and_returns_and_keeps_grey():
    turn = np.array([[1, 1, 1, 0.1]])
    back = np.array([[1, 1, 1, -0.1]])
    means = np.array([[0.3, 0.4, 0.5]])
    there, _ = colour_maps(turn, means)
    again, _ = colour_maps(back, means)
    assert np.allclose(there[0] @ again[0], np.eye(3))
    assert np.allclose(there[0] @ np.ones(3), 1, atol=2e-3)
    assert not np.allclose(there[0], np.eye(3), atol=0.1)


def test_mirroring_is_a_flip():
    x = torch.rand(2, 8, 8, 3)
    still = np.tile([1.0, 1, 1, 0], (2, 1))
    out = augmented(x, Draws(np.array([True, False]), still))
    assert torch.allclose(out[0], x[0].flip(1).permute(2, 0, 1), atol=1e-6)
    assert torch.allclose(out[1], x[1].permute(2, 0, 1), atol=1e-6)


def test_training_alone_is_augmented(monkeypatch):
    """The notes' script shares one data set object between the splits: whatever its
    transform is set to last is everybody's. Here training must see changed pictures,
    validation the pictures as they are."""
    pixels, y, split = data()
    seen = {"train": [], "eval": []}
    forward = Classifier.forward

    def spy(self, x):
        seen["train" if self.training else "eval"].append(x.detach().clone())
        return forward(self, x)

    monkeypatch.setattr(Classifier, "forward", spy)
    fine_tune(start(), (pixels, y, split), replace(SMALL, epochs=2))
    plain = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    val = torch.cat(seen["eval"])[: (split == "val").sum()]
    assert torch.equal(val, plain[split == "val"])
    trained = torch.cat(seen["train"])
    n = int((split == "train").sum())
    assert len(trained) == 2 * n
    for one in trained:
        assert (one - plain).abs().amax(dim=(1, 2, 3)).min() > 0.01
    first, second = trained[:n], trained[n:]
    gap = (first[:, None] - second[None]).abs().mean(dim=(2, 3, 4))
    assert gap.min() > 0  # each epoch draws anew


def test_the_test_pictures_change_nothing():
    pixels, y, split = data()
    other = pixels.copy()
    other[split == "test"] = 7
    one, two = start(), start()
    settings = replace(SMALL, epochs=1)
    fine_tune(one, (pixels, y, split), settings)
    fine_tune(two, (other, y, split), settings)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name])


def test_losses_fall_and_the_best_epoch_is_kept():
    model = start()
    progress = fine_tune(model, data(), replace(SMALL, epochs=5))
    losses = [row[0] for row in progress.history]
    assert losses[-1] < 0.7 * losses[0]
    ranks = [(row[2], -row[1]) for row in progress.history]
    assert ranks[progress.best_epoch] == max(ranks)
    pixels, y, split = data()
    with torch.inference_mode():
        x = torch.from_numpy(pixels[split == "val"]).permute(0, 3, 1, 2).float() / 255
        scores = model(x)
    accuracy = (scores.argmax(1).numpy() == y[split == "val"]).mean()
    assert accuracy == progress.history[progress.best_epoch][2]


def test_it_stops_early():
    settings = replace(SMALL, epochs=40, patience=2, learning_rate=1e-9)
    progress = fine_tune(start(), data(), settings)
    assert len(progress.history) < 12


def test_bf16_is_close():
    exact, short = start(), start()
    one = fine_tune(exact, data(), replace(SMALL, epochs=1))
    two = fine_tune(short, data(), replace(SMALL, epochs=1, precision="bf16"))
    assert two.history[0][0] == pytest.approx(one.history[0][0], rel=0.05)
    assert two.history[0][0] != one.history[0][0]


def test_half_precision_is_close_and_resumes_to_the_same_weights(tmp_path):
    """The path of older cards, computed on the processor."""
    half = replace(SMALL, epochs=2, precision="fp16")
    long, short, parts = start(), start(), start()
    one = fine_tune(long, data(), replace(half, precision="fp32"))
    two = fine_tune(short, data(), half)
    assert two.history[0].train_loss == pytest.approx(
        one.history[0].train_loss, rel=0.05
    )
    point = Checkpoint(tmp_path / "c", "key")

    def stop_after_one(_, done, __):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(start(), data(), half, checkpoint=point, on_step=stop_after_one)
    fine_tune(parts, data(), half, checkpoint=point)
    for ours, theirs in zip(parts.parameters(), short.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("has_bf16", "expected"), [(True, torch.bfloat16), (False, torch.float16)]
)
def test_cards_compute_in_what_they_have(monkeypatch, has_bf16, expected):
    def is_supported(*, including_emulation):
        return has_bf16 or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", is_supported)
    free = replace(SMALL, precision="auto")
    assert short_floats(free, torch.device("cuda")) == expected
    assert short_floats(free, torch.device("mps")) is None
    bf16 = replace(SMALL, precision="bf16")
    assert short_floats(bf16, torch.device("cpu")) is torch.bfloat16


def test_a_device_that_is_not_there_is_an_error(creatures, bioloom_cli, tmp_path):
    words = ("images", "train", creatures, "--device", "mps", "--out", tmp_path / "r")
    code, _, told = bioloom_cli(*words)
    assert code == 1
    assert "device mps: found no such device" in told
    assert not (tmp_path / "r").exists()


def test_rare_classes_count_as_much():
    y = np.array([0] * 30 + [1] * 10)
    weights = finetune._class_weights(y, start(), replace(SMALL, class_weights=True))
    assert np.allclose(weights.numpy() * [30, 10], 20)
    assert finetune._class_weights(y, start(), SMALL).tolist() == [1, 1]


# -- killed and resumed ----------------------------------------------------------

TRAIN = """
import os, signal, sys
from pathlib import Path
from bioloom.images.training import finetune
from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier
keep, left = finetune._Job.save, int(sys.argv[3])
def kept(job, *words):
    global left
    keep(job, *words)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
finetune._Job.save = kept
train_classifier(Path(sys.argv[1]), Path(sys.argv[2]), Settings(
      fit="all", backbone="resnet18", side=64, epochs=4, patience=9, batch_size=16,
      learning_rate=1e-3))
"""


def files_of(out):
    """Every file of a run but those that tell the time."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


@pytest.mark.slow
def test_killed_and_resumed_is_the_same(tmp_path):
    folder = draw_families(tmp_path / "in", n=14, rng_seed=1)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}

    def run(out, kill_after):
        words = [sys.executable, "-c", TRAIN, folder, tmp_path / out, str(kill_after)]
        return subprocess.run(words, env=environment, check=False).returncode

    assert run("whole", 99) == 0
    assert run("killed", 1) == -signal.SIGKILL
    assert json.loads((tmp_path / "killed" / "run.json").read_text())["state"] == (
        "running"
    )
    assert run("killed", 2) == -signal.SIGKILL
    assert run("killed", 99) == 0
    whole, killed = files_of(tmp_path / "whole"), files_of(tmp_path / "killed")
    assert set(whole) == set(killed)
    assert [name for name in whole if whole[name] != killed[name]] == []
    assert not (tmp_path / "killed" / "checkpoints").exists()


@pytest.mark.slow
def test_a_file_of_another_training_is_not_taken_up(tmp_path):
    path = tmp_path / "epoch.safetensors"
    fine_tune(
        start(), data(), replace(SMALL, epochs=2), checkpoint=Checkpoint(path, "one")
    )
    model = start()
    again = fine_tune(
        model, data(), replace(SMALL, epochs=2), checkpoint=Checkpoint(path, "other")
    )
    plain = start()
    alone = fine_tune(plain, data(), replace(SMALL, epochs=2))
    assert again.history == alone.history
    path.write_bytes(b"cut short")
    fine_tune(
        start(), data(), replace(SMALL, epochs=1), checkpoint=Checkpoint(path, "one")
    )


# -- in company ------------------------------------------------------------------

NORMS = {
    "resnet18": "body.1.running_mean",
    "efficientnet-lite0": "body.0.1.running_mean",
}
COMPANY = """
import json, sys
import torch
torch.set_num_threads(1)
from tests.images.test_training import NORMS, SMALL, data, start
from bioloom.images.training.finetune import fine_tune
from bioloom.processes import joined
from dataclasses import replace
said = {}
with joined() as processes:
    for backbone, norm in NORMS.items():
        settings = replace(SMALL, backbone=backbone, class_weights=True,
                           batch_size=15, patience=9)
        model = start(settings).double()
        progress = fine_tune(model, data(side=48), settings, processes=processes)
        said[backbone] = {"history": progress.history, "size": processes.size,
                          "norm": float(model.state_dict()[norm].sum())}
    if processes.is_first:
        open(sys.argv[1], "w").write(json.dumps(said))
"""


@pytest.mark.slow
# in double precision: what two processes round differently, Adam's first steps, which
# are as long for small gradients as for large ones, make large
def test_two_processes_follow_one(tmp_path):
    script = tmp_path / "company.py"
    script.write_text(COMPANY)
    root = os.fspath(Path(__file__).parents[2])
    paths = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    launch = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run"]
    launch += ["--standalone", "--nproc-per-node", "2"]
    told = {}
    for size, words in ((1, [sys.executable]), (2, launch)):
        out = tmp_path / f"{size}.json"
        command = [*words, script, out]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        told[size] = json.loads(out.read_text())
    for backbone in NORMS:
        one, two = told[1][backbone], told[2][backbone]
        assert (one["size"], two["size"]) == (1, 2)
        gaps = np.abs(np.array(one["history"]) - np.array(two["history"]))
        assert gaps.max() < 1e-8
        assert gaps.shape == (3, 3)
        assert one["norm"] == pytest.approx(two["norm"], rel=1e-8)


@pytest.mark.slow
def test_the_command_in_two_processes_writes_a_model(tmp_path):
    """Shared batch normalisations cannot be written as ONNX: they are made plain."""
    table = draw_things(tmp_path / "in", 60, rng_seed=1)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    out = tmp_path / "run"
    launch = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run"]
    launch += ["--standalone", "--nproc-per-node", "2", "-m", "bioloom"]
    launch += ["images", "train", table, "--out", out, "--fit", "all", "--side", "64"]
    launch += ["--weights", "scratch", "--near", "none", "--epochs", "1"]
    launch += ["--multilabel"]
    subprocess.run(launch, env=environment, check=True, capture_output=True)
    found = open_model(out).score(np.zeros((1, 64, 64, 3), dtype=np.uint8))
    assert found.scores.shape == (1, 3)
    assert np.isfinite(found.scores).all()


def test_a_shared_norm_alone_is_the_plain_one():
    plain, ours = torch.nn.BatchNorm2d(4), SharedBatchNorm2d(4)
    x = torch.rand(3, 4, 5, 5)
    assert torch.equal(plain.eval()(x), ours.eval()(x))


# -- the head --------------------------------------------------------------------


def test_a_head_is_scikit_learns_and_works_on_plain_features():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    for num_classes in (2, 4):
        y = rng.integers(0, num_classes, 200)
        x = (rng.normal(size=(200, 12)) * 3 + 5).astype(np.float32)
        x[:, 0] += 3 * y
        train = slice(120)
        ours = head.fit_head(
            x[train], y[train], np.arange(120), strengths=[0.1], rng_seed=1
        )
        peer_model = make_pipeline(
            StandardScaler(), LogisticRegression(C=0.1, tol=1e-6, max_iter=2000)
        ).fit(x[:120], y[:120])
        scores = ours.scores(x)
        chances = np.exp(scores - scores.max(1, keepdims=True))
        chances /= chances.sum(1, keepdims=True)
        assert np.allclose(chances, peer_model.predict_proba(x), atol=0.01)


def test_noise_is_held_back_and_signal_is_not():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(90, 300)).astype(np.float32)
    y = rng.integers(0, 2, 90)
    noise = head.fit_head(x, y, np.arange(90), rng_seed=1)
    assert min(trial.loss for trial in noise.tried) > 0.6
    assert len(noise.tried) < len(head.STRENGTHS)  # the search ends early
    x[:, 0] += 8 * y
    signal = head.fit_head(x, y, np.arange(90), rng_seed=1)
    losses = dict(signal.tried)
    assert losses[signal.strength] < min(trial.loss for trial in noise.tried)
    assert losses[signal.strength] == min(losses.values())


def test_a_fold_chooses_its_strength_without_the_pictures_it_predicts(monkeypatch):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 5)).astype(np.float32)
    y, seen = np.arange(60) % 2, []
    fit = head.fit_head

    def watched(features, *given, **named):
        seen.append({row.tobytes() for row in features})
        return fit(features, *given, **named)

    monkeypatch.setattr(head, "fit_head", watched)
    head.cross_validated(x, y, groups=np.arange(60), rng_seed=1)
    rows = {row.tobytes() for row in x}
    assert [len(rows - part) for part in seen] == [12] * 5
    assert set.union(*(rows - part for part in seen)) == rows


def test_classes_of_two_pictures_are_fitted_without_folds():
    x = np.array([[0.0], [0.1], [1.0], [1.1]], dtype=np.float32)
    found = head.fit_head(x, np.array([0, 0, 1, 1]), np.arange(4), rng_seed=1)
    assert found.scores(x).argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert not found.tried


# -- the whole job ---------------------------------------------------------------


def test_creatures_are_told_apart(run):
    _, result = run
    assert result.measures["accuracy"].value >= 0.8
    assert not result.audit.shortcuts
    assert 0.5 < result.inflation.grouped.value <= 1


@pytest.mark.slow
def test_equal_seeds_give_equal_bytes(creatures, tmp_path):
    for name in ("one", "two"):
        train_classifier(creatures, tmp_path / name, Settings(side=64))
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert set(one) == set(two)
    assert [name for name in one if one[name] != two[name]] == []
    with pytest.raises(OutputExists):
        train_classifier(creatures, tmp_path / "one", Settings(side=64))
    other = train_classifier(
        creatures, tmp_path / "one", Settings(side=64, rng_seed=1), force=True
    )
    assert files_of(tmp_path / "one") != two
    assert other.settings.rng_seed == 1


def test_features_are_computed_once(creatures, tmp_path, monkeypatch):
    def stopped(*_words, **_options):
        raise KeyboardInterrupt

    out, settings = tmp_path / "out", Settings(side=64)
    with monkeypatch.context() as patch:
        patch.setattr("bioloom.images.training.fitting.fit_head", stopped)
        with pytest.raises(KeyboardInterrupt):
            train_classifier(creatures, out, settings)
    assert (out / "checkpoints" / preparing._FIRST).is_file()
    with monkeypatch.context() as patch:
        patch.setattr("bioloom.images.training.preparing.scored_by", stopped)
        result = train_classifier(creatures, out, settings)
    assert result.measures["accuracy"].value > 0.5
    features = load_file(out / "features.safetensors")["features"]
    assert features.shape == (80, 1280)


def test_settings_that_cannot_be():
    with pytest.raises(BadConfig, match="--side: found 100, expected a multiple of 32"):
        Settings(side=100)
    with pytest.raises(BadConfig, match="--weights: found random weights"):
        Settings(backbone="resnet18")


def test_draws_repeat():
    one, two = (draw(5, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.colour, two.colour)
    assert np.array_equal(one.part(slice(1, None, 2)).colour, two.colour[1::2])


# -- folds of all weights --------------------------------------------------------


FOLDS = Settings(fit="all", side=64, epochs=2, near="hash", folds=3, learning_rate=1e-3)


def test_every_picture_is_predicted_by_a_training_that_did_not_see_it(
    creatures, tmp_path, monkeypatch
):
    from bioloom.images.training import fitting

    seen = []
    fit = fitting.fit

    def watched(prepared, *given, **named):
        seen.append((prepared.split.copy(), prepared.groups))
        return fit(prepared, *given, **named)

    monkeypatch.setattr(fitting, "fit", watched)
    result = train_classifier(creatures, tmp_path / "run", FOLDS)
    tests = np.array([split == "test" for split, _ in seen])
    assert tests.shape == (3, 80)
    assert (tests.sum(axis=0) == 1).all()
    for split, groups in seen:
        for side in ("train", "val"):
            assert not set(groups[split == side]) & set(groups[split == "test"])
        assert (split == "val").any()
    assert result.folded.low < result.folded.value <= 1
    report = (tmp_path / "run" / "report.html").exists()
    summary = (tmp_path / "run" / "tables" / "summary.tsv").read_text()
    assert not report  # none was asked for
    assert f"cv_accuracy_all\t{result.folded.value:.6g}"[:22] in summary


def test_folds_resume_where_they_stopped(creatures, tmp_path, monkeypatch):
    from bioloom.images.training import fitting

    done, tune = [], fitting.fine_tune

    def counted(*given, **named):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(named["checkpoint"].path.stem)
        return tune(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "fine_tune", counted)
        with pytest.raises(KeyboardInterrupt):
            train_classifier(creatures, tmp_path / "run", FOLDS)
    assert done == ["epoch", "fold_1", "fold_2"]
    left = {path.stem for path in (tmp_path / "run" / "checkpoints").iterdir()}
    assert {"epoch", "fold_1", "fold_2"} <= left
    again = train_classifier(creatures, tmp_path / "run", FOLDS)
    whole = train_classifier(creatures, tmp_path / "other", FOLDS)
    assert again.folded == whole.folded


@pytest.mark.parametrize("changes", [{"fit": "head", "folds": 3}, {"folds": 1}])
def test_folds_without_effect_are_refused(changes):
    with pytest.raises(BadConfig, match="--folds"):
        replace(FOLDS, **changes)


def test_more_folds_than_pictures_of_a_class(creatures, tmp_path):
    with pytest.raises(BadConfig, match="found 50, and a class of"):
        train_classifier(
            creatures, tmp_path / "run", replace(FOLDS, folds=50, epochs=1)
        )
