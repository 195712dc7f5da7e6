"""Names of novel loci that survive a rerun: LINC-<nearest coding gene>-<number>."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from bioloom.errors import BadTable
from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.transcript import Span, Strand
from bioloom.run.table_reader import read_table

PREFIX = "LINC"
Status = Literal["new", "kept", "absent"]
_ODD = re.compile(r"[^\w.()+-]+")

NAME_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "name": "of the locus",
        "locus_id": "as in transcripts.tsv; of an absent one, that of the run before",
        "chrom": "chromosome",
        "strand": "+, - or .",
        "exons": "bases of its candidates: start-end, 0-based, half-open, by commas",
        "nearest_gene": "coding gene that it is named by; empty for none on the "
        "chromosome",
        "distance_nt": "bases between them",
        "status": "new: named here; kept: by the table of an earlier run; absent: of "
        "that table, not found here, so that nothing else gets its name",
    }
)


@dataclass(frozen=True, slots=True)
class LocusPlace:
    """A locus to be named.

    Parameters
    ----------
    locus_id
        Its id in the run.
    chrom, strand
        Where it lies.
    exons
        Union of the exons of its candidates, ascending, disjoint.
    nearest_gene, distance_nt
        Nearest coding gene, by its symbol if it has one; empty and 0 for none.
    """

    locus_id: str
    chrom: str
    strand: Strand
    exons: tuple[Span, ...]
    nearest_gene: str = ""
    distance_nt: int = 0

    @property
    def start(self) -> int:
        """First base, 0-based."""
        return self.exons[0][0]

    @property
    def end(self) -> int:
        """One past the last base."""
        return self.exons[-1][1]


@dataclass(frozen=True, slots=True)
class LocusName:
    """A locus and its name; `status` as in `NAME_COLUMNS`."""

    name: str
    place: LocusPlace
    status: Status = "new"


def name_loci(
    places: Sequence[LocusPlace], previous: Sequence[LocusName] = ()
) -> tuple[LocusName, ...]:
    """Name each locus; those of an earlier run keep their names.

    Loci of one nearest gene are numbered by their distance to it, then by position.
    A locus keeps the name of the earlier one that it shares most exonic bases with, on
    its strand. A name of the earlier run is never given to another locus.

    Parameters
    ----------
    places
        Loci of this run.
    previous
        Names of an earlier run.

    Returns
    -------
    In order of `places`, then earlier loci that are absent now.

    Examples
    --------
    >>> gene = {"nearest_gene": "Sox2", "distance_nt": 900}
    >>> here = LocusPlace("MSTRG.7", "chr3", "+", ((100, 400),), **gene)
    >>> [(row.name, row.status) for row in name_loci([here])]
    [('LINC-Sox2-1', 'new')]
    """
    kept = _kept(places, previous)
    in_use = {row.name for row in previous}
    names: dict[str, LocusName] = {
        place.locus_id: LocusName(previous[row].name, place, "kept")
        for place, row in kept.items()
    }
    for place in sorted(places, key=_order):
        if place.locus_id not in names:
            name = _free_name(place, in_use)
            in_use.add(name)
            names[place.locus_id] = LocusName(name, place)
    found = set(kept.values())
    absent = [
        LocusName(row.name, row.place, "absent")
        for number, row in enumerate(previous)
        if number not in found
    ]
    return (*(names[place.locus_id] for place in places), *absent)


def _order(place: LocusPlace) -> tuple[int, str, Span, str]:
    return (place.distance_nt, place.chrom, place.exons[0], place.strand)


def _free_name(place: LocusPlace, in_use: set[str]) -> str:
    stem = f"{PREFIX}-{_ODD.sub('_', place.nearest_gene or place.chrom)}"
    numbered = (f"{stem}-{number}" for number in count(1))
    return next(name for name in numbered if name not in in_use)


def _kept(
    places: Sequence[LocusPlace], previous: Sequence[LocusName]
) -> dict[LocusPlace, int]:
    """The earlier locus that each continues, most shared bases first."""
    shared = []
    for here, number in overlapping_pairs(
        places, [row.place for row in previous]
    ).tolist():
        place, row = places[here], previous[number]
        overlap = exonic_overlap_nt(place.exons, row.place.exons)
        if overlap and _same_strand(place, row.place):
            shared.append((-overlap, row.name, place.locus_id, place, number))
    kept: dict[LocusPlace, int] = {}
    taken: set[int] = set()
    for *_, place, number in sorted(shared, key=lambda pair: pair[:3]):
        if place not in kept and number not in taken:
            kept[place] = number
            taken.add(number)
    return kept


def _same_strand(place: LocusPlace, other: LocusPlace) -> bool:
    return place.strand == other.strand or "." in (place.strand, other.strand)


def read_names(path: Path) -> tuple[LocusName, ...]:
    """Names of an earlier run: its ``tables/names.tsv``.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If a column is missing or a row is broken.
    """
    frame = read_table(path, role="the names.tsv of an earlier run")
    missing = [name for name in NAME_COLUMNS if name not in frame.columns]
    if missing:
        raise BadTable(
            where=path,
            found=f"no column {missing[0]}",
            expected=f"columns {', '.join(NAME_COLUMNS)}",
            advice="Give the tables/names.tsv of an earlier run.",
        )
    rows = frame[[*NAME_COLUMNS]].itertuples(index=False, name=None)
    return tuple(_read(row, path, line) for line, row in enumerate(rows, 2))


def _read(row: Sequence[str], path: Path, line: int) -> LocusName:
    name, locus_id, chrom, strand, exons, gene, distance, _ = map(str, row)
    try:
        spans = tuple(
            (int(start), int(end))
            for part in exons.split(",")
            for start, _, end in [part.partition("-")]
        )
        if not name or strand not in get_args(Strand) or not spans:
            raise ValueError(strand)
        place = LocusPlace(
            locus_id, chrom, cast(Strand, strand), spans, gene, int(distance or 0)
        )
    except ValueError:
        raise BadTable(
            where=f"{path}: line {line}",
            found=f"{name!r} at {chrom} {strand} {exons!r}",
            expected="a name, a strand and exons such as 100-400,900-1200",
            advice="Give the table as the earlier run wrote it.",
        ) from None
    return LocusName(name, place)
