"""Tables of the lincRNA report: candidates, near misses, samples, read quality."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.lincrna.inputs.samples import SAMPLE_COLUMNS, fastqc_modules
from bioloom.lincrna.loci.neighbours import Neighbour
from bioloom.lincrna.output.figures import drop_reasons
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import Judged
from bioloom.report.lincrna_words import EVALUATION, SETTINGS
from bioloom.report.page import (
    Cell,
    Column,
    Row,
    Table,
    number,
    path_link,
    without_empty_columns,
)

if TYPE_CHECKING:
    import pandas as pd

MAX_NEAR_MISSES = 20
STAGES = ("raw", "trimmed")

_CANDIDATE_COLUMNS = (
    Column("Transcript", "leads to its working"),
    Column("Locus", "transcripts that share exonic bases"),
    Column("Place", "chromosome:first-last base, counted from 1"),
    Column("Strand", ". is not known"),
    Column("Exons", is_number=True),
    Column("Length, nt", "spliced", is_number=True),
    Column("Origin", "known: annotated; novel: assembled"),
    Column("Samples", "whose own assembly supports it", is_number=True),
    Column("ORF, aa", "longest, without the stop", is_number=True),
    Column("Coding probability", "by the coding model", is_number=True),
    Column("Nearest coding gene", "on either strand, and how it lies"),
    Column("Distance, nt", "to that gene", is_number=True),
    Column("Doubts", "what speaks against it although it passes"),
)


def candidates_table(
    rows: Sequence[Judged], tables: RunTables, workings: Mapping[str, str]
) -> Table:
    """The candidates, with expression where samples were measured.

    Parameters
    ----------
    rows
        The candidates.
    tables
        Tables of the run.
    workings
        Id of the working in the page by transcript, where there is one.
    """
    tpm = _by_transcript(tables.tpm)
    samples = [] if tables.tpm is None else [*map(str, tables.tpm.columns[1:])]
    measured = [
        Column(f"TPM {name}", "per million", is_number=True) for name in samples
    ]
    table = Table(
        name="candidates-table",
        caption=f"{len(rows):,} candidates",
        columns=(*_CANDIDATE_COLUMNS, *measured),
        rows=[
            Row(
                [
                    *_candidate_cells(row, workings.get(row.transcript_id, "")),
                    *(number(x, decimals=1) for x in tpm.get(row.transcript_id, ())),
                ],
                row_id=f"c{place}",
            )
            for place, row in enumerate(rows, 1)
        ],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _by_transcript(frame: "pd.DataFrame | None") -> dict[str, tuple[float, ...]]:
    if frame is None:
        return {}
    rows = frame.itertuples(index=False, name=None)
    return {str(name): tuple(map(float, values)) for name, *values in rows}


def _candidate_cells(row: Judged, working: str) -> Iterator[Cell]:
    tx, support = row.collected.transcript, row.collected.n_samples
    origin, twin = row.collected.origin, row.collected.known_as
    near = row.evidence.neighbours.nearest
    yield Cell(row.transcript_id, href=working and f"#{working}")
    yield Cell(row.locus_id)
    yield Cell(tx.region, key=f"{tx.chrom}:{tx.start:012d}")
    yield Cell(tx.strand)
    yield number(len(tx.exons))
    yield number(tx.length_nt)
    is_renamed = bool(twin) and twin != row.transcript_id
    yield Cell(f"{origin} as {twin}" if is_renamed else origin, kind=origin)
    yield Cell("") if support is None else number(support)
    yield number(row.evidence.longest_orf_aa)
    yield number(row.evidence.coding.probability, decimals=4)
    yield Cell(f"{_gene(near)} ({near.relation})" if near else "")
    yield number(near.distance_nt) if near else Cell("")
    yield Cell("; ".join(row.doubts), kind="wide" if row.doubts else "")


def _gene(found: Neighbour) -> str:
    return found.gene_name or found.gene_id


def near_misses(result: FilterResult) -> list[Judged]:
    """Rejected transcripts that fail one criterion that has a margin, closest first.

    Overlap with a coding gene is a yes or no, so that nothing is near it.
    """
    missed = [
        row
        for row in result.rows
        if len(row.failed) == 1 and math.isfinite(closeness(row))
    ]
    return sorted(missed, key=closeness)


def closeness(row: Judged) -> float:
    """How far a transcript is from its one threshold, as a part of the threshold.

    Infinite where that cannot be said. E-values count in powers of ten.
    """
    name = row.failed[0]
    judgement = row.judgements[name]
    if name == "intergenic" or not math.isfinite(judgement.margin):
        return math.inf
    by_evalue = name == "domain" and judgement.threshold < 1
    size = math.log10(judgement.threshold) if by_evalue else judgement.threshold
    return abs(judgement.margin / size) if size else math.inf


def near_misses_table(
    rows: Sequence[Judged], settings: FilterSettings, workings: Mapping[str, str]
) -> Table:
    """Near misses, and by how much each fails."""
    reasons = drop_reasons(settings)
    table = Table(
        name="near-table",
        caption="Closest first, by the distance as a part of the threshold",
        columns=(
            Column("Transcript", "leads to its working"),
            Column("Place", "chromosome:first-last base, counted from 1"),
            Column("Origin"),
            Column("Fails by"),
            Column("Measured", is_number=True),
            Column("Threshold", is_number=True),
            Column("Off by", "and as a part of the threshold", is_number=True),
            Column("Other isoforms", "of its locus, that spoil it as well"),
        ),
        rows=[
            Row([*_near_cells(row, reasons, workings[row.transcript_id])])
            for row in rows
        ],
        is_sortable=True,
    )
    return without_empty_columns(table)


def _near_cells(
    row: Judged, reasons: Mapping[str, str], working: str
) -> Iterator[Cell]:
    name = row.failed[0]
    judgement, unit = row.judgements[name], CRITERIA[name].unit
    tx = row.collected.transcript
    others = {spoiler.split(":", 1)[1] for spoiler in row.spoiled_by}
    n_others = len(others - {row.transcript_id})
    yield Cell(row.transcript_id, href=f"#{working}")
    yield Cell(tx.region, key=f"{tx.chrom}:{tx.start:012d}")
    yield Cell(row.collected.origin, kind=row.collected.origin)
    yield Cell(reasons[name], kind="wide")
    by_evalue = name == "domain" and judgement.threshold < 1
    decimals = 0 if unit in {"nt", "aa"} else 1 if unit == "bits" else 3
    for value in (judgement.value, judgement.threshold):
        yield (
            Cell(f"{value:.2g}", key=value)
            if by_evalue
            else number(value, decimals=decimals, unit=unit)
        )
    off, part = abs(judgement.margin), closeness(row)
    told = number(off, decimals=decimals, unit="powers" if by_evalue else unit)
    yield Cell(f"{told.text} ({part:.0%})", key=part)
    yield Cell(f"{n_others} more fail" if n_others else "")


_OF_DROPLETS = ("n_cells", "percent_in_cells")


def samples_table(samples: "pd.DataFrame") -> Table:
    """What the tools said of each sample; columns as in `SAMPLE_COLUMNS`."""
    labels = {
        "sample": "Sample",
        "kind": "Kind",
        "n_reads": "Reads or pairs",
        "n_cells": "Cells",
        "percent_in_cells": "In cells, %",
        "read_length_nt": "Read length, nt",
        "n_trimmed": "After trimming",
        "strandness": "Strandness",
        "stated_strandness": "Stated",
        "sense_fraction": "Sense fraction",
        "n_strand_reads": "of reads",
        "mapped_percent": "Mapped, %",
        "unique_percent": "Once, %",
        "n_assembled": "Transcripts",
        "note": "Note",
    }
    decimals = {"sense_fraction": 3, "mapped_percent": 2, "unique_percent": 2}
    decimals |= {"percent_in_cells": 1}
    words = {"sample", "kind", "strandness", "stated_strandness", "note"}
    kept = {"note": any(map(bool, samples["note"]))}
    kept |= dict.fromkeys(_OF_DROPLETS, bool(samples["n_cells"].notna().any()))
    names = [name for name in SAMPLE_COLUMNS if kept.get(name, True)]
    return Table(
        name="samples-table",
        caption="Reads, strand, mapping and assembly of each sample",
        columns=[
            Column(labels[name], SAMPLE_COLUMNS[name], is_number=name not in words)
            for name in names
        ],
        rows=[
            Row(
                [
                    Cell(str(value), kind="wide" if name == "note" else "")
                    if name in words
                    else Cell("")
                    if value is None or math.isnan(value)
                    else number(float(value), decimals=decimals.get(name, 0))
                    for name, value in zip(names, values, strict=True)
                ]
            )
            for values in samples[names].itertuples(index=False, name=None)
        ],
    )


def fastqc_table(out: Path, samples: Sequence[str]) -> Table | None:
    """FastQC's verdict on each module of each read file; None if there is no file."""
    found = [
        (stage, sample, archive, fastqc_modules(archive))
        for sample in samples
        for stage in STAGES
        for archive in sorted((out / "qc" / stage / sample).glob("*_fastqc.zip"))
    ]
    if not found:
        return None
    modules = [*dict.fromkeys(name for *_, verdicts in found for name in verdicts)]
    return Table(
        name="fastqc-table",
        caption="FastQC of each read file: ✓ pass, ! warning, ✗ failure",
        columns=[Column("Reads"), Column("Stage"), *map(Column, modules)],
        rows=[
            Row(
                [
                    _fastqc_link(out, stage, sample, archive),
                    Cell(stage),
                    *(_fastqc_cell(verdicts.get(name, "")) for name in modules),
                ]
            )
            for stage, sample, archive, verdicts in found
        ],
    )


def _fastqc_link(out: Path, stage: str, sample: str, archive: Path) -> Cell:
    name = archive.name.removesuffix("_fastqc.zip")
    page = f"{name}_fastqc.html"
    has_page = (out / "qc" / stage / sample / page).is_file()
    return Cell(name, href=path_link("qc", stage, sample, page) if has_page else "")


def _fastqc_cell(verdict: str) -> Cell:
    signs = {"PASS": "✓ pass", "WARN": "! warn", "FAIL": "✗ fail"}
    return Cell(signs.get(verdict, verdict), kind=verdict.lower())


def settings_table(result: FilterResult) -> Table:
    """Settings in force; those that differ from the default are told."""
    default = asdict(FilterSettings())
    rows = []
    for field in fields(FilterSettings):
        name, value = field.name, getattr(result.settings, field.name)
        own = result.model.threshold_in(result.settings.orf_mode)
        is_own = name == "coding_threshold" and value == own
        is_changed = value != default[name] and not is_own
        note = f"changed from {_shown(default[name])}" if is_changed else ""
        told = (_shown(value), note, SETTINGS[name])
        rows.append(Row([Cell(name), *(Cell(text, kind="wide") for text in told)]))
    return Table(
        name="settings-table",
        caption="Filter settings in force",
        columns=[Column(label) for label in ("Setting", "Value", "Changed", "Meaning")],
        rows=rows,
    )


def _shown(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "none"
    return "the model's own" if value is None else str(value)


def evaluation_table(result: FilterResult) -> Table:
    """The coding model's cross-validation, with the meaning of each number."""
    return Table(
        name="model-table",
        caption="Cross-validation of the coding model, at its threshold",
        columns=[Column("Measure"), Column("Value", is_number=True), Column("Meaning")],
        rows=[
            Row(
                [
                    Cell(name),
                    number(value, decimals=0 if name.startswith("n_") else 4),
                    Cell(EVALUATION.get(name, ""), kind="wide"),
                ]
            )
            for name, value in result.model.evaluation.items()
        ],
    )
