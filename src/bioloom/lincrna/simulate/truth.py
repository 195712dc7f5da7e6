"""The truth table and the sample sheet."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bioloom.lincrna.simulate.cells import DropletSample
from bioloom.lincrna.simulate.conditions import CONTROL
from bioloom.lincrna.simulate.locus import Locus
from bioloom.lincrna.simulate.long_reads import LongLibrary
from bioloom.lincrna.simulate.reads import Library

TRUTH_COLUMNS = (
    "locus_id",
    "kind",
    "chrom",
    "start",
    "end",
    "strand",
    "n_exons",
    "length_nt",
    "longest_orf_aa",
    "annotated",
    "coverage",
    "coverage_total",
    "expected",
    "expected_reason",
    "note",
)
SAMPLE_COLUMNS = (
    *("sample", "fastq_1", "fastq_2", "strandness"),
    *("layout", "condition"),
)


class Coverage(NamedTuple):
    """Mean coverage of the stranded samples, and the sum over all."""

    mean: float
    total: float


def write_truth(
    loci: Iterable[Locus],
    coverage: Mapping[str, Coverage],
    path: Path,
) -> None:
    """Write one row per locus: what it is and what should become of it.

    start and end are 0-based and half-open; exons, length and ORF are those of the
    main isoform; coverage is the mean of the stranded samples, coverage_total the
    sum of all samples.

    Parameters
    ----------
    loci
        In genome order.
    coverage
        Mean and total coverage by transcript_id, as sequenced.
    path
        TSV to write.
    """
    rows = (_truth_row(locus, coverage) for locus in loci)
    _write_tsv(path, TRUTH_COLUMNS, rows)


def write_samples(
    libraries: Mapping[Library, tuple[str, ...]],
    path: Path,
) -> None:
    """Write the sample sheet; its paths are relative to it."""
    rows = (
        (
            library.sample,
            files[0],
            files[1] if library.is_paired else "",
            library.strandness,
            library.layout,
            library.condition,
        )
        for library, files in libraries.items()
    )
    _write_tsv(path, SAMPLE_COLUMNS, rows)


def add_droplets(path: Path, samples: Sequence[DropletSample]) -> None:
    """Add droplet samples, and the column with their kind, to the sheet."""
    rows = []
    for sample in samples:
        names = (f"reads/{file.name}" for file in sample.reads)
        factors = ("droplets", CONTROL)
        rows.append((sample.name, *names, "forward", *factors, sample.kind))
    _add_rows(path, rows)


def add_long_reads(path: Path, libraries: Sequence[LongLibrary]) -> None:
    """Add samples of long reads, and the column with their kind, to the sheet."""
    rows = [
        (row.sample, row.file, "", "auto", "long", row.condition, row.kind)
        for row in libraries
    ]
    _add_rows(path, rows)


def _add_rows(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Add rows that have a kind to a sheet of bulk samples, or to one with kinds."""
    head, *lines = path.read_text("utf-8").splitlines()
    if not head.endswith("\tkind"):
        head, lines = f"{head}\tkind", [f"{line}\tbulk" for line in lines]
    lines = [head, *lines, *map("\t".join, rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _truth_row(locus: Locus, coverage: Mapping[str, Coverage]) -> tuple[object, ...]:
    main, kind = locus.transcripts[0], locus.kind
    mean, total = coverage.get(main.transcript_id, Coverage(0.0, 0.0))
    return (
        locus.locus_id,
        kind.name,
        main.chrom,
        locus.start,
        locus.end,
        main.strand,
        len(main.exons),
        main.length_nt,
        locus.longest_orf_aa,
        "yes" if kind.is_annotated else "no",
        f"{mean:.2f}",
        f"{total:.2f}",
        "rejected" if kind.reason else "candidate",
        kind.reason,
        locus.note,
    )


def _write_tsv(
    path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns) + "\n")
        file.writelines("\t".join(map(str, row)) + "\n" for row in rows)
