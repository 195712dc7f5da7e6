"""Whether a picture file is complete, by its own markers.

Decoders accept a JPEG without its end or some of its scans, a PNG with wrong checksums,
a GIF truncated between two blocks, and boxes (AVIF, HEIC, JPEG XL, JPEG 2000) that are
cut short.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_GIF_EXTENSION, _GIF_FRAME, _GIF_END = 0x21, 0x2C, 0x3B
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_ALONE = frozenset((0x01, 0xD8))  # markers without a length
_JPEG_PROGRESSIVE = frozenset((0xC2, 0xCA))
_JXL_BITS = (9, 13, 18, 30)
_JXL_RATIOS = (0, 1, 1.2, 4 / 3, 1.5, 16 / 9, 1.25, 2)
_JPEG_2000_END = b"\xff\xd9"
_JPEG_FRAMES = _JPEG_PROGRESSIVE | {0xC0, 0xC1, 0xC9}


def fault_of(kind: str, content: bytes) -> str:
    """Code of what is wrong with a file's structure; "" if nothing is.

    Parameters
    ----------
    kind
        As `bioloom.images.files.signatures.kind_of` finds it.
    content
        The whole file.

    Examples
    --------
    >>> fault_of("jpeg", bytes.fromhex("ffd8ffda00"))
    'truncated'
    """
    check = _CHECKS.get(kind)
    return check(content) if check else ""


class Chunk(NamedTuple):
    """Kind, data and stored checksum of a part of a PNG."""

    kind: bytes
    data: memoryview
    checksum: int


def png_chunks(content: bytes) -> Iterator[Chunk]:
    """Each complete chunk of a PNG."""
    view, place = memoryview(content), 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 8 + length
        if end + 4 > len(content):
            return
        (checksum,) = struct.unpack_from(">I", content, end)
        yield Chunk(content[place + 4 : place + 8], view[place + 8 : end], checksum)
        place = end + 4


def _png_fault(content: bytes) -> str:
    for kind, data, checksum in png_chunks(content):
        if zlib.crc32(data, zlib.crc32(kind)) != checksum:
            return "damaged"
        if kind == b"IEND":
            return ""
    return "truncated"


class Segment(NamedTuple):
    """A part of a JPEG: its marker, and where it begins and ends in the file.

    That of a scan ends after its header; the compressed data follow.
    """

    marker: int
    begin: int
    end: int


def jpeg_segments(content: bytes) -> Iterator[Segment]:
    """Each segment of a JPEG, up to its end; the picture may end long before the file.

    Phones append films.
    """
    place = 2
    while found := _JPEG_MARKER.search(content, place):
        marker, place = content[found.end() - 1], found.end()
        begin = place - 2
        if marker == _JPEG_END:
            yield Segment(marker, begin, place)
            return
        if marker not in _JPEG_ALONE:
            place += int.from_bytes(content[place : place + 2])
        if place > len(content):
            return
        yield Segment(marker, begin, place)


def _jpeg_fault(content: bytes) -> str:
    """A scan whose marker is lost leaves coefficients imprecise, or none at all."""
    precise: dict[int, bytearray] = {}  # 0 where a coefficient is known to its last bit
    is_progressive = is_whole = False
    for marker, begin, end in jpeg_segments(content):
        is_whole = marker == _JPEG_END
        part = content[begin + 4 : end]
        if marker in _JPEG_FRAMES:
            is_progressive = marker in _JPEG_PROGRESSIVE
            precise = {number: bytearray(b"\xff" * 64) for number in part[6::3]}
        elif marker == _JPEG_SCAN and part and len(part) >= 2 * part[0] + 4:
            n = 2 * part[0] + 1
            first, last, bits = part[n : n + 3] if is_progressive else (0, 63, 0)
            for number in part[1:n:2]:
                known = precise.get(number, bytearray(64))
                known[first : last + 1] = bytes([bits & 15]) * (last + 1 - first)
    is_known = not any(map(any, precise.values()))
    return "" if is_whole and is_known else "truncated"


def _gif_fault(content: bytes) -> str:
    place = 13 + _gif_palette(content, 10)
    while place < len(content):
        mark = content[place]
        if mark == _GIF_END:
            return ""
        if mark == _GIF_EXTENSION:
            place = _after_blocks(content, place + 2)
        elif mark == _GIF_FRAME:
            begin = place + 11 + _gif_palette(content, place + 9)
            place = _after_blocks(content, begin)
        elif mark == 0:  # some programs end a frame twice
            place += 1
        else:
            return "damaged"
    return "truncated"


def _gif_palette(content: bytes, place: int) -> int:
    """Size of the palette by the flags at a place."""
    flags = content[place] if place < len(content) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, place: int) -> int:
    """End of a chain of blocks, each preceded by its length."""
    while place < len(content) and content[place]:
        place += content[place] + 1
    return place + 1


def _webp_fault(content: bytes) -> str:
    length = int.from_bytes(content[4:8], "little")
    return "truncated" if len(content) < 8 + length else ""


def _boxes_fault(content: bytes) -> str:
    """Boxes of ISO base media: each says its length, the last may go to the end."""
    place = 0
    while place < len(content):
        length, header = int.from_bytes(content[place : place + 4]), 8
        if length == 1:
            length, header = int.from_bytes(content[place + 8 : place + 16]), 16
        if length == 0:
            return ""
        if length < header or place + length > len(content):
            return "truncated"
        place += length
    return ""


def _jxl_fault(content: bytes) -> str:
    return "" if content.startswith(b"\xff\x0a") else _boxes_fault(content)


class Size(NamedTuple):
    """Width and height, pixels."""

    width: int
    height: int


def jxl_size(content: bytes) -> Size:
    """Size of a JPEG XL, whose decoder decodes before one can ask it; 0 if unknown.

    Notes
    -----
    ISO/IEC 18181-1, SizeHeader: bits from the lowest. Height and width are multiples of
    8 to 256, or numbers of 9, 13, 18 or 30 bits; a width may be given as a ratio.
    """
    begin = content.find(b"\xff\x0a")
    bits = (
        int.from_bytes(content[begin + 2 : begin + 14], "little") if begin >= 0 else 0
    )
    place = 1
    is_small = bits & 1

    def number(n: int) -> int:
        nonlocal place
        value = (bits >> place) & ((1 << n) - 1)
        place += n
        return value

    def side() -> int:
        return 8 * (number(5) + 1) if is_small else number(_JXL_BITS[number(2)]) + 1

    height = side()
    ratio = _JXL_RATIOS[number(3)]
    return Size(int(height * ratio) if ratio else side(), height)


def _jp2_fault(content: bytes) -> str:
    """The codestream, bare or in boxes, has an end of its own."""
    if not content.startswith(b"\xff\x4f") and (fault := _boxes_fault(content)):
        return fault
    return "" if content.rstrip(b"\0").endswith(_JPEG_2000_END) else "truncated"


_CHECKS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {
        "png": _png_fault,
        "jpeg": _jpeg_fault,
        "gif": _gif_fault,
        "webp": _webp_fault,
        "avif": _boxes_fault,
        "heic": _boxes_fault,
        "jxl": _jxl_fault,
        "jp2": _jp2_fault,
    }
)
