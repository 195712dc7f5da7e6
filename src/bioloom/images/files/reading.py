"""Read a picture completely and safely, or give the reason why it cannot be read.

A picture is decoded to its end, within limits, by the decoder of its own format. Its
structure is checked as well: decoders accept some truncated or damaged files.

Notes
-----
Transparent pixels are composited on white; EXIF rotation is applied; the first frame of
an animation is used; 16 bits are scaled to 8, not clipped.
"""

import hashlib
import io
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.duplicates import reason_of_error
from bioloom.images.files.files import split_name
from bioloom.images.files.signatures import ENDINGS, kind_of
from bioloom.images.files.structure import fault_of, png_chunks
from bioloom.images.files.traces import Traces, traces_of, usual_corners

MAX_PIXELS = 120_000_000
MAX_BYTES = 1 << 29
_PNG_DEPTH = 24  # where a PNG says how many bits a channel has
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "no byte",
        "not_a_picture": "the first bytes of something else",
        "truncated": "a picture cut short",
        "damaged": "a picture whose bytes have changed",
        "too_large": f"more than {MAX_PIXELS:,} pixels or {MAX_BYTES:,} bytes",
        "unsupported": "a kind of picture that cannot be decoded here",
        "permission": "a file that may not be read",
        "read_error": "a file that the system cannot read",
        "vanished": "a file that has disappeared",
        "changed": "a file that changed while it was read",
        "broken_link": "a broken link",
        "folder_link": "a link to a folder",
        "not_a_file": "a pipe, device or folder",
    }
)
"""Codes of why a picture cannot be read, as tables show them."""

# everything that decoders raise on invalid bytes
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Properties of a picture besides its pixels.

    Parameters
    ----------
    kind
        "jpeg", "png" …, by its first bytes.
    sha1
        Of the file, hex.
    n_bytes
        Size of the file.
    width, height
        Pixels, after EXIF rotation.
    has_alpha
        Whether it has an alpha channel or a transparent colour.
    transparent
        Mean transparency of its pixels, 0 to 1.
    is_rotated, is_animated, is_deep
        Whether EXIF rotates it, it has several frames, or more than 8 bits per channel.
    mode
        Pillow's name: RGB, P, CMYK …
    jpeg_quality
        1 to 100 as estimated from the quantisation table; NaN for other kinds.
    has_own_ending
        Whether the file's ending matches its kind.
    traces
        What the file says about its source.
    usual_corners
        Its corner pixels as most scripts see them.
    """

    kind: str
    sha1: str
    n_bytes: int
    width: int
    height: int
    has_alpha: bool
    transparent: float
    is_rotated: bool
    is_animated: bool
    is_deep: bool
    mode: str
    jpeg_quality: float
    has_own_ending: bool
    traces: Traces
    usual_corners: tuple[float, ...]


@contextmanager
def quiet_decoders() -> Iterator[None]:
    """Suppress the decoders' own warnings; what matters becomes a reason code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Decoded(NamedTuple):
    """A picture in RGB, composited on white, and its properties."""

    picture: Image.Image
    facts: Facts


def read_picture(path: str, *, at_least: int = 0) -> Decoded:
    """Read a picture completely.

    Parameters
    ----------
    path
        The file.
    at_least
        A large JPEG may be decoded to a smaller size, which is faster, but with sides
        of at least this many pixels; 0 for the full size.

    Raises
    ------
    UnreadablePicture
        If it cannot be read completely; its code is a key of `REASONS`.
    """
    content = _content(path)
    kind = kind_of(content)
    if not kind:
        raise _unreadable(path, "not_a_picture")
    if fault := fault_of(kind, content):
        raise _unreadable(path, fault)
    try:
        with quiet_decoders():
            return _decoded(path, kind, content, at_least=at_least)
    except UnreadablePicture:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise _unreadable(path, "too_large") from None
    except (UnidentifiedImageError, NotImplementedError):
        raise _unreadable(path, "unsupported") from None
    except _DAMAGE as problem:
        cut = "truncated" in str(problem) or isinstance(problem, EOFError)
        raise _unreadable(path, "truncated" if cut else "damaged") from None


def reason_of(path: str) -> str:
    """Code of why a picture cannot be read completely; "" if it can."""
    try:
        read_picture(path)
    except UnreadablePicture as problem:
        return problem.code
    return ""


def _content(path: str) -> bytes:
    try:
        info = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(info.st_mode):
            raise _unreadable(path, "not_a_file")
        if info.st_size > MAX_BYTES:
            raise _unreadable(path, "too_large")
        with open(path, "rb") as stream:  # noqa: PTH123
            content = stream.read(MAX_BYTES)
    except OSError as problem:
        raise _unreadable(path, reason_of_error(problem)) from None
    if not content:
        raise _unreadable(path, "empty")
    return content


def _unreadable(path: str, code: str) -> UnreadablePicture:
    return UnreadablePicture(path, code=code, meaning=REASONS[code])


def _decoded(path: str, kind: str, content: bytes, *, at_least: int) -> Decoded:
    image: Image.Image = Image.open(io.BytesIO(content), formats=[kind.upper()])
    if image.width * image.height > MAX_PIXELS:
        raise _unreadable(path, "too_large")
    mode, (width, height) = image.mode, image.size
    is_rotated = image.getexif().get(0x0112, 1) in range(2, 9)
    is_animated = bool(getattr(image, "is_animated", False))
    quality = _jpeg_quality(getattr(image, "quantization", None))
    traces = traces_of(image)
    if at_least and kind == "jpeg":
        image.draft("RGB", (2 * at_least, 2 * at_least))
    image.load()
    if is_rotated:
        image = ImageOps.exif_transpose(image)
        if (image.width < image.height) != (width < height):
            width, height = height, width
    if kind == "png" and mode == "P":
        _take_palette_alpha(image, content)
    has_alpha = bool(image.has_transparency_data)
    corners = usual_corners(image)
    picture, transparent = _in_rgb(image, has_alpha=has_alpha)
    facts = Facts(
        kind=kind,
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        n_bytes=len(content),
        width=width,
        height=height,
        has_alpha=has_alpha,
        transparent=transparent,
        is_rotated=is_rotated,
        is_animated=is_animated,
        is_deep=_is_wide(mode) or (kind == "png" and content[_PNG_DEPTH] > 8),
        mode=mode,
        jpeg_quality=quality,
        has_own_ending=split_name(path)[1].lower() in ENDINGS[kind],
        traces=traces,
        usual_corners=corners,
    )
    return Decoded(picture, facts)


def _take_palette_alpha(image: Image.Image, content: bytes) -> None:
    """Set the transparency of a palette from the file itself.

    Pillow 12 mistakes one whose last byte is 10 for a single transparent colour.
    """
    for name, data, _ in png_chunks(content):
        if name == b"tRNS":
            image.info["transparency"] = bytes(data)


def _is_wide(mode: str) -> bool:
    """Whether Pillow stores the picture as grey of more than 8 bits."""
    return mode.startswith(("I", "F"))


class _OnWhite(NamedTuple):
    """A picture composited on white, and its mean transparency."""

    picture: Image.Image
    transparent: float


def _in_rgb(image: Image.Image, *, has_alpha: bool) -> _OnWhite:
    if _is_wide(image.mode):
        image = _narrowed(image)
    if has_alpha:
        layers = image.convert("RGBA")
        alpha = layers.getchannel("A")
        white = Image.new("RGB", image.size, "white")
        white.paste(layers, mask=alpha)
        return _OnWhite(white, 1 - _mean(alpha.histogram()) / 255)
    return _OnWhite(image if image.mode == "RGB" else image.convert("RGB"), 0.0)


def _narrowed(image: Image.Image) -> Image.Image:
    """Grey of more than 8 bits as grey of 8 bits, its transparent value as alpha."""
    values = np.asarray(image)
    grey = Image.fromarray(_in_eight_bits(values))
    hole = image.info.get("transparency")
    if isinstance(hole, int):
        grey.putalpha(Image.fromarray(np.where(values == hole, 0, 255).astype("u1")))
    return grey


def _mean(histogram: list[int]) -> float:
    return float(np.dot(histogram, np.arange(len(histogram))) / sum(histogram))


def _in_eight_bits(values: NDArray[np.number]) -> NDArray[np.uint8]:
    """Grey values of more bits, by scale: 65,535 (or a float's 1) becomes 255."""
    wide = np.nan_to_num(values.astype(np.float64))
    top = 65535.0 if np.issubdtype(values.dtype, np.integer) else 1.0
    if wide.max(initial=0.0) > top:
        top = float(wide.max())
    return (np.clip(wide / top, 0, 1) * 255 + 0.5).astype(np.uint8)


def _jpeg_quality(tables: Mapping[int, list[int]] | None) -> float:
    """Quality that gives the sum of a quantisation table in libjpeg's scale.

    Notes
    -----
    libjpeg scales its standard table, whose sum is 3,689, by 5000/q % below quality 50
    and by 200 - 2q % above.
    """
    if not tables:
        return float("nan")
    percent = 100 * sum(tables[min(tables)]) / 3689
    quality = (200 - percent) / 2 if percent <= 100 else 5000 / percent
    return float(np.clip(round(quality), 1, 100))
