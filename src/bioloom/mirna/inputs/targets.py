"""Target sequences out of an annotation: 3'UTRs, coding parts, whole transcripts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from bioloom.errors import BadAnnotation
from bioloom.genome.gtf import read_annotation
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Span, Transcript
from bioloom.mirna.inputs.records import MIN_MIRNA_NT
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import Record

Region = Literal["3utr", "5utr", "cds", "transcript"]
REGIONS: tuple[Region, ...] = get_args(Region)


def region_of(tx: Transcript, region: Region) -> tuple[Span, ...]:
    """Exonic blocks of a transcript's region; empty where it has none.

    The CDS holds the stop codon. Without a CDS there is only the whole transcript.

    Examples
    --------
    >>> tx = Transcript(
    ...     "t", "g", "1", "-", ((0, 50), (80, 100)), cds=((40, 50), (80, 90))
    ... )
    >>> region_of(tx, "3utr"), region_of(tx, "5utr")
    (((0, 40),), ((90, 100),))
    """
    if region == "transcript":
        return tx.exons
    if not tx.cds or tx.strand == ".":
        return ()
    if region == "cds":
        return tx.cds
    first, last = tx.cds[0][0], tx.cds[-1][1]
    is_behind = (region == "3utr") == (tx.strand == "+")
    low, high = (last, tx.end) if is_behind else (tx.start, first)
    blocks = ((max(start, low), min(end, high)) for start, end in tx.exons)
    return tuple((start, end) for start, end in blocks if start < end)


def read_regions(
    annotation: Path, genome: Path, region: Region, *, every_isoform: bool = False
) -> Iterator[Record]:
    """Sequences of a region, 5'→3', of every gene that has one.

    Parameters
    ----------
    annotation
        GTF, GFF3 or BED12.
    genome
        FASTA, plain or gzip. Its index, and a gzip file unpacked, lie in a temporary
        folder.
    region
        Which part of the transcripts; shorter ones than a miRNA are left out.
    every_isoform
        By default each gene gives its longest region, under its gene_id, the first of
        equal ones; else each transcript gives its own, under its transcript_id.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or no transcript has such a region.
    """
    with TemporaryDirectory() as cache, Genome(genome, cache=Path(cache)) as source:
        placed, _ = on_genome(read_annotation(annotation), source)
        found = [
            (tx, blocks)
            for tx in placed.transcripts
            if _length_nt(blocks := region_of(tx, region)) >= MIN_MIRNA_NT
        ]
        if not found:
            raise BadAnnotation(
                where=annotation,
                found=f"no transcript with a {region}",
                expected="CDS rows beside the exons, and a strand",
                advice="Take an annotation with CDS rows, or --region transcript.",
            )
        for name, tx, blocks in _named(found, every_isoform=every_isoform):
            letters = "".join(source.fetch(tx.chrom, block) for block in blocks)
            yield _record(name, tx, letters, region)


_Found = tuple[Transcript, tuple[Span, ...]]


def _named(
    found: Iterable[_Found], *, every_isoform: bool
) -> Iterator[tuple[str, Transcript, tuple[Span, ...]]]:
    if every_isoform:
        yield from ((tx.transcript_id, tx, blocks) for tx, blocks in found)
        return
    longest: dict[str, _Found] = {}
    for tx, blocks in found:
        held = longest.get(tx.gene_id)
        if held is None or _length_nt(blocks) > _length_nt(held[1]):
            longest[tx.gene_id] = (tx, blocks)
    for gene_id, (tx, blocks) in longest.items():
        yield gene_id, tx, blocks


def _length_nt(blocks: Iterable[Span]) -> int:
    return sum(end - start for start, end in blocks)


def _record(name: str, tx: Transcript, forward: str, region: Region) -> Record:
    letters = reverse_complement(forward) if tx.strand == "-" else forward
    told = (region, tx.gene_name, tx.transcript_id, f"{tx.region}({tx.strand})")
    return Record(name, letters, " ".join(filter(None, told)))
