"""Overlap and nearness of spans on a genome, strand ignored unless said.

Spans are 0-based and half-open, so two spans that touch share no base.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Protocol

import numpy as np
from bioframe.core import arrops
from numpy.typing import NDArray

from bioloom.genome.transcript import Span, Transcript
from bioloom.groups import Groups

Indices = NDArray[np.int64]


class Placed(Protocol):
    """Anything with a span on a chromosome: a transcript, a gene."""

    @property
    def chrom(self) -> str:
        """Chromosome name."""

    @property
    def start(self) -> int:
        """Leftmost base, 0-based."""

    @property
    def end(self) -> int:
        """One past the rightmost base."""


def overlapping_pairs(left: Sequence[Placed], right: Sequence[Placed]) -> Indices:
    """Index pairs of spans that share at least one base, strand ignored.

    Parameters
    ----------
    left, right
        Transcripts, or anything with chrom, start and end. The whole span counts,
        introns included.

    Returns
    -------
    Shape (n_pairs, 2): index in `left`, index in `right`; sorted by the first, then
    the second.

    Notes
    -----
    Time O(n log n + n_pairs).
    """
    found = [np.empty((0, 2), dtype=np.int64)]
    right_on = _rows_by_chrom(right)
    for chrom, rows in _rows_by_chrom(left).items():
        if chrom not in right_on:
            continue
        there = right_on[chrom]
        ours, theirs = arrops.overlap_intervals(
            *_borders(left, rows), *_borders(right, there)
        )
        found.append(np.column_stack((rows[ours], there[theirs])))
    together = np.concatenate(found)
    return together[np.lexsort((together[:, 1], together[:, 0]))]


def exonic_overlap_nt(a: Sequence[Span], b: Sequence[Span]) -> int:
    """Bases that two lists of exons have in common.

    Parameters
    ----------
    a, b
        Exons of one chromosome, ascending, disjoint within each list.

    Notes
    -----
    Time O(len(a) + len(b)).

    Examples
    --------
    >>> exonic_overlap_nt([(0, 10), (20, 30)], [(5, 25)])
    10
    """
    shared, i, j = 0, 0, 0
    while i < len(a) and j < len(b):
        (start, end), (left, right) = a[i], b[j]
        # written out, since min and max would take most of the time
        first = start if start > left else left
        last = end if end < right else right
        if first < last:
            shared += last - first
        if end < right:
            i += 1
        else:
            j += 1
    return shared


def nearest_sides(
    items: Sequence[Placed], features: Sequence[Placed]
) -> tuple[Indices, Indices]:
    """Nearest feature that lies wholly left, and wholly right, of each item.

    Parameters
    ----------
    items
        Spans to ask for.
    features
        Spans to choose from. Among equally near ones the first in the list wins.

    Returns
    -------
    Two index arrays into `features`, shape (len(items),), -1 where that side of the
    chromosome has none. A feature that touches the item counts, one that overlaps it
    does not.

    Notes
    -----
    Time O((n_items + n_features) log n_features).
    """
    left = np.full(len(items), -1, dtype=np.int64)
    right = left.copy()
    features_on = _rows_by_chrom(features)
    for chrom, rows in _rows_by_chrom(items).items():
        if chrom not in features_on:
            continue
        there = features_on[chrom]
        starts, ends = _borders(features, there)
        item_starts, item_ends = _borders(items, rows)
        left[rows] = _last_before(there, ends, item_starts)
        right[rows] = _first_after(there, starts, item_ends)
    return left, right


def _rows_by_chrom(items: Sequence[Placed]) -> dict[str, Indices]:
    rows: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        rows[item.chrom].append(i)
    return {chrom: np.array(listed, dtype=np.int64) for chrom, listed in rows.items()}


def _borders(items: Sequence[Placed], rows: Indices) -> tuple[Indices, Indices]:
    chosen = [items[row] for row in rows]
    starts = np.array([item.start for item in chosen], dtype=np.int64)
    return starts, np.array([item.end for item in chosen], dtype=np.int64)


def _last_before(indices: Indices, ends: Indices, limits: Indices) -> Indices:
    order = np.argsort(ends, kind="stable")
    in_order = ends[order]
    last = np.searchsorted(in_order, limits, side="right") - 1
    # step back to the first of several features with the same end
    first = np.searchsorted(in_order, in_order[np.maximum(last, 0)], side="left")
    return np.where(last < 0, -1, indices[order[first]])


def _first_after(indices: Indices, starts: Indices, limits: Indices) -> Indices:
    order = np.argsort(starts, kind="stable")
    first = np.searchsorted(starts[order], limits, side="left")
    found = indices[order[np.minimum(first, len(order) - 1)]]
    return np.where(first == len(order), -1, found)


def exon_clusters(transcripts: Sequence[Transcript]) -> Indices:
    """Locus of each transcript: those linked by exons that share a base.

    Chromosome and strand must be equal; the link is transitive.

    Returns
    -------
    Shape (len(transcripts),): the lowest index of a transcript of the same locus.

    Notes
    -----
    Time O(n log n) in the number of exons.
    """
    starts, ends, owners = _exons(transcripts)
    places: dict[tuple[str, str], int] = {}
    place_of = [
        places.setdefault((t.chrom, t.strand), len(places)) for t in transcripts
    ]
    # one number line: each place far behind the one before it
    offsets = np.array(place_of, dtype=np.int64)[owners] * (ends.max(initial=0) + 1)
    order = np.argsort(starts + offsets, kind="stable")
    begins, reach = (starts + offsets)[order], (ends + offsets)[order]
    reach = np.maximum.accumulate(reach)
    is_new = np.append(True, begins[1:] >= reach[:-1])[: len(order)]
    owners = owners[order]
    first = owners[is_new][np.cumsum(is_new) - 1]
    groups = Groups(len(transcripts))
    for one, other in zip(first.tolist(), owners.tolist(), strict=True):
        groups.join(one, other)
    return np.array(groups.roots(), dtype=np.int64)


def _exons(transcripts: Sequence[Transcript]) -> tuple[Indices, Indices, Indices]:
    """Starts and ends of all exons, and the index of the transcript of each."""
    spans = chain.from_iterable(t.exons for t in transcripts)
    flat = np.fromiter(chain.from_iterable(spans), dtype=np.int64).reshape(-1, 2)
    sizes = [len(t.exons) for t in transcripts]
    return flat[:, 0], flat[:, 1], np.repeat(np.arange(len(sizes)), sizes)
