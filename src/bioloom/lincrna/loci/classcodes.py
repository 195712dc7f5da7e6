"""Class codes: how transcripts lie relative to annotated (protein-coding) ones.

The codes, and the choice among several reference transcripts, follow gffcompare
0.12.10 run with its default options. Deliberate differences:

- r (repeat): needs a soft-masked genome.
- A query of unknown strand is compared with both strands as if on each, as in
  gffcompare; but it is never given the strand of other queries that it overlaps, so a
  code depends on one query and the reference only.
- A query inside introns of both strands keeps i; gffcompare says x.
- All loci of the opposite strand are looked at; gffcompare stops at the first that
  does not overlap, which can miss one nested in a long gene.
- A reference of unknown strand counts as being on the query's strand; gffcompare
  leaves it out.

References
----------
Pertea G., Pertea M. (2020) F1000Research 9:304. doi:10.12688/f1000research.23297.2
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from bioloom.genome.intervals import exon_clusters, overlapping_pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.loci.paircodes import Link, Shape, link
from bioloom.run.language import mark

MEANING: Mapping[str, str] = MappingProxyType(
    {
        "=": mark(
            "same intron chain as a reference transcript (or, if neither is spliced, "
            "nearly the same exon)"
        ),
        "c": mark("part of a reference transcript, its introns agreeing"),
        "k": mark("contains a reference transcript, its introns agreeing"),
        "m": mark(
            "covers a reference transcript with introns retained, the rest agreeing"
        ),
        "n": mark(
            "retains an intron of a reference transcript, the rest not all agreeing"
        ),
        "j": mark("shares a splice site with a reference transcript"),
        "e": mark(
            "one exon that runs from an exon into an intron of a reference transcript"
        ),
        "o": mark(
            "overlaps an exon of a reference transcript on the same strand, "
            "sharing no splice site"
        ),
        "s": mark(
            "an intron matches one of a reference transcript on the opposite strand"
        ),
        "x": mark("overlaps a reference transcript on the opposite strand"),
        "i": mark("lies within an intron of a reference transcript, on either strand"),
        "y": mark("a reference transcript lies within one of its introns"),
        "p": mark("one exon just downstream of a reference gene, on the same strand"),
        "u": mark("overlaps no reference transcript (intergenic)"),
    }
)

# lower wins; k, m, n and j share a rank and the overlap decides
_RANK = {
    "=": 0, "c": 2, "k": 6, "m": 6, "n": 6, "j": 6, "e": 12, "o": 14,
    "s": 16, "x": 18, "i": 20, "y": 30,
}  # fmt: skip
_LAST_RANK_OF_SAME_STRAND_OVERLAP = 14


@dataclass(frozen=True, slots=True)
class ClassCode:
    """Class code of a transcript and the reference transcript it was given for.

    Parameters
    ----------
    code
        A key of `MEANING`.
    ref_id, ref_gene_id
        Transcript and gene of the reference; empty for u.
    """

    code: str
    ref_id: str
    ref_gene_id: str


def pair_code(query: Transcript, ref: Transcript) -> str:
    """Class code of one query against one reference transcript.

    Returns
    -------
    A key of `MEANING` other than p and u, or "" if the spans do not overlap.

    Examples
    --------
    >>> ref = Transcript("t", "g", "1", "+", ((0, 100), (200, 300)))
    >>> pair_code(Transcript("q", "q", "1", "-", ((120, 180),)), ref)
    'i'
    """
    if query.chrom != ref.chrom:
        return ""
    best_link = link(Shape.of(query), Shape.of(ref))
    return best_link.code if best_link else ""


def classify(
    queries: Sequence[Transcript],
    reference: Sequence[Transcript],
    *,
    run_on_nt: int = 2000,
) -> list[ClassCode]:
    """Class code of each query against all reference transcripts.

    Parameters
    ----------
    queries
        Transcripts to classify.
    reference
        Transcripts to compare with, usually the protein-coding ones.
    run_on_nt
        An unspliced query that overlaps nothing and starts less than this downstream
        of a reference locus of its strand gets p (polymerase run-on).

    Returns
    -------
    One code for each query, in their order.

    Notes
    -----
    Time O(n log n + n_pairs) for n transcripts with n_pairs overlapping spans.
    """
    annotation = _Reference(_without_duplicates(reference))
    refs_of: list[list[int]] = [[] for _ in queries]
    pairs = overlapping_pairs(queries, annotation.transcripts)
    for query_index, ref_index in pairs.tolist():
        refs_of[query_index].append(ref_index)
    return [
        annotation.best(query, refs)
        or annotation.run_on(query, run_on_nt)
        or ClassCode("u", "", "")
        for query, refs in zip(queries, refs_of, strict=True)
    ]


def _without_duplicates(transcripts: Sequence[Transcript]) -> list[Transcript]:
    """Drop from a reference what gffcompare collapses at loading.

    A transcript goes if an earlier one has the same intron chain and contains it; of
    several with the same exons the last one stays. One with a coding region never
    goes for one without. (Contained unspliced ones are kept here.)
    """
    by_index: dict[int, Transcript] = {}
    chains: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, transcript in enumerate(transcripts):
        chain = chains[
            transcript.chrom, transcript.strand, transcript.introns or transcript.exons
        ]
        holder = _holder(transcript, [_Indexed(i, by_index[i]) for i in chain])
        if holder is not None:
            if _standing(by_index[holder]) > _standing(transcript):
                continue
            chain.remove(holder)
            del by_index[holder]
        chain.append(index)
        by_index[index] = transcript
    return list(by_index.values())


class _Indexed(NamedTuple):
    """A transcript and its place in the reference."""

    place: int
    transcript: Transcript


def _holder(new: Transcript, rivals: Sequence[_Indexed]) -> int | None:
    holders = (
        (old.start, old.end, index)
        for index, old in rivals
        if old.start <= new.start and new.end <= old.end
        if bool(old.cds) >= bool(new.cds)
    )
    return max(holders, default=(0, 0, None))[2]


class _Standing(NamedTuple):
    """Which transcript to keep: one with a coding region, then the longest."""

    has_cds: bool
    length_nt: int


def _standing(transcript: Transcript) -> _Standing:
    return _Standing(bool(transcript.cds), transcript.length_nt)


class _Candidate(NamedTuple):
    """A link to a reference transcript, by its place in the reference."""

    link: Link
    place: int


class _Place(NamedTuple):
    """A strand of a chromosome."""

    chrom: str
    strand: str


_Key = tuple[Any, ...]


class _Reference:
    """Reference transcripts with their shapes and loci."""

    def __init__(self, transcripts: Sequence[Transcript]) -> None:
        self.transcripts = transcripts
        self.shapes = [Shape.of(transcript) for transcript in transcripts]
        self.locus_of = exon_clusters(transcripts).tolist()
        self.loci = _loci_by_place(self)

    def named(self, code: str, index: int) -> ClassCode:
        ref = self.transcripts[index]
        return ClassCode(code, ref.transcript_id, ref.gene_id)

    def best(self, query: Transcript, refs: Iterable[int]) -> ClassCode | None:
        """Best code among the reference transcripts that overlap, None without any."""
        shape = Shape.of(query)
        same: list[_Candidate] = []
        opposite: list[_Candidate] = []
        for index in refs:
            pair = link(shape, self.shapes[index])
            if pair:
                far = shape.opposes(self.shapes[index])
                (opposite if far else same).append(_Candidate(pair, index))
        candidates = same + list(self._by_locus(opposite))
        if not candidates:
            return None
        best = min(candidates, key=lambda candidate: self._order(shape, *candidate))
        return self.named(best.link.code, best.place)

    def _by_locus(self, opposite: Sequence[_Candidate]) -> Iterator[_Candidate]:
        """One transcript for each code that a locus of the other strand gives.

        Being inside an intron of any of its transcripts spares a query the x.
        """
        loci: dict[int, list[_Candidate]] = defaultdict(list)
        for candidate in opposite:
            loci[self.locus_of[candidate.place]].append(candidate)
        for members in loci.values():
            hidden = [candidate for candidate in members if candidate.link.code in "si"]
            if hidden:
                for candidate in hidden:
                    code = candidate.link.code
                    yield _Candidate(Link(code, 0, 0), candidate.place)
            else:
                most = max(members, key=self._x_order)
                yield _Candidate(Link(most.link.code, 0, 0), most.place)

    def _x_order(self, candidate: _Candidate) -> tuple[int, ...]:
        pair, index = candidate
        return pair.overlap_nt, 0 if pair.overlap_nt else self.shapes[index].length_nt

    def _order(self, query: Shape, pair: Link, index: int) -> _Key:
        """Sort key: the lowest is the reference transcript to name.

        Rank of the code; for an unspliced query an unspliced reference first; common
        splice sites; common bases; equal ends; then the more alike exon number (where
        exons overlap on one strand) or the larger one; a coding region; length; name.
        """
        ref, rank = self.shapes[index], _RANK[pair.code]
        n_exons = len(ref.exons)
        if rank <= _LAST_RANK_OF_SAME_STRAND_OVERLAP:
            alike = (abs(n_exons - len(query.exons)), n_exons)
        else:
            alike = (-n_exons, 0)
        return (
            rank,
            not query.introns and bool(ref.introns),
            -pair.n_sites,
            -pair.overlap_nt,
            (query.start, query.end) != (ref.start, ref.end),
            alike,
            not self.transcripts[index].cds,
            -ref.length_nt,
            self.transcripts[index].transcript_id,
        )

    def run_on(self, query: Transcript, run_on_nt: int) -> ClassCode | None:
        """Code p if it is unspliced and a locus of its strand ends shortly before."""
        if Shape.of(query).introns:
            return None
        strands = "+-" if query.strand == "." else query.strand
        for strand in strands:
            loci = self.loci.get(_Place(query.chrom, strand))
            index = loci.upstream_of(query, run_on_nt) if loci else None
            if index is not None:
                return self.named("p", index)
        return None


@dataclass(frozen=True, slots=True)
class _Loci:
    """Loci of one strand of a chromosome, by the end that faces downstream.

    Parameters
    ----------
    strand
        "+" or "-".
    edges
        Ends on the + strand, starts on the - strand, ascending.
    others
        The other border of each locus.
    longest
        Index of the longest transcript of each locus.
    """

    strand: str
    edges: list[int]
    others: list[int]
    longest: list[int]

    def upstream_of(self, query: Transcript, run_on_nt: int) -> int | None:
        if self.strand == "-":
            first = bisect_left(self.edges, query.end)
            near = first < len(self.edges)
            near = near and self.edges[first] - query.end < run_on_nt
            return self.longest[first] if near else None
        # gffcompare's window is one base shorter on the + strand
        low = bisect_right(self.edges, query.start - run_on_nt + 1)
        high = bisect_right(self.edges, query.start)
        rows = range(low, high)
        row = max(rows, key=self.others.__getitem__, default=None)
        return None if row is None else self.longest[row]


def _loci_by_place(reference: _Reference) -> dict[_Place, _Loci]:
    members: dict[int, list[int]] = defaultdict(list)
    for index, locus in enumerate(reference.locus_of):
        members[locus].append(index)
    rows: dict[_Place, list[tuple[int, ...]]] = defaultdict(list)
    for locus, indices in members.items():
        shapes = [reference.shapes[index] for index in indices]
        start, end = min(s.start for s in shapes), max(s.end for s in shapes)
        longest = max(indices, key=lambda index: reference.shapes[index].length_nt)
        first = reference.transcripts[locus]
        edge, other = (start, end) if first.strand == "-" else (end, start)
        rows[_Place(first.chrom, first.strand)].append((edge, other, longest))
    return {
        place: _Loci(
            place.strand, *(list(column) for column in zip(*sorted(loci), strict=True))
        )
        for place, loci in rows.items()
    }
