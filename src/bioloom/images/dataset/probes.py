"""What of a picture may give its source away: numbers of the pixels a model gets.

Each probe is a few numbers in which blur, grain, upscaling, compression, background,
marks or colour show, and in which the subject shows as little as possible: they are
relative to the picture's own contrast, or taken where it is flat.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import rfft2

from bioloom.images.dataset.measures import moments
from bioloom.images.files.neutralise import border_pixels

Floats = NDArray[np.float32]
PixelProbes = Mapping[str, Floats]
"""Numbers of each probe by its name."""

N_CELLS = 28
"""Cells of a side in maps of marks."""
_CENTRE = (slice(9, 19), slice(6, 22))
_CORNER = 7  # cells of a side
_BORDER_POINTS, _THUMBNAIL = 32, 8
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_N_BANDS, _N_COLOUR_BANDS = 16, 4
_NEAR, _EQUAL = 24, 4  # grey levels
_GREY, _LEVEL = 16, 16
_BLOCK = 16
_DARKEST = 0.05  # share of pixels, also of the brightest
_STEPS = (0.5, 1.5, 2.5, 4.5, 8.5)
_EDGES = (0.99, 0.999)  # the strongest alone: how much edge there is, is the subject
_SHARES = np.linspace(0.02, 0.98, 9)
_FACTORS = (2, 3, 4)
_N_PATCHES = 14


class _Planes(NamedTuple):
    """A picture, its grey, and the grey's steps and Laplacian."""

    pixels: NDArray[np.uint8]
    colours: Floats
    grey: Floats
    steps_right: Floats
    steps_down: Floats
    laplacian: Floats
    image: Image.Image


def pixel_probes(pixels: NDArray[np.uint8]) -> PixelProbes:
    """Numbers of all probes of a picture as a model sees it.

    Parameters
    ----------
    pixels
        RGB, shape (S, S, 3); S is at least 64.
    """
    planes = _planes(pixels)
    border = border_pixels(pixels).astype(np.float32)
    texture, light = _maps(planes)
    probes: dict[str, NDArray[np.generic]] = {
        "corner": pixels[[0, 0, -1, -1], [0, -1, 0, -1]].ravel(),
        "border": _evenly(border).ravel(),
        "background": _background(border),
        "thumbnail": _thumbnail(pixels),
        "colour": _colour(pixels),
        "cast": _cast(planes),
        "greys": _greys(planes),
        "sharpness": _sharpness(planes),
        "frequency": _frequency(planes),
        "upscaling": _upscaling(planes),
        "noise": _noise(planes),
        "steps": _steps(planes),
        "grid": _grid(planes.grey),
        "centre": np.concatenate([each[_CENTRE].ravel() for each in (texture, light)]),
        "corners": np.concatenate([_corners(each) for each in (texture, light)]),
        "marks": np.concatenate([texture.ravel(), light.ravel()]),
        "patches": _patches(planes),
    }
    return MappingProxyType(
        {name: values.astype(np.float32) for name, values in probes.items()}
    )


def _planes(pixels: NDArray[np.uint8]) -> _Planes:
    colours = pixels.astype(np.float32)
    grey = colours @ _LUMA
    inner = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return _Planes(
        pixels,
        colours,
        grey,
        np.abs(np.diff(grey, axis=1)),
        np.abs(np.diff(grey, axis=0)),
        4 * inner - around,
        Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)),
    )


def _evenly(border: Floats) -> Floats:
    """Pixels at even distances along the border."""
    places = np.linspace(0, len(border), _BORDER_POINTS, endpoint=False).astype(int)
    evenly: Floats = border[places]
    return evenly


def _background(border: Floats) -> Floats:
    """Colour of the border, how far pixels are from it, and shares that are near."""
    colour = np.median(border, axis=0)
    away = np.abs(border - colour)
    near = [(away <= limit).all(axis=1).mean() for limit in (_EQUAL, _NEAR)]
    return np.concatenate([colour, away.mean(axis=0), near])


def _thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (_THUMBNAIL, _THUMBNAIL)
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX)
    return np.asarray(small).ravel()


def _colour(pixels: NDArray[np.uint8]) -> Floats:
    """Mean and standard deviation of each channel."""
    counts = np.array(Image.fromarray(pixels).histogram(), dtype=np.float64)
    return moments(counts.reshape(3, 256)).astype(np.float32)


def _cast(planes: _Planes) -> Floats:
    """Red and blue above green: of all, the darkest and the brightest pixels."""
    flat = planes.colours[::2, ::2].reshape(-1, 3)
    grey = planes.grey[::2, ::2].ravel()
    n = int(len(grey) * _DARKEST)
    order = np.argpartition(grey, (n, len(grey) - n))
    parts = (slice(None), order[:n], order[-n:])
    means = np.array([flat[part].mean(axis=0) for part in parts])
    above = means[:, [0, 2]] - means[:, [1]]
    saturation = np.ptp(flat, axis=1).mean()
    return np.append(above.ravel(), saturation)


def _greys(planes: _Planes) -> Floats:
    """Share of pixels that are nearly grey, by their lightness, logs: text, frames."""
    is_grey = np.ptp(planes.pixels, axis=2) < _GREY
    levels = np.bincount(
        planes.grey[is_grey].astype(np.int64) // _LEVEL, minlength=256 // _LEVEL
    )
    return np.log(levels / planes.grey.size + 1e-4)


def _sharpness(planes: _Planes) -> Floats:
    """Strongest bends and coarse steps relative to fine steps: the width of edges."""
    side = len(planes.grey) // 2
    half = planes.image.resize((side, side), Image.Resampling.BOX)
    coarse = np.abs(np.diff(np.asarray(half, dtype=np.float32), axis=1))
    fine = np.quantile(planes.steps_right[::2], _EDGES) + 1
    bends = np.quantile(np.abs(planes.laplacian[::2]), _EDGES) + 1
    blurred = np.quantile(coarse, _EDGES) + 1
    widths: Floats = np.log(np.concatenate([bends / fine, blurred / fine]))
    return widths


def _frequency(planes: _Planes) -> Floats:
    """Energy of bands of spatial frequencies relative to the coarsest quarter, logs."""
    bands = []
    for plane, n in (
        (planes.grey, _N_BANDS),
        (planes.colours[..., 2] - planes.grey, _N_COLOUR_BANDS),
        (planes.colours[..., 0] - planes.grey, _N_COLOUR_BANDS),
    ):
        logs = np.log(_energy_by_band(plane).reshape(n, -1).mean(axis=1) + 1e-2)
        bands.append(logs[n // 4 :] - logs[: n // 4].mean())
    return np.concatenate(bands)


def _energy_by_band(plane: Floats) -> Floats:
    window, number, n_places = _bands(len(plane))
    spectrum = rfft2((plane - plane.mean()) * window).ravel()
    energy = (spectrum.real**2 + spectrum.imag**2) / plane.size
    sums = np.bincount(number, energy, minlength=_N_BANDS)
    return (sums / n_places).astype(np.float32)


class _Bands(NamedTuple):
    """Window of a picture, band of each place of its spectrum, places in each."""

    window: Floats
    number: NDArray[np.int64]
    n_places: NDArray[np.int64]


@lru_cache(maxsize=4)
def _bands(side: int) -> _Bands:
    window = np.hanning(side).astype(np.float32)
    down, across = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    number = (np.hypot(down, across) / 0.5 * _N_BANDS).astype(np.int64)
    number = number.clip(max=_N_BANDS - 1).ravel()
    n_places = np.bincount(number, minlength=_N_BANDS)
    return _Bands(window[:, None] * window, number, n_places)


def _upscaling(planes: _Planes) -> Floats:
    """What a picture loses when it is made smaller by 2, 3, 4 and large again, logs."""
    side, losses = len(planes.grey), []
    for factor in _FACTORS:
        small = planes.image.resize((round(side / factor),) * 2)
        again = np.asarray(small.resize((side, side)), dtype=np.float32)
        losses.append(np.log(np.abs(again - planes.grey).mean() + 0.1))
    return np.array([*losses, losses[1] - losses[0], losses[2] - losses[0]])


def _noise(planes: _Planes) -> Floats:
    """Grain of flat blocks and channels; correlation of neighbours; heavy tails."""
    bends = planes.laplacian
    n = len(bends) // _BLOCK
    blocks = np.abs(_in_cells(bends, n)).mean(axis=(1, 3)).ravel()
    flat = np.sort(blocks)[[len(blocks) // 20, len(blocks) // 4, len(blocks) // 2]]
    colours = planes.colours[::4]  # rows enough for a median
    second = np.abs(colours[:, 2:] - 2 * colours[:, 1:-1] + colours[:, :-2])
    channels = np.median(second, axis=(0, 1))
    rest = bends - bends.mean()
    squares = rest * rest
    spread = float(squares.mean()) + 1e-6
    beside = [(rest[:, 1:] * rest[:, :-1]).mean(), (rest[1:] * rest[:-1]).mean()]
    tail = np.log(float((squares * squares).mean()) / spread**2 + 1)
    return np.concatenate(
        [np.log(flat + 0.02), np.log(channels + 0.1), np.array(beside) / spread, [tail]]
    )


def _steps(planes: _Planes) -> Floats:
    """Shares of small steps between neighbours among all small ones, logs."""
    logs = []
    for steps in (planes.steps_right, planes.steps_down):
        counts = np.bincount(np.digitize(steps.ravel(), _STEPS), minlength=6)[:5]
        shares = (counts + 0.5) / (counts.sum() + 2.5)
        logs.append(np.log(shares + 1e-3))
    return np.concatenate(logs)


def _grid(grey: Floats) -> Floats:
    """Strength of periods in the mean bends of rows and of columns, logs."""
    strengths = []
    for axis in (0, 1):
        bends = np.abs(np.diff(grey, 2, axis=axis)).mean(axis=1 - axis)
        profile = np.log(bends + 0.1)
        waves = np.fft.rfft((profile - profile.mean()) * np.hanning(len(profile)))
        strengths.append(np.log(np.abs(waves[2:]) + 0.05))
    return np.concatenate(strengths)


class _Maps(NamedTuple):
    """Fineness and lightness of each cell, shape (N_CELLS, N_CELLS)."""

    texture: Floats
    light: Floats


def _maps(planes: _Planes) -> _Maps:
    bends = np.pad(np.abs(planes.laplacian), 1, mode="edge")
    texture = _in_cells(bends, N_CELLS).mean(axis=(1, 3))
    light = _in_cells(planes.grey, N_CELLS).mean(axis=(1, 3))
    return _Maps(np.log(texture + 0.5), light)


def _in_cells(plane: Floats, n: int) -> Floats:
    """A plane in n x n cells, shape (n, height, n, width); the rest is left out."""
    cell = len(plane) // n
    return plane[: n * cell, : n * cell].reshape(n, cell, n, cell)


def _corners(cells: Floats) -> Floats:
    first, last = slice(None, _CORNER), slice(-_CORNER, None)
    places = ((first, first), (first, last), (last, first), (last, last))
    return np.concatenate([cells[place].ravel() for place in places])


def _patches(planes: _Planes) -> Floats:
    """Colours, contrast and steps of small patches in any order: their quantiles."""
    channels = [
        _in_cells(planes.colours[..., place], _N_PATCHES).mean(axis=(1, 3))
        for place in range(3)
    ]
    contrast = _in_cells(planes.grey, _N_PATCHES).std(axis=(1, 3))
    steps = np.pad(planes.steps_right, ((0, 0), (0, 1)))
    fineness = _in_cells(steps, _N_PATCHES).mean(axis=(1, 3))
    values = [*channels, np.log(contrast + 1), np.log(fineness + 0.5)]
    return np.concatenate([np.quantile(each, _SHARES) for each in values])
