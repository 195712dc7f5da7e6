"""Which files have the same bytes."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from bioloom.images.files.files import FoundFile

_KEPT = 1 << 26  # bytes of equal-sized files that are held in memory to be compared
_BLOCK = 1 << 20

Equals = tuple[list[int], list[str], list[str]]
"""Number of the first file with the same bytes, SHA-1 and reason, of every file."""


def equal_files(held: Sequence[FoundFile], found: Sequence[FoundFile]) -> Equals:
    """Find the files that have the same bytes.

    Parameters
    ----------
    held, found
        Files, numbered one after the other; those held are never duplicates of each
        other, only what was found is looked at.

    Returns
    -------
    first_of, sha1, reasons
        Of each file: number of the first one with its bytes (its own if there is
        none), its SHA-1 in hex where it was needed, and why it could not be read.
    """
    files = [*held, *found]
    reasons = [one.reason for one in files]
    first_of, sha1 = list(range(len(files))), [""] * len(files)
    for group in _same_size(files, len(held)):
        _compare(files, group, len(held), (first_of, sha1, reasons))
    return first_of, sha1, reasons


def _same_size(files: Sequence[FoundFile], n_held: int) -> Iterator[list[int]]:
    """Numbers of the files of each size that needs a look."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(files):
        if not one.reason:
            groups[one.n_bytes].append(number)
    for group in groups.values():
        if len(group) > 1 and group[-1] >= n_held:
            yield group


def _compare(
    files: Sequence[FoundFile], group: Sequence[int], n_held: int, equals: Equals
) -> None:
    """Fill in what is known of files of one size."""
    first_of, sha1, reasons = equals
    is_small = files[group[0]].n_bytes * len(group) <= _KEPT
    known = _SmallFiles() if is_small else _LargeFiles()
    inodes: dict[tuple[int, int], int] = {}
    for number in group:
        one = files[number]
        try:
            first = inodes.get(one.inode) if one.inode else None
            if first is None:
                first = known.first_equal(number, one)
        except OSError as problem:
            reasons[number] = reason_of_error(problem)
            continue
        if one.inode:
            inodes[one.inode] = first
        if first != number:
            first_of[number] = first
            sha1[first] = sha1[number] = sha1[first] or known.sha1_of(first)
    for number in (one for one in group if one < n_held):
        first_of[number] = number  # what is held stays, equal or not


class _SmallFiles:
    """Files of one size whose bytes fit into memory together.

    They are told apart by a sample of their bytes, so that most need no digest; a
    digest keeps the time in bounds where many share the sample.
    """

    _FEW = 8

    def __init__(self) -> None:
        self._by_sample: dict[bytes, list[int]] = {}
        self._by_digest: dict[str, list[int]] = {}
        self._content: dict[int, bytes] = {}

    def first_equal(self, number: int, one: FoundFile) -> int:
        """Number of the first file with these bytes, its own if there is none."""
        descriptor = os.open(one.path, os.O_RDONLY)
        try:
            content = os.read(descriptor, one.n_bytes + 1)
        finally:
            os.close(descriptor)
        alike = self._by_sample.setdefault(content[:: one.n_bytes // 64 + 1], [])
        if len(alike) >= self._FEW:
            alike = self._by_digest.setdefault(_sha1(content), list(alike))
        for other in alike:
            if self._content[other] == content:
                return other
        alike.append(number)
        self._content[number] = content
        return number

    def sha1_of(self, number: int) -> str:
        """SHA-1 of a file that was the first of its bytes."""
        return _sha1(self._content[number])


class _LargeFiles:
    """Files of one size, read in blocks: by their SHA-1, then byte by byte."""

    def __init__(self) -> None:
        self._by_digest: dict[str, list[tuple[int, str]]] = {}
        self._sha1: dict[int, str] = {}

    def first_equal(self, number: int, one: FoundFile) -> int:
        """Number of the first file with these bytes, its own if there is none."""
        digest = sha1_of_file(one.path)
        alike = self._by_digest.setdefault(digest, [])
        for other, path in alike:
            if _same_bytes(one.path, path):
                return other
        alike.append((number, one.path))
        self._sha1[number] = digest
        return number

    def sha1_of(self, number: int) -> str:
        """SHA-1 of a file that was the first of its bytes."""
        return self._sha1[number]


def sha1_of_file(path: str) -> str:
    """SHA-1 of a file in hex."""
    with open(path, "rb") as stream:  # noqa: PTH123
        digest = hashlib.file_digest(
            stream, lambda: hashlib.sha1(usedforsecurity=False)
        )
    return digest.hexdigest()


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _same_bytes(first: str, second: str) -> bool:
    with open(first, "rb") as one, open(second, "rb") as other:  # noqa: PTH123
        blocks = zip(
            chain(iter(lambda: one.read(_BLOCK), b""), [b""]),
            chain(iter(lambda: other.read(_BLOCK), b""), [b""]),
            strict=False,
        )
        return all(block == peer for block, peer in blocks)


def reason_of_error(problem: OSError) -> str:
    """Code of why the system does not give a file.

    Examples
    --------
    >>> reason_of_error(PermissionError(13, "Permission denied"))
    'permission'
    """
    if isinstance(problem, PermissionError):
        return "permission"
    return "vanished" if isinstance(problem, FileNotFoundError) else "read_error"
