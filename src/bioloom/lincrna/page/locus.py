"""What lies around a candidate: models to be drawn in its picture."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.genome.transcript import Span, Strand, Transcript
from bioloom.lincrna.browser.profiles import Profile, Profiles
from bioloom.lincrna.loci.neighbours import Neighbour
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.features import Feature, Sites, features_of
from bioloom.lincrna.verdict.judged import Judged

Kind = Literal["shown", "candidate", "rejected", "coding", "other"]

MOST_MODELS = 12
MOST_PROFILES = 6
"""Samples whose coverage a picture has room for: those with most reads there."""
_FLANK_SHARE, _LEAST_FLANK_NT, _MOST_FLANK_NT = 0.2, 500, 25_000
_BEHIND_NEIGHBOUR_NT = 1_000
_RANK: dict[Kind, int] = {
    **{"shown": 0, "candidate": 1, "rejected": 2, "coding": 3, "other": 4},
}


@dataclass(frozen=True, slots=True)
class Model:
    """One transcript of a picture.

    Parameters
    ----------
    name
        Its own; of an annotated one the gene's, too.
    kind
        shown: the transcript that the picture is of; candidate, rejected: others that
        were judged; coding, other: annotated ones.
    strand, exons
        As in `Transcript`.
    thick
        Coding part, or longest ORF; empty if none.
    """

    name: str
    kind: Kind
    strand: Strand
    exons: tuple[Span, ...]
    thick: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class LocusView:
    """A stretch of a chromosome with its models.

    Parameters
    ----------
    chrom, start, end
        The stretch, 0-based, half-open.
    models
        The one that is shown first, then others by kind and place.
    n_left_out
        Further models that would make the picture too high.
    profiles
        Coverage of the samples with most reads there, in their order.
    n_silent
        Samples whose coverage is not drawn.
    features
        On the transcript that is shown: its best domain hit, sites of miRNAs.
    n_sites
        All its sites, of which `features` may hold the best only.
    beyond
        Nearest coding genes that are further away than what is shown.
    """

    chrom: str
    start: int
    end: int
    models: tuple[Model, ...]
    n_left_out: int = 0
    profiles: tuple[Profile, ...] = ()
    n_silent: int = 0
    features: tuple[Feature, ...] = ()
    n_sites: int = 0
    beyond: tuple[Neighbour, ...] = ()


class _Placed(NamedTuple):
    """Models of a chromosome, and their spans as arrays."""

    models: tuple[Model, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def within(self, start: int, end: int) -> Iterator[Model]:
        """Those that have a base in a stretch."""
        for place in np.flatnonzero((self.starts < end) & (self.ends > start)):
            yield self.models[place]


LocusViews = Callable[[Judged], LocusView]
"""Shows the surroundings of a judged transcript."""


def locus_views(
    result: FilterResult,
    coverage: Profiles | None = None,
    sites: Sites | None = None,
) -> LocusViews:
    """What shows the surroundings of a judged transcript.

    Parameters
    ----------
    result
        All judged transcripts, and the annotation's.
    coverage
        Gives the samples' coverage of a stretch.
    sites
        Of miRNAs on the transcripts.
    """
    of = sites.of if sites else {}
    judged = {row.transcript_id for row in result.rows}
    places: dict[str, list[Model]] = defaultdict(list)
    for row in result.rows:
        places[row.collected.transcript.chrom].append(_judged_model(row))
    for tx in result.annotated:
        if tx.transcript_id not in judged:
            places[tx.chrom].append(_annotated_model(tx))
    placed = {chrom: _placed(models) for chrom, models in places.items()}

    made: dict[str, LocusView] = {}  # a page in two languages asks twice

    def view(row: Judged) -> LocusView:
        name = row.transcript_id
        if name not in made:
            found = _view(row, placed[row.collected.transcript.chrom])
            own = of.get(name, ())
            found = replace(found, features=features_of(row, own), n_sites=len(own))
            made[name] = _with_coverage(found, coverage) if coverage else found
        return made[name]

    return view


def _with_coverage(view: LocusView, coverage: Profiles) -> LocusView:
    strand = view.models[0].strand
    found = coverage(view.chrom, view.start, view.end, strand)
    loudest = sorted(found, key=lambda profile: -profile.most)[:MOST_PROFILES]
    shown = tuple(one for one in found if one in loudest)
    return replace(view, profiles=shown, n_silent=len(found) - len(shown))


def _view(row: Judged, placed: _Placed) -> LocusView:
    tx, (start, end) = row.collected.transcript, window_of(row)
    own = _judged_model(row)
    shown = Model(own.name, "shown", own.strand, own.exons, own.thick)
    others = [one for one in placed.within(start, end) if one.name != own.name]
    others.sort(key=lambda one: (_RANK[one.kind], one.exons[0], one.name))
    kept = _distinct(others)[: MOST_MODELS - 1]
    return LocusView(
        tx.chrom,
        start,
        end,
        (shown, *kept),
        len(others) - len(kept),
        beyond=tuple(_beyond(row, start, end)),
    )


def _beyond(row: Judged, start: int, end: int) -> Iterator[Neighbour]:
    """The nearest coding genes of a transcript that lie outside a stretch."""
    tx, near = row.collected.transcript, row.evidence.neighbours
    for gene, shown_nt in ((near.left, tx.start - start), (near.right, end - tx.end)):
        if gene and gene.distance_nt >= shown_nt:
            yield gene


def window_of(row: Judged) -> Span:
    """The transcript with what lies near, up to its neighbours if these are near."""
    tx = row.collected.transcript
    flank = max(_LEAST_FLANK_NT, round(_FLANK_SHARE * (tx.end - tx.start)))
    sides = []
    for gene in (row.evidence.neighbours.left, row.evidence.neighbours.right):
        reach = gene.distance_nt + _BEHIND_NEIGHBOUR_NT if gene else 0
        sides.append(max(flank, reach) if reach <= _MOST_FLANK_NT else flank)
    return max(0, tx.start - sides[0]), tx.end + sides[1]


def _distinct(models: Sequence[Model]) -> list[Model]:
    """Models without those whose exons another one has too, such as a gene's copies."""
    seen: dict[tuple[Kind, Strand, tuple[Span, ...]], Model] = {}
    for one in models:
        seen.setdefault((one.kind, one.strand, one.exons), one)
    return list(seen.values())


def _judged_model(row: Judged) -> Model:
    tx, orf = row.collected.transcript, row.evidence.coding.orf
    kind: Kind = "candidate" if row.verdict == "candidate" else "rejected"
    thick = () if orf is None or orf.strand == "-" else tx.lifted((orf.start, orf.end))
    return Model(row.transcript_id, kind, tx.strand, tx.exons, thick)


def _annotated_model(tx: Transcript) -> Model:
    gene = tx.gene_name or tx.gene_id
    name = f"{gene} ({tx.transcript_id})" if gene else tx.transcript_id
    return Model(name, "coding" if tx.cds else "other", tx.strand, tx.exons, tx.cds)


def _placed(models: Iterable[Model]) -> _Placed:
    held = tuple(models)
    return _Placed(
        held,
        np.array([one.exons[0][0] for one in held], dtype=np.int64),
        np.array([one.exons[-1][1] for one in held], dtype=np.int64),
    )
