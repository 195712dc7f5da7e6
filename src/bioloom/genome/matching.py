"""Whether an annotation and a genome, or two annotations, fit together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import BadAnnotation, ChromNamesDiffer
from bioloom.genome.annotation import Annotation, Region
from bioloom.genome.repeats import Repeats
from bioloom.genome.sequence import Genome, contig_names
from bioloom.genome.transcript import Transcript
from bioloom.run.output import open_text
from bioloom.run.words import counted, joined

_FIRST_ROWS = 10_000
_MOST_BEYOND = 20
_MOST_BEYOND_SHARE = 0.01
_FEWEST_ON_CONTIG = 3


class PlacedAnnotation(NamedTuple):
    """The transcripts that lie on a genome, and warnings if others do not."""

    annotation: Annotation
    warnings: tuple[str, ...] = ()


def check_names(annotation: Path, genome: Path) -> None:
    """Refuse, before anything is read whole, an annotation of other chromosomes.

    Parameters
    ----------
    annotation
        In GTF, GFF3 or BED.
    genome
        In FASTA.

    Raises
    ------
    ChromNamesDiffer
        If no chromosome of the annotation is in the genome.

    Notes
    -----
    As a rule the first contig is among the first rows' chromosomes, so that little of
    either file is read. Only where none is are both read to their end.
    """
    first = set(islice(_chroms(annotation), _FIRST_ROWS))
    if not first.isdisjoint(contig_names(genome)):
        return
    chroms, contigs = set(_chroms(annotation)), set(contig_names(genome))
    if chroms and chroms.isdisjoint(contigs):
        raise ChromNamesDiffer(
            genome,
            annotation,
            only_first=sorted(contigs),
            only_second=sorted(chroms),
        )


def _chroms(annotation: Path) -> Iterator[str]:
    """The first column, row by row."""
    with open_text(annotation) as stream:
        for line in stream:
            chrom, tab, _ = line.partition("\t")
            if tab and not line.startswith("#"):
                yield chrom


def on_genome(
    annotation: Annotation,
    genome: Genome,
    *,
    regions: Mapping[str, Region] | None = None,
) -> PlacedAnnotation:
    """The transcripts that lie on the genome, and warnings if others do not.

    An annotation often holds scaffolds that a primary assembly lacks; they are left
    out. One that shares no chromosome is another's. A transcript that ends beyond its
    contig is clipped there; where the annotation says that the contig is circular, what
    lies beyond becomes a second transcript at its start, ``id@origin``.

    Parameters
    ----------
    annotation
        Its transcripts.
    genome
        The contigs.
    regions
        What another annotation says of the contigs, such as which are circular: an
        assembly does not.

    Raises
    ------
    ChromNamesDiffer
        If no chromosome of the annotation is in the genome.
    BadAnnotation
        If many transcripts end beyond their contigs, as on another assembly: more than
        20 and more than 1 % of all, or more than half of all, or more than half and at
        least 3 of those on a contig that is not circular.
    """
    lengths = genome.lengths
    if regions:
        annotation = replace(annotation, regions={**regions, **annotation.regions})
    missing = sorted(annotation.chroms - lengths.keys())
    if len(missing) == len(annotation.chroms):
        raise ChromNamesDiffer(
            genome.path,
            annotation.path,
            only_first=sorted(lengths),
            only_second=missing,
        )
    placed = tuple(tx for tx in annotation.transcripts if tx.chrom in lengths)
    beyond = [tx for tx in placed if tx.end > lengths[tx.chrom]]
    warnings = []
    if missing:
        n_lost = len(annotation.transcripts) - len(placed)
        what = f"{counted(n_lost, 'transcript')} of {annotation.path}"
        warnings.append(_elsewhere_sentence(what, missing, genome, is_one=n_lost == 1))
    if beyond:
        _check_assembly(annotation, placed, beyond, genome)
        warnings.append(_beyond_sentence(annotation, beyond, genome))
        placed = tuple(_inside(annotation, placed, lengths))
        annotation = replace(annotation, is_standard_gtf=False)
    if not warnings:
        return PlacedAnnotation(annotation)
    return PlacedAnnotation(replace(annotation, transcripts=placed), tuple(warnings))


def _check_assembly(
    annotation: Annotation,
    placed: Sequence[Transcript],
    beyond: Sequence[Transcript],
    genome: Genome,
) -> None:
    """Raise if so many transcripts end beyond their contigs that it is another's."""
    n_beyond, n_all = len(beyond), len(placed)
    by_contig = Counter(tx.chrom for tx in beyond if not _is_circular(annotation, tx))
    on_contig = Counter(tx.chrom for tx in placed)
    is_other = n_beyond > max(_MOST_BEYOND, _MOST_BEYOND_SHARE * n_all) or any(
        n >= _FEWEST_ON_CONTIG and 2 * n > on_contig[chrom]
        for chrom, n in by_contig.items()
    )
    n_odd = sum(by_contig.values())
    if is_other or 2 * n_odd > n_all:
        tx = beyond[0]
        raise BadAnnotation(
            where=f"{annotation.path}: transcript {tx.transcript_id}",
            found=f"{tx.region}, but {tx.chrom} of {genome.lengths[tx.chrom]} nt in "
            f"{genome.path} (as are {n_beyond} of {n_all} transcripts)",
            expected="transcripts inside the chromosomes of the genome",
            advice="Give the genome that the annotation was made on.",
        )


def _is_circular(annotation: Annotation, tx: Transcript) -> bool:
    region = annotation.regions.get(tx.chrom)
    return region is not None and region.is_circular


def _beyond_sentence(
    annotation: Annotation, beyond: Sequence[Transcript], genome: Genome
) -> str:
    n_beyond = len(beyond)
    n_wrapped = sum(_is_circular(annotation, tx) for tx in beyond)
    lengths = genome.lengths
    n_outside = sum(
        tx.start >= lengths[tx.chrom] and not _is_circular(annotation, tx)
        for tx in beyond
    )
    names = ", ".join(f"{tx.transcript_id} at {tx.region}" for tx in beyond[:3])
    fates = (
        (n_beyond - n_wrapped - n_outside, "clipped"),
        (n_wrapped, "continued at the start of the circular contig"),
        (n_outside, "left out, being wholly outside"),
    )
    done = joined([f"{n:,} {fate}" for n, fate in fates if n])
    return (
        f"{counted(n_beyond, 'transcript')} of {annotation.path} "
        f"{'ends' if n_beyond == 1 else 'end'} beyond the contig in {genome.path} "
        f"({names}{' …' if n_beyond > 3 else ''}): {done}."
    )


def _inside(
    annotation: Annotation, placed: Iterable[Transcript], lengths: Mapping[str, int]
) -> Iterator[Transcript]:
    """Transcripts clipped to their contigs, and what lies beyond a circular one."""
    for tx in placed:
        length = lengths[tx.chrom]
        if tx.end <= length:
            yield tx
            continue
        if tx.start < length:
            yield _clipped(tx, 0, length)
        if _is_circular(annotation, tx):
            beyond = _clipped(tx, length, 2 * length)
            name = f"{tx.transcript_id}@origin" if tx.start < length else None
            yield replace(beyond, transcript_id=name or tx.transcript_id)


def _clipped(tx: Transcript, start: int, end: int) -> Transcript:
    """A transcript's bases from `start` to `end`, with `start` as the new origin."""
    exons, cds = (
        tuple(
            (max(left, start) - start, min(right, end) - start)
            for left, right in spans
            if left < end and right > start
        )
        for spans in (tx.exons, tx.cds)
    )
    return replace(tx, exons=exons, cds=cds)


def repeats_on_genome(repeats: Repeats, genome: Genome) -> Iterator[str]:
    """Sentences on repeats that do not lie on the genome; they count for nothing.

    Raises
    ------
    ChromNamesDiffer
        If no contig of the repeats is in the genome.
    BadAnnotation
        If more than 20 and more than 1 % of the repeats, or more than half, end beyond
        their contigs, as on another assembly.
    """
    lengths, tracks = genome.lengths, repeats.tracks
    missing = sorted(tracks.keys() - lengths.keys())
    if len(missing) == len(tracks):
        raise ChromNamesDiffer(
            genome.path,
            repeats.path,
            only_first=sorted(lengths),
            only_second=missing,
        )
    beyond = {
        chrom: int((track.ends > lengths[chrom]).sum())
        for chrom, track in tracks.items()
        if chrom in lengths
    }
    n_beyond = sum(beyond.values())
    n_most = max(_MOST_BEYOND, _MOST_BEYOND_SHARE * len(repeats))
    if n_beyond > n_most or 2 * n_beyond > len(repeats):
        chrom = max(beyond, key=lambda name: beyond[name])
        raise BadAnnotation(
            where=repeats.path,
            found=f"{counted(n_beyond, 'repeat')} of {len(repeats):,} beyond the end "
            f"of the contig, most of them on {chrom}",
            expected=f"repeats inside the contigs of {genome.path}",
            advice="Give the repeats of this genome assembly.",
        )
    if n_beyond:
        yield (
            f"{counted(n_beyond, 'repeat')} of {repeats.path} "
            f"{'ends' if n_beyond == 1 else 'end'} beyond the contig in {genome.path} "
            f"and {'count' if n_beyond > 1 else 'counts'} only up to its end."
        )
    if missing:
        n_lost = sum(len(tracks[chrom].starts) for chrom in missing)
        what = f"{counted(n_lost, 'repeat')} of {repeats.path}"
        yield _elsewhere_sentence(what, missing, genome, is_one=n_lost == 1)


def _elsewhere_sentence(
    what: str, missing: Sequence[str], genome: Genome, *, is_one: bool
) -> str:
    """What lies on contigs that the genome lacks."""
    names = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
    return (
        f"{what} {'lies' if is_one else 'lie'} on "
        f"{counted(len(missing), 'sequence')} that {genome.path} lacks ({names}) and "
        f"{'was' if is_one else 'were'} left out."
    )


def check_same_chroms(first: Annotation, second: Annotation) -> None:
    """Check that two annotations share at least one chromosome.

    Raises
    ------
    ChromNamesDiffer
        If they share none.
    """
    if not first.chroms & second.chroms:
        raise ChromNamesDiffer(
            first.path,
            second.path,
            only_first=sorted(first.chroms),
            only_second=sorted(second.chroms),
        )
