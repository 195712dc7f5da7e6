"""Simple measurements of a picture, for tables.

Notes
-----
Pixels are measured on the picture composited on white and scaled to a common size, so
that counts can be compared.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from bioloom.images.files.reading import Facts

EDGE_THRESHOLD = 100
"""Sobel magnitude (of grey 0 to 255) from which a pixel is an edge pixel."""
_WHITE = 250  # darkest channel from which a pixel counts as white

MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "edges": "edge pixels: Sobel magnitude of grey above "
        f"{EDGE_THRESHOLD}, after scaling to the model's size",
        "content": "share of pixels that are not white",
        "brightness": "mean grey, 0 to 1",
        "contrast": "standard deviation of grey, 0 to 1",
        "saturation": "mean of (max - min) over the channels, 0 to 1",
        "mean_red": "mean, 0 to 1",
        "mean_green": "mean, 0 to 1",
        "mean_blue": "mean, 0 to 1",
        "width": "pixels of the file's picture",
        "height": "pixels of the file's picture",
        "n_bytes": "size of the file",
        "transparent": "mean transparency, 0 to 1",
    }
)
"""Columns of `tables/features.tsv` besides path and label."""


def moments(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means and standard deviations of histograms."""
    levels, total = np.arange(256), counts.sum(axis=1)
    mean = counts @ levels / total
    spread = np.maximum(counts @ levels**2 / total - mean**2, 0)
    return np.concatenate([mean, np.sqrt(spread)])


def measure(view: Image.Image, facts: Facts) -> dict[str, float]:
    """Measure a picture.

    Parameters
    ----------
    view
        Scaled to the model's size, RGB.
    facts
        Of its file.

    Returns
    -------
    The columns of `MEASURES`.
    """
    red, green, blue = view.split()
    high = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    low = ImageChops.darker(ImageChops.darker(red, green), blue)
    grey = view.convert("L")
    channels = (red, green, blue, high, low, grey)
    counts = np.array([channel.histogram() for channel in channels], dtype=np.float64)
    found = moments(counts) / 255
    means, spread = found[: len(channels)].tolist(), found[len(channels) :]
    return {
        "edges": edge_pixels(np.asarray(grey)),
        "content": float(counts[4, :_WHITE].sum() / counts[4].sum()),
        "brightness": means[5],
        "contrast": float(spread[5]),
        "saturation": means[3] - means[4],
        "mean_red": means[0],
        "mean_green": means[1],
        "mean_blue": means[2],
        "width": facts.width,
        "height": facts.height,
        "n_bytes": facts.n_bytes,
        "transparent": facts.transparent,
    }


def edge_pixels(grey: NDArray[np.uint8]) -> int:
    """Pixels whose Sobel magnitude is above `EDGE_THRESHOLD`.

    Examples
    --------
    >>> step = np.zeros((9, 9), np.uint8)
    >>> step[:, 5:] = 255
    >>> edge_pixels(step)
    14
    """
    values = grey.astype(np.int16)
    across = values[:, 2:] - values[:, :-2]
    down = values[2:] - values[:-2]
    x = across[:-2] + 2 * across[1:-1] + across[2:]
    y = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    squares = np.square(x, dtype=np.int32) + np.square(y, dtype=np.int32)
    return int(np.count_nonzero(squares > EDGE_THRESHOLD**2))
