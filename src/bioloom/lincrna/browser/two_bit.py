"""A genome in UCSC's 2bit format, a quarter of the size of its FASTA."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Span, joined
from bioloom.run.output import written_aside

_SIGNATURE = 0x1A412743
CODES = {"T": 0, "U": 0, "C": 1, "A": 2, "G": 3}
UNKNOWN = 4
_TABLE = bytes(CODES.get(chr(letter).upper(), UNKNOWN) for letter in range(256))
BLOCK_NT = 1 << 18
"""Bases packed at a time, a multiple of four."""
MAX_OFFSET = (1 << 32) - 1


def write_two_bit(genome: Genome, path: Path) -> None:
    """Write a genome as 2bit under another name and rename it.

    Parameters
    ----------
    genome
        Its sequences; names of up to 255 bytes.
    path
        The file.

    Notes
    -----
    Letters other than A, C, G, T and U become N; lower case (soft masking) is not
    stored. A file of more than 4 GB has version 1, with offsets of 64 bits.
    Memory: a quarter of the longest chromosome.

    References
    ----------
    https://genome.ucsc.edu/FAQ/FAQformat.html#format7
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside, aside.open("wb") as stream:
        for part in _parts(genome, stream):
            stream.write(part)


def _parts(genome: Genome, stream: IO[bytes]) -> Iterator[bytes]:
    """Header, index and sequences; the index is filled in when these are written."""
    lengths = genome.lengths
    is_long = sum(length // 4 + 32 for length in lengths.values()) > MAX_OFFSET
    offset_type = "<Q" if is_long else "<I"
    yield struct.pack("<4I", _SIGNATURE, int(is_long), len(lengths), 0)
    places = {}
    for name in lengths:
        yield bytes([len(name.encode())]) + name.encode()
        places[name] = stream.tell()
        yield struct.pack(offset_type, 0)
    for name, length in lengths.items():
        start = stream.tell()
        stream.seek(places[name])
        yield struct.pack(offset_type, start)
        stream.seek(start)
        yield from _record(genome, name, length)


def _record(genome: Genome, name: str, length: int) -> Iterator[bytes]:
    """Length, blocks of N, no masked blocks, then the bases, four a byte."""
    packed, unknown = [], list[Span]()
    for start in range(0, length, BLOCK_NT):
        bases = genome.fetch(name, (start, min(start + BLOCK_NT, length)))
        codes = bases.encode("ascii", "replace").translate(_TABLE)
        packed.append(four_a_byte(codes))
        unknown += unknown_spans(codes, start)
    spans = joined(unknown)
    starts, sizes = [left for left, _ in spans], [right - left for left, right in spans]
    numbers = [length, len(spans), *starts, *sizes, 0, 0]
    yield struct.pack(f"<{len(numbers)}I", *numbers)
    yield from packed


def unknown_spans(codes: bytes, offset: int) -> list[Span]:
    """Half-open spans of unknown bases in codes that begin at `offset`."""
    import numpy as np

    if UNKNOWN not in codes:
        return []
    mask = np.frombuffer(codes, np.uint8) == UNKNOWN
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    places = (edges + offset).tolist()
    return list(zip(places[::2], places[1::2], strict=True))


def four_a_byte(codes: bytes) -> bytes:
    """Bases packed, the first in the highest bits; unknown and missing ones as T.

    Examples
    --------
    >>> four_a_byte(bytes([0, 1, 2, 3, 2])).hex()  # TCAGA
    '1b80'
    """
    import numpy as np

    padded = codes + bytes(-len(codes) % 4)
    quads = np.frombuffer(padded, "<u4") & 0x03030303  # UNKNOWN becomes 0
    merged = quads << 6 | quads >> 4 | quads >> 14 | quads >> 24
    return merged.astype(np.uint8).tobytes()
