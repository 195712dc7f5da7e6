"""Alignments of CellRanger or STARsolo → alignments named as the workflow's own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.errors import BadInput
from bioloom.lincrna.alignments.opening import is_unique, open_bam
from bioloom.run.output import written_aside

if TYPE_CHECKING:
    from pysam import AlignedSegment, AlignmentFile


@dataclass(frozen=True, slots=True)
class TakenBam:
    """What a BAM file with the tags CB and UB holds.

    Parameters
    ----------
    counts
        Reads of each barcode, by the tag CB.
    n_reads, n_bases, longest_nt
        Reads, their bases, and the longest of them; an alignment more of a read does
        not count.
    n_mapped, n_unique
        Reads that align, and that align once.
    n_untagged
        Reads without a barcode, or without a UMI of letters ACGT.
    """

    counts: Mapping[str, int]
    n_reads: int
    n_bases: int
    longest_nt: int
    n_mapped: int
    n_unique: int
    n_untagged: int


def take_bam(bam: Path, out: Path, chrom_lengths: Mapping[str, int]) -> TakenBam:
    """Write the aligned reads that have a barcode and UMI, both put into their names.

    Parameters
    ----------
    bam
        CellRanger's ``possorted_genome_bam.bam`` or STARsolo's, sorted by place.
    out
        BAM to write: names end in ``_barcode_UMI``, without the ``-1`` of CellRanger.
    chrom_lengths
        Bases of each chromosome of the run's genome.

    Raises
    ------
    BadInput
        If the file cannot be read, is not sorted, has no such tags, or reads aligned
        to a chromosome that the genome does not have, or has with another length.
    """
    from pysam import AlignmentFile

    tally = _Tally()
    with open_bam(bam) as reader:
        _check_header(bam, reader, chrom_lengths)
        with (
            written_aside(out) as aside,
            AlignmentFile(str(aside), "wb", template=reader) as writer,
        ):
            for read in reader.fetch(until_eof=True):
                if tally.takes(read):
                    _check_chrom(bam, reader, read, chrom_lengths)
                    writer.write(read)
            if not tally.counts:
                raise _untagged(bam, tally.n_reads)
    return TakenBam(
        tally.counts,
        tally.n_reads,
        tally.n_bases,
        tally.longest_nt,
        tally.n_mapped,
        tally.n_unique,
        tally.n_untagged,
    )


class _Tally:
    """Counts reads as they pass, and names those that are taken."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.n_reads = self.n_bases = self.longest_nt = 0
        self.n_mapped = self.n_unique = self.n_untagged = 0

    def takes(self, read: "AlignedSegment") -> bool:
        is_first = not (read.is_secondary or read.is_supplementary)
        tag = _tag_of(read)
        if is_first:
            self.n_reads += 1
            self.n_bases += read.query_length
            self.longest_nt = max(self.longest_nt, read.query_length)
            self.n_mapped += not read.is_unmapped
            self.n_unique += is_unique(read)
            if tag is None:
                self.n_untagged += 1
            else:
                self.counts[tag[0]] += 1
        if tag is None or read.is_unmapped:
            return False
        read.query_name = f"{read.query_name}_{tag[0]}_{tag[1]}"
        return True


def _tag_of(read: "AlignedSegment") -> tuple[str, str] | None:
    """Barcode and UMI that the tags hold.

    STARsolo writes "-" for a barcode not listed, and for the UMI (UB) of every read
    that lies on no annotated gene: of these the UMI as read (UR) counts, or novel genes
    would have none.
    """
    barcode = _word(read, "CB")
    umi = _word(read, "UB") or _word(read, "UR")
    return (barcode, umi) if barcode and umi and umi != umi[0] * len(umi) else None


def _word(read: "AlignedSegment", tag: str) -> str:
    """Bases that a tag holds, ``-1`` behind them dropped; empty if it holds others."""
    text = str(read.get_tag(tag)) if read.has_tag(tag) else ""
    text = text.removesuffix("-1")
    return text if set(text) <= set("ACGT") else ""


def _untagged(bam: Path, n_reads: int) -> BadInput:
    return _wrong(
        bam,
        f"no read of {n_reads:,} with the tags CB and UB",
        "alignments of CellRanger or STARsolo",
        "STARsolo writes them with --outSAMattributes NH HI AS nM CB UB UR and "
        "--outSAMtype BAM SortedByCoordinate.",
    )


def _check_header(
    bam: Path, reader: "AlignmentFile", chrom_lengths: Mapping[str, int]
) -> None:
    order = reader.header.to_dict().get("HD", {}).get("SO", "")
    if order != "coordinate":
        raise _wrong(
            bam,
            f"alignments in the order {order or 'unknown'!r}",
            "alignments sorted by place",
            f"Sort them: samtools sort -o sorted.bam {bam.name}",
        )
    if not set(reader.references) & chrom_lengths.keys():
        raise _wrong(
            bam,
            f"chromosomes {', '.join(reader.references[:3])}, …",
            f"those of the genome: {', '.join([*chrom_lengths][:3])}, …",
            "Give the genome that the reads were aligned to.",
        )


def _check_chrom(
    bam: Path,
    reader: "AlignmentFile",
    read: "AlignedSegment",
    chrom_lengths: Mapping[str, int],
) -> None:
    name = str(read.reference_name)
    length = reader.get_reference_length(name)
    if chrom_lengths.get(name) != length:
        there = chrom_lengths.get(name)
        raise _wrong(
            bam,
            f"reads on {name} of {length:,} nt",
            f"{name} of {there:,} nt as in the genome"
            if there
            else "a chromosome of the genome",
            "Give the genome that the reads were aligned to.",
        )


def _wrong(bam: Path, found: str, expected: str, advice: str) -> BadInput:
    return BadInput(where=bam, found=found, expected=expected, advice=advice)
