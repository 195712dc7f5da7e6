"""Traces that a picture's file carries besides its pixels, and the usual conversion.

None of them reaches a model by itself; where they tell the class, the classes come from
different sources, which the pixels may show as well.
"""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageCms

# what decoders raise on entries that are no entries
_UNREADABLE = (OSError, SyntaxError, ValueError, LookupError, TypeError, struct.error)
_MAKE, _MODEL, _SOFTWARE = 0x010F, 0x0110, 0x0131


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a file says about its source.

    Parameters
    ----------
    n_exif
        Number of its EXIF entries.
    camera
        Maker, model and software by EXIF; "" if it does not say.
    profile
        Description of its colour profile; "" without one.
    dpi
        Pixels per inch; NaN if it does not say.
    """

    n_exif: int
    camera: str
    profile: str
    dpi: float


def traces_of(image: Image.Image) -> Traces:
    """Traces of an opened picture, which need not be decoded yet."""
    try:
        exif: Mapping[int, object] = image.getexif()
    except _UNREADABLE:
        exif = {}
    told = (exif.get(tag) for tag in (_MAKE, _MODEL, _SOFTWARE))
    return Traces(
        n_exif=len(exif),
        camera=" ".join(str(value).strip("\0 ") for value in told if value),
        profile=_profile_name(image.info.get("icc_profile")),
        dpi=_dpi(image.info.get("dpi")),
    )


def usual_corners(image: Image.Image) -> tuple[float, ...]:
    """The four corner pixels by the usual conversion, twelve numbers.

    Notes
    -----
    Most scripts call ``convert("RGB")``, which drops transparency: what lies below a
    transparent pixel, mostly black, becomes visible. -1 where that fails.
    """
    right, bottom = image.width - 1, image.height - 1
    corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)]
    try:
        return tuple(
            float(value)
            for x, y in corners
            for value in image.crop((x, y, x + 1, y + 1)).convert("RGB").tobytes()
        )
    except ValueError:  # deep grey
        return (-1.0,) * 12


def _profile_name(profile: bytes | None) -> str:
    if not profile:
        return ""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.getProfileDescription(opened).strip() or "unnamed"
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return "unreadable"


def _dpi(value: object) -> float:
    try:
        return float(value[0])  # type: ignore[index]
    except (TypeError, ValueError, LookupError, ZeroDivisionError):
        return float("nan")
