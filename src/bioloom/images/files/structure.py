"""Whether a picture's file is whole, by its own marks: decoders let much pass.

A JPEG without its end, a PNG whose checksums are wrong and a GIF cut between two blocks
are decoded without a word.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

_GIF_EXTENSION, _GIF_FRAME, _GIF_END = 0x21, 0x2C, 0x3B


def fault_of(kind: str, content: bytes) -> str:
    """Code of what is wrong with a file's structure, "" if nothing is.

    Parameters
    ----------
    kind
        As `bioloom.images.files.signatures.kind_of` tells it.
    content
        The whole file.

    Examples
    --------
    >>> fault_of("jpeg", bytes.fromhex("ffd8ffda00"))
    'truncated'
    """
    check = _CHECKS.get(kind)
    return check(content) if check else ""


def png_chunks(content: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """Kind, data and checksum of each chunk of a PNG that is there whole."""
    view, place = memoryview(content), 8
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 8 + length
        if end + 4 > len(content):
            return
        (told,) = struct.unpack_from(">I", content, end)
        yield content[place + 4 : place + 8], view[place + 8 : end], told
        place = end + 4


def _png_fault(content: bytes) -> str:
    for kind, data, told in png_chunks(content):
        if zlib.crc32(data, zlib.crc32(kind)) != told:
            return "damaged"
        if kind == b"IEND":
            return ""
    return "truncated"


def _jpeg_fault(content: bytes) -> str:
    """Its end may be far from the file's: phones add a film."""
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
        elif mark == 0:  # some writers end a frame twice
            place += 1
        else:
            return "damaged"
    return "truncated"


def _gif_palette(content: bytes, place: int) -> int:
    """Bytes of the palette that the flags at a place announce."""
    flags = content[place] if place < len(content) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, place: int) -> int:
    """Where a chain of blocks, each with its length before it, has ended."""
    while place < len(content) and content[place]:
        place += content[place] + 1
    return place + 1


def _webp_fault(content: bytes) -> str:
    told = int.from_bytes(content[4:8], "little")
    return "truncated" if len(content) < 8 + told else ""


_CHECKS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {
        "png": _png_fault,
        "jpeg": _jpeg_fault,
        "gif": _gif_fault,
        "webp": _webp_fault,
    }
)
