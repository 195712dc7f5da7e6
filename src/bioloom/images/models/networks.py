"""The classifier: a backbone's feature map, its mean, and a linear head.

With the mean over the map and a linear head, a score is a sum over the map's cells:
the exact part of each cell in a score is known (`Classifier.evidence`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor, nn

from bioloom.images.models.lite import NUM_FEATURES, Together, lite_body
from bioloom.images.models.others import Body, other_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network without its last layer.

    Parameters
    ----------
    body
        Makes it, untrained: (N, 3, H, W) → (N, num_features, H / 32, W / 32).
    num_features
        Channels of its last map.
    mean, std
        Of red, green and blue: normalisation that its weights were trained with.
    """

    body: Callable[[], nn.Module]
    num_features: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def _resnet18_body() -> nn.Sequential:
    from torchvision.models import resnet18

    whole = resnet18(weights=None)
    names = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
    return nn.Sequential(*(getattr(whole, name) for name in names))


def _three_lites() -> nn.Module:
    return Together(lite_body(), lite_body(1.0, 1.1), lite_body(1.1, 1.2))


def _lite(body: Callable[[], nn.Module], n: int = 1) -> Backbone:
    half = (0.5, 0.5, 0.5)
    return Backbone(body=body, num_features=n * NUM_FEATURES, mean=half, std=half)


BACKBONES: Mapping[str, Backbone] = MappingProxyType(
    {
        "efficientnet-lite0": _lite(lite_body),
        "efficientnet-lite1": _lite(partial(lite_body, 1.0, 1.1)),
        "efficientnet-lite2": _lite(partial(lite_body, 1.1, 1.2)),
        "lite-ensemble": _lite(_three_lites, 3),
        "resnet18": Backbone(
            body=_resnet18_body,
            num_features=512,
            mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225),
        ),
    }
)


def _body_of(backbone: str, side: int) -> Body:
    if backbone not in BACKBONES:
        return other_body(backbone, side=side)
    ours = BACKBONES[backbone]
    return Body(ours.body(), ours.num_features, ours.mean, ours.std)


class Classifier(nn.Module):
    """A backbone and a linear head.

    Parameters
    ----------
    backbone
        Its name.
    num_classes
        Width of the head.
    side
        Pixels of the pictures' sides; only networks of timm depend on it.
    is_mirrored
        Whether a picture is seen twice, once mirrored; the two maps are averaged, place
        by place, so that a picture and its mirror image have the same scores.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: str,
        num_classes: int,
        *,
        side: int = 224,
        is_mirrored: bool = False,
    ) -> None:
        super().__init__()
        self.backbone, self.side, self.is_mirrored = backbone, side, is_mirrored
        chosen = _body_of(backbone, side)
        self.body = chosen.body
        self.head = nn.Linear(chosen.num_features, num_classes)
        for name, values in (("mean", chosen.mean), ("std", chosen.std)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1))

    def feature_map(self, x: Tensor) -> Tensor:
        """Last map of the body; x holds pixels in [0, 1], shape (N, 3, H, W)."""
        x = (x - self.mean) / self.std
        cells: Tensor = self.body(x)
        if self.is_mirrored:
            cells = (cells + self.body(x.flip(3)).flip(3)) / 2
        return cells

    def features(self, x: Tensor) -> Tensor:
        """Mean of the map over its cells, shape (N, num_features)."""
        return self.feature_map(x).mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes, shape (N, num_classes)."""
        scores: Tensor = self.head(self.features(x))
        return scores

    def evidence(self, x: Tensor) -> Tensor:
        r"""What each cell adds to each class's score, shape (N, num_classes, h, w).

        Notes
        -----
        $s_c = b_c + \sum_{ij} \frac{1}{hw} \sum_k w_{ck} F_{kij}$: the cells and the
        bias sum to the score. Positive values, scaled, are Grad-CAM, whose weights
        are the mean gradients of the score: $w_{ck} / hw$ here.

        References
        ----------
        Selvaraju R.R. et al. (2017) Grad-CAM. ICCV. doi:10.1109/ICCV.2017.74
        """
        return self.evidence_of(self.feature_map(x))

    def evidence_of(self, cells: Tensor) -> Tensor:
        """The same for a given feature map."""
        n_cells = cells.shape[2] * cells.shape[3]
        return torch.einsum("ck,nkij->ncij", self.head.weight, cells) / n_cells
