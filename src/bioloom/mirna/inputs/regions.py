"""Target sequences from an annotation: 3'UTRs, coding parts, whole transcripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bioloom.errors import BadAnnotation
from bioloom.genome.gtf import read_annotation
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome
from bioloom.genome.transcript import Span, Transcript
from bioloom.mirna.inputs.records import MIN_MIRNA_NT
from bioloom.mirna.options import Region
from bioloom.result import Result
from bioloom.run.text import warn_input
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import Record, write_fasta

if TYPE_CHECKING:
    import pandas as pd


def region_of(tx: Transcript, region: Region) -> tuple[Span, ...]:
    """Exonic blocks of a transcript's region; empty where it has none.

    The CDS includes the stop codon. Without a CDS there is only the whole transcript.

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


@dataclass(frozen=True, slots=True, repr=False)
class TargetSequences(Result):
    """Sequences of a region of transcripts.

    Parameters
    ----------
    records
        Name, sequence and description of each.
    region
        Part of the transcripts.
    """

    records: tuple[Record, ...]
    region: Region

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def summary(self) -> str:
        """The number of sequences, and their region."""
        n_bases = sum(len(record.sequence) for record in self.records)
        return f"sequences: {len(self):,} ({self.region}), bases: {n_bases:,}"

    def to_frame(self) -> pd.DataFrame:
        """One row per sequence: name, length_nt, description, sequence."""
        import pandas as pd

        rows = [
            {
                "name": record.name,
                "length_nt": len(record.sequence),
                "description": record.description,
                "sequence": record.sequence,
            }
            for record in self.records
        ]
        return pd.DataFrame(rows)

    def write(self, path: str | Path) -> int:
        """Write FASTA; return the number of sequences."""
        return write_fasta(path, self.records)


@dataclass(frozen=True, slots=True)
class _TranscriptRegion:
    """The region of one transcript."""

    tx: Transcript
    blocks: tuple[Span, ...]

    @property
    def length_nt(self) -> int:
        return sum(end - start for start, end in self.blocks)

    def record(self, name: str, genome: Genome, region: Region) -> Record:
        tx = self.tx
        letters = "".join(genome.fetch(tx.chrom, block) for block in self.blocks)
        if tx.strand == "-":
            letters = reverse_complement(letters)
        place = f"{tx.region}({tx.strand})"
        words = (region, tx.gene_name, tx.transcript_id, place)
        return Record(name, letters, " ".join(filter(None, words)))


def read_regions(
    annotation: Path, genome: Path, region: Region, *, every_isoform: bool = False
) -> Iterator[Record]:
    """Sequences of a region, 5'→3', of every gene that has one.

    Parameters
    ----------
    annotation
        GTF, GFF3 or BED12.
    genome
        FASTA, plain or gzip. Its index, and an unpacked copy of a gzip file, are
        written to a temporary folder.
    region
        Part of the transcripts; regions shorter than a miRNA are left out.
    every_isoform
        By default each gene gives its longest region, under its gene_id, the first of
        equal ones; else each transcript gives its own, under its transcript_id.

    Raises
    ------
    BioloomError
        If a file is missing or broken, or no transcript has such a region.
    """
    with TemporaryDirectory() as cache, Genome(genome, cache=Path(cache)) as source:
        whole = read_annotation(annotation)
        placed, lost = on_genome(whole, source)
        for message in (*whole.warnings, *lost):
            warn_input(message)
        candidates = (
            _TranscriptRegion(tx, region_of(tx, region)) for tx in placed.transcripts
        )
        regions = [each for each in candidates if each.length_nt >= MIN_MIRNA_NT]
        if not regions:
            raise BadAnnotation(
                where=annotation,
                found=f"no transcript with a {region}",
                expected="CDS rows beside the exons, and a strand",
                advice="Use an annotation with CDS rows, or --region transcript.",
            )
        if every_isoform:
            for each in regions:
                yield each.record(each.tx.transcript_id, source, region)
            return
        for gene_id, each in _longest_by_gene(regions).items():
            yield each.record(gene_id, source, region)


def _longest_by_gene(
    regions: Iterable[_TranscriptRegion],
) -> dict[str, _TranscriptRegion]:
    longest: dict[str, _TranscriptRegion] = {}
    for each in regions:
        best = longest.setdefault(each.tx.gene_id, each)
        if each.length_nt > best.length_nt:
            longest[each.tx.gene_id] = each
    return longest
