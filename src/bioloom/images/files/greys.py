"""Greys of more than 8 bits, made visible in 8.

A range of values is shown as black to white. Which one, the values decide:

1. 16-bit values that are all multiples of 257 are 8-bit values widened: 0 to 65,535.
2. Values from 0 that use the upper half of a common scale (1 for floats, 255, 65,535)
   keep that scale, so that pictures of one series stay comparable.
3. Others are stretched: the 0.1st percentile becomes black, the 99.9th white.

Transparent and non-finite values do not count; infinity is white, NaN black.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PERCENTILES = (0.1, 99.9)
"""Values below the first are black and above the second white."""
_TOP_16 = 65535
_WIDENED = 257  # 65535 / 255
_SCALES = (255, _TOP_16)
_PNG_DEPTH = 24  # where a PNG says how many bits a channel has
# tags of TIFF
_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_MIN_IS_WHITE, _SIGNED = 0, 2


class GreyScale(NamedTuple):
    """Values that are shown as black and white.

    Parameters
    ----------
    black, white
        In units of the file.
    is_stretched
        Whether they are percentiles of the values, not a common scale.
    """

    black: float
    white: float
    is_stretched: bool


class Narrowed(NamedTuple):
    """A deep grey picture in 8 bits, and the scale it was given."""

    picture: Image.Image
    scale: GreyScale


def is_deep_grey(image: Image.Image, opened: Image.Image) -> bool:
    """Whether a picture's values are numbers that no 8-bit grey holds.

    Parameters
    ----------
    image
        The picture.
    opened
        The same as Pillow opened it, which knows the tags of a TIFF.
    """
    return image.mode.startswith(("I", "F")) or (
        image.mode == "L" and _tag(opened, _SAMPLE_FORMAT) == _SIGNED
    )


def is_deep(opened: Image.Image, mode: str, content: bytes) -> bool:
    """Whether a file has more than 8 bits per channel.

    Parameters
    ----------
    opened
        As Pillow opened it.
    mode
        Pillow's, before it was loaded.
    content
        The file.
    """
    if opened.format == "PNG":
        return content[_PNG_DEPTH] > 8
    depth = _tag(opened, _BITS, default=8)
    depth = max(depth) if isinstance(depth, tuple) else depth
    return (
        mode.startswith(("I", "F")) or max(depth, opened.info.get("bit_depth", 8)) > 8
    )


def narrowed(image: Image.Image, opened: Image.Image) -> Narrowed:
    """Deep grey in 8 bits, its transparent value as alpha; parameters as above."""
    values = np.asarray(image)
    is_unsigned = _tag(opened, _SAMPLE_FORMAT, default=1) == 1
    if image.mode == "L":
        values = values.view(np.int8)
    elif values.dtype == np.int32 and _tag(opened, _BITS) == 32 and is_unsigned:
        values = values.view(np.uint32)
    hole = image.info.get("transparency")
    is_hole = values == hole if isinstance(hole, int) else None
    scale = grey_scale(values if is_hole is None else values[~is_hole])
    pixels = _in_eight_bits(values, scale)
    if _tag(opened, _PHOTOMETRIC) == _MIN_IS_WHITE:  # Pillow inverts 8 bits alone
        pixels = 255 - pixels
    grey = Image.fromarray(pixels)
    if is_hole is not None:
        grey.putalpha(Image.fromarray(np.where(is_hole, 0, 255).astype("u1")))
    return Narrowed(grey, scale)


def _tag(opened: Image.Image, number: int, default: int | None = None) -> Any:
    """Value of a TIFF's tag, the only one if there is one; the default elsewhere."""
    value = getattr(opened, "tag_v2", {}).get(number, default)
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def grey_scale(values: NDArray[np.number]) -> GreyScale:
    """Scale in which values are shown.

    Parameters
    ----------
    values
        Greys of a picture, integers or floats.

    Examples
    --------
    >>> ramp = np.arange(4096, dtype=np.uint16)  # 12 bits
    >>> grey_scale(ramp).is_stretched, grey_scale(ramp * 16).white
    (True, 65535)
    """
    is_integer = np.issubdtype(values.dtype, np.integer)
    if values.dtype == np.uint16 and not (values % _WIDENED).any():
        return GreyScale(0.0, _TOP_16, is_stretched=False)
    finite = values.ravel() if is_integer else values[np.isfinite(values)]
    if not finite.size:
        return GreyScale(0.0, 1.0, is_stretched=False)
    black, white = (float(end) for end in np.percentile(finite, PERCENTILES))
    if black == white:  # a background with few other values
        black, white = float(finite.min()), float(finite.max())
    scales = _SCALES if is_integer else (1, *_SCALES)
    if black == white:  # of one grey
        top = next((top for top in scales if white <= top), _TOP_16)
        return GreyScale(0.0, top, is_stretched=False)
    for top in scales:
        if black >= 0 and top / 2 <= white <= top:
            return GreyScale(0.0, top, is_stretched=False)
    return GreyScale(black, white, is_stretched=True)


def _in_eight_bits(values: NDArray[np.number], scale: GreyScale) -> NDArray[np.uint8]:
    if values.dtype == np.uint16 and values.size > _TOP_16:  # each value once
        table = _in_eight_bits(np.arange(_TOP_16 + 1), scale)
        shown: NDArray[np.uint8] = table[values]
        return shown
    black, white, _ = scale
    share = (values.astype(np.float64) - black) / (white - black)
    whole = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)
    return (np.clip(whole, 0, 1) * 255 + 0.5).astype(np.uint8)
