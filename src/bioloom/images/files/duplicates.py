"""Which files have the same bytes."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from bioloom.images.files.files import FoundFile, Inode
from bioloom.images.files.opening import open_binary, opened, reason_of_error

_IN_MEMORY = 1 << 26  # most bytes of equal-sized files that are compared in memory
_BLOCK = 1 << 20
_HEAD = 4096  # bytes of a file's first block
_FEW = 8  # files that are compared without looking for a sample or digest first


class Equals(NamedTuple):
    """Comparison of many files, one entry per file.

    Parameters
    ----------
    first_of
        Number of the first file with its bytes; its own if there is none.
    sha1
        SHA-1 in hex of files that have equals.
    reasons
        Why it could not be read; "" if it could.
    shared
        Numbers of the files that have equals.
    """

    first_of: list[int]
    sha1: list[str]
    reasons: list[str]
    shared: set[int]

    def join(self, first: int, number: int) -> None:
        """Record that a file has the bytes of another before it."""
        self.first_of[number] = first
        self.shared.add(first)
        self.shared.add(number)


class _Known(NamedTuple):
    number: int
    path: str


def equal_files(
    existing: Sequence[FoundFile],
    added: Sequence[FoundFile],
    *,
    with_sha1: bool = True,
) -> Equals:
    """Find the files that have the same bytes.

    Parameters
    ----------
    existing, added
        Files, numbered one after the other. A size that only existing files have is not
        looked at.
    with_sha1
        Whether to give the SHA-1 of equal files.
    """
    files = [*existing, *added]
    reasons = [file.reason for file in files]
    equals = Equals(list(range(len(files))), [""] * len(files), reasons, set())
    for group in _same_size(files, len(existing)):
        _compare(files, group, equals, with_sha1=with_sha1)
    return equals


def _same_size(files: Sequence[FoundFile], n_existing: int) -> Iterator[list[int]]:
    """Numbers of the files of each size that must be compared."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, (_, _, n_bytes, _, reason, _) in enumerate(files):
        if not reason:
            groups[n_bytes].append(number)
    for group in groups.values():
        if len(group) > 1 and group[-1] >= n_existing:
            yield group


def _compare(
    files: Sequence[FoundFile],
    group: Sequence[int],
    equals: Equals,
    *,
    with_sha1: bool,
) -> None:
    """Compare files of one size and record the results."""
    n_bytes = files[group[0]].n_bytes
    is_small = n_bytes * len(group) <= _IN_MEMORY
    if is_small and len(group) <= _FEW:
        _compare_few(files, group, equals, with_sha1=with_sha1)
        return
    known = _SmallFiles() if is_small else _LargeFiles()
    inodes: dict[Inode, int] = {}
    for number in group:
        path, inode = files[number].path, files[number].inode
        try:
            first = inodes.get(inode) if inode else None
            if first is None:
                first = known.first_equal(number, path, n_bytes)
        except OSError as problem:
            equals.reasons[number] = reason_of_error(problem)
            continue
        if inode:
            inodes[inode] = first
        if first != number:
            equals.join(first, number)
            if with_sha1:
                equals.sha1[number] = equals.sha1[first] or known.sha1_of(first)
                equals.sha1[first] = equals.sha1[number]


def _compare_few(
    files: Sequence[FoundFile],
    group: Sequence[int],
    equals: Equals,
    *,
    with_sha1: bool,
) -> None:
    """Compare few small files of one size, each with all before it.

    They are kept open: beyond its first block a file is read only where that is
    another's as well.
    """
    known = _FewFiles(files[group[0]].n_bytes)
    heads, descriptors = known.heads, known.descriptors
    try:
        for number in group:
            try:
                descriptors.append(opened(files[number].path))
                head = os.read(descriptors[-1], _HEAD)
                place = known.first_equal(head) if head in heads else -1
            except OSError as problem:
                equals.reasons[number] = reason_of_error(problem)
                known.drop_last()
                continue
            heads.append(head)
            known.numbers.append(number)
            if place >= 0:
                first = known.numbers[place]
                equals.join(first, number)
                if with_sha1:
                    digest = equals.sha1[first] or _sha1(head + known.tail(place))
                    equals.sha1[first] = equals.sha1[number] = digest
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


class _FewFiles:
    """Open files of one size and their first blocks, in the same order."""

    def __init__(self, n_bytes: int) -> None:
        self.heads: list[bytes] = []
        self.descriptors: list[int] = []
        self.numbers: list[int] = []
        self._n_bytes = n_bytes
        self._tails: dict[int, bytes] = {}

    def first_equal(self, head: bytes) -> int:
        """Place of the first file equal to the one opened last; -1 if none is."""
        tail = self.tail(len(self.heads))
        for place, other in enumerate(self.heads):
            if other == head and self.tail(place) == tail:
                return place
        return -1

    def tail(self, place: int) -> bytes:
        """What follows a first block, and a byte more if the file has grown."""
        if place not in self._tails:
            read = os.read(self.descriptors[place], self._n_bytes + 1)
            self._tails[place] = read
        return self._tails[place]

    def drop_last(self) -> None:
        """Close a file that was opened, but could not be read."""
        if len(self.descriptors) > len(self.heads):
            self._tails.pop(len(self.heads), None)
            os.close(self.descriptors.pop())


def _bytes_of(path: str, most: int) -> bytes:
    """The first bytes of a file; raises `OSError` if it cannot be read."""
    descriptor = opened(path)
    try:
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


class _SmallFiles:
    """Files of one size whose bytes fit into memory together.

    Most are distinguished by a sample of their bytes and need no digest; a digest
    bounds the time where many share the sample.
    """

    def __init__(self) -> None:
        self._by_sample: dict[bytes, list[int]] = {}
        self._by_digest: dict[str, list[int]] = {}
        self._content: dict[int, bytes] = {}

    def first_equal(self, number: int, path: str, n_bytes: int) -> int:
        """Number of the first file with these bytes; its own if there is none."""
        content = _bytes_of(path, n_bytes + 1)
        alike = self._by_sample.setdefault(content[:: n_bytes // 64 + 1], [])
        if len(alike) >= _FEW:
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

    def first_equal(self, number: int, path: str, _: int) -> int:
        """Number of the first file with these bytes; its own if there is none."""
        digest = sha1_of_file(path)
        alike = self._by_digest.setdefault(digest, [])
        for other, peer in alike:
            if same_bytes(path, peer):
                return other
        alike.append(_Known(number, path))
        self._sha1[number] = digest
        return number

    def sha1_of(self, number: int) -> str:
        """SHA-1 of a file that was the first with its bytes."""
        return self._sha1[number]


def sha1_of_file(path: str) -> str:
    """SHA-1 of a file in hex."""
    with open_binary(path) as stream:
        digest = hashlib.file_digest(
            stream, lambda: hashlib.sha1(usedforsecurity=False)
        )
    return digest.hexdigest()


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def same_bytes(first: str, second: str) -> bool:
    """Whether two files have the same bytes; raises `OSError` if one is unreadable."""
    with open_binary(first) as left, open_binary(second) as right:
        blocks = zip(
            chain(iter(lambda: left.read(_BLOCK), b""), [b""]),
            chain(iter(lambda: right.read(_BLOCK), b""), [b""]),
            strict=False,
        )
        return all(block == peer for block, peer in blocks)
