"""Read a picture completely and safely, or give the reason why it cannot be read.

A picture is decoded to its end, within limits, by the decoder of its own format. Its
structure is checked as well: decoders accept some truncated or damaged files.

Notes
-----
Transparent pixels are composited on white; EXIF rotation is applied; colour profiles
are converted to sRGB; the first frame of an animation is used; greys of more than 8
bits are scaled (`bioloom.images.files.greys`), not clipped.
"""

import hashlib
import io
import math
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
from PIL import Image, ImageOps, UnidentifiedImageError

from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.colours import Profile, in_srgb
from bioloom.images.files.files import ENDINGS, split_name
from bioloom.images.files.formats import MEANINGS, lack_of, pillow_name
from bioloom.images.files.greys import GreyScale, is_deep, is_deep_grey, narrowed
from bioloom.images.files.jpeg import DamagedJpeg, decoded_jpeg
from bioloom.images.files.opening import open_binary, reason_of_error
from bioloom.images.files.signatures import kind_of
from bioloom.images.files.structure import fault_of, jxl_size, png_chunks
from bioloom.images.files.traces import Traces, traces_of, usual_corners

MAX_PIXELS = 120_000_000
MAX_BYTES = 1 << 29
_ORIENTATION = 0x0112
_DIM = 1 << 4
_WEBP_FLAGS, _WEBP_ALPHA = 20, 0x10  # place of an extended WebP's flags, and its alpha
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
        "path_too_long": "a file whose path in the target would be too long",
        **MEANINGS,
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
    RuntimeError,
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
    profile
        What became of its colour profile: "srgb" already, "converted", "ignored"
        because it cannot be used; "" without one.
    grey_scale
        Of greys of more than 8 bits, the values that are shown as black and white.
    is_dim
        Whether colours of 16 bits use 12 or fewer of them, so that the upper 8, which
        are read, are almost black.
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
    profile: Profile = ""
    grey_scale: GreyScale | None = None
    is_dim: bool = False


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
    if fault := fault_of(kind, content) or lack_of(kind):
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
    except DamagedJpeg as problem:
        raise _unreadable(path, "truncated" if problem.is_cut else "damaged") from None
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
        with open_binary(path) as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise _unreadable(path, "not_a_file")
            if info.st_size > MAX_BYTES:
                raise _unreadable(path, "too_large")
            content = stream.read(MAX_BYTES)
    except OSError as problem:
        raise _unreadable(path, reason_of_error(problem)) from None
    if not content:
        raise _unreadable(path, "empty")
    return content


def _unreadable(path: str, code: str) -> UnreadablePicture:
    return UnreadablePicture(path, code=code, meaning=REASONS[code])


def _decoded(path: str, kind: str, content: bytes, *, at_least: int) -> Decoded:
    if kind == "jxl" and math.prod(jxl_size(content)) > MAX_PIXELS:
        raise _unreadable(path, "too_large")
    opened = Image.open(io.BytesIO(content), formats=[pillow_name(kind)])
    if opened.width * opened.height > MAX_PIXELS:
        raise _unreadable(path, "too_large")
    mode, (width, height) = opened.mode, opened.size
    is_animated = bool(getattr(opened, "is_animated", False))
    quality = _jpeg_quality(getattr(opened, "quantization", None))
    turn = _orientation(opened)
    traces = traces_of(opened)
    image = _loaded(opened, kind, content, at_least=at_least)
    if turn > 1:
        image = ImageOps.exif_transpose(image)
        if (image.width < image.height) != (width < height):
            width, height = height, width
    has_depth = is_deep(opened, mode, content)
    visible = _visible(image, opened, has_alpha=_has_alpha(image, kind, content))
    facts = Facts(
        kind=kind,
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        n_bytes=len(content),
        width=width,
        height=height,
        has_alpha=visible.has_alpha,
        transparent=visible.transparent,
        is_rotated=turn > 1,
        is_animated=is_animated,
        is_deep=has_depth,
        mode=mode,
        jpeg_quality=quality,
        has_own_ending=split_name(path)[1].lower() in ENDINGS[kind],
        traces=traces,
        usual_corners=usual_corners(image),
        profile=visible.profile,
        grey_scale=visible.grey_scale,
        is_dim=has_depth and not visible.grey_scale and _is_dim(image),
    )
    return Decoded(visible.picture, facts)


def _orientation(image: Image.Image) -> int:
    """How EXIF rotates or mirrors a picture, 1 to 8; 1 where it cannot be read."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGE:
        return 1
    return turn if turn in range(2, 9) else 1


def _loaded(
    opened: Image.Image, kind: str, content: bytes, *, at_least: int
) -> Image.Image:
    """The picture decoded to its end."""
    if kind != "jpeg":
        opened.load()
        if kind == "png" and opened.mode == "P":
            _take_palette_alpha(opened, content)
        return opened
    image = decoded_jpeg(opened, content, scale=_scale(opened, at_least))
    if image is not opened:
        image.info["icc_profile"] = opened.info.get("icc_profile")
        if (turn := _orientation(opened)) > 1:
            image.getexif()[_ORIENTATION] = turn
    return image


def _scale(image: Image.Image, at_least: int) -> int:
    """How many times smaller a JPEG is decoded: sides stay twice the least, or more."""
    if not at_least:
        return 1
    times = min(image.size) // (2 * at_least)
    return next(scale for scale in (8, 4, 2, 1) if scale <= max(1, times))


def _take_palette_alpha(image: Image.Image, content: bytes) -> None:
    """Set the transparency of a palette from the file itself.

    Pillow 12 mistakes one whose last byte is 10 for a single transparent colour.
    """
    for name, data, _ in png_chunks(content):
        if name == b"tRNS":
            image.info["transparency"] = bytes(data)


class _Visible(NamedTuple):
    """A picture in RGB on white, its mean transparency, and how it became so."""

    picture: Image.Image
    has_alpha: bool
    transparent: float
    profile: Profile
    grey_scale: GreyScale | None


def _has_alpha(image: Image.Image, kind: str, content: bytes) -> bool:
    """Whether the file holds transparency; Pillow gives it to every animated WebP."""
    if kind == "webp" and content[12:16] == b"VP8X":
        return bool(content[_WEBP_FLAGS] & _WEBP_ALPHA)
    return bool(image.has_transparency_data)


def _visible(image: Image.Image, opened: Image.Image, *, has_alpha: bool) -> _Visible:
    profile: Profile = ""
    scale = None
    if is_deep_grey(image, opened):
        image, scale = narrowed(image, opened)
    else:
        image, profile = in_srgb(image)
    transparent = 0.0
    if has_alpha:
        layers = image.convert("RGBA")
        alpha = layers.getchannel("A")
        image = Image.new("RGB", image.size, "white")
        image.paste(layers, mask=alpha)
        transparent = 1 - _mean(alpha.histogram()) / 255
    picture = image if image.mode == "RGB" else image.convert("RGB")
    return _Visible(picture, has_alpha, transparent, profile, scale)


def _is_dim(image: Image.Image) -> bool:
    """Whether the brightest channel of deep colours has no bit beyond 12 of 16."""
    return int(np.asarray(image.convert("RGB")).max()) < _DIM


def _mean(histogram: list[int]) -> float:
    return float(np.dot(histogram, np.arange(len(histogram))) / sum(histogram))


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
