"""Whether a picture file is complete, by its own markers.

Decoders accept a JPEG without its end, a PNG with wrong checksums, and a GIF truncated
between two blocks.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_GIF_EXTENSION, _GIF_FRAME, _GIF_END = 0x21, 0x2C, 0x3B


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


def _jpeg_fault(content: bytes) -> str:
    """The picture may end long before the file: phones append a film."""
    return "" if b"\xff\xd9" in content else "truncated"


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


_CHECKS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {
        "png": _png_fault,
        "jpeg": _jpeg_fault,
        "gif": _gif_fault,
        "webp": _webp_fault,
    }
)
