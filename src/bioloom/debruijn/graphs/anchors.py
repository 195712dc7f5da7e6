"""Blocks: chains of exact matches between a contig and both strands of a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs import _compare
from bioloom.debruijn.graphs._compare import (
    BEGIN,
    DIAGONAL,
    END,
    RECORD,
    STRAND,
)
from bioloom.debruijn.graphs.unitigs import indexed
from bioloom.seq.alphabet import SeqCodes

ANCHOR = 21  # bases of a word that anchors a contig, if no contig is shorter
MOST_PLACES = 500  # words with more places in the reference anchor nothing
MOST_GAP = 100  # bases between two anchors of a block
SMALL = 50  # an indel of so many bases is an error; a longer one divides blocks
LEAST_BLOCK = 65  # matching bases of a block, in contigs that are long enough
JOINT = 25  # matching bases that a further block must explain
CHANCE = 10  # bases beyond a record's end that may match by chance
BAND = 64  # diagonals at a time; at least SMALL

Ints = NDArray[np.int64]


class Genome(NamedTuple):
    """Records of a reference: base codes, and whether each is said to be linear."""

    records: Sequence[SeqCodes]
    is_linear: Sequence[bool]


@dataclass(frozen=True)
class Block:
    """A stretch of a contig that runs along one strand of one record.

    Parameters
    ----------
    anchors
        Exact matches in order, shape (n, 6); columns as in `_compare`.
    size
        Bases of the record.
    """

    anchors: Ints
    size: int

    @property
    def begin(self) -> int:
        """Where it begins in the contig."""
        return int(self.anchors[0, BEGIN])

    @property
    def end(self) -> int:
        """Where it ends in the contig."""
        return int(self.anchors[-1, END])

    @property
    def record(self) -> int:
        """Number of the record."""
        return int(self.anchors[0, RECORD])

    @property
    def strand(self) -> int:
        """0, or 1 for the reverse complement."""
        return int(self.anchors[0, STRAND])

    @property
    def start(self) -> int:
        """Where it begins in its strand of the record."""
        return int(self.begin + self.anchors[0, DIAGONAL]) % self.size

    @property
    def stop(self) -> int:
        """Where it ends; beyond the record's size if it passes the origin."""
        return self.start + self.end - self.begin + self.shift

    @cached_property
    def shift(self) -> int:
        """Bases by which the last diagonal is right of the first."""
        diagonals = self.anchors[:, DIAGONAL]
        steps = np.diff(diagonals) % self.size
        return int(np.where(2 * steps > self.size, steps - self.size, steps).sum())

    @cached_property
    def n_matching(self) -> int:
        """Bases of the contig in anchors."""
        ends = np.maximum.accumulate(self.anchors[:, END])
        begins = np.maximum(self.anchors[1:, BEGIN], ends[:-1])
        first = int(self.anchors[0, END] - self.anchors[0, BEGIN])
        return first + int(np.maximum(0, ends[1:] - begins).sum())

    def clipped(self, begin: int, end: int) -> Block | None:
        """The part between two places of the contig, if an anchor is left."""
        inner = self.anchors[
            (self.anchors[:, END] > begin) & (self.anchors[:, BEGIN] < end)
        ].copy()
        if not len(inner):
            return None
        inner[:, BEGIN] = np.maximum(inner[:, BEGIN], begin)
        inner[:, END] = np.minimum(inner[:, END], end)
        return replace(self, anchors=inner)


class Anchoring:
    """Both strands of a reference, and the places of all its words.

    Parameters
    ----------
    genome
        The records.
    shortest
        Length of the shortest contig: anchors are no longer, if that is enough to tell
        places of the reference apart.
    """

    def __init__(self, genome: Genome, shortest: int) -> None:
        sizes = np.array([len(codes) for codes in genome.records], dtype=np.int64)
        self.genome, self.sizes = genome, sizes
        self.begins = np.r_[0, np.cumsum(sizes)].astype(np.int64)
        self.k = _anchor_length(int(sizes.sum()), shortest)
        turned = [_turned(codes) for codes in genome.records]
        strands = np.stack([np.concatenate(genome.records), np.concatenate(turned)])
        found = [_round_words(codes, self.k) for codes in genome.records]
        kmers = np.concatenate([words.kmers for words in found])
        order = np.argsort(kmers, kind="stable")
        kmers = kmers[order]
        firsts = np.flatnonzero(np.r_[True, kmers[1:] != kmers[:-1]][: len(kmers)])
        numbers = np.repeat(np.arange(len(found)), [len(x.kmers) for x in found])
        self.index = indexed(kmers[firsts], self.k)
        n_places = np.diff(np.r_[firsts, len(kmers)])
        self.is_frequent = np.r_[n_places > MOST_PLACES, True]  # the last is for none
        self.reference = _compare.Reference(
            strands=strands,
            begins=self.begins,
            firsts=np.r_[firsts, len(kmers)].astype(np.int64),
            records=numbers[order].astype(np.int64),
            places=np.concatenate([words.places for words in found])[order],
            sides=np.concatenate([words.sides for words in found])[order],
        )

    def piece(self, block: Block, at: int, n: int) -> SeqCodes:
        """Bases of a block's strand from one place on, round and round."""
        text = self.text(block)
        return text[np.arange(at, at + n) % block.size]

    def text(self, block: Block) -> SeqCodes:
        """The strand of the record that a block runs along."""
        begin, end = self.begins[block.record], self.begins[block.record + 1]
        return self.reference.strands[block.strand, begin:end]

    def blocks(self, codes: SeqCodes) -> list[Block]:
        """Blocks of a contig, those that begin first come first."""
        anchors = self._anchors(codes)
        if not len(anchors):
            return []
        least = min(LEAST_BLOCK, max(self.k, len(codes) // 2))
        blocks = []
        for numbers in _chains(anchors, self.sizes):
            size = int(self.sizes[anchors[numbers[0], RECORD]])
            block = _without_chance(Block(anchors[numbers], size), len(codes))
            if block and block.n_matching >= least:
                blocks.append(block)
        return sorted(
            blocks,
            key=lambda x: (x.begin, x.end, x.record, x.strand, x.start),
        )

    def _anchors(self, codes: SeqCodes) -> Ints:
        n = max(0, len(codes) - self.k + 1)
        words, sides = np.full(n, -1), np.zeros(n, dtype=np.uint8)
        _compare.look_up(_words(codes, self.k), self.index, words, sides)
        words[self.is_frequent[words]] = -1
        room = np.empty((len(codes) // 4 + 64, 6), dtype=np.int64)
        given = (codes, words, sides, self.k, self.reference)
        n_found = _compare.matches(*given, room)
        if n_found > len(room):
            room = np.empty((n_found, 6), dtype=np.int64)
            _compare.matches(*given, room)
        return np.unique(room[:n_found], axis=0)


def _without_chance(block: Block, length: int) -> Block | None:
    """A block without the few bases that may match by chance across the origin."""
    over, under = block.stop - block.size, block.size - block.start
    if 0 < over <= CHANCE and block.end < length:
        return block.clipped(block.begin, block.end - over)
    if over > 0 and under <= CHANCE and block.begin > 0:
        return block.clipped(block.begin + under, block.end)
    return block


def main_blocks(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in order that explain most of a contig, with few joints.

    Where a stretch has several places in the reference, only one of its blocks is left.
    """
    outer: list[Block] = []
    for block in sorted(blocks, key=lambda x: (-x.n_matching, x.record, x.strand)):
        if not any(x.begin <= block.begin and block.end <= x.end for x in outer):
            outer.append(block)
    if not outer:
        return []
    outer.sort(key=lambda x: (x.begin, x.end))
    before = np.full(len(outer), -1, dtype=np.int64)
    begins, ends, scores = (
        np.array(values, dtype=np.int64)
        for values in zip(*((x.begin, x.end, x.n_matching) for x in outer), strict=True)
    )
    at = _compare.tile(begins, ends, scores, JOINT, before)
    chosen = []
    while at >= 0:
        chosen.append(outer[at])
        at = int(before[at])
    return chosen[::-1]


def _chains(anchors: Ints, sizes: Ints) -> list[Ints]:
    """Numbers of the anchors of each chain, the best chain first."""
    bands, near = _bands(anchors, sizes)
    scores = np.zeros(len(anchors))
    before = np.zeros(len(anchors), dtype=np.int64)
    _compare.chain(anchors, sizes, bands, near, MOST_GAP, SMALL, scores, before)
    is_used = np.zeros(len(anchors), dtype=np.bool_)
    chains = []
    for last in np.argsort(-scores, kind="stable").tolist():
        members = []
        while last >= 0 and not is_used[last]:
            is_used[last] = True
            members.append(last)
            last = int(before[last])
        if members:
            chains.append(np.array(members[::-1], dtype=np.int64))
    return chains


class _Bands(NamedTuple):
    """Band of diagonals of each anchor, and the bands at and beside each band."""

    of_anchors: Ints
    near: Ints


def _bands(anchors: Ints, sizes: Ints) -> _Bands:
    n_bands = np.maximum(1, sizes // BAND)
    offsets = np.r_[0, np.cumsum(2 * n_bands)]
    n = n_bands[anchors[:, RECORD]]
    first = offsets[anchors[:, RECORD]] + n * anchors[:, STRAND]
    own = np.minimum(anchors[:, DIAGONAL] // BAND, n - 1)
    keys = np.stack([first + (own + step) % n for step in (0, -1, 1)], axis=1)
    names, of_anchors = np.unique(keys[:, 0], return_inverse=True)
    near = np.zeros((len(names) + 1, 3), dtype=np.int64)
    numbers = np.searchsorted(names, keys)
    numbers[numbers == len(names)] = 0
    near[of_anchors] = np.where(names[numbers] == keys, numbers, len(names))
    return _Bands(of_anchors.astype(np.int64), near)


def _anchor_length(n_bases: int, shortest: int) -> int:
    """Odd, so that no word is its own reverse complement."""
    least = 5
    while 4**least <= 4 * n_bases:
        least += 2
    return max(least, min(ANCHOR, shortest - 1 + shortest % 2))


def _turned(codes: SeqCodes) -> SeqCodes:
    return np.where(codes > 3, codes, 3 - codes)[::-1].astype(np.uint8)


def _round_words(codes: SeqCodes, k: int) -> _compare.PlacedKmers:
    """Words of a record, those over its end included."""
    return _words(np.r_[codes, codes[: k - 1]] if len(codes) >= k else codes, k)


def _words(codes: SeqCodes, k: int) -> _compare.PlacedKmers:
    n = max(0, len(codes) - k + 1)
    room = _compare.PlacedKmers(
        np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(n, np.uint8)
    )
    n = _compare.cut_placed(codes, k, room)
    return _compare.PlacedKmers(room.kmers[:n], room.places[:n], room.sides[:n])
