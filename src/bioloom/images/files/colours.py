"""Colours of a picture as sRGB, by the ICC profile in its file.

A profile whose colours are those of sRGB, within two of 255 levels, changes nothing.
One that cannot be used (damaged, or of another kind than the picture) is ignored, and
that is a fact of the picture.
"""

import io
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageCms

Profile = Literal["", "srgb", "converted", "ignored"]
"""What became of a picture's colour profile; "" where it has none."""
_TOLERANCE = 2  # levels of 255
_STEPS = 17  # of each channel, to compare a profile with sRGB
_KINDS: Mapping[str, str] = MappingProxyType(
    {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}
)


class InSrgb(NamedTuple):
    """A picture in sRGB, and what became of its profile."""

    picture: Image.Image
    profile: Profile


def in_srgb(image: Image.Image) -> InSrgb:
    """Convert a picture by its colour profile, if it has one; its alpha is kept.

    Parameters
    ----------
    image
        Of at most 8 bits per channel.
    """
    content = image.info.get("icc_profile")
    if not content:
        return InSrgb(image, "")
    opaque = _opaque(image)
    found = _transform(bytes(content), opaque.mode)
    if not isinstance(found, ImageCms.ImageCmsTransform):
        return InSrgb(image, found)
    picture = ImageCms.applyTransform(opaque.convert(found.input_mode), found)
    if picture is None:
        return InSrgb(image, "ignored")
    if image.has_transparency_data:
        picture.putalpha(image.convert("RGBA").getchannel("A"))
    return InSrgb(picture, "converted")


def _opaque(image: Image.Image) -> Image.Image:
    """The picture without alpha, in a mode that a profile can be of."""
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("LA", "1") else "RGB")


@lru_cache(64)
def _transform(content: bytes, mode: str) -> "ImageCms.ImageCmsTransform | Profile":
    """Transformation of pictures of a mode to sRGB; or why there is none."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        kind = _KINDS.get(profile.profile.xcolor_space.strip(), "")
        if kind != mode and (kind, mode) != ("RGB", "L"):
            return "ignored"
        transform = ImageCms.buildTransform(
            profile, ImageCms.createProfile("sRGB"), kind, "RGB"
        )
        return "srgb" if _is_srgb(transform, mode) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return "ignored"


def _is_srgb(transform: "ImageCms.ImageCmsTransform", mode: str) -> bool:
    """Whether a transformation changes no picture of a mode visibly."""
    if mode == "L":
        greys = Image.linear_gradient("L").convert(transform.input_mode)
        return _distance(transform, greys) <= _TOLERANCE
    if mode == "CMYK":
        return False
    levels = np.linspace(0, 255, _STEPS).astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    colours = Image.fromarray(grid.reshape(_STEPS, -1, 3))
    return _distance(transform, colours) <= _TOLERANCE


def _distance(transform: "ImageCms.ImageCmsTransform", colours: Image.Image) -> int:
    """Largest change of a channel."""
    changed = ImageCms.applyTransform(colours, transform)
    before = np.asarray(colours.convert("RGB"), dtype=np.int16)
    return int(np.abs(np.asarray(changed, dtype=np.int16) - before).max())
