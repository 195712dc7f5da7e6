"""Where barcode, UMI and cDNA lie in the reads of a single-cell protocol.

A geometry is written as in simpleaf and alevin-fry: for each file its parts in order,
``b[16]`` barcode, ``u[12]`` UMI, ``f[GTGA]`` a fixed sequence, ``x[30]`` bases to skip,
``r:`` cDNA and ``x:`` anything to the end. A barcode or a skipped part may vary in
length (``b[8-11]``) in front of a fixed sequence, which then tells where it ends.

References
----------
He D. et al. (2022) Nat Methods 19:316. doi:10.1038/s41592-022-01408-3
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Literal, NamedTuple

from bioloom.errors import BadInput

PartKind = Literal["barcode", "umi", "fixed", "skip", "cdna"]

MAX_NT = {"barcode": 64, "umi": 31}
"""Longest barcode and UMI."""

_FILE = re.compile(r"([1-4])\{([^{}]*)\}")
_PART = re.compile(
    r"(?P<sized>[bux])\[(?P<least>\d+)(?:-(?P<most>\d+))?\]"
    r"|f\[(?P<sequence>[ACGT]+)\]|(?P<rest>[rx]):"
)
_KINDS: dict[str, PartKind] = {"b": "barcode", "u": "umi", "x": "skip", "r": "cdna"}
_ERROR_PER_NT = 8


class Part(NamedTuple):
    """A stretch of a read.

    Parameters
    ----------
    kind
        What it is.
    min_nt, max_nt
        Its length; `max_nt` is None if it goes on to the read's end.
    sequence
        Of a fixed part.
    """

    kind: PartKind
    min_nt: int
    max_nt: int | None
    sequence: str = ""


class Tag(NamedTuple):
    """Barcode and UMI of a read pair."""

    barcode: str
    umi: str


class Slice(NamedTuple):
    """A barcode's or UMI's place in one of the files."""

    kind: PartKind
    file: int
    start: int
    end: int


@dataclass(frozen=True)
class Geometry:
    """Parts of the reads of each file, in the order of the files.

    Parameters
    ----------
    text
        As written.
    files
        Parts by file; the last file that has a tag or cDNA is the last here.
    """

    text: str
    files: tuple[tuple[Part, ...], ...]

    @cached_property
    def cdna_file(self) -> int:
        """Index of the file that holds the cDNA."""
        return next(
            number
            for number, parts in enumerate(self.files)
            if any(part.kind == "cdna" for part in parts)
        )

    @cached_property
    def tag_files(self) -> tuple[int, ...]:
        """Indexes of the files that hold barcode or UMI."""
        return tuple(
            number
            for number, parts in enumerate(self.files)
            if any(part.kind in {"barcode", "umi"} for part in parts)
        )

    @cached_property
    def tag_nt(self) -> tuple[int, ...]:
        """Bases that a read of each file needs at least."""
        return tuple(
            sum(part.min_nt for part in parts[: _last_tag(parts) + 1])
            for parts in self.files
        )

    @cached_property
    def barcode_parts_nt(self) -> tuple[int, ...]:
        """Length of each part of the barcode, the longest where it varies."""
        return tuple(
            part.max_nt or 0
            for parts in self.files
            for part in parts
            if part.kind == "barcode"
        )

    @cached_property
    def is_fixed(self) -> bool:
        """Whether every tag lies at the same place in each read."""
        return all(
            part.min_nt == part.max_nt and part.kind != "fixed"
            for parts in self.files
            for part in parts[: _last_tag(parts) + 1]
        )

    @cached_property
    def slices(self) -> tuple[Slice, ...]:
        """Places of barcode and UMI, where they are the same in each read."""
        return tuple(
            Slice(part.kind, number, start, start + part.min_nt)
            for number, parts in enumerate(self.files)
            for part, start in _starts(parts)
            if part.kind in {"barcode", "umi"}
        )

    def tag_of(self, reads: Sequence[str]) -> Tag | None:
        """Barcode and UMI of a read pair; None if the reads do not hold them.

        Fixed sequences may differ in one base in eight. Of several places that fit, the
        one with the fewest differences counts, and of these the first.
        """
        words: dict[str, str] = {"barcode": "", "umi": ""}
        for number in self.tag_files:
            found = _matched(self.files[number], reads[number])
            if found is None:
                return None
            for kind, word in found:
                words[kind] += word
        return Tag(words["barcode"], words["umi"])


class _Word(NamedTuple):
    """A part of a barcode or UMI as read."""

    kind: str
    text: str


def _last_tag(parts: Sequence[Part]) -> int:
    """Index of the last part that is read; -1 if the file holds only cDNA."""
    read = [i for i, part in enumerate(parts) if part.kind in {"barcode", "umi"}]
    return read[-1] if read else -1


def _starts(parts: Sequence[Part]) -> Iterator[tuple[Part, int]]:
    start = 0
    for part in parts:
        yield part, start
        start += part.min_nt


def _matched(parts: tuple[Part, ...], read: str) -> list[_Word] | None:
    """Tags of one read, at the lengths that fit the fixed sequences best."""
    best, fewest = None, len(read) + 1
    for lengths in _lengths(parts):
        n_wrong = _n_differences(parts, lengths, read)
        if n_wrong is not None and n_wrong < fewest:
            best, fewest = lengths, n_wrong
    if best is None:
        return None
    words, start = [], 0
    for part, length in zip(parts, best, strict=False):
        if part.kind in {"barcode", "umi"}:
            words.append(_Word(part.kind, read[start : start + length]))
        start += length
    return words


@lru_cache(maxsize=256)
def _lengths(parts: tuple[Part, ...]) -> tuple[tuple[int, ...], ...]:
    """Every choice of lengths of the parts up to the last tag or fixed sequence."""
    read = [i for i, part in enumerate(parts) if part.kind not in {"skip", "cdna"}]
    return tuple(
        product(
            *(
                range(part.min_nt, (part.max_nt or part.min_nt) + 1)
                for part in parts[: read[-1] + 1]
            )
        )
    )


def _n_differences(
    parts: Sequence[Part], lengths: Sequence[int], read: str
) -> int | None:
    """Differences from the fixed sequences; None if too many or the read too short."""
    if sum(lengths) > len(read):
        return None
    start = total = 0
    for part, length in zip(parts, lengths, strict=False):
        if part.kind == "fixed":
            there = read[start : start + length]
            wrong = sum(a != b for a, b in zip(there, part.sequence, strict=True))
            if wrong > max(1, length // _ERROR_PER_NT):
                return None
            total += wrong
        start += length
    return total


def parse_geometry(text: str, *, where: str = "chemistry") -> Geometry:
    """Read a geometry such as ``1{b[16]u[12]x:}2{r:}``.

    Parameters
    ----------
    text
        As simpleaf writes it.
    where
        Where it stands, for messages.

    Raises
    ------
    BadInput
        If it cannot be read, or holds no barcode or not exactly one cDNA.

    Examples
    --------
    >>> drop_seq = parse_geometry("1{b[12]u[8]x:}2{r:}")
    >>> drop_seq.tag_of(["ACGTACGTACGT" + "AAAACCCC" + "TTTT", "GATTACA"])
    Tag(barcode='ACGTACGTACGT', umi='AAAACCCC')
    """
    compact = re.sub(r"\s", "", text)
    files = _FILE.findall(compact)
    numbers = [int(number) for number, _ in files]
    if "".join(f"{n}{{{parts}}}" for n, parts in files) != compact or not files:
        raise _wrong(where, text, "parts of each file, as 1{b[16]u[12]x:}2{r:}")
    if numbers != [*range(1, len(files) + 1)]:
        raise _wrong(where, text, "files 1, 2, … in order, each once")
    geometry = Geometry(text, tuple(_parts(parts, where) for _, parts in files))
    _check(geometry, where)
    return geometry


def _parts(text: str, where: str) -> tuple[Part, ...]:
    parts, place = [], 0
    for match in _PART.finditer(text):
        if match.start() != place:
            break
        parts.append(_part(match))
        place = match.end()
    if place != len(text):
        expected = "b[16], u[12], f[GTGA], x[30], x: or r:, one behind the other"
        raise _wrong(where, text[place:], expected)
    if any(part.max_nt is None for part in parts[:-1]):
        raise _wrong(where, text, "r: or x: as the last part of a file only")
    return tuple(parts)


def _part(match: re.Match[str]) -> Part:
    if match["rest"]:
        return Part(_KINDS[match["rest"]], 0, None)
    if match["sequence"]:
        length = len(match["sequence"])
        return Part("fixed", length, length, match["sequence"])
    least = int(match["least"])
    return Part(_KINDS[match["sized"]], least, int(match["most"] or least))


def _check(geometry: Geometry, where: str) -> None:
    parts = [part for file in geometry.files for part in file]
    kinds = [part.kind for part in parts]
    if kinds.count("cdna") != 1:
        raise _wrong(where, geometry.text, "exactly one r:, the cDNA")
    if "barcode" not in kinds or "umi" not in kinds:
        raise _wrong(where, geometry.text, "a barcode b[…] and a UMI u[…]")
    for kind, most in MAX_NT.items():
        total = sum(part.max_nt or 0 for part in parts if part.kind == kind)
        if not 0 < total <= most:
            raise _wrong(where, f"{kind} of {total} nt", f"1 to {most} nt in all")
    if not all(map(_are_lengths_told, geometry.files)):
        expected = "a length that varies, such as b[8-11], only before f[…]"
        raise _wrong(where, geometry.text, expected)


def _are_lengths_told(file: Sequence[Part]) -> bool:
    """Whether a fixed sequence follows each barcode or skip that varies in length."""
    is_open = False
    for part in file:
        most_nt = part.min_nt if part.max_nt is None else part.max_nt
        varies = part.min_nt != most_nt
        if varies and (part.kind == "umi" or is_open or part.min_nt > most_nt):
            return False
        is_open = varies or (is_open and part.kind != "fixed")
    return not is_open


def _wrong(where: str, found: str, expected: str) -> BadInput:
    return BadInput(
        where=where,
        found=repr(found),
        expected=expected,
        advice="See the table of protocols in docs/lincrna_cells.md.",
    )
