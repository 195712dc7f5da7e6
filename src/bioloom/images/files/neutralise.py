"""Remove traces of a picture's source: background, frame, margin, encoder.

The picture is cropped to its content and scaled; a plain background around it becomes
white; it is placed on a white square with a small margin and encoded as JPEG.
Transparency is composited earlier, on reading.
"""

import io
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_Number = TypeVar("_Number", bound=np.generic)
_TOLERANCE = 24  # grey levels in which a margin may differ from its own colour
_UNIFORM = 0.9  # share of the border that must be of one colour
_MARGIN = 0.05
_QUALITY = 85
_ROUNDS = 3  # frames inside frames
_FRINGE = 1  # pixels around the background that scaling has mixed with it


def neutralised(picture: Image.Image, *, side: int) -> Image.Image:
    """The picture cropped, its plain background made white, scaled, encoded again.

    Parameters
    ----------
    picture
        RGB.
    side
        Of the square that is returned, pixels.

    Notes
    -----
    A border that is nine tenths one colour counts as background, whatever the colour,
    up to three times (frames). What is connected to the border of the content and has
    the last background's colour becomes white. A picture without such a border, such as
    a photograph, keeps its background and is not cropped.
    """
    colour = None
    for _ in range(_ROUNDS):
        pixels = np.asarray(picture)
        found = _background_colour(pixels)
        if found is None:
            break
        colour = found
        box = _content_box(pixels, colour)
        if box == (0, 0, *picture.size):
            break
        picture = picture.crop(box)
    inner = round(side * (1 - 2 * _MARGIN))
    scale = inner / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    scaled = picture.resize((width, height), Image.Resampling.BILINEAR)
    if colour is not None:
        scaled = _on_white(scaled, colour)
    square = Image.new("RGB", (side, side), "white")
    square.paste(scaled, ((side - width) // 2, (side - height) // 2))
    return _encoded(square)


def border_pixels(pixels: NDArray[_Number]) -> NDArray[_Number]:
    """Outermost pixels, clockwise from the upper left, shape (n, channels)."""
    top, right = pixels[0], pixels[1:, -1]
    bottom, left = pixels[-1, -2::-1], pixels[-2:0:-1, 0]
    return np.concatenate([top, right, bottom, left])


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int


def _background_colour(pixels: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """Colour of nine tenths of the border; None if it is not plain, or tiny."""
    border = border_pixels(pixels)
    colour: NDArray[np.float64] = np.median(border, axis=0)
    near = (np.abs(border - colour) <= _TOLERANCE).all(axis=1)
    is_plain = near.mean() >= _UNIFORM and min(pixels.shape[:2]) >= 4
    return colour if is_plain else None


def _content_box(pixels: NDArray[np.uint8], colour: NDArray[np.float64]) -> _Box:
    """Ends of what is not background."""
    height, width = pixels.shape[:2]
    content = ~_has_colour(pixels, colour)
    rows, columns = (np.flatnonzero(content.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return _Box(0, 0, width, height)
    return _Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _has_colour(
    pixels: NDArray[np.uint8], colour: NDArray[np.float64]
) -> NDArray[np.bool_]:
    away = np.abs(pixels.astype(np.int16) - colour.astype(np.int16))
    return np.asarray((away <= _TOLERANCE).all(axis=2))


def _on_white(picture: Image.Image, colour: NDArray[np.float64]) -> Image.Image:
    """What has a colour and is connected to the border, in white."""
    from scipy import ndimage

    pixels = np.array(picture)
    numbers, _ = ndimage.label(np.pad(_has_colour(pixels, colour), 1, mode="edge"))
    outside = np.unique(border_pixels(numbers[..., None]))
    background = np.isin(numbers, outside[outside > 0])
    pixels[ndimage.binary_dilation(background, iterations=_FRINGE)[1:-1, 1:-1]] = 255
    return Image.fromarray(pixels)


def _encoded(picture: Image.Image) -> Image.Image:
    """Encode as JPEG and decode, so that all pictures share one encoder's traces."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_QUALITY)
    return Image.open(stream, formats=["JPEG"]).convert("RGB")
