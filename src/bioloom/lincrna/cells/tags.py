"""Barcode and UMI: read from FASTQ, carried in the names of the cDNA reads.

Names end in ``_barcode_UMI``, as those of `umi_tools extract` do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import dnaio

from bioloom.lincrna.inputs.chemistry import SMARTSEQ3_TAG, SMARTSEQ3_UMI_NT
from bioloom.lincrna.inputs.geometry import Geometry, Tag
from bioloom.lincrna.inputs.sample import Lane
from bioloom.seq.fastq_writer import fastq_writer

NO_UMI = "-"
"""Stands for the UMI in the name of a read that has none."""

_MATES = ("/1", "/2", "/3", ".1", ".2", ".3")

Tagger = Callable[[Sequence[str]], Tag | None]


class Barcoded(NamedTuple):
    """Reads of each barcode, and reads without a usable barcode and UMI."""

    counts: Counter[str]
    n_unusable: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """Reads of an extraction.

    Parameters
    ----------
    n_reads
        Read pairs in all.
    n_unusable
        Pairs whose reads are too short for barcode and UMI or lack a fixed sequence,
        or whose UMI holds N or a single letter.
    n_unlisted
        Pairs whose barcode is not among those of the sample.
    n_written
        cDNA reads written.
    """

    n_reads: int
    n_unusable: int
    n_unlisted: int
    n_written: int


def tagger_of(geometry: Geometry) -> Tagger:
    """Function from a pair's sequences to its barcode and UMI; None if unusable.

    A UMI with N or of a single letter is unusable: it tells no molecules apart.
    """
    tag_of = _fixed_tagger(geometry) if geometry.is_fixed else geometry.tag_of

    def usable_tag(reads: Sequence[str]) -> Tag | None:
        tag = tag_of(reads)
        if tag is None or "N" in tag.umi or tag.umi == tag.umi[0] * len(tag.umi):
            return None
        return tag

    return usable_tag


def _fixed_tagger(geometry: Geometry) -> Tagger:
    """The same as `Geometry.tag_of`, by slices alone."""
    needed = [(number, geometry.tag_nt[number]) for number in geometry.tag_files]
    barcode = [place for place in geometry.slices if place.kind == "barcode"]
    umi = [place for place in geometry.slices if place.kind == "umi"]

    def tag_of(reads: Sequence[str]) -> Tag | None:
        for number, length in needed:
            if len(reads[number]) < length:
                return None
        return Tag(
            "".join([reads[file][start:end] for _, file, start, end in barcode]),
            "".join([reads[file][start:end] for _, file, start, end in umi]),
        )

    return tag_of


def count_barcodes(lanes: Iterable[Lane], geometry: Geometry) -> Barcoded:
    """Reads of each barcode, by the files that hold barcode and UMI."""
    tag_of = tagger_of(geometry)
    counts: Counter[str] = Counter()
    n_unusable = 0
    for lane in lanes:
        for reads in _sequences(lane, geometry.tag_files):
            tag = tag_of(reads)
            if tag is None:
                n_unusable += 1
            else:
                counts[tag.barcode] += 1
    return Barcoded(counts, n_unusable)


def _sequences(lane: Lane, files: Sequence[int]) -> Iterator[Sequence[str]]:
    """Sequences of each read pair; those of other files are empty."""
    n = len(lane.files)
    with dnaio.open(*(lane.files[number] for number in files)) as reader:
        for entry in reader:
            records = entry if isinstance(entry, tuple) else (entry,)
            reads = [""] * n
            for number, record in zip(files, records, strict=True):
                reads[number] = record.sequence
            yield reads


def extract_cdna(
    lanes: Iterable[Lane], geometry: Geometry, taken: Mapping[str, str], out: Path
) -> Extracted:
    """Write the cDNA reads of all lanes with barcode and UMI in their names.

    Parameters
    ----------
    lanes, geometry
        The files, and where barcode, UMI and cDNA lie.
    taken
        The barcode that each barcode is taken for; reads with others are left out.
    out
        FASTQ to write, gzip.
    """
    tag_of = tagger_of(geometry)
    n_reads = n_unusable = n_unlisted = 0
    with fastq_writer(out) as writer:
        for lane in lanes:
            with dnaio.open(*lane.files) as reader:
                for records in reader:
                    n_reads += 1
                    tag = tag_of([record.sequence for record in records])
                    if tag is None:
                        n_unusable += 1
                        continue
                    barcode = taken.get(tag.barcode)
                    if barcode is None:
                        n_unlisted += 1
                        continue
                    cdna = records[geometry.cdna_file]
                    other = records[geometry.tag_files[0]]
                    name = common_name(cdna.name, other.name)
                    cdna.name = f"{name}_{barcode}_{tag.umi}"
                    writer.write(cdna)
    n_written = n_reads - n_unusable - n_unlisted
    return Extracted(n_reads, n_unusable, n_unlisted, n_written)


def extract_plate(
    lanes: Iterable[Lane], chemistry: str, out: Sequence[Path], counts: Counter[str]
) -> int:
    """Write the reads of a plate's cells with the cell's name (and UMI) in theirs.

    Read 1 of Smart-seq3 that begins with the tag ATTGCGCAATG has a UMI of 8 nt behind
    it, and GGG; all three are cut off (Hagemann-Jensen et al. 2020, Nat Biotechnol
    38:708, doi:10.1038/s41587-020-0497-0).

    Parameters
    ----------
    lanes
        Files of the cells.
    chemistry
        "smartseq2" or "smartseq3".
    out
        FASTQ to write, as many as a cell has files.
    counts
        Takes the reads (or pairs) of each cell.

    Returns
    -------
    Reads (or pairs) with a UMI.
    """
    has_umis = chemistry == "smartseq3"
    n_tagged = 0
    with fastq_writer(*out) as writer:
        for lane in lanes:
            with dnaio.open(*lane.files) as reader:
                for entry in reader:
                    records = entry if isinstance(entry, tuple) else (entry,)
                    counts[lane.cell] += 1
                    name = common_name(records[0].name, records[-1].name)
                    umi = _cut_umi(records[0]) if has_umis else NO_UMI
                    n_tagged += umi != NO_UMI
                    for record in records:
                        record.name = f"{name}_{lane.cell}_{umi}"
                    writer.write(*records)
    return n_tagged


_BEHIND_UMI = "GGG"


def _cut_umi(record: dnaio.SequenceRecord) -> str:
    """UMI of a Smart-seq3 read, which is cut off it; `NO_UMI` if it has none."""
    start = len(SMARTSEQ3_TAG)
    end = start + SMARTSEQ3_UMI_NT
    text, cut = record.sequence, end + len(_BEHIND_UMI)
    n_wrong = sum(a != b for a, b in zip(text, SMARTSEQ3_TAG, strict=False))
    umi = text[start:end]
    if n_wrong > 1 or len(text) <= cut or not set(umi) <= set("ACGT"):
        return NO_UMI
    record.sequence, record.qualities = text[cut:], (record.qualities or "")[cut:]
    return umi


def common_name(name: str, other: str) -> str:
    """First word of a read's name, without what tells its mates apart.

    Examples
    --------
    >>> common_name("SRR1.7.2 length=90", "SRR1.7.1 length=28")
    'SRR1.7'
    >>> common_name("A00:1:7 2:N:0", "A00:1:7 1:N:0")
    'A00:1:7'
    """
    first, second = name.split(maxsplit=1)[0], other.split(maxsplit=1)[0]
    is_mate = first != second or first[-2:-1] == "/"
    return first[:-2] if is_mate and first.endswith(_MATES) else first
