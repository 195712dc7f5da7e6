"""Remove traces of a picture's source: frame, margin, encoder.

The picture is cropped to its content, placed on a white square with a small margin,
scaled and encoded as JPEG; transparency is composited earlier, on reading.
"""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TOLERANCE = 24  # grey levels in which a margin may differ from its own colour
_UNIFORM = 0.9  # share of the border that must be of one colour
_MARGIN = 0.05
_QUALITY = 85
_ROUNDS = 3  # frames inside frames


def neutralised(picture: Image.Image, *, side: int) -> Image.Image:
    """The picture cropped, centred on white, scaled and encoded again.

    Parameters
    ----------
    picture
        RGB.
    side
        Of the square that is returned, pixels.

    Notes
    -----
    A border that is nine tenths one colour counts as background, whatever the colour,
    up to three times (frames). A picture without such a border is not cropped.
    """
    for _ in range(_ROUNDS):
        box = _content_box(np.asarray(picture))
        if box == (0, 0, *picture.size):
            break
        picture = picture.crop(box)
    inner = round(side * (1 - 2 * _MARGIN))
    scale = inner / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    scaled = picture.resize((width, height), Image.Resampling.BILINEAR)
    square = Image.new("RGB", (side, side), "white")
    square.paste(scaled, ((side - width) // 2, (side - height) // 2))
    return _encoded(square)


def border_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Outermost pixels, clockwise from the upper left, shape (n, 3)."""
    top, right = pixels[0], pixels[1:, -1]
    bottom, left = pixels[-1, -2::-1], pixels[-2:0:-1, 0]
    return np.concatenate([top, right, bottom, left])


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int


def _content_box(pixels: NDArray[np.uint8]) -> _Box:
    """Ends of what is not background."""
    border = border_pixels(pixels)
    colour = np.median(border, axis=0)
    near = (np.abs(border - colour) <= _TOLERANCE).all(axis=1)
    height, width = pixels.shape[:2]
    whole = _Box(0, 0, width, height)
    if near.mean() < _UNIFORM or min(width, height) < 4:
        return whole
    content = (np.abs(pixels.astype(np.int16) - colour) > _TOLERANCE).any(axis=2)
    rows, columns = (np.flatnonzero(content.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return whole
    return _Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _encoded(picture: Image.Image) -> Image.Image:
    """Encode as JPEG and decode, so that all pictures share one encoder's traces."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_QUALITY)
    return Image.open(stream, formats=["JPEG"]).convert("RGB")
