"""Tables of the lincRNA report: each lays out rows of `bioloom.lincrna.page.model`."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bioloom.lincrna.inputs.sample_sheet import SAMPLE_COLUMNS
from bioloom.lincrna.inputs.samples import SampleReport
from bioloom.lincrna.page.model import (
    Candidate,
    NearMiss,
    Record,
    RunPage,
    Unexpressed,
)
from bioloom.report.parts import (
    Cell,
    Column,
    Row,
    Table,
    number,
    path_link,
    told,
    without_empty_columns,
)
from bioloom.report.plots import Axis, plot_of
from bioloom.run.language import mark, tr, trn

_CANDIDATE_COLUMNS = (
    Column(mark("Transcript"), mark("leads to its working")),
    Column(
        mark("Name"),
        mark("of its locus, by the nearest coding gene; or of its known gene"),
    ),
    Column(mark("Named in"), mark("transcripts of named sets that equal it")),
    Column(mark("Locus"), mark("transcripts that share exonic bases")),
    Column(mark("Place"), mark("chromosome:first-last base, 1-based")),
    Column(mark("Strand"), mark(". is not known")),
    Column(mark("Exons"), is_number=True),
    Column(mark("Length, nt"), mark("spliced"), is_number=True),
    Column(mark("Origin"), mark("known: annotated; novel: assembled")),
    Column(mark("Samples"), mark("whose own assembly supports it"), is_number=True),
    Column(
        mark("Full-length reads"), mark("long reads that hold it whole"), is_number=True
    ),
    Column(mark("ORF, aa"), mark("longest, without the stop"), is_number=True),
    Column(mark("Coding probability"), mark("by the coding model"), is_number=True),
    Column(mark("Nearest coding gene"), mark("on either strand, and how it lies")),
    Column(mark("Distance, nt"), mark("to that gene"), is_number=True),
    Column(mark("Doubts"), mark("reasons for doubt although it passes")),
)


def candidates_table(page: RunPage) -> Table:
    """The candidates, with expression where samples were measured."""
    expression = [
        Column(f"TPM {sample}", tr("per million"), is_number=True)
        for sample in page.expressed
    ]
    table = Table(
        name="candidates-table",
        caption=trn("{n} candidate", "{n:,} candidates", len(page.candidates)),
        columns=(*told(*_CANDIDATE_COLUMNS), *expression),
        rows=[
            Row([*_candidate_cells(candidate, f"wc{place}")], row_id=f"c{place}")
            for place, candidate in enumerate(page.candidates, 1)
        ],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def candidates_plot(table: Table) -> Mapping[str, Any] | None:
    """The candidates' figure from the rows of their table."""
    return plot_of(
        table,
        Axis(tr("Length, nt"), "log"),
        Axis(tr("Coding probability")),
        title=tr("Candidates by length and coding probability"),
        group=tr("Origin"),
    )


def _candidate_cells(row: Candidate, working: str) -> Iterator[Cell]:
    near = row.nearest
    yield Cell(row.transcript_id, href=f"#{working}" if row.working else "")
    yield Cell(row.name)
    yield Cell(", ".join(row.named_in))
    yield Cell(row.locus_id)
    yield _place(row)
    yield Cell(row.strand)
    yield number(row.n_exons)
    yield number(row.length_nt)
    is_renamed = bool(row.known_as) and row.known_as != row.transcript_id
    origin = tr(row.origin)
    if is_renamed:
        origin = tr("{origin} as {name}", origin=origin, name=row.known_as)
    if row.known_gene:
        origin = tr(
            "{origin}, isoform or piece of {gene}",
            origin=tr(row.origin),
            gene=row.known_gene,
        )
    yield Cell(origin, key=tr(row.origin), kind=row.origin)
    for count in (row.n_samples, row.n_full_length):
        yield Cell("") if count is None else number(count)
    yield number(row.orf_aa)
    yield number(row.coding_probability, decimals=4)
    yield Cell(f"{near.gene} ({near.relation})" if near else "")
    yield number(near.distance_nt) if near else Cell("")
    yield Cell(
        "; ".join(row.doubts),
        kind="wide" if row.doubts else "",
        is_english=bool(row.doubts),
    )
    for value in row.tpm:
        yield number(value, decimals=1)


def _place(row: Candidate | NearMiss | Unexpressed) -> Cell:
    return Cell(row.region, key=f"{row.chrom}:{row.start:012d}")


def unexpressed_table(page: RunPage) -> Table:
    """Known lncRNAs that fail nothing but expression in these samples."""
    table = Table(
        name="unexpressed-table",
        caption=trn(
            "{n} known lncRNA, not expressed here",
            "{n:,} known lncRNAs, not expressed here",
            len(page.unexpressed),
        ),
        columns=told(
            _CANDIDATE_COLUMNS[0],
            *_CANDIDATE_COLUMNS[3:7],
            Column(mark("Highest TPM"), mark("in any sample"), is_number=True),
            Column(
                mark("Junction reads"),
                mark("uniquely mapped, over the junction with the fewest"),
                is_number=True,
            ),
        ),
        rows=[Row([*_unexpressed_cells(row)]) for row in page.unexpressed],
        is_sortable=True,
        is_searchable=True,
    )
    return without_empty_columns(table)


def _unexpressed_cells(row: Unexpressed) -> Iterator[Cell]:
    yield Cell(row.transcript_id)
    yield Cell(row.locus_id)
    yield _place(row)
    yield Cell(row.strand)
    yield number(row.n_exons)
    yield number(row.max_tpm, decimals=2)
    yield Cell("") if row.junction_reads is None else number(row.junction_reads)


def near_misses_table(page: RunPage) -> Table:
    """Near misses, and by how much each fails."""
    table = Table(
        name="near-table",
        caption=tr("Closest first, by the distance as a fraction of the threshold"),
        columns=told(
            Column(mark("Transcript"), mark("leads to its working")),
            Column(mark("Place"), mark("chromosome:first-last base, 1-based")),
            Column(mark("Origin")),
            Column(mark("Fails by")),
            Column(mark("Measured"), is_number=True),
            Column(mark("Threshold"), is_number=True),
            Column(
                mark("Off by"),
                mark("and as a fraction of the threshold"),
                is_number=True,
            ),
            Column(mark("Other isoforms"), mark("of its locus, that fail too")),
        ),
        rows=[
            Row([*_near_cells(miss, f"wn{place}")])
            for place, miss in enumerate(page.near_misses, 1)
        ],
        is_sortable=True,
    )
    return without_empty_columns(table)


def _near_cells(row: NearMiss, working: str) -> Iterator[Cell]:
    yield Cell(row.transcript_id, href=f"#{working}")
    yield _place(row)
    yield Cell(tr(row.origin), kind=row.origin)
    yield Cell(row.reason, kind="wide")
    decimals = {"nt": 0, "aa": 0, "bits": 1}.get(row.unit, 3)
    for value in (row.value, row.threshold):
        if row.is_by_evalue:
            yield Cell(f"{value:.2g}", key=value)
        else:
            yield number(value, decimals=decimals, unit=row.unit)
    unit = tr("powers") if row.is_by_evalue else row.unit
    margin = number(row.margin, decimals=decimals, unit=unit)
    yield Cell(f"{margin.text} ({row.closeness:.0%})", key=row.closeness)
    more = row.n_failing_isoforms
    yield Cell(tr("{n} more fail", n=more) if more else "")


_SAMPLE_LABELS = {
    "sample": mark("Sample"),
    "kind": mark("Kind"),
    "n_reads": mark("Reads or pairs"),
    "n_cells": mark("Cells"),
    "n_rescued": mark("Below the knee"),
    "percent_in_cells": mark("In cells, %"),
    "percent_ambient": mark("Ambient, %"),
    "percent_antisense": mark("Antisense, %"),
    "n_unusable": mark("Unusable reads"),
    "read_length_nt": mark("Read length, nt"),
    "n_trimmed": mark("After trimming"),
    "trimmed_length_nt": mark("Mean length, nt"),
    "strandness": mark("Strandness"),
    "stated_strandness": mark("Stated"),
    "sense_fraction": mark("Sense fraction"),
    "n_strand_reads": mark("of reads"),
    "mapped_percent": mark("Mapped, %"),
    "unique_percent": mark("Once, %"),
    "n_assembled": mark("Transcripts"),
    "reads_from": mark("From"),
    "note": mark("Note"),
}
_SAMPLE_WORDS = (
    *("sample", "kind", "strandness", "stated_strandness", "reads_from", "note"),
)
_SAMPLE_DECIMALS = {
    "percent_in_cells": 1,
    "percent_ambient": 1,
    "percent_antisense": 1,
    "trimmed_length_nt": 1,
    "sense_fraction": 3,
    "mapped_percent": 2,
    "unique_percent": 2,
}


def samples_table(page: RunPage) -> Table:
    """What the tools reported on each sample; columns as in `SAMPLE_COLUMNS`."""
    factors = [*dict.fromkeys(name for row in page.samples for name in row.factors)]
    table = Table(
        name="samples-table",
        caption=tr("Reads, strand, mapping and assembly of each sample"),
        columns=[
            Column(
                tr(label),
                tr(SAMPLE_COLUMNS[name]),
                is_number=name not in _SAMPLE_WORDS,
            )
            for name, label in _SAMPLE_LABELS.items()
        ]
        + [Column(name, tr("column of the sample sheet")) for name in factors],
        rows=[
            Row(
                [
                    *(_sample_cell(sample, name) for name in _SAMPLE_LABELS),
                    *(Cell(sample.factors.get(name, "")) for name in factors),
                ]
            )
            for sample in page.samples
        ],
    )
    return without_empty_columns(table)


def _sample_cell(sample: SampleReport, name: str) -> Cell:
    value: Any = getattr(sample, name)
    if name in _SAMPLE_WORDS:
        return Cell(
            str(value),
            kind="wide" if name == "note" else "",
            is_english=name == "note" and bool(value),
        )
    if value is None or math.isnan(value):
        return Cell("")
    return number(float(value), decimals=_SAMPLE_DECIMALS.get(name, 0))


def settings_table(page: RunPage) -> Table:
    """Filter settings in force."""
    return Table(
        name="settings-table",
        caption=tr("Filter settings in force"),
        columns=told(
            Column(mark("Setting")),
            Column(mark("Value")),
            Column(mark("Changed")),
            Column(mark("Meaning")),
        ),
        rows=[
            Row(
                [
                    Cell(row.name),
                    Cell(row.value, kind="wide"),
                    Cell(
                        tr("changed from {default}", default=row.default)
                        if row.default
                        else "",
                        kind="wide",
                    ),
                    Cell(row.meaning, kind="wide"),
                ]
            )
            for row in page.settings
        ],
    )


def evaluation_table(page: RunPage) -> Table:
    """The coding model's cross-validation, with the meaning of each number."""
    return Table(
        name="model-table",
        caption=tr("Cross-validation of the coding model, at its threshold"),
        columns=told(
            Column(mark("Measure")),
            Column(mark("Value"), is_number=True),
            Column(mark("Meaning")),
        ),
        rows=[
            Row(
                [
                    Cell(row.name),
                    number(row.value, decimals=0 if row.name.startswith("n_") else 4),
                    Cell(row.meaning, kind="wide"),
                ]
            )
            for row in page.method.evaluation
        ],
    )


def inputs_table(record: Record) -> Table:
    """Files that the run read."""
    return Table(
        name="inputs-table",
        caption=tr("Files that were read"),
        columns=told(
            Column(mark("File")),
            Column(mark("Bytes"), is_number=True),
            Column("SHA-256"),
        ),
        rows=[
            Row([Cell(file.path), number(file.n_bytes), Cell(file.sha256)])
            for file in record.inputs
        ],
    )


def files_table(page: RunPage) -> Table:
    """Files of the run folder."""
    return Table(
        name="files-table",
        caption=tr("Files of the run folder, next to this page"),
        columns=told(Column(mark("File")), Column(mark("What it holds"))),
        rows=[
            Row(
                [
                    Cell(file.path, href=path_link(*file.path.split("/"))),
                    Cell(file.meaning, kind="wide"),
                ]
            )
            for file in page.files
        ],
    )
