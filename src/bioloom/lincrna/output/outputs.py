"""Files of a run folder: candidates, tables, and their description."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bioloom.genome.bed import bed12_line
from bioloom.genome.gtf import gtf_lines
from bioloom.lincrna.inputs.expression import expression_frames
from bioloom.lincrna.inputs.samples import SAMPLE_COLUMNS, SampleReport, samples_frame
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.output.tables import (
    ATTRITION_COLUMNS,
    COLUMNS,
    RFAM_COLUMNS,
    VOTE_COLUMNS,
    attrition_frame,
    described,
    tsv,
)
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import open_aside, write_text
from bioloom.seq.fasta import Record, write_fasta

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RunTables:
    """Tables of a run: every transcript, the attrition, samples, expression."""

    transcripts: "pd.DataFrame"
    attrition: "pd.DataFrame"
    samples: "pd.DataFrame | None" = None
    tpm: "pd.DataFrame | None" = None
    counts: "pd.DataFrame | None" = None


def write_outputs(
    result: FilterResult,
    out: Path,
    *,
    samples: Sequence[SampleReport] = (),
    quantified: Mapping[str, Path] | None = None,
) -> RunTables:
    """Write candidates and tables of a result into its run folder.

    Parameters
    ----------
    result
        Judged transcripts.
    out
        Run folder.
    samples
        What the tools reported on each sample; empty for an assembly without samples.
    quantified
        ``stringtie -e`` output by sample.
    """
    _write_candidates(result, out)
    tables = _tables(result, samples, quantified or {})
    _write_tables(tables, out / "tables")
    return tables


def _tables(
    result: FilterResult,
    samples: Sequence[SampleReport],
    quantified: Mapping[str, Path],
) -> RunTables:
    transcripts, steps = result.to_frame(), attrition_frame(result.rows)
    if not samples:
        return RunTables(transcripts, steps)
    tpm, counts = expression_frames(
        quantified,
        read_lengths_nt={sample.sample: sample.read_length_nt for sample in samples},
        lengths_nt={
            row.transcript_id: row.collected.transcript.length_nt
            for row in result.candidates
        },
    )
    return RunTables(transcripts, steps, samples_frame(samples), tpm, counts)


def _write_candidates(result: FilterResult, out: Path) -> None:
    rows = result.candidates
    with open_aside(out / "candidates.gtf") as stream:
        for row in rows:
            lines = gtf_lines(row.collected.transcript, _attributes(row))
            stream.writelines(f"{line}\n" for line in lines)
    with open_aside(out / "candidates.bed") as stream:
        for row in rows:
            score = round(1000 * (1 - row.evidence.coding.probability))
            stream.write(bed12_line(row.collected.transcript, score=score) + "\n")
    sequences = result.sequences(rows)
    write_fasta(
        out / "candidates.fa",
        (Record(row.transcript_id, sequences[row.transcript_id]) for row in rows),
    )


def _attributes(row: Judged) -> dict[str, object]:
    """What the ninth column of a candidate holds besides its names."""
    attributes: dict[str, object] = {
        "locus_id": row.locus_id,
        "origin": row.collected.origin,
        "class_code": row.evidence.class_code.code,
        "orf_aa": row.evidence.longest_orf_aa,
        "coding_probability": f"{row.evidence.coding.probability:.4f}",
    }
    if row.collected.n_samples is not None:
        attributes["n_samples"] = row.collected.n_samples
    return attributes


def _write_tables(tables: RunTables, folder: Path) -> None:
    frames = {
        "transcripts": tables.transcripts,
        "attrition": tables.attrition,
        "samples": tables.samples,
        "tpm": tables.tpm,
        "counts": tables.counts,
    }
    for name, frame in frames.items():
        if frame is not None:
            write_text(folder / f"{name}.tsv", tsv(frame))
    write_text(folder / "README.md", _readme(tables))


def _readme(tables: RunTables) -> str:
    described_all = {**COLUMNS, **VOTE_COLUMNS, **RFAM_COLUMNS}
    meanings = {name: described_all[name][0] for name in tables.transcripts.columns}
    parts = [
        "# Tables",
        "Tab-separated, with a header; an empty field has no value. Coordinates are "
        "0-based and half-open, as in BED.",
        "## transcripts.tsv\nEvery transcript, every criterion.",
        described(meanings),
        "## attrition.tsv\nWhat each criterion dropped; the counts add up.",
        described(ATTRITION_COLUMNS),
    ]
    if tables.samples is not None:
        parts += [
            "## samples.tsv",
            described(SAMPLE_COLUMNS),
            "## tpm.tsv, counts.tsv\nCandidates by sample, measured by StringTie: "
            "transcripts per million, and estimated read counts "
            "(coverage × length / read length; mates count apart).",
        ]
    return "\n\n".join(parts) + "\n"
