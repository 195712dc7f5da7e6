"""Backbones of torchvision and timm with weights from a file."""

import numpy as np
import pytest
import torch

from bioloom.errors import BadConfig, BadModel, UnknownName
from bioloom.images.models.inference import open_onnx
from bioloom.images.models.networks import Classifier
from bioloom.images.models.onnxfile import write_onnx
from bioloom.images.models.torchmodel import (
    as_trained,
    load_classifier,
    save_classifier,
)
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier

SIDE = 64
TIMM_VIT = "timm/test_vit"
NETWORKS = [
    "torchvision/resnet34",
    "torchvision/convnext_tiny",
    "timm/resnet10t",
    TIMM_VIT,
]
ABOUT = {"class_names": ["a", "b"], "side": SIDE, "temperature": 1.0}


def shaken(model):
    """A network whose normalisation is no longer as it was made, as after training."""
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                noise = (torch.rand(value.shape, generator=rng) - 0.5) * 0.02
                value.add_(noise.abs() if "var" in name else noise)
    return model.eval()


def torchvision_net(name):
    from torchvision.models import get_model

    return shaken(get_model(name, weights=None))


def timm_net(name, **options):
    timm = pytest.importorskip("timm")
    return shaken(timm.create_model(name, pretrained=False, **options))


def net_of(backbone):
    package, _, name = backbone.partition("/")
    if package == "torchvision":
        return torchvision_net(name)
    return timm_net(name, **({"img_size": SIDE} if backbone == TIMM_VIT else {}))


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(1).integers(0, 256, (3, SIDE, SIDE, 3)).astype("u1")


def loaded(backbone, tmp_path):
    """A classifier with the weights of a network's file, and that network."""
    net = net_of(backbone)
    torch.save({"state_dict": net.state_dict()}, tmp_path / "w.pth")
    model = Classifier(backbone, 2, side=SIDE)
    load_weights(model, str(tmp_path / "w.pth"), rng_seed=1)
    return model.eval(), net


def test_features_are_those_that_resnet34_gives_its_own_head(tmp_path, pixels):
    model, net = loaded("torchvision/resnet34", tmp_path)
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        expected = net((x - model.mean) / model.std)
        assert torch.allclose(net.fc(model.features(x)), expected, atol=1e-3)


def test_tokens_of_patches_are_laid_out_as_timm_gives_them(tmp_path, pixels):
    model, net = loaded(TIMM_VIT, tmp_path)
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        tokens = net.forward_features((x - model.mean) / model.std)
        tokens = tokens[:, net.num_prefix_tokens :]
        cells = model.feature_map(x)
    assert cells.shape[2] * cells.shape[3] == tokens.shape[1]
    assert torch.allclose(cells.flatten(2).transpose(1, 2), tokens, atol=1e-5)


@pytest.mark.parametrize("backbone", NETWORKS)
def test_onnx_and_torch_say_the_same_and_evidence_sums(tmp_path, pixels, backbone):
    model, _ = loaded(backbone, tmp_path)
    write_onnx(model, tmp_path / "m.onnx", side=SIDE, about=ABOUT)
    ours = open_onnx(tmp_path / "m.onnx", threads=1)
    save_classifier(model, tmp_path / "m.safetensors", {**ABOUT, "backbone": backbone})
    again, about = load_classifier(tmp_path / "m.safetensors")
    peer = as_trained(again, about, threads=1)
    one, two = ours.score(pixels), peer.score(pixels)
    assert np.allclose(one.scores, two.scores, atol=1e-3)
    scores, _, cells = ours.evidence(pixels[0])
    bias = model.head.bias.detach().numpy()
    assert np.allclose(cells.sum(axis=(1, 2)) + bias, scores, atol=1e-3)


def test_weights_of_another_network_are_refused(tmp_path):
    torch.save(torchvision_net("resnet50").state_dict(), tmp_path / "w.pth")
    model = Classifier("torchvision/resnet34", 2, side=SIDE)
    with pytest.raises(BadModel, match="Name the network that the weights"):
        load_weights(model, str(tmp_path / "w.pth"), rng_seed=1)


def test_weights_that_nobody_trained_are_refused(tmp_path):
    from torchvision.models import convnext_tiny

    torch.save(convnext_tiny(weights=None).state_dict(), tmp_path / "w.pth")
    model = Classifier("torchvision/convnext_tiny", 2, side=SIDE)
    with pytest.raises(BadModel, match="never trained"):
        load_weights(model, str(tmp_path / "w.pth"), rng_seed=1)


@pytest.mark.parametrize(
    "backbone", ["torchvision/resnet19", "timm/nothing", "timm/hf-hub:a/b", "vgg"]
)
def test_unknown_networks_are_named(backbone):
    with pytest.raises(UnknownName):
        Classifier(Settings(backbone=backbone, fit="all").backbone, 2, side=SIDE)


def test_eight_bits_are_refused_before_anything_is_read():
    with pytest.raises(BadConfig, match="int8"):
        Settings(backbone="timm/resnet10t", weights="w.pth", int8=True)


def test_a_run_with_a_file_of_weights(creatures, tmp_path, bioloom_cli):
    torch.save(net_of("timm/resnet10t").state_dict(), tmp_path / "w.pth")
    settings = Settings(
        backbone="timm/resnet10t",
        weights=str(tmp_path / "w.pth"),
        side=SIDE,
        near="hash",
    )
    train_classifier(creatures, tmp_path / "run", settings)
    picture = next((creatures / "moppets").iterdir())
    for engine in ("onnx", "torch"):
        words = ("images", "predict", tmp_path / "run", picture, "--engine", engine)
        code, told, _ = bioloom_cli(*words)
        assert code == 0
        assert "moppets" in told
    code, told, _ = bioloom_cli("images", "explain", tmp_path / "run", picture)
    assert code == 0
