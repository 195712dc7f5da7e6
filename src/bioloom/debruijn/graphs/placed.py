"""Main blocks of a contig, where they begin and end on both sides."""

from __future__ import annotations

from dataclasses import dataclass

from bioloom.debruijn.graphs.anchors import SMALL, Block


@dataclass(slots=True, eq=False)
class Placed:
    """A main block, and how far its aligned ends reach.

    Parameters
    ----------
    block
        Its anchors.
    begin, end
        In the contig.
    start, stop
        Along the strand of the record; `stop` may be beyond the record's end.
    is_continuing
        Whether it follows the block before at once, without a joint.
    """

    block: Block
    begin: int
    end: int
    start: int
    stop: int
    is_continuing: bool = False

    def is_beside(self, other: Placed) -> bool:
        """Whether both run along the same strand of the same record."""
        return (self.block.record, self.block.strand) == (
            other.block.record,
            other.block.strand,
        )

    def is_followed_by(self, other: Placed) -> bool:
        """Whether another block begins where this one ends, but for an error."""
        apart = (other.start - self.stop) % self.block.size
        near = min(apart, self.block.size - apart)
        return self.is_beside(other) and near <= SMALL

    @property
    def last(self) -> int:
        """Where it stops, in the first round along the record."""
        size = self.block.size
        return self.stop if self.stop <= size else self.stop - size

    def on(self, strand: int) -> tuple[int, int]:
        """Where it starts and stops, seen along one of the strands."""
        if strand == self.block.strand:
            return self.start, self.stop
        return self.block.size - self.stop, self.block.size - self.start

    def is_between(self, one: Placed, two: Placed) -> bool:
        """Whether it is behind one block and before another, along their strand."""
        if self is one or self is two or self.block.record != one.block.record:
            return False
        start, stop = self.on(one.block.strand)
        size = self.block.size
        middle = (start + stop) // 2 % size
        return (middle - one.last) % size < (two.start - one.last) % size

    def overlap(self, other: Placed) -> int:
        """Bases of the reference that both cover, round and round."""
        if self.block.record != other.block.record:
            return 0
        size = self.block.size
        start, stop = self.on(0)
        begin, end = other.on(0)
        return sum(
            max(0, min(stop, end + turn) - max(start, begin + turn))
            for turn in (-size, 0, size)
        )
