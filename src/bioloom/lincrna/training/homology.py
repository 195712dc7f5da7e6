"""Related transcripts, which must not be split between training and test.

Two transcripts are related if they are of one gene or share many of their 24-mers.
Groups are the connected components of that relation.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.groups import Groups
from bioloom.lincrna.coding.frames import frames_of
from bioloom.seq.alphabet import SeqCodes

K = 24
SAMPLED = 8  # one k-mer in this many is sampled, chosen by its hash
MAX_HOLDERS = 30  # a k-mer in more transcripts is a repeat
MIN_SHARED = 2
MIN_SHARE = 0.15  # of the sampled k-mers of the transcript that has fewer

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]
_CHUNK = 1000


def related(sequences: Sequence[str], groups: Sequence[str]) -> _Ints:
    """Number of the group of relatives of each transcript.

    Parameters
    ----------
    sequences
        The transcripts, on their strand.
    groups
        Gene of each.

    Returns
    -------
    Labels from 0 on, in the order of first appearance, shape (n,).

    Notes
    -----
    K-mers that many transcripts hold are left out, so that a common repeat does not
    link unrelated transcripts.
    """
    relatives = Groups(len(sequences))
    first_of: dict[str, int] = {}
    for number, group in enumerate(groups):
        relatives.join(number, first_of.setdefault(group, number))
    for first, second in _similar(sequences):
        relatives.join(first, second)
    return np.unique(relatives.roots(), return_inverse=True)[1]


def shared_shares(sequences: Sequence[str], others: Sequence[str]) -> _Floats:
    """Share of each sequence's sampled 24-mers that some of the others hold too.

    Parameters
    ----------
    sequences, others
        On their strand.

    Returns
    -------
    Shape (n,), 0 for a sequence without a sampled k-mer.
    """
    hashes, holder = _sketches(sequences)
    is_shared = np.isin(hashes, _sketches(others).hashes)
    n_shared = np.bincount(holder, is_shared, minlength=len(sequences))
    return n_shared / np.maximum(np.bincount(holder, minlength=len(sequences)), 1)


class _Pair(NamedTuple):
    """Numbers of two transcripts."""

    first: int
    second: int


def _similar(sequences: Sequence[str]) -> Iterator[_Pair]:
    """Pairs of transcripts that share enough of their sampled k-mers."""
    n = len(sequences)
    hashes, holder = _sketches(sequences)
    n_sampled = np.bincount(holder, minlength=n)
    pairs, shared = np.unique(_sharing(hashes, holder, n), return_counts=True)
    first, second = pairs // n, pairs % n
    fewer = np.minimum(n_sampled[first], n_sampled[second])
    is_enough = shared >= np.maximum(MIN_SHARE * fewer, MIN_SHARED)
    yield from map(_Pair, first[is_enough].tolist(), second[is_enough].tolist())


def _sharing(hashes: NDArray[np.uint64], holder: _Ints, n: int) -> _Ints:
    """``n · one + other`` for each k-mer that two transcripts share."""
    firsts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    n_holders = np.repeat(*[np.diff(np.append(firsts, len(hashes)))] * 2)
    is_rare = n_holders <= MAX_HOLDERS
    hashes, holder = hashes[is_rare], holder[is_rare]
    shared = [np.empty(0, dtype=np.int64)]
    for apart in range(1, MAX_HOLDERS):
        is_same = hashes[apart:] == hashes[:-apart]
        shared.append((holder[:-apart] * n + holder[apart:])[is_same])
    return np.concatenate(shared)


class _Sketches(NamedTuple):
    """Hashes of sampled k-mers, and the transcript that holds each."""

    hashes: NDArray[np.uint64]
    holder: _Ints


def _sketches(sequences: Sequence[str]) -> _Sketches:
    """Sampled k-mers, each once per transcript, sorted by hash and holder."""
    rows = [np.empty((0, 2), dtype=np.uint64)]
    for begin in range(0, len(sequences), _CHUNK):
        frames = frames_of(sequences[begin : begin + _CHUNK])
        hashes, is_known = _hashes(frames.codes)
        at = np.flatnonzero(is_known & (hashes % np.uint64(SAMPLED) == 0))
        number = np.searchsorted(frames.columns, at // 3, side="right") - 1 + begin
        rows.append(np.stack([hashes[at], number.astype(np.uint64)], axis=1))
    sketches = np.unique(np.concatenate(rows), axis=0)
    return _Sketches(sketches[:, 0], sketches[:, 1].astype(np.int64))


class _Hashes(NamedTuple):
    """Hash of the k-mer at each base, and whether all its bases are known."""

    hashes: NDArray[np.uint64]
    is_known: NDArray[np.bool_]


def _hashes(codes: SeqCodes) -> _Hashes:
    """Hash of the k-mer at each base."""
    n = max(len(codes) - K + 1, 0)
    kmers: NDArray[np.uint64] = np.zeros(n, dtype=np.uint64)
    for place in range(K):
        kmers = kmers << np.uint64(2) | (codes[place : place + n] & 3).astype(np.uint64)
    unknown = np.cumsum(np.append(0, codes > 3))
    is_known = unknown[K:][:n] == unknown[:n]
    mixed = kmers * np.uint64(0x9E3779B97F4A7C15)  # odd: a one-to-one map of 64 bits
    return _Hashes(mixed ^ mixed >> np.uint64(32), is_known)
