"""Backbones of torchvision and timm, for weights that a user has as a file.

Convolutional networks give their last map. Vision transformers (DINOv2, CLIP's image
side) give the tokens of their patches as a map; tokens of the whole picture are left
out, so that every score stays a sum over places of the picture.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from bioloom.errors import BadModel, PackageMissing, UnknownName
from bioloom.images.settings import TIMM, TORCHVISION

_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Body(NamedTuple):
    """A body, the channels of its map, and the normalisation of its pictures."""

    body: nn.Module
    num_features: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def other_body(name: str, *, side: int) -> Body:
    """The untrained body of a network of torchvision or timm.

    Parameters
    ----------
    name
        ``torchvision/convnext_tiny``, ``timm/vit_small_patch14_dinov2`` …
    side
        Pixels of the pictures' sides.

    Raises
    ------
    UnknownName
        If the package has no such network.
    PackageMissing
        If timm is not installed.
    BadModel
        If the network has no map of places, or does not take such pictures.
    """
    if name.startswith(TORCHVISION):
        return _measured(_torchvision_body(name.removeprefix(TORCHVISION)), name, side)
    return _timm_body(name.removeprefix(TIMM), name, side)


def body_tensors(
    state: Mapping[str, Tensor], body: nn.Module, where: object
) -> dict[str, Tensor]:
    """Tensors of a file under the names of a body.

    Raises
    ------
    BadModel
        If the file lacks one, or has others of the same network.
    """
    if isinstance(body, _Places):
        state = {f"net.{name}": v for name, v in body.fitting(dict(state)).items()}
    elif isinstance(body, _Parts):
        state = body.numbered(state)
    wanted = body.state_dict()
    wrong = [
        name
        for name, value in wanted.items()
        if name not in state or state[name].shape != value.shape
    ]
    extra = sorted(n for n in state if n not in wanted and not n.startswith(_HEADS))
    if wrong or extra:
        first = (wrong or extra)[0]
        raise BadModel(
            where=str(where),
            found=f"{len(wrong)} tensors missing or of other shapes, {len(extra)} more "
            f"than the network has, such as {first}",
            expected=f"the {len(wanted)} of this backbone",
            advice="Name the network that the weights were trained with: --backbone.",
        )
    return {name: state[name] for name in wanted}


# networks whose parts follow each other, without steps between them
_CHAINS = (
    *("resnet", "resnext", "wide_resnet", "convnext", "efficientnet", "mobilenet"),
    *("regnet", "vgg", "mnasnet", "shufflenet"),
)
_AFTER_MAP = ("avgpool", "fc", "classifier")
_TIMM_PACKAGE = "timm"
_HEADS = ("head.", "fc.", "classifier.", "net.head.", "net.fc.", "net.classifier.")


class _Parts(nn.Sequential):
    """Parts of a network, one after the other, and their names in its files."""

    def __init__(self, parts: Mapping[str, nn.Module]) -> None:
        super().__init__(*parts.values())
        self.names = tuple(parts)

    def numbered(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Tensors by the number of their part, as a sequence has them."""
        places = {name: str(place) for place, name in enumerate(self.names)}
        numbered = {}
        for name, value in state.items():
            first, _, rest = name.partition(".")
            is_part = first in places
            numbered[f"{places[first]}.{rest}" if is_part else name] = value
        return numbered


def _torchvision_body(name: str) -> _Parts:
    from torchvision import models

    known = [n for n in models.list_models(module=models) if n.startswith(_CHAINS)]
    if name not in known:
        raise UnknownName(
            name, kind="network", where="--backbone torchvision", known=known
        )
    parts = dict(models.get_model(name, weights=None).named_children())
    for last in _AFTER_MAP:
        parts.pop(last, None)
    return _Parts(parts)


class _Places(nn.Module):
    """A network of timm whose features are laid out as a map."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        """Shape (N, channels, h, w)."""
        out: Tensor = self.net.forward_features(x)  # type: ignore[operator]
        if out.dim() == 3:
            tokens = out[:, getattr(self.net, "num_prefix_tokens", 0) :]
            side, n_channels = math.isqrt(int(tokens.shape[1])), int(tokens.shape[2])
            return tokens.transpose(1, 2).reshape(-1, n_channels, side, side)
        is_last = out.shape[-1] == self.net.num_features
        if is_last and out.shape[1] != self.net.num_features:
            return out.permute(0, 3, 1, 2)
        return out

    def fitting(self, state: dict[str, Tensor]) -> dict[str, Tensor]:
        """Tensors with positions for pictures of this side, as timm fits them."""
        from timm.models import vision_transformer

        if not isinstance(self.net, vision_transformer.VisionTransformer):
            return state
        return dict(vision_transformer.checkpoint_filter_fn(state, self.net))


def _timm_body(name: str, full_name: str, side: int) -> Body:
    try:
        import timm
    except ModuleNotFoundError:
        raise PackageMissing(_TIMM_PACKAGE, extra="images-timm") from None
    if "/" in name or not timm.is_model(name):
        raise UnknownName(
            name, kind="network", where="--backbone timm", known=timm.list_models()
        )
    try:
        net = timm.create_model(name, pretrained=False, num_classes=0, img_size=side)
    except TypeError:  # most networks take pictures of any size
        net = timm.create_model(name, pretrained=False, num_classes=0)
    config: Mapping[str, tuple[float, ...]] = net.pretrained_cfg  # type: ignore[assignment]
    return _measured(
        _Places(net), full_name, side, mean=config["mean"], std=config["std"]
    )


def _measured(
    body: nn.Module,
    name: str,
    side: int,
    *,
    mean: tuple[float, ...] = _IMAGENET_MEAN,
    std: tuple[float, ...] = _IMAGENET_STD,
) -> Body:
    """The body with its channels, by one picture of nothing."""
    try:
        with torch.inference_mode():
            cells = body.eval()(torch.zeros(1, 3, side, side))
    except (RuntimeError, AssertionError, ValueError, TypeError, NotImplementedError):
        cells = torch.zeros(0)
    if cells.dim() != 4 or cells.shape[2] < 2:
        raise BadModel(
            where=name,
            found=f"no map of places for pictures of {side} pixels",
            expected="a network whose last features have places",
            advice="Choose another --side or --backbone, such as convnext_tiny or "
            "vit_small_patch14_dinov2.",
        )
    return Body(body, cells.shape[1], tuple(mean), tuple(std))
