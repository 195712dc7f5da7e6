"""Overlap and nearness of spans on a genome, strand ignored unless said.

Spans are 0-based and half-open, so two spans that touch share no base.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Span, Transcript
from bioloom.groups import Groups

Indices = NDArray[np.int64]


class Sides(NamedTuple):
    """Nearest feature on either side of each item, -1 where there is none."""

    left: Indices
    right: Indices


class Pairs(NamedTuple):
    """Indices of spans that belong together, one pair a position."""

    left: Indices
    right: Indices


class Borders(NamedTuple):
    """Starts and ends of spans on one chromosome."""

    starts: Indices
    ends: Indices


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
    pairs = [np.empty((0, 2), dtype=np.int64)]
    right_on = _rows_by_chrom(right)
    for chrom, rows in _rows_by_chrom(left).items():
        if chrom not in right_on:
            continue
        others = right_on[chrom]
        ours, theirs = _borders(left, rows), _borders(right, others)
        # of two spans that overlap, one starts within the other
        later = _starting_within(ours, theirs.starts, side="left")
        earlier = _starting_within(theirs, ours.starts, side="right")
        pairs.append(np.column_stack((rows[later.left], others[later.right])))
        pairs.append(np.column_stack((rows[earlier.right], others[earlier.left])))
    all_pairs = np.concatenate(pairs)
    return all_pairs[np.lexsort((all_pairs[:, 1], all_pairs[:, 0]))]


def _starting_within(
    spans: Borders, starts: Indices, *, side: Literal["left", "right"]
) -> Pairs:
    """Spans and the starts that lie in them; at a span's own start if side is left."""
    order = np.argsort(starts, kind="stable")
    in_order = starts[order]
    first = np.searchsorted(in_order, spans.starts, side=side)
    counts = np.maximum(np.searchsorted(in_order, spans.ends) - first, 0)
    owners = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    places = np.arange(len(owners)) + (first - before)[owners]
    return Pairs(owners, order[places])


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


def nearest_sides(items: Sequence[Placed], features: Sequence[Placed]) -> Sides:
    """Nearest feature that lies wholly left, and wholly right, of each item.

    Parameters
    ----------
    items
        Spans to ask for.
    features
        Spans to choose from. Among equally near ones the first in the list wins.

    Returns
    -------
    Indices into `features`, each of shape (len(items),), -1 where that side of the
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
        others = features_on[chrom]
        here, around = _borders(items, rows), _borders(features, others)
        left[rows] = _last_before(others, around.ends, here.starts)
        right[rows] = _first_after(others, around.starts, here.ends)
    return Sides(left, right)


def _rows_by_chrom(items: Sequence[Placed]) -> dict[str, Indices]:
    rows: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        rows[item.chrom].append(i)
    return {chrom: np.array(listed, dtype=np.int64) for chrom, listed in rows.items()}


def _borders(items: Sequence[Placed], rows: Indices) -> Borders:
    chosen = [items[row] for row in rows]
    return Borders(
        np.array([item.start for item in chosen], dtype=np.int64),
        np.array([item.end for item in chosen], dtype=np.int64),
    )


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
    nearest = indices[order[np.minimum(first, len(order) - 1)]]
    return np.where(first == len(order), -1, nearest)


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
    exons = _exons(transcripts)
    places: dict[tuple[str, str], int] = {}
    place_of = [
        places.setdefault((t.chrom, t.strand), len(places)) for t in transcripts
    ]
    # one number line: each place far behind the one before it
    offsets = np.array(place_of, dtype=np.int64)[exons.owners]
    offsets *= exons.ends.max(initial=0) + 1
    order = np.argsort(exons.starts + offsets, kind="stable")
    starts, ends = (exons.starts + offsets)[order], (exons.ends + offsets)[order]
    reach = np.maximum.accumulate(ends)
    is_new = np.append(True, starts[1:] >= reach[:-1])[: len(order)]
    owners = exons.owners[order]
    first = owners[is_new][np.cumsum(is_new) - 1]
    groups = Groups(len(transcripts))
    for first_owner, owner in zip(first.tolist(), owners.tolist(), strict=True):
        groups.join(first_owner, owner)
    return np.array(groups.roots(), dtype=np.int64)


class _Exons(NamedTuple):
    """Starts and ends of exons, and the index of the transcript of each."""

    starts: Indices
    ends: Indices
    owners: Indices


def _exons(transcripts: Sequence[Transcript]) -> _Exons:
    spans = chain.from_iterable(t.exons for t in transcripts)
    flat = np.fromiter(chain.from_iterable(spans), dtype=np.int64).reshape(-1, 2)
    sizes = [len(t.exons) for t in transcripts]
    return _Exons(flat[:, 0], flat[:, 1], np.repeat(np.arange(len(sizes)), sizes))
