"""Augmentation of training pictures: mirroring and colour jitter.

Brightness, contrast, saturation and hue are linear in a pixel's colour, so that all
four are one matrix and one offset per picture: one product instead of four passes.
Validation and test pictures are not augmented.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_GREY = np.array([0.299, 0.587, 0.114])
# colour differences of television: hue is a rotation about grey
_TO_YIQ = np.array(
    [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]]
)
_FROM_YIQ = np.linalg.inv(_TO_YIQ)


@dataclass(frozen=True, slots=True)
class Jitter:
    """Ranges of the colours: factors 1 ± each, hue ± `hue` turns."""

    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    hue: float = 0.1


class Draws(NamedTuple):
    """Random draws for a batch: mirrored or not, and four numbers per picture."""

    is_mirrored: NDArray[np.bool_]
    colour: NDArray[np.float64]

    def part(self, places: slice) -> "Draws":
        """Draws of some pictures of the batch."""
        return Draws(self.is_mirrored[places], self.colour[places])


def draw(n: int, rng: np.random.Generator, jitter: Jitter | None = None) -> Draws:
    """Draw for n pictures."""
    widths = jitter or Jitter()
    spread = np.array(
        [widths.brightness, widths.contrast, widths.saturation, widths.hue]
    )
    colour = rng.uniform(-1, 1, (n, 4)) * spread
    colour[:, :3] += 1
    return Draws(rng.random(n) < 0.5, colour)


def augmented(pixels: Tensor, draws: Draws) -> Tensor:
    """Pictures mirrored and recoloured as drawn.

    Parameters
    ----------
    pixels
        In [0, 1], shape (N, H, W, 3).
    draws
        For these pictures.

    Returns
    -------
    Shape (N, 3, H, W), channels last in memory, in [0, 1].

    Notes
    -----
    Brightness scales, contrast moves towards the picture's mean grey, saturation
    towards each pixel's grey, hue turns about the grey axis; in this order.
    """
    n, height, width, _ = pixels.shape
    flat = pixels.reshape(n, height * width, 3)
    means = flat.mean(dim=1).double().numpy(force=True)
    matrix, offset = colour_maps(draws.colour, means)
    moved = torch.baddbmm(
        torch.from_numpy(offset).to(pixels)[:, None, :],
        flat,
        torch.from_numpy(matrix).to(pixels).transpose(1, 2),
    )
    out = moved.clamp_(0, 1).view(n, height, width, 3)
    mirrored = torch.as_tensor(np.flatnonzero(draws.is_mirrored), device=pixels.device)
    out[mirrored] = out[mirrored].flip(2)
    return out.permute(0, 3, 1, 2)


class ColourMaps(NamedTuple):
    """Linear maps of colours, shapes (N, 3, 3) and (N, 3)."""

    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]


def colour_maps(colour: NDArray[np.float64], means: NDArray[np.float64]) -> ColourMaps:
    """Matrix and offset of each picture's colours.

    Parameters
    ----------
    colour
        Brightness, contrast, saturation, hue, shape (N, 4).
    means
        Mean colour of each picture, shape (N, 3).
    """
    brightness, contrast, saturation, hue = colour.T[:, :, None, None]
    eye, grey = np.eye(3), np.tile(_GREY, (3, 1))
    saturated = saturation * eye + (1 - saturation) * grey
    turned = _FROM_YIQ @ _rotations(hue[:, 0, 0]) @ _TO_YIQ
    after = turned @ saturated
    matrix = after * (brightness * contrast)
    mean_grey = brightness[:, :, 0] * (means @ _GREY)[:, None]
    shift = (1 - contrast[:, :, 0]) * mean_grey * np.ones(3)
    return ColourMaps(matrix, np.einsum("nij,nj->ni", after, shift))


def _rotations(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    angle = 2 * np.pi * turns
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.zeros((len(turns), 3, 3))
    matrix[:, 0, 0] = 1
    matrix[:, 1, 1] = matrix[:, 2, 2] = cos
    matrix[:, 1, 2], matrix[:, 2, 1] = -sin, sin
    return matrix
