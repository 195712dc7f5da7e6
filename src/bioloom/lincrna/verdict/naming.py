"""Names of the candidates' loci, and the named sets that hold them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bioloom.genome.transcript import Transcript, joined
from bioloom.lincrna.loci.named_sets import NamedMatch, match_named_sets
from bioloom.lincrna.loci.names import LocusName, LocusPlace, name_loci
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.words import counted


@dataclass(frozen=True, slots=True)
class Named:
    """Judged transcripts with their names.

    Parameters
    ----------
    rows
        As they were, candidates with `name` and `named_in`.
    names
        Names of the novel candidates' loci, then those of an earlier run that are
        absent now.
    notes
        How many are in each set, and how many names were kept, in sentences.
    """

    rows: tuple[Judged, ...]
    names: tuple[LocusName, ...]
    notes: tuple[str, ...]


def with_names(
    rows: Sequence[Judged],
    *,
    previous: Sequence[LocusName] = (),
    sets: Mapping[str, Sequence[Transcript]] | None = None,
) -> Named:
    """Name the loci of novel candidates, and look all candidates up in named sets.

    A locus with a known lncRNA goes by that: its gene's symbol, else its gene_id.

    Parameters
    ----------
    rows
        Every judged transcript.
    previous
        Names of an earlier run.
    sets
        Transcripts of each named set.
    """
    candidates = [row for row in rows if row.verdict == "candidate"]
    names = name_loci(_novel_places(candidates), previous)
    by_locus = _known_names(candidates) | {
        name.place.locus_id: name.name for name in names if name.status != "absent"
    }
    transcripts = [row.collected.transcript for row in candidates]
    matches: dict[str, list[NamedMatch]] = defaultdict(list)
    for match in match_named_sets(transcripts, sets or {}):
        matches[match.transcript_id].append(match)
    named = tuple(
        replace(
            row,
            name=by_locus[row.locus_id],
            named_in=tuple(matches[row.transcript_id]),
        )
        if row.verdict == "candidate"
        else row
        for row in rows
    )
    return Named(named, names, _notes(named, names, previous, sets or {}))


def _known_names(candidates: Sequence[Judged]) -> dict[str, str]:
    """By locus, what its first known lncRNA is called."""
    names: dict[str, str] = {}
    for row in candidates:
        if row.collected.origin == "known":
            tx = row.collected.transcript
            names.setdefault(row.locus_id, tx.gene_name or tx.gene_id)
    return names


def _novel_places(candidates: Sequence[Judged]) -> list[LocusPlace]:
    """Loci without a known lncRNA, in order of their first candidate."""
    known = _known_names(candidates)
    loci: dict[str, list[Judged]] = defaultdict(list)
    for row in candidates:
        if row.locus_id not in known:
            loci[row.locus_id].append(row)
    return [_place(locus_id, members) for locus_id, members in loci.items()]


def _place(locus_id: str, members: Sequence[Judged]) -> LocusPlace:
    transcripts = [row.collected.transcript for row in members]
    strands = sorted({tx.strand for tx in transcripts} - {"."})
    nearest = [
        (near.distance_nt, near.gene_name or near.gene_id)
        for row in members
        if (near := row.evidence.neighbours.nearest) is not None
    ]
    distance_nt, gene = min(nearest, default=(0, ""))
    return LocusPlace(
        locus_id=locus_id,
        chrom=transcripts[0].chrom,
        strand=strands[0] if len(strands) == 1 else ".",
        exons=joined(span for tx in transcripts for span in tx.exons),
        nearest_gene=gene,
        distance_nt=distance_nt,
    )


def _notes(
    rows: Sequence[Judged],
    names: Sequence[LocusName],
    previous: Sequence[LocusName],
    sets: Mapping[str, Sequence[Transcript]],
) -> tuple[str, ...]:
    candidates = [row for row in rows if row.verdict == "candidate"]
    notes = [
        f"{name} holds {n:,} of {counted(len(candidates), 'candidate')}, by their "
        "introns (without introns: by 80 per cent of the shorter one's bases)."
        for name in sets
        for n in [sum(any(m.set_name == name for m in r.named_in) for r in candidates)]
    ]
    if previous:
        n_kept = sum(name.status == "kept" for name in names)
        n_new = sum(name.status == "new" for name in names)
        notes.append(
            f"Names of an earlier run: {n_kept:,} kept, {n_new:,} new, "
            f"{len(previous) - n_kept:,} not found here."
        )
    return tuple(notes)
