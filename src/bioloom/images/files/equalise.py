"""Give pictures the same sharpness and grain: one spectrum for all.

Blur, upscaling, noise and repeated compression change how strong the fine details of a
picture are. Here the strength of every ring of spatial frequencies is set to that of
natural pictures, and details finer than `FINEST` are removed.

References
----------
Field D. J. (1987) Relations between the statistics of natural images and the response
properties of cortical cells. J Opt Soc Am A 4:2379. doi:10.1364/JOSAA.4.002379
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FINEST = 0.1
"""Cycles per pixel above which nothing is kept: details under ten pixels a period."""
_N_RINGS = 48
_SLOPE = 1.5  # of amplitudes; natural pictures lie between 1 and 1.5
_COARSE = slice(1, 5)  # rings that set the contrast, which stays the picture's own
_MAX_GAIN = 50.0
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
Floats = NDArray[np.float32]


class _Rings(NamedTuple):
    """Ring of each place of a real spectrum, places in each, and wanted amplitudes."""

    number: NDArray[np.int64]
    n_places: NDArray[np.int64]
    wanted: NDArray[np.float64]


def equalised(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with the spectrum of natural pictures.

    Parameters
    ----------
    pixels
        Shape (S, S, 3). Brightness and two colour differences are treated alike.
    """
    colours = pixels.astype(np.float32)
    luma = colours @ _LUMA
    red, blue = (colours[..., place] - luma for place in (0, 2))
    luma, red, blue = (_with_natural_spectrum(plane) for plane in (luma, red, blue))
    green = luma - (_LUMA[0] * red + _LUMA[2] * blue) / _LUMA[1]
    planes = np.stack([luma + red, green, luma + blue], axis=-1)
    return np.clip(planes + 0.5, 0, 255).astype(np.uint8)


def _with_natural_spectrum(plane: Floats) -> Floats:
    rings = _rings(len(plane))
    mean = plane.mean()
    spectrum = np.fft.rfft2(plane - mean)
    energy = np.bincount(
        rings.number.ravel(), (np.abs(spectrum) ** 2).ravel(), minlength=_N_RINGS
    )
    amplitude = np.sqrt(energy / rings.n_places)
    contrast = amplitude[_COARSE].sum() / rings.wanted[_COARSE].sum()
    gain = contrast * rings.wanted / np.maximum(amplitude, 1e-3)
    gain = np.minimum(gain, _MAX_GAIN)
    gain[0] = 1
    shaped = np.fft.irfft2(spectrum * gain[rings.number], s=plane.shape)
    whole: Floats = (shaped + mean).astype(np.float32)
    return whole


@lru_cache(maxsize=4)
def _rings(side: int) -> _Rings:
    down, across = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    width = 0.5 / _N_RINGS
    number = (np.hypot(down, across) / width).astype(np.int64).clip(max=_N_RINGS - 1)
    middle = (np.arange(_N_RINGS) + 0.5) * width
    wanted = np.where(middle < FINEST, np.maximum(middle, 1 / side) ** -_SLOPE, 0.0)
    return _Rings(number, np.bincount(number.ravel(), minlength=_N_RINGS), wanted)
