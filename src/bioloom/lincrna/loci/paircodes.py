"""Class code of one query transcript against one reference transcript.

The rules are those of gffcompare 0.12.10 (`getOvlData` of its library gclib for one
strand, `reclass_XStrand` for opposite strands), written for half-open coordinates.

References
----------
Pertea G., Pertea M. (2020) F1000Research 9:304. doi:10.12688/f1000research.23297.2
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Self

from bioloom.genome.intervals import exonic_overlap_nt
from bioloom.genome.transcript import Span, Strand, Transcript

MERGE_GAP_NT = 5  # shorter gaps between exons are not introns
EDGE_NT = 4  # an end may extend by less than this and still be contained
SHADOW_NT = 10  # splice sites of a shadow intron are at most this far off
RETAINED_NT = 10  # code e needs this much intron, and this much more than intron


@dataclass(frozen=True, slots=True)
class Shape:
    """What a class code depends on: strand and exons, gaps under 5 nt closed."""

    strand: Strand
    exons: tuple[Span, ...]
    introns: tuple[Span, ...]
    start: int
    end: int
    length_nt: int

    @classmethod
    def of(cls, transcript: Transcript) -> Self:
        """Shape of a transcript."""
        exons = _close_gaps(transcript.exons)
        return cls(
            transcript.strand,
            exons,
            tuple((left[1], right[0]) for left, right in pairwise(exons)),
            transcript.start,
            transcript.end,
            sum(end - start for start, end in exons),
        )

    def opposes(self, other: Self) -> bool:
        """Whether the strands are known and differ."""
        return {self.strand, other.strand} == {"+", "-"}

    def hides_in_intron(self, other: Self) -> bool:
        """Whether the whole span lies in one intron of the other."""
        return any(a <= self.start and self.end <= b for a, b in other.introns)


@dataclass(frozen=True, slots=True)
class Link:
    """How a query lies relative to a reference transcript that it overlaps.

    Parameters
    ----------
    code
        Class code.
    n_sites
        Splice sites in common, counted for two spliced transcripts only.
    overlap_nt
        Exonic bases in common.
    """

    code: str
    n_sites: int
    overlap_nt: int


def link(query: Shape, ref: Shape) -> Link | None:
    """Class code of two transcripts of one chromosome; None if their spans are apart.

    An unknown strand is taken as the other's strand.
    """
    if query.end <= ref.start or ref.end <= query.start:
        return None
    overlap_nt = exonic_overlap_nt(query.exons, ref.exons)
    if query.opposes(ref):
        return Link(_opposite_code(query, ref), 0, overlap_nt)
    if query.introns and ref.introns:
        return _spliced_link(query, ref, overlap_nt)
    if query.introns:
        return Link(_code_over_single(query, ref), 0, overlap_nt)
    if ref.introns:
        return Link(_single_code(query, ref), 0, overlap_nt)
    return Link(_singles_code(query, ref), 0, overlap_nt)


def _close_gaps(exons: Sequence[Span]) -> tuple[Span, ...]:
    closed = [exons[0]]
    for start, end in exons[1:]:
        if start - closed[-1][1] < MERGE_GAP_NT:
            closed[-1] = (closed[-1][0], end)
        else:
            closed.append((start, end))
    return tuple(closed)


def _opposite_code(query: Shape, ref: Shape) -> str:
    if query.hides_in_intron(ref):
        return "i"
    shadow = any(
        abs(q[0] - r[0]) <= SHADOW_NT and abs(q[1] - r[1]) <= SHADOW_NT
        for q in query.introns
        for r in ref.introns
    )
    return "s" if shadow else "x"


def _singles_code(query: Shape, ref: Shape) -> str:
    """Code of two unspliced transcripts."""
    n_query, n_ref = query.length_nt, ref.length_nt
    shared = min(query.end, ref.end) - max(query.start, ref.start)
    if shared >= 0.8 * max(n_query, n_ref):
        return "="
    if n_query < n_ref:
        return "c" if shared >= 0.8 * n_query else "o"
    if shared >= 0.8 * n_ref:
        return "=" if shared >= 0.7 * n_query else "k"
    return "o"


def _single_code(query: Shape, ref: Shape) -> str:
    """Code of an unspliced query on a spliced reference."""
    if query.start < ref.exons[0][1] and query.end > ref.exons[-1][0]:
        return "m"
    if any(_nearly_inside((query.start, query.end), exon) for exon in ref.exons):
        return "c"
    if query.hides_in_intron(ref):
        return "i"
    # two exonic bases on either side make an intron retained
    if any(query.start + 1 < a and query.end > b + 1 for a, b in ref.introns):
        return "n"
    length_nt = query.end - query.start
    inside = (min(query.end, b) - max(query.start, a) for a, b in ref.introns)
    if any(nt >= RETAINED_NT and length_nt > nt + RETAINED_NT for nt in inside):
        return "e"
    return "o"


def _code_over_single(query: Shape, ref: Shape) -> str:
    """Code of a spliced query on an unspliced reference."""
    if any(_nearly_inside((ref.start, ref.end), exon) for exon in query.exons):
        return "k"
    return "y" if ref.hides_in_intron(query) else "o"


def _nearly_inside(span: Span, exon: Span) -> bool:
    overlaps = span[0] < exon[1] and exon[0] < span[1]
    fits = span[0] > exon[0] - EDGE_NT and span[1] < exon[1] + EDGE_NT
    return overlaps and fits


def _spliced_link(query: Shape, ref: Shape, overlap_nt: int) -> Link:
    if query.hides_in_intron(ref):
        return Link("i", 0, 0)
    if code := _ends_code(query.exons, ref.exons):
        return Link(code, 0, overlap_nt)
    walk = _IntronWalk.along(query, ref)
    code = walk.chain_code(query, ref) or walk.partial_code()
    if not code and overlap_nt > EDGE_NT:
        code = "o"
    if not code:
        code = "i" if ref.start < query.start and query.end < ref.end else "y"
    return Link(code, walk.n_sites, overlap_nt)


def _ends_code(query: Sequence[Span], ref: Sequence[Span]) -> str:
    """Code of transcripts whose intron chains lie one after the other, else ""."""
    if query[-1][0] + 1 < ref[0][1]:
        return "n" if query[-1][1] > ref[1][0] else "o"
    if ref[-1][0] + 1 < query[0][1]:
        return "n" if query[0][0] < ref[-2][1] else "o"
    return ""


class Introns(NamedTuple):
    """Numbers of an intron of the query and of one of the reference transcript."""

    query: int
    ref: int


NO_INTRONS = Introns(-1, -1)


@dataclass(slots=True)
class _IntronWalk:
    """State while two intron chains are compared from left to right.

    As in gffcompare the comparison ends with the shorter chain, so introns that the
    last exon retains beyond it count only if the chains agree (`chain_code`).
    """

    n_sites: int = 0
    conflict: bool = False  # an intron cuts into an exon or a different intron
    retained: bool = False  # a query exon covers a whole reference intron
    chain: bool = False  # the introns met so far are equal, without a gap
    met: bool = False
    overhang_nt: int = 0
    first: Introns = NO_INTRONS
    last: Introns = NO_INTRONS

    @classmethod
    def along(cls, query: Shape, ref: Shape) -> Self:
        walk, i, j = cls(), 0, 0
        while i < len(query.introns) and j < len(ref.introns):
            ours, theirs = query.introns[i], ref.introns[j]
            if theirs[1] + 1 < ours[0]:
                walk._pass(ours, theirs, query.exons[i], ref.exons[j + 1])
                j += 1
            elif ours[1] + 1 < theirs[0]:
                walk._pass(ours, theirs, query.exons[i + 1], ref.exons[j])
                i += 1
            elif walk._meet(ours, theirs, Introns(i, j)):
                i, j = i + 1, j + 1
            elif ours[1] > theirs[1]:
                j += 1
            else:
                i += 1
        return walk

    def _pass(self, ours: Span, theirs: Span, exon: Span, ref_exon: Span) -> None:
        """Note two introns that lie apart, and the exons between them."""
        self.conflict |= ref_exon[0] < ours[1] and ours[0] < ref_exon[1]
        self.retained |= exon[0] < theirs[0] and theirs[1] < exon[1]
        self.chain &= not self.met

    def _meet(self, ours: Span, theirs: Span, at: Introns) -> bool:
        """Note two introns that overlap or touch; True if they are equal."""
        self.met = True
        self.n_sites += (ours[0] == theirs[0]) + (ours[1] == theirs[1])
        if ours != theirs:
            self.conflict, self.chain = True, False
            return False
        if self.first == NO_INTRONS:
            self.chain, self.first = True, at
        if self.chain:
            self.last = at
        return True

    def chain_code(self, query: Shape, ref: Shape) -> str:
        """Code of equal chains (=), or of one within the other (c, k), else ""."""
        if not self.chain:
            return ""
        whole_query = self._covers(0, len(query.introns))
        whole_ref = self._covers(1, len(ref.introns))
        if whole_query and whole_ref:
            return "="
        if not (whole_query or whole_ref):
            return ""
        inner, outer, side = (query, ref, 1) if whole_query else (ref, query, 0)
        self.overhang_nt, covers = _overhang(
            inner, outer.exons, self.first[side], self.last[side]
        )
        self.retained |= covers and whole_query
        if covers or self.overhang_nt >= EDGE_NT:
            return ""
        return "c" if whole_query else "k"

    def _covers(self, side: int, n_introns: int) -> bool:
        return self.first[side] == 0 and self.last[side] == n_introns - 1

    def partial_code(self) -> str:
        """Code of introns retained (m, n) or of single splice sites (j), else ""."""
        if self.retained:
            clean = not self.conflict and self.overhang_nt < EDGE_NT
            return "m" if clean else "n"
        return "j" if self.n_sites else ""


class _Overhang(NamedTuple):
    """How far a transcript runs into introns, and whether it covers a whole one."""

    length_nt: int
    covers: bool


def _overhang(inner: Shape, exons: Sequence[Span], first: int, last: int) -> _Overhang:
    """How far the ends of the inner transcript run into introns of the outer one.

    `first` and `last` number the outer introns that the inner chain equals. The flag
    says that an end covers a further intron whole.
    """
    left = right = 0
    covers = False
    for i in range(first, 0, -1):
        if inner.start < exons[i][0]:
            if inner.start >= exons[i - 1][1]:
                left = exons[i][0] - inner.start
                break
            covers = True
    for i in range(last + 1, len(exons) - 1):
        if inner.end > exons[i][1]:
            if inner.end <= exons[i + 1][0]:
                right = inner.end - exons[i][1]
                break
            covers = True
    return _Overhang(max(left, right), covers)
