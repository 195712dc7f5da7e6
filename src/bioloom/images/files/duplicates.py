"""Which files have the same bytes."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from bioloom.images.files.files import FoundFile, Inode

_IN_MEMORY = 1 << 26  # most bytes of equal-sized files that are compared in memory
_BLOCK = 1 << 20


class Equals(NamedTuple):
    """Comparison of many files, one entry per file.

    Parameters
    ----------
    first_of
        Number of the first file with its bytes; its own if there is none.
    sha1
        SHA-1 in hex where it was needed.
    reasons
        Why it could not be read; "" if it could.
    """

    first_of: list[int]
    sha1: list[str]
    reasons: list[str]


class _Known(NamedTuple):
    number: int
    path: str


def equal_files(existing: Sequence[FoundFile], added: Sequence[FoundFile]) -> Equals:
    """Find the files that have the same bytes.

    Parameters
    ----------
    existing, added
        Files, numbered one after the other. Existing ones are never duplicates of each
        other; only added files are compared.
    """
    files = [*existing, *added]
    reasons = [file.reason for file in files]
    equals = Equals(list(range(len(files))), [""] * len(files), reasons)
    for group in _same_size(files, len(existing)):
        _compare(files, group, len(existing), equals)
    return equals


def _same_size(files: Sequence[FoundFile], n_existing: int) -> Iterator[list[int]]:
    """Numbers of the files of each size that must be compared."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        if not file.reason:
            groups[file.n_bytes].append(number)
    for group in groups.values():
        if len(group) > 1 and group[-1] >= n_existing:
            yield group


def _compare(
    files: Sequence[FoundFile], group: Sequence[int], n_existing: int, equals: Equals
) -> None:
    """Compare files of one size and record the results."""
    first_of, sha1, reasons = equals
    is_small = files[group[0]].n_bytes * len(group) <= _IN_MEMORY
    known = _SmallFiles() if is_small else _LargeFiles()
    inodes: dict[Inode, int] = {}
    for number in group:
        file = files[number]
        try:
            first = inodes.get(file.inode) if file.inode else None
            if first is None:
                first = known.first_equal(number, file)
        except OSError as problem:
            reasons[number] = reason_of_error(problem)
            continue
        if file.inode:
            inodes[file.inode] = first
        if first != number:
            first_of[number] = first
            sha1[first] = sha1[number] = sha1[first] or known.sha1_of(first)
    for number in group:
        if number < n_existing:
            first_of[number] = number  # existing files stay, equal or not


class _SmallFiles:
    """Files of one size whose bytes fit into memory together.

    Most are distinguished by a sample of their bytes and need no digest; a digest
    bounds the time where many share the sample.
    """

    _FEW = 8

    def __init__(self) -> None:
        self._by_sample: dict[bytes, list[int]] = {}
        self._by_digest: dict[str, list[int]] = {}
        self._content: dict[int, bytes] = {}

    def first_equal(self, number: int, file: FoundFile) -> int:
        """Number of the first file with these bytes; its own if there is none."""
        descriptor = os.open(file.path, os.O_RDONLY)
        try:
            content = os.read(descriptor, file.n_bytes + 1)
        finally:
            os.close(descriptor)
        alike = self._by_sample.setdefault(content[:: file.n_bytes // 64 + 1], [])
        if len(alike) >= self._FEW:
            alike = self._by_digest.setdefault(_sha1(content), list(alike))
        for other in alike:
            if self._content[other] == content:
                return other
        alike.append(number)
        self._content[number] = content
        return number

    def sha1_of(self, number: int) -> str:
        """SHA-1 of a file that was the first with its bytes."""
        return _sha1(self._content[number])


class _LargeFiles:
    """Files of one size, read in blocks: by their SHA-1, then byte by byte."""

    def __init__(self) -> None:
        self._by_digest: dict[str, list[_Known]] = {}
        self._sha1: dict[int, str] = {}

    def first_equal(self, number: int, file: FoundFile) -> int:
        """Number of the first file with these bytes; its own if there is none."""
        digest = sha1_of_file(file.path)
        alike = self._by_digest.setdefault(digest, [])
        for other, path in alike:
            if _same_bytes(file.path, path):
                return other
        alike.append(_Known(number, file.path))
        self._sha1[number] = digest
        return number

    def sha1_of(self, number: int) -> str:
        """SHA-1 of a file that was the first with its bytes."""
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
    with open(first, "rb") as left, open(second, "rb") as right:  # noqa: PTH123
        blocks = zip(
            chain(iter(lambda: left.read(_BLOCK), b""), [b""]),
            chain(iter(lambda: right.read(_BLOCK), b""), [b""]),
            strict=False,
        )
        return all(block == peer for block, peer in blocks)


def reason_of_error(problem: OSError) -> str:
    """Code of why the system cannot read a file.

    Examples
    --------
    >>> reason_of_error(PermissionError(13, "Permission denied"))
    'permission'
    """
    if isinstance(problem, PermissionError):
        return "permission"
    return "vanished" if isinstance(problem, FileNotFoundError) else "read_error"
