"""What each sample's tools reported: reads, mapping, assembly, expression."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from bioloom.errors import BadRunFolder
from bioloom.genome.gtf import parse_attributes, read_annotation
from bioloom.lincrna.inputs.alignment_facts import AlignmentFacts
from bioloom.lincrna.inputs.cell_facts import (
    BARCODES,
    CELLS,
    BarcodeFacts,
    CellFacts,
    read_facts,
)
from bioloom.lincrna.inputs.sample import LONG_KINDS, Sample
from bioloom.lincrna.inputs.sample_sheet import SAMPLE_COLUMNS
from bioloom.lincrna.inputs.strandness import StrandCheck
from bioloom.run.output import open_text
from bioloom.seq.fasta import ReadStats

if TYPE_CHECKING:
    import pandas as pd

_RATE = re.compile(r"([\d.]+)% overall alignment rate|alignment rate: ([\d.]+)%")
_PAIRS_ONCE = re.compile(r"Aligned concordantly 1 time: \d+ \(([\d.]+)%\)")
_SINGLES_ONCE = re.compile(r"Aligned 1 time: \d+ \(([\d.]+)%\)")


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What the tools reported on a sample; columns as in `SAMPLE_COLUMNS`.

    `factors` are the further columns of the sample sheet.
    """

    sample: str
    kind: str
    n_reads: int
    n_cells: int | None
    percent_in_cells: float | None
    read_length_nt: int
    n_trimmed: int
    trimmed_length_nt: float
    strandness: str
    stated_strandness: str
    sense_fraction: float
    n_strand_reads: int
    mapped_percent: float
    unique_percent: float
    n_assembled: int
    n_rescued: int | None = None
    percent_ambient: float | None = None
    percent_antisense: float | None = None
    n_unusable: int | None = None
    reads_from: str = ""
    note: str = ""
    factors: Mapping[str, str] = field(default_factory=dict)


def report_sample(sample: Sample, working: Path) -> SampleReport:
    """Gather what the workflow's steps wrote about a sample into the working folder."""
    name = sample.name
    raw = _read_stats(working / f"reads/{name}.raw.json")
    trimmed = _read_stats(working / f"reads/{name}.trimmed.json")
    strand = read_strand_check(working / f"strandness/{name}.json")
    mapped, unique = alignment_rates(
        (working / f"aligned/{name}.summary.txt").read_text("utf-8")
    )
    cells = _cells(working / f"cells/{name}")
    given = _given(sample, working)
    notes = (given.note, strand.note, cells.pop("note", ""))
    return SampleReport(
        sample=name,
        kind=sample.kind,
        n_reads=raw.n_reads,
        **cells,
        read_length_nt=raw.max_length_nt,
        n_trimmed=trimmed.n_reads,
        trimmed_length_nt=round(trimmed.mean_length_nt, 2),
        strandness=strand.strandness,
        stated_strandness=strand.stated,
        sense_fraction=round(strand.sense_fraction, 4),
        n_strand_reads=strand.n_sense + strand.n_antisense,
        mapped_percent=mapped,
        unique_percent=unique,
        n_assembled=n_transcripts(
            working / f"assembled/{sample.mixed_with or name}.gtf"
        ),
        reads_from=given.origin,
        note="; ".join(filter(None, notes)),
        factors=sample.factors,
    )


def _given(sample: Sample, working: Path) -> AlignmentFacts:
    """What a sample came as, and what was done with that."""
    if sample.is_long or sample.route == "alignments":
        return AlignmentFacts(**_json(working / f"aligned/{sample.name}.facts.json"))
    if sample.bam is not None:
        return AlignmentFacts(f"BAM with tags: {sample.bam.name}", "")
    n = len(sample.lanes)
    note = f"{n} lanes joined" if n > 1 and not sample.is_plate else ""
    return AlignmentFacts("FASTQ", note)


def read_strand_check(path: Path) -> StrandCheck:
    """What the check of a sample's strandness wrote."""
    return StrandCheck(**_json(path))


def _read_stats(path: Path) -> ReadStats:
    """What the check of the reads wrote.

    Raises
    ------
    BadRunFolder
        If an older bioloom wrote it, which did not measure the mean length.
    """
    entries = _json(path)
    if "mean_length_nt" not in entries:
        raise BadRunFolder(
            where=path,
            found="no mean length of the reads",
            expected="the working folder of this version of bioloom",
            advice="Remove the .json files in its folder and run again.",
        )
    return ReadStats(**entries)


def _cells(folder: Path) -> dict[str, Any]:
    """Columns on a sample's barcodes and cells; None for a bulk sample."""
    if not (folder / CELLS).is_file():
        return {"n_cells": None, "percent_in_cells": None}
    barcodes = read_facts(folder / BARCODES, BarcodeFacts)
    cells = asdict(read_facts(folder / CELLS, CellFacts))
    return cells | {"n_unusable": barcodes.n_unusable}


class _OfKind(Protocol):
    @property
    def kind(self) -> str:
        """Bulk, cell or nucleus."""


_Sample = TypeVar("_Sample", bound=_OfKind)


def comparable(samples: Sequence[_Sample]) -> list[_Sample]:
    """Samples whose expression can be compared: of bulk, else long reads, else all.

    Droplet reads come from 3' ends only, and long reads are counted otherwise.
    """
    for kinds in (("bulk",), LONG_KINDS):
        alike = [sample for sample in samples if sample.kind in kinds]
        if alike:
            return alike
    return [*samples]


def samples_frame(reports: Sequence[SampleReport]) -> "pd.DataFrame":
    """One row per sample; columns as in `SAMPLE_COLUMNS`, then the factors."""
    import pandas as pd

    rows = [{**asdict(report), **report.factors} for report in reports]
    factors = dict.fromkeys(name for report in reports for name in report.factors)
    return pd.DataFrame(rows, columns=[*SAMPLE_COLUMNS, *factors])


def reports_of(frame: "pd.DataFrame") -> list[SampleReport]:
    """What `samples_frame` made a table of."""
    n = len(SAMPLE_COLUMNS)
    factors = frame.columns[n:]
    return [
        replace(
            SampleReport(*row[:n]), factors=dict(zip(factors, row[n:], strict=True))
        )
        for row in frame.itertuples(index=False, name=None)
    ]


class AlignmentRates(NamedTuple):
    """Reads that align, and that align once, percent."""

    mapped: float
    unique: float


def alignment_rates(summary: str) -> AlignmentRates:
    """Overall and unique alignment rate of a HISAT2 summary (new style), percent."""
    overall = _RATE.search(summary)
    once = _PAIRS_ONCE.search(summary) or _SINGLES_ONCE.search(summary)
    return AlignmentRates(
        float(next(filter(None, overall.groups()))) if overall else float("nan"),
        float(once[1]) if once else float("nan"),
    )


def n_transcripts(gtf: Path) -> int:
    """Transcript rows of a StringTie GTF; 0 if it holds only comments."""
    with open_text(gtf) as stream:
        return sum(line.count("\ttranscript\t") for line in stream)


def tidy_assembly(gtf: Path) -> list[str]:
    """Rows of a StringTie GTF by position, independent of the order of its threads.

    Returns
    -------
    Lines without comments; none if the sample has no transcript.
    """
    if not n_transcripts(gtf):
        return []
    groups: dict[str, list[str]] = {}
    with open_text(gtf) as stream:
        for line in stream:
            if not line.startswith("#"):
                name = parse_attributes(line.split("\t")[8])["transcript_id"]
                groups.setdefault(name, []).append(line)
    places = {
        tx.transcript_id: (tx.chrom, tx.start, tx.end, tx.strand, tx.exons)
        for tx in read_annotation(gtf).transcripts
    }
    in_order = sorted(groups, key=lambda name: places[name])
    return [line for name in in_order for line in groups[name]]


def _json(path: Path) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return entries
