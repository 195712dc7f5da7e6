"""Where in the picture classes differ: means, separation of places, fineness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.probes import N_CELLS

Floats = NDArray[np.float32]
_MOST_CLASSES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """Where classes differ.

    Parameters
    ----------
    class_names
        Of the first four classes.
    means
        Mean picture of each as the model gets it, uint8, shape (K, S, S, 3).
    texture, light
        Share of the spread of each place's fineness and lightness that lies between
        classes (eta squared), shape (N_CELLS, N_CELLS).
    """

    class_names: tuple[str, ...]
    means: NDArray[np.uint8]
    texture: Floats
    light: Floats


def where_it_differs(
    pixels: NDArray[np.uint8],
    marks: Floats,
    places: NDArray[np.int64],
    pictures: Pictures,
) -> Where:
    """Compare the classes place by place.

    Parameters
    ----------
    pixels
        Of all pictures, as the model gets them.
    marks
        Numbers of the probe `marks`, one row for each of `places`.
    places
        Pictures that were audited.
    pictures
        Their classes.
    """
    y = pictures.y[places]
    shown = np.unique(y)[:_MOST_CLASSES].tolist()
    maps = _eta_squared(marks, y).reshape(2, N_CELLS, N_CELLS)
    return Where(
        tuple(pictures.class_names[k] for k in shown),
        np.array([_mean_picture(pixels, places[y == k]) for k in shown]),
        maps[0],
        maps[1],
    )


def _mean_picture(
    pixels: NDArray[np.uint8], places: NDArray[np.int64]
) -> NDArray[np.uint8]:
    total = np.zeros(pixels.shape[1:], dtype=np.float64)
    for place in places.tolist():
        total += pixels[place]
    return (total / len(places) + 0.5).astype(np.uint8)


def _eta_squared(values: Floats, y: NDArray[np.int64]) -> Floats:
    """Variance between classes divided by all variance, of each column."""
    whole = values.mean(axis=0)
    between = np.zeros(values.shape[1])
    for k in np.unique(y).tolist():
        part = values[y == k]
        between += len(part) * (part.mean(axis=0) - whole) ** 2
    total = ((values - whole) ** 2).sum(axis=0)
    shares: Floats = (between / np.maximum(total, 1e-9)).astype(np.float32)
    return shares
