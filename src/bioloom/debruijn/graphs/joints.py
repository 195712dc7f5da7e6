"""What a contig has and lacks of a reference, block by block and joint by joint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.debruijn.graphs import _compare
from bioloom.debruijn.graphs._compare import BEGIN, DIAGONAL, END
from bioloom.debruijn.graphs.anchors import (
    LEAST_BLOCK,
    MOST_GAP,
    SMALL,
    Anchoring,
    Block,
    main_blocks,
)
from bioloom.debruijn.graphs.placed import Placed
from bioloom.seq.alphabet import SeqCodes

FAR = 200  # bases behind the last anchor of a block that are aligned at most
WIDER = 20  # how many more bases of the reference are tried there
BONUS = 5  # matches that reaching the end of a contig is worth
WORST = 0.3  # errors by length of a gap; with more, its bases are not aligned
SHORT = 20  # a gap so short is aligned whatever the errors
MOST_TIMES = 255  # that a base is known to be covered
WHOLE = 0.9  # share of a block that others cover if it is a duplicate


class Gap(NamedTuple):
    """Bases of a contig from `begin` on, and of a strand of a record from `at` on."""

    begin: int
    n_bases: int
    at: int
    n_apart: int


class Judge:
    """Counts the differences of contigs, and the bases of the reference they cover.

    Parameters
    ----------
    anchoring
        The reference.
    """

    def __init__(self, anchoring: Anchoring) -> None:
        self.anchoring = anchoring
        self.covered = np.zeros(int(anchoring.begins[-1]), dtype=np.uint8)
        self.either: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []

    def counts(self, codes: SeqCodes, *, is_circle: bool = False) -> dict[str, int]:
        """Counts of one contig, by the names of `ContigCheck`.

        Parameters
        ----------
        codes
            Its bases.
        is_circle
            Whether its last base is followed by its first.
        """
        blocks = self.anchoring.blocks(codes)
        main = main_blocks(blocks)
        if is_circle and len(main) > 1:  # begin where two blocks meet
            codes = np.roll(codes, -main[1].begin)
            blocks = self.anchoring.blocks(codes)
            main = main_blocks(blocks)
        least = min(LEAST_BLOCK, WHOLE * len(codes))  # of further places of a repeat
        for block in blocks:
            if block.n_matching >= least and not any(block is each for each in main):
                _Walk(self, codes).inside(block)
        return _Walk(self, codes).along(main, is_circle=is_circle)

    def n_covered(self) -> int:
        """Known bases of the reference that a base of some contig is aligned with.

        A few bases at a joint may match on both of its sides: they count where no other
        contig covers them.
        """
        is_met = self.covered > 0
        for first, second in self.either:
            is_met[second[self.covered[first] > 1]] = True
        return int((is_met & (self.anchoring.reference.strands[0] < 4)).sum())

    def cover(self, block: Block, at: int, is_met: NDArray[np.uint8]) -> None:
        """Mark the bases met from one place of a block's strand on."""
        places = self.places(block, at, len(is_met))[is_met > 0]
        self.covered[places] += self.covered[places] < MOST_TIMES

    def places(self, block: Block, at: int, n: int) -> NDArray[np.int64]:
        """Where the bases of a block's strand are in the reference."""
        along = np.arange(at, at + n) % block.size
        if block.strand:
            along = block.size - 1 - along
        return along + int(self.anchoring.begins[block.record])


class _Walk:
    """Walks along one contig and counts."""

    def __init__(self, judge: Judge, codes: SeqCodes) -> None:
        self.judge, self.codes = judge, codes
        self.n: Counter[str] = Counter()

    def along(self, main: Sequence[Block], *, is_circle: bool) -> dict[str, int]:
        """Counts of the contig, of which these are the main blocks."""
        placed = self._placed(main)
        if not placed:
            return {"n_unplaced": len(self.codes)}
        self._to_the_left(placed[0], 0, BONUS)
        for one, two in pairwise(placed):
            two.is_continuing = self._continued(one, two)
            if not two.is_continuing:
                self._to_the_right(one, two.begin, 0)
                self._to_the_left(two, one.end, 0)
                self.n["n_unplaced"] += two.begin - one.end
        self._to_the_right(placed[-1], len(self.codes), BONUS)
        around = placed[0].begin + len(self.codes) - placed[-1].end
        self.n["n_unplaced"] += around
        singles = self._singles(placed)
        self._judge_joints(singles, placed)
        if is_circle:
            self._joint(singles[-1], singles[0], around, singles)
        self.n["n_aligned"] = len(self.codes) - self.n["n_unplaced"]
        return dict(self.n)

    def inside(self, block: Block) -> None:
        """Compare a block, from its first anchor to its last."""
        anchors = block.anchors
        at = block.start
        end = int(anchors[0, BEGIN])
        diagonal = int(anchors[0, DIAGONAL])
        for anchor in anchors:
            shift = _compare.shift_between(diagonal, anchor[DIAGONAL], block.size)
            begin = max(int(anchor[BEGIN]), end, end - shift)
            gap = begin - end
            self._between(block, Gap(end, gap, at, gap + shift))
            at += gap + shift
            length = int(anchor[END]) - begin
            self.judge.cover(block, at, np.ones(max(0, length), dtype=np.uint8))
            at, end, diagonal = at + length, begin + length, int(anchor[DIAGONAL])

    def _placed(self, main: Sequence[Block]) -> list[Placed]:
        """Main blocks without the bases that the block before has."""
        placed: list[Placed] = []
        end = 0
        for block in main:
            rest = block.clipped(end, len(self.codes))
            if rest is None:
                continue
            if block.begin < end:
                self._shared(placed[-1], block, rest)
            end = rest.end
            placed.append(Placed(rest, rest.begin, end, rest.start, rest.stop))
            self.inside(rest)
            if rest.stop > rest.size:
                self._pass_origin(rest.record)
        return placed

    def _shared(self, one: Placed, block: Block, rest: Block) -> None:
        """Cover bases that the end of one block shares with the beginning of the next.

        Few may match by chance and count once; many are a repeat and count twice.
        """
        n = one.end - block.begin
        if n >= LEAST_BLOCK:
            if part := block.clipped(block.begin, one.end):
                _Walk(self.judge, self.codes).inside(part)
            return
        first = self.judge.places(one.block, one.stop - n, n)
        start = rest.start - (rest.begin - block.begin)
        self.judge.either.append((first, self.judge.places(rest, start, n)))

    def _pass_origin(self, record: int) -> None:
        is_linear = self.judge.anchoring.genome.is_linear[record]
        self.n["n_relocations" if is_linear else "n_origins"] += 1

    def _between(self, block: Block, gap: Gap) -> None:
        """Compare bases between anchors."""
        begin, n_bases, at, n_apart = gap
        if n_bases == 0 or n_apart == 0:
            self.n["n_errors"] += n_bases + n_apart
            return
        text = self.judge.anchoring.piece(block, at, n_apart)
        is_met = np.zeros(n_apart, dtype=np.uint8)
        errors = _compare.align(self.codes[begin : begin + n_bases], text, is_met)
        longer = max(n_bases, n_apart)
        if longer > SHORT and errors > WORST * longer:
            self.n["n_unplaced"] += n_bases
            self._indel(n_apart, n_bases)
            return
        self.n["n_errors"] += errors
        self.judge.cover(block, at, is_met)

    def _indel(self, apart: int, gap: int) -> None:
        """Count what a joint of neighbours lacks of the reference, and has more."""
        if apart <= SMALL and gap <= SMALL:
            self.n["n_errors"] += max(apart, gap)
            return
        if apart > SMALL:
            self.n["n_deletions"] += 1
            self.n["n_missing"] += apart
        if gap > SMALL:
            self.n["n_insertions"] += 1
            self.n["n_inserted"] += gap

    def _continued(self, one: Placed, two: Placed) -> bool:
        """Whether two blocks are one: they follow each other at once on one strand."""
        if not one.is_beside(two):
            return False
        size = one.block.size
        gap = two.begin - one.end
        shift = _compare.shift_between(
            (one.stop - one.end) % size, (two.start - two.begin) % size, size
        )
        if abs(shift) > SMALL or max(gap, gap + shift) > MOST_GAP:
            return False
        if gap + shift < 0:
            self.n["n_errors"] -= shift
            return True
        self._between(one.block, Gap(one.end, gap, one.stop, gap + shift))
        if two.start < one.last:
            self._pass_origin(one.block.record)
        return True

    def _to_the_right(self, placed: Placed, end: int, bonus: int) -> None:
        """Align the bases from the end of a block on, as far as that pays."""
        block, size = placed.block, placed.block.size
        tail = self.codes[placed.end : min(end, placed.end + FAR)]
        room = min(len(tail) + WIDER, -placed.stop % size)
        if not len(tail) or not room:
            return
        text = self.judge.anchoring.piece(block, placed.stop, room)
        is_met = np.zeros(room, dtype=np.uint8)
        found = _compare.align_on(tail, text, bonus, is_met)
        self.n["n_errors"] += found.n_errors
        self.judge.cover(block, placed.stop, is_met)
        placed.end += found.n_first
        placed.stop += found.n_second

    def _to_the_left(self, placed: Placed, begin: int, bonus: int) -> None:
        """Align the bases before the beginning of a block, as far as that pays."""
        block = placed.block
        tail = self.codes[max(begin, placed.begin - FAR) : placed.begin][::-1]
        room = min(len(tail) + WIDER, placed.start)
        if not len(tail) or not room:
            return
        first = placed.start - room
        text = self.judge.anchoring.piece(block, first, room)[::-1]
        is_met = np.zeros(room, dtype=np.uint8)
        found = _compare.align_on(tail, text, bonus, is_met)
        self.n["n_errors"] += found.n_errors
        self.judge.cover(block, first, is_met[::-1])
        placed.begin -= found.n_first
        placed.start -= found.n_second

    def _singles(self, placed: Sequence[Placed]) -> list[Placed]:
        """Blocks without those whose bases others have already; counts these."""
        singles: list[Placed] = []
        for one in sorted(placed, key=lambda x: (x.begin - x.end, x.begin)):
            length = one.stop - one.start
            if sum(map(one.overlap, singles)) >= WHOLE * length:
                self.n["n_duplications"] += 1
                self.n["n_repeated"] += length
            else:
                singles.append(one)
        return sorted(singles, key=lambda x: x.begin)

    def _judge_joints(self, singles: Sequence[Placed], placed: list[Placed]) -> None:
        for one, two in pairwise(singles):
            first, last = placed.index(one), placed.index(two)
            if last == first + 1 and two.is_continuing:
                continue
            if last > first + 1 and one.is_followed_by(two):
                continue  # a duplicate between them is counted
            between = sum(each.end - each.begin for each in placed[first + 1 : last])
            self._joint(one, two, two.begin - one.end - between, singles)

    def _joint(
        self, one: Placed, two: Placed, gap: int, singles: Sequence[Placed]
    ) -> None:
        """Count what the joint of two blocks is; `gap` bases there align nowhere."""
        if one.block.record != two.block.record:
            self.n["n_translocations"] += 1
        elif one.block.strand != two.block.strand:
            self.n["n_inversions"] += 1
        else:
            self._joint_on_one_strand(one, two, gap, singles)

    def _joint_on_one_strand(
        self, one: Placed, two: Placed, gap: int, singles: Sequence[Placed]
    ) -> None:
        apart, size = two.start - one.last, one.block.size
        if apart < 0 and apart + size <= FAR:
            self._pass_origin(one.block.record)
            self._indel(apart + size, gap)
        elif -SMALL <= apart < 0:
            self._indel(0, gap - apart)
        elif apart < 0 and one is not two and two.start >= one.start:
            self.n["n_duplications"] += 1
            self.n["n_repeated"] -= apart
        elif apart < 0 or any(each.is_between(one, two) for each in singles):
            self.n["n_relocations"] += 1
        else:
            self._indel(apart, gap)
