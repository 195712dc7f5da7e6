"""How a candidate lies to the coding genes around it, classified as FEELnc does.

Every word is FEELnc's: direction, type, subtype and location. `location` is seen from
the partner gene ("upstream": the candidate lies before the gene's 5' end), whereas
`bioloom.lincrna.loci.neighbours` says where the gene lies as seen from the transcript.

Two numbers and a rule differ. Distances count the bases between two spans, 0 where
they touch; FEELnc's are greater by one. The exonic overlap counts the bases that two
exons share; FEELnc's Genic.pm counts from the start of the first of them, whether or
not the second holds that base. Where FEELnc leaves ties between partners to the order
of its files, a rule decides (`place_partners`).

References
----------
Derrien T. et al. (2011) Frontiers in Genetics 2:107. doi:10.3389/fgene.2011.00107
Wucher V. et al. (2017) Nucleic Acids Research 45:e57. doi:10.1093/nar/gkw1306
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.intervals import (
    Indices,
    exonic_overlap_nt,
    nearest_sides,
    overlapping_pairs,
)
from bioloom.genome.transcript import Strand, Transcript
from bioloom.run.language import mark

Direction = Literal["sense", "antisense", "unknown"]
Kind = Literal["genic", "intergenic"]
Subtype = Literal[
    "containing",
    "nested",
    "overlapping",
    "same_strand",
    "divergent",
    "convergent",
    "unknown",
]
Location = Literal["exonic", "intronic", "none", "upstream", "downstream", "unknown"]

SOURCE = "doi:10.1093/nar/gkw1306"
DIRECTIONS: tuple[Direction, ...] = (mark("sense"), mark("antisense"), mark("unknown"))
KINDS: tuple[Kind, ...] = (mark("genic"), mark("intergenic"))
SUBTYPES: tuple[Subtype, ...] = (
    mark("containing"),
    mark("nested"),
    mark("overlapping"),
    mark("same_strand"),
    mark("divergent"),
    mark("convergent"),
    mark("unknown"),
)
LOCATIONS: tuple[Location, ...] = (
    mark("exonic"),
    mark("intronic"),
    mark("none"),
    mark("upstream"),
    mark("downstream"),
    mark("unknown"),
)


class PlaceClass(NamedTuple):
    """How a candidate lies to a coding transcript, in FEELnc's words.

    Parameters
    ----------
    direction
        "sense": on the same strand; "antisense": on the other one; "unknown": one of
        the strands is not known.
    kind
        "genic": the spans share a base; otherwise "intergenic". FEELnc's column is
        called type.
    subtype
        Genic: "containing" (the candidate's span holds the whole partner), "nested"
        (the partner's span holds the candidate), otherwise "overlapping". Intergenic:
        "same_strand", "divergent" (head to head), "convergent" (tail to tail), or
        "unknown" where a strand is.
    location
        Genic: "exonic" (exons share a base), "intronic" (every exon of the candidate
        within the partner's span lies in one of its introns), otherwise "none".
        Intergenic: where the candidate lies as seen from the partner, "upstream" or
        "downstream"; "unknown" if the partner's strand is.
    """

    direction: Direction
    kind: Kind
    subtype: Subtype
    location: Location


@dataclass(frozen=True, slots=True)
class Partner:
    """A coding gene near a candidate, by that transcript of it that fits best.

    Parameters
    ----------
    transcript_id
        The candidate.
    gene_id, gene_name
        The partner gene.
    partner_id
        Its transcript that the class refers to.
    chrom, start, end, strand
        That transcript's place.
    direction, kind, subtype, location
        As in `PlaceClass`.
    distance_nt
        Bases between the two spans; 0 if they touch or share bases.
    overlap_nt
        Bases that the exons share.
    is_best
        Whether it is the candidate's best partner.
    is_cis
        Whether it lies within the window.
    """

    transcript_id: str
    gene_id: str
    gene_name: str
    partner_id: str
    chrom: str
    start: int
    end: int
    strand: Strand
    direction: Direction
    kind: Kind
    subtype: Subtype
    location: Location
    distance_nt: int
    overlap_nt: int
    is_best: bool
    is_cis: bool

    @property
    def name(self) -> str:
        """Symbol of the gene; its gene_id where it has none."""
        return self.gene_name or self.gene_id

    @property
    def place_class(self) -> PlaceClass:
        """Direction, type, subtype and location."""
        return PlaceClass(self.direction, self.kind, self.subtype, self.location)


@dataclass(frozen=True)
class PlacedPartners:
    """Partners of all candidates by place.

    Parameters
    ----------
    rows
        In the order of the candidates, those of each from the best partner on.
    window_nt
        How far a cis partner may lie.
    n_candidates, n_without
        Candidates, and those with no coding gene within the window.
    n_alone
        Those with no coding gene on their chromosome at all: they have no row.
    """

    rows: tuple[Partner, ...]
    window_nt: int
    n_candidates: int
    n_without: int
    n_alone: int

    @cached_property
    def best(self) -> Mapping[str, Partner]:
        """The best partner of each candidate that has one."""
        return {row.transcript_id: row for row in self.rows if row.is_best}


def place_class(candidate: Transcript, partner: Transcript) -> PlaceClass:
    """Classify one candidate against one coding transcript of its chromosome.

    Examples
    --------
    >>> gene = Transcript("c", "g", "1", "+", ((1000, 1200), (1500, 1800)))
    >>> place_class(Transcript("l", "l", "1", "-", ((100, 400),)), gene)[1:]
    ('intergenic', 'divergent', 'upstream')
    >>> place_class(Transcript("l", "l", "1", "-", ((1250, 1400),)), gene)[:3]
    ('antisense', 'genic', 'nested')
    """
    direction = direction_of(candidate.strand, partner.strand)
    if candidate.start < partner.end and partner.start < candidate.end:
        return PlaceClass(
            direction,
            "genic",
            _genic_subtype(candidate, partner),
            _genic_location(candidate, partner),
        )
    location = location_of(partner.strand, is_left=candidate.end <= partner.start)
    subtype = intergenic_subtype(direction, location)
    return PlaceClass(direction, "intergenic", subtype, location)


def direction_of(strand: Strand, partner_strand: Strand) -> Direction:
    """Whether two strands are the same, opposite, or not known."""
    if "." in (strand, partner_strand):
        return "unknown"
    return "sense" if strand == partner_strand else "antisense"


def location_of(partner_strand: Strand, *, is_left: bool) -> Location:
    """Where a candidate beside a gene lies, as seen from the gene.

    Parameters
    ----------
    partner_strand
        The gene's.
    is_left
        Whether the candidate lies at the lower coordinates.
    """
    if partner_strand == ".":
        return "unknown"
    return "upstream" if is_left == (partner_strand == "+") else "downstream"


def intergenic_subtype(direction: Direction, location: Location) -> Subtype:
    """Subtype of a candidate beside a gene."""
    if direction == "unknown":
        return "unknown"
    if direction == "sense":
        return "same_strand"
    return "divergent" if location == "upstream" else "convergent"


def _genic_subtype(candidate: Transcript, partner: Transcript) -> Subtype:
    if candidate.start <= partner.start and partner.end <= candidate.end:
        return "containing"
    if partner.start <= candidate.start and candidate.end <= partner.end:
        return "nested"
    return "overlapping"


def _genic_location(candidate: Transcript, partner: Transcript) -> Location:
    if exonic_overlap_nt(candidate.exons, partner.exons):
        return "exonic"
    # within the partner's span there are only its exons and its introns, and no exon
    # of the candidate touches the former
    return "intronic" if len(partner.exons) > 1 else "none"


def place_partners(
    candidates: Sequence[Transcript],
    coding: Sequence[Transcript],
    gene_ids: Sequence[str],
    *,
    window_nt: int,
) -> PlacedPartners:
    """Find and classify the coding genes around each candidate.

    Parameters
    ----------
    candidates
        The lincRNA candidates.
    coding, gene_ids
        Transcripts of protein-coding genes, and the gene of each.
    window_nt
        Genes up to this far are listed. A candidate that has none so near is listed
        with the nearest gene of its chromosome, which is no cis partner.

    Notes
    -----
    A gene stands in one row of a candidate, by the transcript that would be the best
    partner. The best is, as FEELnc has it, the gene whose exons share the most bases
    if any span overlaps, otherwise the nearest. Ties go to a genic before an
    intergenic one, then by exonic before intronic before none, upstream before
    downstream, sense before antisense before unknown, then by the names of gene and
    transcript.

    Time O(n log n + n_pairs) for n_pairs transcripts in the windows.
    """
    pairs = _Pairs(candidates, coding, gene_ids, window_nt)
    rows = tuple(pairs.rows())
    with_cis = {row.transcript_id for row in rows if row.is_cis}
    placed = {row.transcript_id for row in rows}
    return PlacedPartners(
        rows,
        window_nt=window_nt,
        n_candidates=len(candidates),
        n_without=len(candidates) - len(with_cis),
        n_alone=len(candidates) - len(placed),
    )


class _Reach(NamedTuple):
    """A candidate's span, widened; it may begin before the chromosome does."""

    chrom: str
    start: int
    end: int


class _Order(NamedTuple):
    """What decides between partners of a candidate, one entry a pair; least is best."""

    is_intergenic: NDArray[np.bool_]
    minus_overlap_nt: Indices
    distance_nt: Indices
    location: Indices
    direction: Indices
    gene: Indices
    transcript: Indices


class _Pairs:
    """Candidates and the coding transcripts around them, as arrays over all pairs."""

    def __init__(
        self,
        candidates: Sequence[Transcript],
        coding: Sequence[Transcript],
        gene_ids: Sequence[str],
        window_nt: int,
    ) -> None:
        self._candidates, self._coding = candidates, coding
        self._gene_ids, self._window_nt = gene_ids, window_nt
        self._genes = _ranks(gene_ids)
        pairs = overlapping_pairs(self._reaches(), coding)
        self._left, self._right = self._within_reach(pairs).T
        self._distances = self._distances_of(self._left, self._right)

    def _reaches(self) -> list[_Reach]:
        """Spans as wide as the window, or up to the nearest gene if that is further."""
        left, right = nearest_sides(self._candidates, self._coding)
        far = np.iinfo(np.int64).max
        nearest = np.full(len(self._candidates), far)
        for side in (left, right):
            rows = np.flatnonzero(side >= 0)
            distances = self._distances_of(rows, side[rows])
            nearest[rows] = np.minimum(nearest[rows], distances)
        beyond = (nearest > self._window_nt) & (nearest < far)
        reach = np.where(beyond, nearest, self._window_nt) + 1
        return [
            _Reach(tx.chrom, tx.start - by, tx.end + by)
            for tx, by in zip(self._candidates, reach.tolist(), strict=True)
        ]

    def _within_reach(self, pairs: Indices) -> Indices:
        """Pairs within the window; others only of candidates that have none there."""
        is_near = self._distances_of(*pairs.T) <= self._window_nt
        has_near = np.zeros(len(self._candidates), dtype=bool)
        has_near[pairs[is_near, 0]] = True
        return pairs[is_near | ~has_near[pairs[:, 0]]]

    def _distances_of(self, left: Indices, right: Indices) -> Indices:
        starts, ends = _borders(self._candidates)
        others, other_ends = _borders(self._coding)
        gaps: Indices = np.maximum(
            others[right] - ends[left], starts[left] - other_ends[right]
        )
        return gaps.clip(0)

    def rows(self) -> list[Partner]:
        """One row of each candidate and gene, the best partner of a candidate first."""
        classes = [
            place_class(self._candidates[left], self._coding[right])
            for left, right in zip(
                self._left.tolist(), self._right.tolist(), strict=True
            )
        ]
        overlaps = self._overlaps(classes)
        order = np.lexsort((*reversed(self._order(classes, overlaps)), self._left))
        # of each candidate and gene the first in this order
        genes = self._genes[self._right[order]]
        n_genes = int(self._genes.max(initial=0)) + 1
        first = np.unique(self._left[order] * n_genes + genes, return_index=True)[1]
        chosen = order[np.sort(first)]
        owners = self._left[chosen]
        is_best = np.append(True, owners[1:] != owners[:-1])[: len(owners)]
        return [
            self._row(pair, classes[pair], int(overlaps[pair]), is_best=best)
            for pair, best in zip(chosen.tolist(), is_best.tolist(), strict=True)
        ]

    def _overlaps(self, classes: Sequence[PlaceClass]) -> Indices:
        overlaps = np.zeros(len(classes), dtype=np.int64)
        for pair, place in enumerate(classes):
            if place.location == "exonic":
                candidate = self._candidates[self._left[pair]]
                partner = self._coding[self._right[pair]]
                overlaps[pair] = exonic_overlap_nt(candidate.exons, partner.exons)
        return overlaps

    def _order(self, classes: Sequence[PlaceClass], overlaps: Indices) -> _Order:
        names = _ranks([tx.transcript_id for tx in self._coding])
        return _Order(
            is_intergenic=np.array([c.kind == "intergenic" for c in classes], bool),
            minus_overlap_nt=-overlaps,
            distance_nt=self._distances,
            location=_places(LOCATIONS, [c.location for c in classes]),
            direction=_places(DIRECTIONS, [c.direction for c in classes]),
            gene=self._genes[self._right],
            transcript=names[self._right],
        )

    def _row(
        self, pair: int, place: PlaceClass, overlap_nt: int, *, is_best: bool
    ) -> Partner:
        candidate = self._candidates[self._left[pair]]
        partner = self._coding[self._right[pair]]
        distance = int(self._distances[pair])
        return Partner(
            transcript_id=candidate.transcript_id,
            gene_id=self._gene_ids[self._right[pair]],
            gene_name=partner.gene_name,
            partner_id=partner.transcript_id,
            chrom=partner.chrom,
            start=partner.start,
            end=partner.end,
            strand=partner.strand,
            **place._asdict(),
            distance_nt=distance,
            overlap_nt=overlap_nt,
            is_best=is_best,
            is_cis=distance <= self._window_nt,
        )


class _Borders(NamedTuple):
    """Starts and ends of transcripts."""

    starts: Indices
    ends: Indices


def _borders(transcripts: Sequence[Transcript]) -> _Borders:
    return _Borders(
        np.array([tx.start for tx in transcripts], dtype=np.int64),
        np.array([tx.end for tx in transcripts], dtype=np.int64),
    )


def _ranks(names: Sequence[str]) -> Indices:
    """Place of each name among the different names in their order."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return np.array([places[name] for name in names], dtype=np.int64)


def _places(words: Sequence[str], chosen: Sequence[str]) -> Indices:
    """Place of each chosen word in a list."""
    places = {word: place for place, word in enumerate(words)}
    return np.array([places[word] for word in chosen], dtype=np.int64)
