"""The steps of the workflow for single cells, before they are counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

from bioloom.errors import BadFastq
from bioloom.genome.sequence import Genome
from bioloom.lincrna.cells.barcodes import (
    SampleBarcodes,
    choose_barcodes,
    read_barcode_lists,
    read_barcodes,
    write_barcodes,
)
from bioloom.lincrna.cells.tagged_bam import TakenBam, take_bam
from bioloom.lincrna.cells.tags import (
    Extracted,
    count_barcodes,
    extract_cdna,
    extract_plate,
)
from bioloom.lincrna.inputs.cell_facts import (
    BARCODES,
    N_RANKED,
    BarcodeFacts,
    read_facts,
    write_facts,
)
from bioloom.lincrna.inputs.chemistry import (
    Chemistry,
    KitStrand,
    chemistry_of,
    tell_chemistry,
)
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.workflow.read_steps import write_json
from bioloom.run.external import require_packages
from bioloom.run.output import write_text
from bioloom.seq.fasta import ReadStats

_BAM_SUMMARY = """\
Reads of the alignments given:
\tTotal reads: {n_reads}
\t\tAligned 1 time: {n_unique} ({unique:.2f}%)
\tOverall alignment rate: {mapped:.2f}%
"""


def find_barcodes(sample: Sample, out: Path) -> BarcodeFacts:
    """Find the barcodes of a droplet sample and those above the knee.

    Writes `BarcodeFacts`, ``barcodes.tsv.gz`` and ``corrections.tsv.gz``.

    Raises
    ------
    BioloomError
        If the files do not fit the protocol, or no barcode stands out.
    """
    chemistry = _chemistry_of_lanes(sample)
    assert chemistry.geometry is not None  # noqa: S101 (plates have another step)
    counted = count_barcodes(sample.lanes, chemistry.geometry)
    barcodes = _chosen(
        sample, counted.counts, parts_nt=chemistry.geometry.barcode_parts_nt
    )
    write_barcodes(barcodes, out)
    facts = _facts(sample, chemistry, barcodes, n_unusable=counted.n_unusable)
    write_facts(facts, out / BARCODES)
    return facts


def _chemistry_of_lanes(sample: Sample) -> Chemistry:
    """The protocol of a sample, the same for all of its lanes."""
    first, *others = (
        tell_chemistry(lane.files, sample.chemistry) for lane in sample.lanes
    )
    for lane, other in zip(sample.lanes[1:], others, strict=True):
        if other != first:
            raise BadFastq(
                where=lane.files[0],
                found=f"reads of {other.name}",
                expected=f"{first.name}, as the first lane of sample {sample.name} has",
                advice="Give the lanes as two samples, or state their chemistry.",
            )
    return first


def _chosen(
    sample: Sample, counts: Mapping[str, int], parts_nt: Sequence[int]
) -> SampleBarcodes:
    listed = read_barcode_lists(sample.barcodes, parts_nt) if sample.barcodes else None
    return choose_barcodes(sample.name, counts, n_cells=sample.n_cells, listed=listed)


def _facts(
    sample: Sample, chemistry: Chemistry, barcodes: SampleBarcodes, *, n_unusable: int
) -> BarcodeFacts:
    return BarcodeFacts(
        chemistry=chemistry.name,
        strand=chemistry.strand,
        above=barcodes.above,
        how="knee" if sample.n_cells is None else "n_cells",
        n_reads=barcodes.n_reads + n_unusable,
        n_unusable=n_unusable,
        ranked=barcodes.ranked[:N_RANKED],
    )


def extract_reads(sample: Sample, folder: Path, out: Path) -> Extracted:
    """Write the cDNA of a sample with barcode and UMI in the names of the reads.

    Parameters
    ----------
    sample
        The sample.
    folder
        What `find_barcodes` wrote.
    out
        FASTQ to write.
    """
    geometry = chemistry_of(
        read_facts(folder / BARCODES, BarcodeFacts).chemistry
    ).geometry
    assert geometry is not None  # noqa: S101 (plates have another step)
    return extract_cdna(sample.lanes, geometry, read_barcodes(folder), out)


def join_plate(sample: Sample, folder: Path, out: Sequence[Path]) -> BarcodeFacts:
    """Join the reads of a plate's cells, named by their cell; write `BarcodeFacts`."""
    chemistry = chemistry_of(sample.chemistry)
    counts: Counter[str] = Counter()
    n_tagged = extract_plate(sample.lanes, chemistry.name, out, counts)
    facts = BarcodeFacts(
        chemistry=chemistry.name,
        strand=chemistry.strand,
        above=list(counts),
        how="plate",
        n_reads=counts.total(),
        n_unusable=counts.total() - n_tagged if chemistry.name == "smartseq3" else 0,
        ranked=sorted(counts.values(), reverse=True),
    )
    write_facts(facts, folder / BARCODES)
    return facts


def take_tagged(sample: Sample, working: Path) -> None:
    """Take a sample's alignments with the tags CB and UB in place of reads.

    Writes ``aligned/SAMPLE.bam`` and what the steps from reads to alignments would have
    written of it.

    Raises
    ------
    BioloomError
        If they cannot be used, or no barcode stands out.
    """
    assert sample.bam is not None  # noqa: S101 (asked before)
    name = sample.name
    with Genome(working / "reference/genome.fa", cache=working / "reference") as genome:
        lengths = genome.lengths
    taken = take_bam(sample.bam, working / f"aligned/{name}.bam", lengths)
    stats = ReadStats(
        taken.n_reads, 0, taken.longest_nt, taken.n_bases / max(1, taken.n_reads)
    )
    for stage in ("raw", "trimmed"):
        write_json(working / f"reads/{name}.{stage}.json", asdict(stats))
    write_text(working / f"aligned/{name}.summary.txt", _summary(taken))
    folder = working / f"cells/{name}"
    length = max(map(len, taken.counts))
    barcodes = _chosen(sample, taken.counts, parts_nt=(length,))
    write_barcodes(barcodes, folder)
    chemistry = (
        Chemistry("stated in the BAM", None, "unstranded")
        if sample.chemistry == "auto"
        else chemistry_of(sample.chemistry)
    )
    facts = _facts(sample, chemistry, barcodes, n_unusable=taken.n_untagged)
    write_facts(facts, folder / BARCODES)


def _summary(taken: TakenBam) -> str:
    n = max(1, taken.n_reads)
    return _BAM_SUMMARY.format(
        n_reads=taken.n_reads,
        n_unique=taken.n_unique,
        unique=100 * taken.n_unique / n,
        mapped=100 * taken.n_mapped / n,
    )


def strand_of_kit(facts: Path) -> KitStrand | None:
    """Strand of the cDNA read as the kit makes it; None where none is known."""
    strand = read_facts(facts, BarcodeFacts).strand
    return cast(KitStrand, strand) if strand != "unstranded" else None


def check_packages() -> None:
    """Check that what single cells need is installed.

    Raises
    ------
    PackageMissing
        If AnnData or pysam is not.
    """
    require_packages("anndata", "pysam", extra="cells")
