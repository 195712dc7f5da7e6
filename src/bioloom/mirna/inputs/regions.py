"""Target sequences from an annotation: 3'UTRs, coding parts, whole transcripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


def place_in_words(tx: Transcript, blocks: Sequence[Span]) -> str:
    """Blocks of a transcript, 1-based and closed: ``chr1:101-200,301-400(+)``."""
    spans = ",".join(f"{start + 1}-{end}" for start, end in blocks)
    return f"{tx.chrom}:{spans}({tx.strand})"


@dataclass(frozen=True, slots=True)
class TranscriptRegion:
    """A region of one transcript, and where it lies."""

    region: Region
    tx: Transcript
    blocks: tuple[Span, ...]

    @property
    def length_nt(self) -> int:
        """Bases of all blocks."""
        return sum(end - start for start, end in self.blocks)

    @property
    def at(self) -> str:
        """Its blocks, 1-based and closed: ``chr1:101-200,301-400(+)``."""
        return place_in_words(self.tx, self.blocks)

    def tags(self) -> dict[str, str]:
        """What headers of targets say of it; names without blanks."""
        tx = self.tx
        tags = {
            "region": self.region,
            "gene": tx.gene_id,
            "gene_name": tx.gene_name,
            "transcript": tx.transcript_id,
            "at": self.at,
        }
        return {key: "_".join(value.split()) for key, value in tags.items() if value}

    def record(self, name: str, genome: Genome) -> Record:
        """Its sequence, 5'→3'; the header says what it is."""
        letters = "".join(genome.fetch(self.tx.chrom, block) for block in self.blocks)
        if self.tx.strand == "-":
            letters = reverse_complement(letters)
        words = (f"{key}={value}" for key, value in self.tags().items())
        return Record(name, letters, " ".join(words))


def regions_of(txs: Iterable[Transcript], region: Region) -> list[TranscriptRegion]:
    """A region of every transcript that has one."""
    found = (TranscriptRegion(region, tx, region_of(tx, region)) for tx in txs)
    return [each for each in found if each.blocks]


def longest_by_gene(regions: Iterable[TranscriptRegion]) -> dict[str, TranscriptRegion]:
    """The longest region of each gene, the first of equal ones, by gene_id."""
    longest: dict[str, TranscriptRegion] = {}
    for each in regions:
        best = longest.setdefault(each.tx.gene_id, each)
        if each.length_nt > best.length_nt:
            longest[each.tx.gene_id] = each
    return longest


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
        usable = regions_of(placed.transcripts, region)
        regions = [each for each in usable if each.length_nt >= MIN_MIRNA_NT]
        if not regions:
            raise BadAnnotation(
                where=annotation,
                found=f"no transcript with a {region}",
                expected="CDS rows beside the exons, and a strand",
                advice="Use an annotation with CDS rows, or --region transcript.",
            )
        if every_isoform:
            for each in regions:
                yield each.record(each.tx.transcript_id, source)
            return
        for gene_id, each in longest_by_gene(regions).items():
            yield each.record(gene_id, source)
