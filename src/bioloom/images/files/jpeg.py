"""JPEG decoded strictly: what libjpeg only warns of is an error.

libjpeg fills what is missing with grey and goes on after lost or foreign data; Pillow
passes over its warnings. The pixels are the same, since Pillow uses libjpeg as well.
"""

import simplejpeg
from PIL import Image

from bioloom.images.files.structure import jpeg_segments

_CUT = "Premature end of JPEG file"
# a kind of JPEG that TurboJPEG does not decode, whole or not
_OTHER_KIND = ("Unsupported", "Sorry", "Could not determine", "not supported")
_FORMATS = {"L": "GRAY", "RGB": "RGB"}
_JFIF, _ADOBE, _COMMENT, _END = 0xE0, 0xEE, 0xFE, 0xD9
_APPLICATIONS = range(0xE0, 0xF0)


class DamagedJpeg(ValueError):
    """The compressed data of a JPEG are not whole.

    Parameters
    ----------
    warning
        libjpeg's.
    """

    def __init__(self, warning: str) -> None:
        super().__init__(warning)
        self.is_cut = warning.startswith(_CUT)


def decoded_jpeg(image: Image.Image, content: bytes, *, scale: int) -> Image.Image:
    """Pixels of a JPEG whose data are whole.

    Parameters
    ----------
    image
        Opened by Pillow, not yet loaded. Pillow loads one in CMYK, or with a sampling
        that TurboJPEG lacks.
    content
        The file.
    scale
        1, 2, 4 or 8: how many times smaller it is decoded.

    Raises
    ------
    DamagedJpeg
        If data are lost, foreign or out of order.
    """
    form = _FORMATS.get(image.mode)
    sides = [-(-side // (scale if form else 8)) for side in image.size]
    try:
        pixels = _strict(content, form or "GRAY", sides)
    except ValueError as problem:
        if not any(words in str(problem) for words in _OTHER_KIND):
            raise DamagedJpeg(str(problem)) from None
        form = None
    if form is None:
        image.load()
        return image
    return Image.fromarray(pixels[..., 0] if form == "GRAY" else pixels)


def _strict(content: bytes, form: str, sides: list[int]) -> "simplejpeg.np.ndarray":
    """Pixels; `ValueError` on a warning that does not go away without metadata."""
    width, height = sides
    options = {"colorspace": form, "min_width": width, "min_height": height}
    try:
        return simplejpeg.decode_jpeg(content, **options)
    except ValueError as problem:
        if str(problem).startswith(_CUT):
            raise
        return simplejpeg.decode_jpeg(_bare(content), **options)


def _bare(content: bytes) -> bytes:
    """A JPEG without what libjpeg warns of but does not need.

    That is other programs' data, the version of JFIF, and zeros before the end, with
    which some cameras fill a block.
    """
    parts, begin = [content[:2]], 2
    for marker, start, end in jpeg_segments(content):
        if marker == _END:
            parts += [content[begin:start].rstrip(b"\0"), content[start:end]]
        elif marker == _COMMENT or marker in _APPLICATIONS:
            parts.append(content[begin:start])
            begin = end
            if marker == _JFIF and content[start + 4 : end].startswith(b"JFIF\0"):
                parts += [
                    content[start : start + 9],
                    b"\1\1",
                    content[start + 11 : end],
                ]
            elif marker == _ADOBE:
                parts.append(content[start:end])
    return b"".join(parts)
